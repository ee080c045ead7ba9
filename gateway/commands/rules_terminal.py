"""How identity rules and what they would do are told in a terminal. It only prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from core.clock import from_micros

if TYPE_CHECKING:
    from core.identity.rule_world import Effect
    from memory.units.identity.rule_versions import Version

_HANDLES_SHOWN = 6


def tell(effect: Effect, shown: int) -> None:
    """The pairs that would join and part, each with its reasons, and the counts."""
    console = Console()
    for title, found in (("Would join", effect.joins), ("Would part", effect.parts)):
        if not found:
            continue
        console.print(Text(f"{title}: {count(len(found), 'pair')}", style="bold"))
        for one in found[:shown]:
            both = f"  {_handles(one.one_handles)}  |  {_handles(one.other_handles)}"
            console.print(Text(both))
            for reason in one.reasons[:_HANDLES_SHOWN]:
                console.print(Text(f"    {reason}", style="dim"))
        if len(found) > shown:
            console.print(Text(f"  and {len(found) - shown} more", style="dim"))
    levels = sum(one.action == "level" for one in effect.changes)
    if levels:
        console.print(f"Links that get another level: {levels}")
    for why, times in sorted(effect.refused.items(), key=lambda one: (-one[1], one[0]))[:shown]:
        console.print(Text(f"Seen, and not joined: {times}, because {why}", style="dim"))
    console.print(f"Customers: {effect.customers_before} now, {effect.customers_after} then.")


def _handles(keys: Sequence[str]) -> str:
    more = len(keys) - _HANDLES_SHOWN
    return ", ".join(keys[:_HANDLES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def progress_bar() -> Progress:
    """Shows how far something is, beside what is printed, and is gone afterwards."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)


def line_of(one: Version) -> str:
    """A publication in one line."""
    when = f"{from_micros(one.published_at):%Y-%m-%d %H:%M} UTC"
    return f"version {one.id}, published by {one.actor} on {when}: {one.note}"


def count(number: int, what: str) -> str:
    """A number of things in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
