"""The page "Add an action", followed word by word, ends in actions that are tried and done once."""

from __future__ import annotations

import asyncio
import re
import shutil
from importlib import import_module
from pathlib import Path

import pytest

from gateway.demo.settings import PLAYBOOK
from tests.examples.page import blocks
from tests.examples.workplace import Workplace
from tests.structure.files import ROOT

PAGE = (ROOT / "docs/add-an-action.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples/calls"
# It installs, and starts a shell for each question.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_NAME = re.compile(r"`(core(?:\.\w+)+)`")
_PACKAGE = "onethread-calls/"


async def test_the_page_ends_with_actions_that_are_done_once(
    workplace: Workplace, tmp_path: Path, unused_tcp_port: int
) -> None:
    shutil.copytree(PLAYBOOK, tmp_path / "playbook")
    (tmp_path / "config.toml").write_text('[playbook]\npath = "playbook"\n', encoding="utf-8")
    printed = []
    for block in blocks(PAGE.replace("8765", str(unused_tcp_port))):
        if block.language == "sh":
            printed.append(await asyncio.to_thread(workplace.told, block.text, tmp_path))
        else:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    checked, _, asked, _, done = printed
    assert "is in order" in checked
    assert "call_back: in order" in asked
    assert asked.count("number: 1") == 2
    assert "outcome: refused" in asked
    assert "1 passed" in done and "outcome: done" in done and "Installed: calls" in done


def test_the_example_is_what_the_page_makes() -> None:
    named = {one.file: one.text for one in blocks(PAGE) if one.file.startswith(_PACKAGE)}
    made = {name.removeprefix(_PACKAGE): text for name, text in named.items()}
    assert made == {name: (EXAMPLE / name).read_text(encoding="utf-8") for name in made}


@pytest.mark.parametrize("name", sorted(set(_NAME.findall(PAGE))))
def test_every_name_of_ours_on_the_page_exists(name: str) -> None:
    try:
        import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute)
