"""The page "Add a channel", followed word by word, ends in a channel that is proved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from tests.examples.page import blocks, put
from tests.examples.workplace import Workplace
from tests.structure.files import ROOT

PAGE = (ROOT / "docs/add-a-channel.md").read_text(encoding="utf-8")
# It installs, and starts a shell for each question.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_NAME = re.compile(r"`((?:adapters|core|gateway)(?:\.\w+)+)`")


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the page was followed, and what its commands printed, in their order."""

    folder: Path
    printed: list[str]


@pytest.fixture(scope="module")
def followed(workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    folder = tmp_path_factory.mktemp("page")
    printed = []
    for block in blocks(PAGE):
        if block.language == "sh":
            printed.append(workplace.told(block.text, folder))
        elif block.language == "python":
            put(block, folder / "onethread-pigeon" / block.file)
        else:
            (folder / block.file).write_text(block.text, encoding="utf-8")
    return Followed(folder, printed)


def test_the_page_begins_with_a_channel_that_keeps_the_contract(followed: Followed) -> None:
    assert "0 failed" in followed.printed[0]


def test_the_page_ends_with_a_channel_that_keeps_the_contract(followed: Followed) -> None:
    proved = followed.printed[2]
    assert "0 failed" in proved
    for capability in ("threads", "delivery_status", "idempotent_send"):
        assert f"proven   {capability} is declared and proved" in proved


def test_the_address_to_enter_is_shown_and_the_wheel_is_made(followed: Followed) -> None:
    assert "/channels/pigeon/inbound" in followed.printed[3]
    assert list((followed.folder / "dist").glob("onethread_pigeon-*.whl"))


def test_what_the_page_makes_is_typed_strictly(workplace: Workplace, followed: Followed) -> None:
    script = f"export MYPYPATH={ROOT}\npython -m mypy --explicit-package-bases --cache-dir=.mypy ."
    assert "no issues" in workplace.told(script, followed.folder / "onethread-pigeon")


@pytest.mark.parametrize("name", sorted(set(_NAME.findall(PAGE))))
def test_every_name_of_ours_on_the_page_exists(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    try:
        found: object = import_module(module)
    except ModuleNotFoundError:
        module, _, owner = module.rpartition(".")
        found = getattr(import_module(module), owner)
    assert hasattr(found, attribute)
