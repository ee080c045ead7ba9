"""The page "From an example to your own business", followed word by word, ends in a system that is
asked, refuses for its reasons, and does a request once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.examples.page import blocks
from tests.examples.workplace import Workplace
from tests.structure.files import ROOT

PAGE = (ROOT / "docs/begin-from-an-example.md").read_text(encoding="utf-8")
# It starts a shell for each question.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_the_page_ends_with_a_system_that_acts_once(
    workplace: Workplace, tmp_path: Path, unused_tcp_port: int
) -> None:
    (tmp_path / "config.toml").write_text('[playbook]\npath = "playbook"\n', encoding="utf-8")
    port = str(unused_tcp_port)
    printed = []
    for block in blocks(PAGE):
        script = f"SOURCES={ROOT}\n{block.text}".replace("-m systems", f"-m systems --port {port}")
        printed.append(await asyncio.to_thread(workplace.told, script, tmp_path))
        actions = tmp_path / "playbook" / "actions.toml"
        text = actions.read_text(encoding="utf-8").replace("8765", port)
        actions.write_text(text, encoding="utf-8")
    checked, _, reached, asked = printed
    assert "is in order" in checked
    assert reached.count(": in order") == 10
    owner, refused, *done = asked.split("key: ")[1:]
    assert "desk lamp" in owner
    assert "why: not_pending" in refused
    assert ["outcome: done" in one for one in done] == [True, True]
