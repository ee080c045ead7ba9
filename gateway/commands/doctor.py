"""`onethread doctor`: everything that has to be right, each finding with its remedy.

It reads options and prints; the looking is `gateway.doctor.findings`'s. Settings that cannot be
read are a finding like any other.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from gateway.doctor.findings import Section
    from gateway.settings.model import Settings

_INDENT = " " * 8
# Commands and records; addresses have no blanks.
_COPIED = re.compile(r'"[^"]*"|`[^`]*`')
_HELD = "\0"
_MARKS = {"ok": ("ok  ", "green"), "warning": ("warn", "yellow"), "fault": ("bad ", "bold red")}


def doctor(
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tell it as JSON, for programs.")] = False,
) -> None:
    """Look at everything that has to be right, here and at the providers; exit code 1 if something
    is not.

    Example: onethread doctor --config shop.toml
    """
    sections = _looked_at(config, quiet=as_json)
    if as_json:
        typer.echo(_as_json(sections))
    else:
        show(sections, Console(highlight=False))
    if any(one.faults for one in sections):
        raise typer.Exit(1)


def examined(settings: Settings) -> Sequence[Section]:
    """What is found with these settings, while a word says that it takes a moment."""
    from gateway.doctor.findings import examine

    with Console(stderr=True).status("Looking at this machine and asking the providers …"):
        return asyncio.run(examine(settings, secrets.token_urlsafe(24)))


def show(sections: Sequence[Section], console: Console) -> None:
    """Print every finding under what it is about, with its remedy below it."""
    for section in sections:
        console.print(Text(section.about, style="bold"))
        for finding in section.findings:
            mark, style = _MARKS[finding.gravity.value]
            for number, line in enumerate(_lines(finding.what, console.width)):
                head = Text(f"  {mark}  " if number == 0 else _INDENT, style=style)
                console.print(head.append(line, style="not bold default"), soft_wrap=True)
            for line in _lines(finding.mend, console.width):
                console.print(Text(f"{_INDENT}{line}", style="cyan"), soft_wrap=True)
    console.print()
    console.print(_summary(sections))


def _lines(text: str, width: int) -> list[str]:
    """The text in lines beside the marks; what may be copied from it stays on one line."""
    room = max(width - len(_INDENT), len(_INDENT))
    held = _COPIED.sub(lambda found: found[0].replace(" ", _HELD), text)
    lines = textwrap.wrap(held, room, break_long_words=False, break_on_hyphens=False)
    return [one.replace(_HELD, " ") for one in lines]


def _summary(sections: Sequence[Section]) -> Text:
    faults = sum(one.faults for one in sections)
    warnings = sum(
        finding.gravity.value == "warning" for one in sections for finding in one.findings
    )
    warned = f" and {_counted(warnings, 'warning')}" if warnings else ""
    if faults:
        words = f"{_counted(faults, 'fault')}{warned}. Mend them from the top and ask again."
        return Text(words, style="bold red")
    return Text(f"No fault{warned}." if warned else "All is in order.", style="bold green")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}"


def _looked_at(config: Path | None, *, quiet: bool) -> Sequence[Section]:
    from adapters.registry import find_spec
    from gateway.doctor.findings import examine, unusable
    from gateway.settings.model import ConfigError, load_settings

    try:
        settings = load_settings(config, adapter_model=lambda name: find_spec(name).config)
    except ConfigError as error:
        return [unusable(error.problems)]
    if quiet:
        return asyncio.run(examine(settings, secrets.token_urlsafe(24)))
    return examined(settings)


def _as_json(sections: Sequence[Section]) -> str:
    told = [
        {
            "about": section.about,
            "findings": [
                {"gravity": one.gravity.value, "what": one.what, "mend": one.mend}
                for one in section.findings
            ],
        }
        for section in sections
    ]
    faults = sum(section.faults for section in sections)
    return json.dumps({"ok": not faults, "sections": told}, indent=2, ensure_ascii=False)
