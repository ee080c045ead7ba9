"""The command `onethread intents suggest`: what customers wrote that was not understood.

It reads the database and prints; nothing is changed or sent. What is brought together how is
`gateway.intents.suggestions`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.commands.identity_desk import ConfigOption, JsonOption, refuse, say, tell_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.playbook.model import Playbook
    from gateway.intents.suggestions import Encode, Group, Unclear
    from gateway.settings.model import Settings


def suggest(
    path: Annotated[Path, typer.Argument(help="The playbook's folder.")] = Path("playbook"),
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h or 45m.")] = "30d",
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many groups.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Group the messages that were not understood, with lines to add to intents.toml.

    Example: onethread intents suggest playbook --since 90d
    """
    from gateway.commands.turns_replay import span_of
    from gateway.intents.suggestions import grouped
    from gateway.playbook.reader import load_playbook
    from gateway.settings.model import load_settings

    settings, playbook, span = load_settings(config), load_playbook(path), span_of(since)
    found, turns = _unclear(settings, playbook, span)
    groups = grouped(found, playbook, _encoder(settings))
    shown = groups[:limit]
    if as_json:
        rows = [{**asdict(one), "place": one.place} for one in shown]
        tell_json(
            {"turns": turns, "unclear": len(found), "groups": len(groups), "suggestions": rows}
        )
        return
    say(f"{turns} turns, {len(found)} of them not understood, in {len(groups)} groups.", "bold")
    for one in shown:
        _tell(one)


def _unclear(
    settings: Settings, playbook: Playbook, span: timedelta
) -> tuple[Sequence[Unclear], int]:
    """What was not understood, newest first, and how many turns there were."""
    from gateway.commands.database import NoDatabase, now_micros
    from gateway.intents.suggestions import unclear_of
    from gateway.settings.obstacles import reaching_database
    from memory.stored_turns import turns_since

    start = now_micros() - span // timedelta(microseconds=1)
    found: list[Unclear] = []
    turns = 0
    try:
        with reaching_database(settings.file), _reading(settings) as connection:
            for turn in turns_since(connection, start):
                turns += 1
                one = unclear_of(turn, playbook)
                if one is not None:
                    found.append(one)
    except NoDatabase as error:
        refuse(str(error))
    return found[::-1], turns


def _reading(settings: Settings) -> AbstractContextManager[Connection]:
    from gateway.commands.database import reading

    return reading(settings.storage.url.get_secret_value())


def _encoder(settings: Settings) -> Encode | None:
    """The sentence encoder in use, if there is one."""
    import asyncio

    from gateway.recall.encoder_files import open_model

    model = asyncio.run(open_model(settings))
    return None if model is None else model.encode


def _tell(group: Group) -> None:
    """One group: its wordings, what they may be, and the line to paste."""
    console = Console()
    became = ", ".join(f"{what} {times}" for what, times in sorted(group.became.items()))
    console.print(Text(f"\n{group.count} × {group.texts[0]}", style="bold"))
    for text in group.texts[1:]:
        console.print(Text(f"    {text}"))
    near = ", ".join(f"{name} {share:.0%}" for name, share in group.nearest) or "none"
    console.print(Text(f"  nearest: {near}; {became}", style="dim"))
    where = f"to the examples of [{group.place}]" if group.place else "to a new intent's examples"
    console.print(Text(f"  {where}:", style="dim"))
    console.print(Text(f"  {group.line}"), soft_wrap=True)
