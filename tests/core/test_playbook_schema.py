"""The schemas of a playbook's files: what is shipped fits, what the check refuses does not."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from core.escalation.facts import FACTS, THEN
from core.playbook.schema import schemas
from gateway.commands.playbook_schema import write_schemas
from gateway.init.files import STARTER
from tests.core.playbook_faults import GOOD, Row, faults
from tests.core.schema_fits import fits

ROOT = Path(__file__).parent.parent.parent
SCHEMAS = schemas()
SHAPED = re.compile(
    r"there is no such key|is not a |is neither|is not known|has the wrong type|needs |"
    r"`then` has no|out of range|there is no (?:kind|stage|status|urgency)|does not go with|"
    r"is missing|is no level|does nothing|there is no 'mail'"
)
"""What the check says of a fault that one file shows by itself."""


def _file(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


SHIPPED = sorted(
    path
    for folder in ("gateway/demo/shop/playbook", "gateway/init/starter_playbook")
    for path in (ROOT / folder).glob("*.toml")
    if path.name in SCHEMAS
)


@pytest.mark.parametrize("path", SHIPPED, ids=_file)
def test_what_is_shipped_fits(path: Path) -> None:
    schema = SCHEMAS[path.name]
    assert fits(tomllib.loads(path.read_text(encoding="utf-8")), schema, schema)


def test_the_page_on_playbooks_fits() -> None:
    page = (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8")
    found = re.findall(r"^`([\w/.]+)`\n\n```toml\n(.*?)^```$", page, re.M | re.S)
    names = [name for name, _ in found if name in SCHEMAS]
    assert len(names) >= 7
    for name, text in found:
        if name in SCHEMAS:
            assert fits(tomllib.loads(text), SCHEMAS[name], SCHEMAS[name]), name


def test_a_good_playbook_fits() -> None:
    for name, text in GOOD.items():
        if name in SCHEMAS:
            assert fits(tomllib.loads(text), SCHEMAS[name], SCHEMAS[name]), name


FAULTS = [
    (file, old, new, row)
    for file, old, new, row in faults()
    if file in SCHEMAS and SHAPED.search(row[2]) and "counters." not in row[2]
]


@pytest.mark.parametrize(("file", "old", "new", "row"), FAULTS)
def test_what_the_check_refuses_for_its_shape_the_schema_refuses(
    file: str, old: str, new: str, row: Row
) -> None:
    text = GOOD[file].replace(old, new)
    assert not fits(tomllib.loads(text), SCHEMAS[file], SCHEMAS[file]), row


def test_enough_faults_are_of_the_shape() -> None:
    assert len(FAULTS) >= 15


def test_every_fact_and_deed_is_completed() -> None:
    rules = SCHEMAS["rules.toml"]
    known = set(rules["definitions"]["conditions"]["properties"])
    assert set(FACTS) <= known
    assert set(rules["definitions"]["deeds"]["properties"]) == set(THEN)
    assert json.dumps(SCHEMAS) == json.dumps(schemas())


def test_each_line_of_the_first_playbook_that_names_a_schema_finds_one(tmp_path: Path) -> None:
    written = {f"./{one.relative_to(tmp_path).as_posix()}" for one in write_schemas(tmp_path)}
    named = {
        path.read_text(encoding="utf-8").splitlines()[0].removeprefix("#:schema ")
        for path in STARTER.glob("*.toml")
    }
    assert len(named) == 3
    assert named <= written
    for name in written:
        assert json.loads((tmp_path / name).read_text(encoding="utf-8"))["type"] == "object"
