"""Who is who on a terminal: the graph, a merge and a parting before they are made, the log, alarms.

It prints what the pages of memory give, with nothing in it taken for markup, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.commands.rules_terminal import count
from memory.pages.identity_views import (
    AlarmView,
    CustomerSide,
    GraphView,
    HandleNode,
    LinkEdge,
    MergePreview,
    UnmergePreview,
)
from memory.pages.parting_report import SawWhat
from memory.pages.views import AuditView

_TYPED_AGAIN = frozenset({"change", "alarm"})
"""Columns of ids that another command is given, each in one piece so that it can be copied."""


def print_graph(graph: GraphView) -> None:
    """A customer: every handle, its level, and each link with its reason and its id."""
    console = Console()
    console.print(Text(graph.name, style="bold").append(f"  customer {graph.id}", style="dim"))
    merged = [str(one.id) for one in graph.customers if one.place == "merged"]
    if merged:
        console.print(Text(f"also known as {', '.join(merged)}", style="dim"))
    table = _table("handle", "level", "link", "because")
    for handle in graph.handles:
        edges = [one for one in graph.edges if one.handle_id == handle.id]
        because = Text("\n".join(_because(one) for one in edges) or "it wrote to us")
        ids = Text("\n".join("" if one.first_contact else str(one.id) for one in edges), "dim")
        level = "" if handle.outside else str(handle.level)
        table.add_row(Text(_called(handle)), level, ids, because)
    console.print(table)
    if graph.ended and not any(one.ended_at for one in graph.edges):
        console.print(Text(f"{graph.ended} ended, shown with --ended", style="dim"))
    for alarm in graph.alarms:
        console.print(Text(f"{alarm.title}: {alarm.message}", style="yellow"))


def print_merge(seen: MergePreview) -> None:
    """Two customers side by side, what speaks against a merge, and what it would do."""
    console = Console()
    for side in (seen.one, seen.other):
        _print_side(console, side)
    for field in seen.fields:
        sign = "=" if field.match else "≠"
        console.print(Text(f"{field.name}: {field.one} {sign} {field.other}"))
    for conflict in seen.conflicts:
        console.print(Text(conflict.words, style="red" if conflict.stops else "yellow"))
    if seen.possible:
        for line in seen.effect:
            console.print(Text(line))


def print_unmerge(seen: UnmergePreview, report: SawWhat | None) -> None:
    """Who there would be without these links, and who saw what of the other side."""
    console = Console()
    for edge in seen.links:
        console.print(Text(f"{edge.id}  {_because(edge)}"))
    for side in seen.sides:
        _print_side(console, side)
    for line in seen.effect:
        console.print(Text(line))
    if report is None:
        return
    console.print(Text(report.words, style="bold"))
    for words in _report(report):
        console.print(Text(words))


def print_changes(changes: Sequence[AuditView]) -> None:
    """The log of changes, with the ids by which they can be undone."""
    if not changes:
        Console().print("No changes.")
        return
    table = _table("change", "when", "who", "what", "about", "")
    for one in changes:
        way_back = "undone" if one.undone else "can be undone" if one.can_undo else ""
        when = f"{one.at:%Y-%m-%d %H:%M}"
        table.add_row(
            str(one.id), when, *(Text(each) for each in (one.actor, one.action, one.subject)),
            way_back,
        )  # fmt: skip
    Console().print(table)


def print_alarms(alarms: Sequence[AlarmView]) -> None:
    """What somebody should look at."""
    if not alarms:
        Console().print("No alarms.")
        return
    table = _table("alarm", "when", "customer", "what")
    for one in alarms:
        table.add_row(
            str(one.id),
            f"{one.created_at:%Y-%m-%d %H:%M}",
            Text(f"{one.customer_name} {one.customer_id}"),
            Text(f"{one.title}: {one.message}"),
        )
    Console().print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, no_wrap=column in _TYPED_AGAIN, overflow="fold")
    return table


def _called(handle: HandleNode) -> str:
    marks = {
        "retired": handle.retired_at is not None,
        "shared": handle.shared,
        "blocked": handle.blocked,
        "opted out": handle.opted_out,
        "dead": handle.dead,
        "somebody else now": handle.outside,
    }
    words = ", ".join(name for name, on in marks.items() if on)
    return f"{handle.key} ({words})" if words else handle.key


def _because(edge: LinkEdge) -> str:
    evidence = f": {edge.evidence}" if edge.evidence else ""
    by = "" if edge.first_contact else f", by {edge.actor}"
    ended = f"; ended by {edge.ended_by}: {edge.end_reason}" if edge.ended_at else ""
    return f"{edge.rule_words}{evidence} ({edge.level_words}{by}){ended}"


def _print_side(console: Console, side: CustomerSide) -> None:
    console.print(Text(side.name, style="bold").append(f"  customer {side.id}", style="dim"))
    counts = (
        count(side.conversations, "conversation"),
        count(side.messages, "message"),
        count(side.cases, "case"),
        count(side.facts, "fact"),
    )
    console.print(Text(", ".join(counts), style="dim"))
    for handle in side.handles:
        reads = ", ".join(handle.reads_then) or "only its own conversation"
        console.print(Text(f"  {handle.key}  would read {reads}"))


def _report(report: SawWhat) -> Iterator[str]:
    entries = [*((one.at, one.words) for one in report.turns)]
    entries += [(one.at, one.words) for one in report.people]
    for at, words in sorted(entries):
        yield f"  {at:%Y-%m-%d %H:%M}  {words}"
    if report.more:
        yield "  There is more than is shown here."
