"""The documentation says what is so: names on the page of the way exist, run, and run in order.

Also: no page is left out of the table of contents, links between files lead somewhere, and the
conversations written down are those that `stories.toml` asks for.
"""

from __future__ import annotations

import asyncio
import re
import sys
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from core.answers.defaults import DEFAULT_ANSWERS
from core.escalation.rules import DEFAULT_RULES
from core.playbook.model import SLOT_KINDS
from core.playbook.reader import PLAYBOOK_FILES, read_playbook
from gateway.demo.people import ADA
from gateway.demo.start import running_demo
from tests.structure import way_page
from tests.structure.files import ROOT, files, shown
from tests.structure.way_page import PAGE, Named

WAY = PAGE.read_text(encoding="utf-8")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_MADE = {"docs/images/demo.png"}


def test_every_file_on_the_page_of_the_way_exists() -> None:
    missing = sorted({one for one in way_page.files(WAY) if not (ROOT / one).is_file()})
    assert not missing


def test_every_name_on_the_page_of_the_way_is_defined_in_its_file() -> None:
    named = list(way_page.names(WAY))
    assert len(named) > 50, "the page is not being read"
    assert [one for one in named if one.name not in way_page.defined(ROOT / one.file)] == []


@pytest.mark.parametrize("page", sorted(shown(one) for one in files("docs/adr")))
def test_every_name_in_a_decision_is_defined_in_the_file_beside_it(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    beside = re.findall(r"\(`([\w.]+)`\s+in\s+`([\w/]+\.py)`\)", text)
    assert [one for one in beside if one[0] not in way_page.defined(ROOT / one[1])] == []
    assert [one for one in way_page.files(text) if not (ROOT / one).is_file()] == []


async def test_what_the_page_of_the_way_says_runs_does_run_in_this_order(tmp_path: Path) -> None:
    calls = await _calls_of_one_text(tmp_path)
    steps = [one for one in way_page.names(WAY) if one.runs and one.file.endswith(".py")]
    first = {one: _first_call(calls, one) for one in steps}
    assert [one for one, at in first.items() if at is None] == []
    begun = [min(at or 0 for one, at in first.items() if one.step == step) for step in range(1, 8)]
    assert begun == sorted(begun)


async def _calls_of_one_text(folder: Path) -> list[tuple[str, str]]:
    """File and name of every function of ours that ran for one text message, in their order."""
    calls: list[tuple[str, str]] = []
    recording = False
    seen: set[object] = set()

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if not recording or event != "call" or code in seen:
            return
        if code.co_filename.startswith(str(ROOT)):
            seen.add(code)
            calls.append((code.co_filename, code.co_qualname))

    with Profiled(profile):
        async with running_demo(folder) as demo:
            recording = True
            await demo.phones.text(ADA.phone, "Where is my order 1042?")
            reply = await demo.phones.wait_for_reply(ADA.phone, 0)
            await _until_reported(demo.phones.failures, calls)
            recording = False
    assert "1042" in reply.text
    return calls


async def _until_reported(failures: list[str], calls: list[tuple[str, str]]) -> None:
    """Until Twilio's stand-in has told what became of the reply."""
    async with asyncio.timeout(30):
        while ("report" not in [name for _, name in calls]) and not failures:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class Profiled:
    """Within it, every call of a function in this thread and in new ones is told."""

    def __init__(self, profile: Callable[[FrameType, str, object], None]) -> None:
        self._profile = profile

    def __enter__(self) -> None:
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)


def _first_call(calls: list[tuple[str, str]], named: Named) -> int | None:
    """When it ran first; of a function that makes another, the one it made counts too."""
    for at, (file, name) in enumerate(calls):
        inner = name == named.name or name.startswith(f"{named.name}.<locals>.")
        if inner and shown(Path(file)) == named.file:
            return at
    return None


def test_every_page_is_in_the_table_of_contents() -> None:
    listed = re.findall(
        r"^(?:[\w/-]+)$", _toctree("index.md") + "\n" + _toctree("adr/index.md"), re.M
    )
    pages = {
        shown(one).removeprefix("docs/").removesuffix(".md")
        for one in files("docs")
        if one.suffix == ".md"
    }
    known = {*listed, *(f"adr/{one}" for one in listed), "index"}
    assert pages - known == set()


def _toctree(page: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```\{toctree\}(.*?)```", text, re.S))


@pytest.mark.parametrize("page", sorted(shown(one) for one in files() if one.suffix == ".md"))
def test_links_to_files_lead_somewhere(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.S)
    targets = [one.partition("#")[0] for one in _LINK.findall(text) if "://" not in one]
    lost = [one for one in targets if one and not ((ROOT / page).parent / one).exists()]
    assert [one for one in lost if one not in _MADE] == []


def test_the_stories_written_down_are_those_that_are_played() -> None:
    told = (ROOT / "docs" / "stories.md").read_text(encoding="utf-8")
    stories = tomllib.loads((ROOT / "docs" / "stories.toml").read_text(encoding="utf-8"))["story"]
    assert len(stories) >= 8
    assert re.findall(r"^## (.*)$", told, re.M) == [one["title"] for one in stories]
    says = [one["says"] for story in stories for one in story["steps"] if "who" in one]
    wanted = [text for one in says for text in ([one] if isinstance(one, str) else one)]
    assert re.findall(r"^\*\*[^*]*, by [^*]*:\*\* (.*)$", told, re.M) == wanted


def test_the_small_playbook_of_the_documentation_is_read_by_the_real_reader() -> None:
    page = (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8")
    example = page.partition("## A small playbook")[2].partition("\n## Intents")[0]
    found = re.findall(r"^`([\w/.]+)`\n\n```(?:toml|text)\n(.*?)^```$", example, re.M | re.S)
    playbook = read_playbook(dict(found))
    assert len(found) == len(PLAYBOOK_FILES) + 2
    assert (playbook.business, len(playbook.intents)) == ("Spoke & Chain", 6)
    assert {one.id for one in DEFAULT_RULES} < {one.id for one in playbook.rules}
    assert [one.name for one in playbook.articles] == ["prices"]


def test_every_answer_key_and_fact_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8")
    keys = page.partition("These are the keys:")[2].partition("Words that")[0]
    assert set(re.findall(r"`(\w+)`", keys)) == set(DEFAULT_ANSWERS)
    kinds = next(line for line in page.splitlines() if line.startswith("| `kind` |"))
    assert set(re.findall(r"`(\w+)`", kinds)) - {"kind"} == set(SLOT_KINDS)
