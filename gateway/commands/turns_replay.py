"""The command `onethread turns replay`: what other stages or another playbook would answer.

It reads the database through a connection that cannot write, decides stored turns anew, and shows
the pairs that differ. Nothing is sent, stored or looked up outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.commands.identity_desk import ConfigOption, JsonOption, refuse, say, tell_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.identity.rules import IdentityRules
    from core.pipeline.contracts import Stages
    from core.playbook.model import Playbook
    from gateway.settings.model import Settings
    from gateway.turns.replaying import Pair, Replayed, Vector

_SPAN = re.compile(r"(\d{1,5})([dhm])")
_VERSION = re.compile(r"[0-9a-f]{4,16}")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}

_NAMES = {
    "intent": "understood",
    "move": "did",
    "reply": "answered",
    "asked": "asked for",
    "sources": "sources",
    "escalated": "handed over by",
    "silent": "silent because",
    "slots": "at hand",
}
"""What is compared, in words."""


def replay(
    since: Annotated[
        str, typer.Option("--since", help="How far back: 30d, 12h or 45m.", metavar="SPAN")
    ] = "30d",
    other: Annotated[
        Path | None,
        typer.Option(
            "--with",
            help="The folder of the playbook to decide by, or a version that was in force.",
            show_default="the one in use",
            file_okay=False,
        ),
    ] = None,
    most: Annotated[int, typer.Option("--show", min=0, help="Pairs to show at most.")] = 50,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Decide stored turns anew by a changed playbook, without any effect, and show what differs.

    Example: onethread turns replay --since 30d --with playbook2
    """
    from gateway.settings.model import load_settings

    span = span_of(since)
    settings = load_settings(config)
    playbook = _playbook(settings, other)
    stages = _stages(settings, playbook)
    pairs, total = _replayed(settings, playbook, stages, span, None if as_json else most)
    if as_json:
        tell_json(
            {
                "playbook": playbook.version,
                "stages": list(stages.versions),
                "same": total.same,
                "differing": total.differing,
                "changes": total.changes,
                "skipped": total.skipped,
                "pairs": pairs,
            }
        )
        return
    for pair in pairs:
        _show(pair)
    _sum_up(total, len(pairs))


def _playbook(settings: Settings, other: Path | None) -> Playbook:
    """The one in use, that of a folder, or that of a version which was kept."""
    from gateway.commands.playbook_versions import playbook_kept
    from gateway.playbook.reader import load_playbook

    if other is None or other.is_dir() or not _VERSION.fullmatch(str(other)):
        return load_playbook(other or settings.playbook.path)
    return playbook_kept(settings, str(other))


def _replayed(
    settings: Settings, playbook: Playbook, stages: Stages, span: timedelta, most: int | None
) -> tuple[list[Pair], Replayed]:
    """The pairs that differ, `most` of them, and the counts of all."""
    from time import perf_counter_ns

    from gateway.commands.database import now_micros
    from gateway.turns.replaying import Replaying
    from memory.stored_turns import turns_since

    start = now_micros() - span // timedelta(microseconds=1)
    kept: list[Pair] = []
    with _looking(settings) as (connection, rules):
        replaying = Replaying(playbook, stages, rules, perf_counter_ns, _encoder(settings))
        for pair in replaying.pairs(turns_since(connection, start)):
            if most is None or len(kept) < most:
                kept.append(pair)
    return kept, replaying.total


@contextmanager
def _looking(settings: Settings) -> Iterator[tuple[Connection, IdentityRules]]:
    """A look into the database, which cannot write, with the rules about who is who in force."""
    from core.identity.rule_reader import read_identity_rules
    from core.identity.rules import DEFAULT_RULES
    from gateway.commands.database import NoDatabase, reading
    from gateway.settings.obstacles import reaching_database
    from memory.units.identity.rule_versions import in_force

    url = settings.storage.url.get_secret_value()
    try:
        with reaching_database(settings.file), reading(url) as connection:
            version = in_force(connection)
            rules = DEFAULT_RULES if version is None else read_identity_rules(version.text).rules
            yield connection, rules
    except NoDatabase as error:
        refuse(str(error))


def _stages(settings: Settings, playbook: Playbook) -> Stages:
    import asyncio

    from gateway.stages.building import build_stages

    return asyncio.run(build_stages(settings, playbook, None, trial=True))


def _encoder(settings: Settings) -> Callable[[str], Vector] | None:
    """The sentence encoder in use, if there is one."""
    import asyncio

    from gateway.recall.encoder_files import open_model

    model = asyncio.run(open_model(settings))
    return None if model is None else lambda text: model.deep([text])[0]


def span_of(text: str) -> timedelta:
    """A span of time as it is typed: 30d, 12h, 45m. Raises `typer.BadParameter`."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise typer.BadParameter("write it as 30d, 12h or 45m", param_hint="--since")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _show(pair: Pair) -> None:
    """One pair side by side: what was decided, and what would be now."""
    table = Table(title=f"{pair.at:%Y-%m-%d %H:%M} {pair.channel}, turn {pair.id}")
    table.title_justify = "left"
    for name in ("", "then", "now"):
        table.add_column(name, ratio=None if not name else 1)
    table.add_row("customer", Text(pair.text), "")
    for name in pair.differs:
        table.add_row(_NAMES[name], _words(pair.was[name]), _words(pair.now[name]))
    if "reply" not in pair.differs:
        table.add_row("answered", _words(pair.was["reply"]), "the same")
    Console().print(table)


def _words(value: object) -> Text:
    if isinstance(value, dict):
        return Text("\n".join(f"{name}: {one}" for name, one in value.items()) or "-")
    if isinstance(value, list):
        return Text(", ".join(map(str, value)) or "-")
    return Text("-" if value is None else str(value))


def _sum_up(total: Replayed, shown: int) -> None:
    """The counts, in words."""
    every = total.same + total.differing
    say(f"{every} turns decided anew: {total.same} the same, {total.differing} differ.", "bold")
    for name, number in total.changes.items():
        say(f"  {_NAMES[name]}: {number}")
    if shown < total.differing:
        say(f"  {total.differing - shown} of them are not shown; --show and --json show more.")
    for reason, number in total.skipped.items():
        say(f"  left out, {reason}: {number}", "dim")
