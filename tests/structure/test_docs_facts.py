"""Facts of the documentation that the code knows too: commands, paths, variables, words, frames.

Each is read from its page and held against the code, so that a change of one shows in the other.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import typer.main

from adapters.registry import find_spec
from adapters.sms.consent import WORDS
from adapters.webchat import protocol
from core.escalation.facts import COUNTERS, FACTS
from core.message import ConsentChange
from gateway.api.routes import ENDPOINTS
from gateway.cli import build_app
from gateway.settings.model import Settings
from tests.structure.files import ROOT, files, shown

PAGES = [one for one in files("docs") if one.suffix == ".md"] + [ROOT / "README.md"]
_COMMAND = re.compile(r"onethread ((?:[a-z-]+)(?: [a-z-]+)?)")
_VARIABLE = re.compile(r"\bONETHREAD__[A-Z_]+")
_PATH = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[\w/{}-]+)")


def _text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _spoken_of(page: Path) -> set[str]:
    """The commands a page names in code, as their words."""
    text = page.read_text(encoding="utf-8")
    code = re.findall(r"```sh\n(.*?)```", text, re.S) + re.findall(r"`(onethread [^`]+)`", text)
    return {one for each in code for one in _COMMAND.findall(each)}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_named_exists(page: Path) -> None:
    for words in _spoken_of(page):
        first, *rest = words.split()
        command = typer.main.get_command(build_app([first]))
        found = getattr(command, "commands", {}).get(first)
        assert found is not None, words
        below = getattr(found, "commands", {})
        # What follows a command without any below it is its argument.
        assert not below or not rest or rest[0] in below, words


def test_commands_are_found_on_the_pages() -> None:
    assert {"serve", "config check", "db upgrade", "identities link"} <= {
        one for page in PAGES for one in _spoken_of(page)
    }


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_variable_named_is_a_setting(page: Path) -> None:
    for name in _VARIABLE.findall(page.read_text(encoding="utf-8")):
        section, *path = name.lower().split("__")[1:]
        if name == "ONETHREAD__SECTION__KEY":
            continue
        if section == "adapters":
            account, key = path[0], path[1]
            assert key in find_spec(account).config.model_fields, name
        else:
            model = Settings.model_fields[section].annotation
            assert path[0] in getattr(model, "model_fields", {}), name


def test_the_api_page_names_every_endpoint_and_no_other() -> None:
    known = {(one.method, one.path) for one in ENDPOINTS}
    page = _text("api.md")
    named = {(method, path) for method, path in _PATH.findall(page)}
    steps = re.findall(r"`/(answer|hand-back|resolve|presence)`", page)
    named |= {("POST", f"/handoffs/{{id}}/{step}") for step in steps}
    assert named - {("GET", "/health")} == known


def test_the_page_on_sms_names_twilios_words() -> None:
    rows = re.findall(r"^\| ([A-Z, ]+) \| (.*) \|$", _text("sms.md"), re.M)
    told = [{one.strip().lower() for one in words.split(",")} for words, _ in rows]
    assert told == [
        {word for word, change in WORDS.items() if change is wanted}
        for wanted in (ConsentChange.OPT_OUT, ConsentChange.OPT_IN, ConsentChange.HELP)
    ]


def test_the_page_on_web_chat_names_every_frame_of_the_client_with_its_fields() -> None:
    table = _text("webchat.md").partition("| from the client |")[2].partition("| from the gate")[0]
    rows = {name: set(re.findall(r"`(\w+)`", rest)) for name, rest in _rows(table)}
    frames = {
        get_args(one.model_fields["type"].annotation)[0]: set(one.model_fields) - {"type"}
        for one in (protocol.Hello, *get_args(protocol.Later))
    }
    assert rows == frames


def test_the_page_on_web_chat_names_every_frame_of_the_gateway() -> None:
    table = _text("webchat.md").partition("| from the gateway |")[2].partition("\n\n")[0]
    folder = ROOT / "adapters" / "webchat"
    sources = [folder / "adapter.py", folder / "files.py"]
    source = "".join(one.read_text(encoding="utf-8") for one in sources)
    written = set(re.findall(r'"type": "(\w+)"', source)) | {"pong"}
    assert {name for name, _ in _rows(table)} == written


def test_the_options_of_the_widget_are_all_told() -> None:
    source = (ROOT / "adapters" / "webchat" / "static" / "widget.js").read_text(encoding="utf-8")
    table = _text("webchat.md").partition("| option |")[2].partition("\n\n")[0]
    told = {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row[:40])}
    used = set(re.findall(r"options\??\.(\w+)", source))
    used |= {
        one.strip()
        for one in re.findall(r"const \{ ([\w, ]+) \} = this\.options", source)[0].split(",")
    }
    assert used <= told
    data = re.findall(r"const \{ ([\w, ]+) \} = script\.dataset", source)[0]
    by_data = {
        name
        for row in table.splitlines()
        if "| yes |" in row
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert by_data == {one.strip() for one in data.split(",")}


def test_the_page_on_playbooks_names_every_fact_a_rule_may_name() -> None:
    table = _text("playbook.md").partition("| fact | what it is |")[2].partition("\n\n")[0]
    told = {name for cell, _ in _rows(table, many=True) for name in re.findall(r"`([\w.]+)`", cell)}
    assert told == {*FACTS, "slot.NAME", *(f"counters.{one}" for one in COUNTERS)}


def test_every_event_of_the_log_that_is_named_is_logged() -> None:
    table = _text("running.md").partition("| event |")[2]
    named = {name for cell, _ in _rows(table, many=True) for name in re.findall(r"`(\w+)`", cell)}
    source = "\n".join(
        one.read_text(encoding="utf-8") for one in files("gateway", "memory") if one.suffix == ".py"
    )
    assert named
    assert {one for one in named if f'"{one}"' not in source} == set()


def _rows(table: str, *, many: bool = False) -> list[tuple[str, str]]:
    """First cell (its name in code, or the whole of it) and the rest of each row."""
    cells = re.findall(r"^\| (`[^|]*) \|(.*)$", table, re.M)
    return [(first if many else first.strip("`"), rest.split(":")[0]) for first, rest in cells]
