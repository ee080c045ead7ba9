"""The commands on the rules of who is who, as a person types them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from core.message import Assurance
from gateway.identity.rules import DEFAULT_TEXT
from memory.units.identity.rule_versions import begin, in_force
from tests.memory.test_commands import run
from tests.memory.world import CHAT, PHONE, World

WORDS = pytest.CaptureFixture[str]


@pytest.fixture
def settled(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Two handles that a code joined, under the rules of the first start."""
    with engine.begin() as connection:
        world = World(connection)
        world.say(PHONE, "Where is my order?")
        world.say(CHAT, "hello")
        begin(connection, DEFAULT_TEXT, world.micros(), (1, 2, 3))
        world.link(PHONE, CHAT, Assurance.PROVED, "six digits", rule="code")
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    return engine


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A draft that takes codes back, and warns of a looser level."""
    file = tmp_path / "draft.toml"
    text = DEFAULT_TEXT.replace("history = 2", "history = 1")
    text = re.sub(r'(id = "code"\n.*\n.*\njoins = )true', r"\1false", text)
    file.write_text(text, encoding="utf-8")
    return file


def is_one_customer(engine: Engine) -> bool:
    with engine.begin() as connection:
        world = World(connection)
        ids = [world.handle_row(one)["customer_id"] for one in (PHONE, CHAT)]
    return len(set(ids)) == 1


def test_a_draft_is_checked_tried_published_and_taken_back(
    settled: Engine, draft: Path, capsys: WORDS
) -> None:
    assert run("identities", "rules", "check", str(draft)) == 0
    told = capsys.readouterr()
    assert "is in order" in told.out and "levels.history is 1" in told.err
    assert run("identities", "rules", "try", str(draft)) == 0
    tried = capsys.readouterr().out
    assert "Would part: 1 pair" in tried and PHONE in tried and CHAT in tried
    assert "Customers: 1 now, 2 then." in tried
    assert is_one_customer(settled)

    rules = ("identities", "rules")
    assert run(*rules, "publish", str(draft), "--note", "no codes", "--yes") == 0
    assert "0 links made or changed, 1 ended" in capsys.readouterr().out
    assert not is_one_customer(settled)
    assert run(*rules, "show") == 0
    shown = capsys.readouterr()
    assert shown.out == draft.read_text(encoding="utf-8") and "no codes" in shown.err
    assert run(*rules, "publish", str(draft), "--note", "again", "--yes") == 1
    assert "in force already" in capsys.readouterr().err

    assert run(*rules, "roll-back", "1", "--yes") == 0
    assert is_one_customer(settled)
    capsys.readouterr()
    assert run(*rules, "versions") == 0
    listed = capsys.readouterr().out.splitlines()
    assert "in force" in listed[1] and "back to version 1" in listed[1]
    assert "gateway" in listed[3] and "replaced" in listed[3]


def test_nothing_is_published_that_is_faulty_or_not_confirmed(
    settled: Engine, draft: Path, capsys: WORDS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typer.confirm", lambda _: False)
    assert run("identities", "rules", "publish", str(draft), "--note", "no codes") == 1
    draft.write_text('blokked = ["x"]', encoding="utf-8")
    assert run("identities", "rules", "publish", str(draft), "--note", "x", "--yes") == 2
    assert "Did you mean blocked?" in capsys.readouterr().err
    assert run("identities", "rules", "roll-back", "9", "--yes") == 1
    assert "no version 9" in capsys.readouterr().err
    with settled.begin() as connection:
        found = in_force(connection)
    assert found is not None and found.text == DEFAULT_TEXT
    assert is_one_customer(settled)


def test_rules_are_told_as_json_in_the_words_of_the_api(
    settled: Engine, draft: Path, capsys: WORDS
) -> None:
    def told(*words: str) -> Any:
        capsys.readouterr()
        assert run("identities", "rules", *words, "--json") == 0
        return json.loads(capsys.readouterr().out)

    assert told("show")["text"] == DEFAULT_TEXT
    assert "history is 1" in told("check", str(draft))["warnings"][0]
    assert told("try", str(draft))["pairs_that_part"] == 1
    done = told("publish", str(draft), "--note", "no codes", "--yes")
    assert done["links"]["ended"] == 1
    assert [one["id"] for one in told("versions")] == [done["version_id"], "1"]
    assert told("roll-back", "1", "--yes")["links"]["made"] == 1
