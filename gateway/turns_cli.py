"""The commands `onethread turns`: why a message was answered as it was, as the console tells it.

They read what was recorded and print it; nothing is decided anew, and what people are not shown in
the console is not shown here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.identity_desk import ConfigOption, JsonOption, desk, refuse, say, tell_json
from gateway.turns_replay_cli import replay

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.views import TurnView

app = typer.Typer(no_args_is_help=True, help="See why a message was answered as it was.")

TurnArgument = Annotated[int, typer.Argument(help="A turn's id; the console names it.", min=1)]


@app.command()
def show(turn: TurnArgument, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show the seven steps of one turn: what it was given, why, what was left out, what it said.

    Example: onethread turns show 1838753721606405057
    """
    from gateway.trace import tell_turn
    from memory.pages import turn_page

    with desk(config) as here:
        found = turn_page(here.connection, turn)
    if found is None:
        refuse("There is no turn with this id.")
    if as_json:
        tell_json(found)
        return
    for number, step in enumerate(tell_turn(found), 1):
        say(f"{number}. {step.name}", "bold")
        say(f"   {step.sentence}")
        if step.name == "recalled":
            for line in _given(step.data, found):
                say(f"   {line}", "dim")


app.command("replay")(replay)


def _given(data: Mapping[str, object], found: TurnView) -> Iterator[str]:
    """Each message that was recalled or left out, with its reasons."""
    for one in _rows(data, "recalled"):
        parts = ", ".join(f"{name} {value:+.2f}" for name, value in one.get("why", {}).items())
        yield f"+ {one['score']:.2f} ({parts}): {one['text']}"
    for left in _rows(data, "left_out"):
        yield f"- {left['number']} {left['why']}"
        for one in left["best"]:
            if one["id"] in found.texts:
                yield f"    {one['score']:.2f}: {one['text']}"


def _rows(data: Mapping[str, object], name: str) -> Sequence[Mapping[str, Any]]:
    rows = data.get(name, ())
    return rows if isinstance(rows, list | tuple) else ()
