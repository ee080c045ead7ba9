"""The page "Add a stage", followed word by word, ends in a stage that is proved and replayed."""

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
from tests.gateway.everywhere import everywhere
from tests.structure.files import ROOT

PAGE = (ROOT / "docs/add-a-stage.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples/letterhead"
# It installs, and starts a shell for each question.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_NAME = re.compile(r"`(core(?:\.\w+)+)`")
CONFIG = """[storage]
url = "sqlite:///{folder}/onethread.db"
[data]
folder = "{folder}"
[playbook]
path = "playbook"
"""


async def test_the_page_ends_with_a_stage_that_is_proved_and_changes_mails(
    workplace: Workplace, tmp_path: Path
) -> None:
    async with everywhere(tmp_path, tmp_path / "models") as world:
        await world.know_ada()
        url = world.gateway.settings.storage.url.get_secret_value()
    config = CONFIG.format(folder=tmp_path).replace(f"sqlite:///{tmp_path}/onethread.db", url)
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    shutil.copytree(PLAYBOOK, tmp_path / "playbook")
    printed = []
    for block in blocks(PAGE):
        if block.language == "sh":
            printed.append(await asyncio.to_thread(workplace.told, block.text, tmp_path))
        else:
            file = tmp_path / "onethread-letterhead" / block.file
            file.write_text(block.text, encoding="utf-8")
    _, proved, replayed = printed
    assert "letterhead: response, version 1" in proved
    assert "0 failed" in proved and "1 passed" in proved
    assert "is in order" in replayed and "— Lamp & Loom" in replayed
    assert "answered: " in replayed


def test_the_example_is_what_the_page_makes() -> None:
    made = {one.file: one.text for one in blocks(PAGE) if one.language != "sh"}
    assert made == {name: (EXAMPLE / name).read_text(encoding="utf-8") for name in made}


@pytest.mark.parametrize("name", sorted(set(_NAME.findall(PAGE))))
def test_every_name_of_ours_on_the_page_exists(name: str) -> None:
    try:
        import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute)
