"""The memory of a customer on a terminal: what is known, promised and going on, and a source.

It prints what the pages of memory give, with nothing in it taken for markup, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.commands.rules_terminal import count
from gateway.recall.trial import TriedContext
from memory.pages.memory_views import ContactView, EpisodeEntry, KnownView, MemoryView, OpenCaseView
from memory.previews.roll_back import RollBackPreview

_TYPED_AGAIN = "fact"
"""The column of ids that another command is given, each in one piece so that it can be copied."""


def print_memory(memory: MemoryView) -> None:
    """What is remembered of one customer."""
    console = Console()
    console.print(Text(memory.name, style="bold").append(f"  customer {memory.id}", style="dim"))
    messages, talks = memory.counts["messages"], memory.counts["conversations"]
    counted = f"{count(messages, 'message')} in {count(talks, 'conversation')}"
    console.print(Text(counted, style="dim"))
    for title, known in (
        ("How they like it", memory.preferences),
        ("What is known", memory.facts),
        ("What we promised", memory.promises),
        ("So no more", memory.past),
        ("Taken off as wrong", memory.retired),
    ):
        _print_known(console, title, known)
    if memory.case is not None:
        _print_case(console, memory.case)
    _print_episodes(console, memory.episodes)
    for one in memory.contact:
        if words := _against(one):
            console.print(Text(f"{one.handle}: {words}", style="yellow"))


def print_roll_back(seen: RollBackPreview) -> None:
    """What taking back a source would do."""
    console = Console()
    if not seen.facts:
        console.print(Text(f"Nothing that holds was learned from {seen.source}."))
        return
    table = _table("customer", "what", "taken back", "again")
    for one in seen.facts:
        value = "hidden" if one.hidden else one.value
        table.add_row(
            Text(one.customer_name), Text(one.label), Text(value), Text(one.again or "nothing")
        )
    console.print(table)
    if seen.more:
        console.print(Text("There is more than is shown here.", style="dim"))


def print_context(tried: TriedContext) -> None:
    """What a turn would be given, in the order in which it stands, and why."""
    console = Console()
    spent = f"{tried.tokens} of {tried.budget} tokens"
    console.print(Text(f"{tried.handle}, level {tried.level}: {spent}", style="bold"))
    table = _table("part", "what", "why", "source")
    for one in tried.lines:
        table.add_row(Text(one.part), Text(one.text), Text(one.why, "dim"), Text(one.source, "dim"))
    console.print(table)
    for line in (*tried.trace, *tried.left_out):
        console.print(Text(line, style="dim"))


def _print_known(console: Console, title: str, known: Sequence[KnownView]) -> None:
    if not known:
        return
    console.print(Text(title, style="bold"))
    table = _table(_TYPED_AGAIN, "what", "value", "how well", "told")
    for one in known:
        table.add_row(
            Text(str(one.id), "dim"), Text(one.label), _value(one), Text(_state(one)), _told(one)
        )
    console.print(table)


def _value(one: KnownView) -> Text:
    lines = ["hidden" if one.hidden else one.value]
    lines += [f"also told: {other.value or 'hidden'}" for other in one.also]
    lines += [f"was {was.value or 'hidden'} until {was.until:%Y-%m-%d}" for was in one.history]
    if one.retired_because is not None:
        lines.append(f"taken off by {one.retired_by}: {one.retired_because}")
    text = Text(lines[0])
    for line in lines[1:]:
        text.append(f"\n{line}", style="dim")
    return text


def _state(one: KnownView) -> str:
    words = [one.state or ("verified" if one.verified else "claimed")]
    if one.pinned:
        words.append("pinned")
    if one.due_at is not None:
        words.append(f"by {one.due_at:%Y-%m-%d}")
    return ", ".join(words)


def _told(one: KnownView) -> Text:
    where = f" ({one.channel})" if one.channel else ""
    until = "" if one.until is None else f" until {one.until:%Y-%m-%d}"
    text = Text(f"{one.since:%Y-%m-%d}{until}, {one.teller}{where}")
    return text.append(f"\n{one.source}", style="dim")


def _print_case(console: Console, case: OpenCaseView) -> None:
    about = (case.intent or "not understood yet").replace("_", " ")
    console.print(
        Text("Going on", style="bold").append(f"  {about}, {case.status}, on {case.channel}", "dim")
    )
    for slot in case.slots:
        console.print(Text(f"  {slot.label}: {'hidden' if slot.hidden else slot.value}"))
    if case.withheld:
        console.print(Text("  withheld: it drew on another customer’s memory", style="dim"))


def _print_episodes(console: Console, episodes: Sequence[EpisodeEntry]) -> None:
    if not episodes:
        return
    console.print(Text("What there was", style="bold"))
    for one in episodes:
        console.print(Text(f"  {one.line}"))
        if one.summary is not None:
            console.print(Text(f"    {one.summary} ({one.summary_by})", style="dim"))


def _against(one: ContactView) -> str:
    marks = {
        "wants no messages": one.opted_out,
        "not in use any more": one.dead,
        "several people use it": one.shared,
        "joins nobody": one.blocked,
        "somebody else has it now": one.retired,
    }
    return ", ".join(words for words, on in marks.items() if on)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, no_wrap=column == _TYPED_AGAIN, overflow="fold")
    return table
