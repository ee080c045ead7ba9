"""The commands `onethread playbook reload`, `versions`, `diff` and `rollback`.

They read what was kept and written down, write the folder's files, and have a gateway that runs
beside look at once; what a playbook means, and what is otherwise in another, is core's to say.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from gateway.commands.identity_desk import (
    ConfigOption,
    JsonOption,
    YesOption,
    ask,
    desk,
    refuse,
    say,
    tell_json,
)

if TYPE_CHECKING:
    from core.playbook.model import Playbook
    from gateway.playbook.kept import KeptVersions
    from gateway.playbook.reader import Folder
    from gateway.playbook.status import Status
    from gateway.settings.model import Settings

PATIENCE = 120.0
"""Seconds that a gateway is given to look and to learn."""

_PAUSE = 0.1
_LEAST = 4
"""Characters of a version that name it."""

VersionArgument = Annotated[str, typer.Argument(help="A version, or how it begins.")]


def reload(config: ConfigOption = None) -> None:
    """Have the gateway that runs take over the playbook's files now; exit code 2 on a fault.

    Example: onethread playbook reload
    """
    from gateway.playbook.reader import load_playbook
    from gateway.playbook.status import ask_for_look

    settings = _settings(config)
    wanted = load_playbook(settings.playbook.path).version
    folder = _kept(settings).folder
    asked = datetime.now(UTC)
    ask_for_look(folder)
    found = _waited(folder, asked)
    if found is None:
        refuse("No gateway looked. If none runs here, it reads the files when it starts.")
    if found.faults:
        for one in found.faults:
            say(str(one), "red")
        raise typer.Exit(2)
    say(f"Version {found.version} is in force.", "green")
    if found.version != wanted:
        say("The files were changed while it looked: run it again.", "yellow")


def versions(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the playbooks that were in force, the newest first: who, when, why, what changed.

    Example: onethread playbook versions --limit 5
    """
    from memory.units.playbook_log import put_in_force

    kept = _kept(_settings(config)).versions()
    with desk(config) as here:
        rows = put_in_force(here.connection, limit)
    if as_json:
        tell_json([{"kept": one.version in kept, **asdict(one)} for one in rows])
        return
    table = Table()
    for name in ("version", "since", "by", "what", ""):
        table.add_column(name)
    for one in rows:
        words = "\n".join(filter(None, (one.note, *one.changes)))
        gone = "" if one.version in kept else "files no longer kept"
        table.add_row(one.version, f"{one.at:%Y-%m-%d %H:%M}", one.actor, words, gone)
    Console().print(table)


def diff(
    version: VersionArgument,
    other: Annotated[
        str | None, typer.Argument(help="Another version.", show_default="the files there are")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Line by line, too.")] = False,
    config: ConfigOption = None,
) -> None:
    """Tell what is otherwise in a later playbook than in this version, in words.

    Example: onethread playbook diff 3f2a --text
    """
    from core.playbook.changes import changes
    from gateway.playbook.reader import Folder, playbook_of, read_folder

    settings = _settings(config)
    there = read_folder(settings.playbook.path)
    before = _files(settings, version, there)
    after = there.files if other is None else _files(settings, other, there)
    told = changes(playbook_of(Folder(before)), playbook_of(Folder(after)))
    for one in told:
        say(one)
    if not told:
        say("Nothing that decides is otherwise.")
    if text:
        for line in _lines(before, after):
            say(line, {"+": "green", "-": "red"}.get(line[:1], ""))


def rollback(
    version: VersionArgument,
    why: Annotated[str, typer.Option("--why", help="A word on why.")],
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Put the files of an older version back, and have it taken over.

    Example: onethread playbook rollback 3f2a --why "the new greeting was too long"
    """
    from gateway.playbook.folder import replace_folder
    from gateway.playbook.reader import Folder, playbook_of, read_folder
    from gateway.playbook.status import ask_for_look
    from memory.units.playbook_log import ROLLED_BACK, note_in_force

    settings = _settings(config)
    kept = _kept(settings)
    folder = read_folder(settings.playbook.path)
    files = _files(settings, version, folder)
    back = playbook_of(Folder(files))
    told = _told(folder, back)
    for one in told:
        say(one)
    ask("Put these files back?", yes)
    if not replace_folder(settings.playbook.path, kept, folder, files, back.version):
        refuse("The files were changed meanwhile; nothing was put back.")
    with desk(config) as here:
        note_in_force(
            here.connection,
            back.version,
            here.now,
            here.new_id(),
            actor=here.actor,
            action=ROLLED_BACK,
            detail={"note": why, "changes": told},
        )
    ask_for_look(kept.folder)
    say(f"The files of version {back.version} are back. A gateway that runs takes them over.")


def playbook_kept(settings: Settings, named: str) -> Playbook:
    """A version that was in force, by how it begins. Raises the exit with code 1 when there is
    none, and `PlaybookError` where this release cannot read it."""
    from gateway.playbook.reader import Folder, playbook_of, read_folder

    return playbook_of(Folder(_files(settings, named, read_folder(settings.playbook.path))))


def _settings(config: Path | None) -> Settings:
    from gateway.settings.model import load_settings

    return load_settings(config)


def _kept(settings: Settings) -> KeptVersions:
    from gateway.playbook.kept import kept_of

    return kept_of(settings.data.folder)


def _waited(folder: Path, asked: datetime) -> Status | None:
    """How it stands once a gateway has looked; nothing when none does."""
    from gateway.playbook.status import told_status

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = told_status(folder)
        if found is not None and found.looked_at is not None and found.looked_at >= asked:
            return found
        time.sleep(_PAUSE)
    return None


def _files(settings: Settings, named: str, there: Folder) -> Mapping[str, str]:
    """The files of a version by how it begins, with what is not kept as it is there now.

    Raises the exit with code 1 when there is none.
    """
    from gateway.playbook.kept import put_back

    kept = _kept(settings)
    found = [one for one in kept.versions() if one.startswith(named)]
    if len(named) < _LEAST or len(found) != 1:
        some = ", ".join(sorted(found)) or "none"
        refuse(f"“{named}” names {some}; onethread playbook versions lists them.")
    files = kept.find(found[0])
    if files is None:
        refuse(f"What was kept of version {found[0]} is damaged.")
    return put_back(files, there.files)


def _told(folder: Folder, back: Playbook) -> tuple[str, ...]:
    """What putting a playbook back changes; files with a fault have no meaning to compare."""
    from core.playbook.changes import changes
    from core.playbook.fields import PlaybookError
    from gateway.playbook.reader import playbook_of

    try:
        return changes(playbook_of(folder), back)
    except PlaybookError:
        return ("The files there are have faults.",)


def _lines(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        mine, theirs = before.get(name, ""), after.get(name, "")
        yield from difflib.unified_diff(
            mine.splitlines(), theirs.splitlines(), name, name, lineterm="", n=2
        )
