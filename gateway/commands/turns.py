"""The commands `onethread turns`: why a message was answered as it was, as the console tells it.

They read what was recorded and print it; nothing is decided anew, and what people are not shown in
the console is not shown here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.commands.identity_desk import (
    WHO,
    ConfigOption,
    JsonOption,
    desk,
    refuse,
    say,
    tell_json,
)
from gateway.commands.turns_replay import replay

if TYPE_CHECKING:
    from memory.stored_turns import StoredTurn

app = typer.Typer(no_args_is_help=True, help="See why a message was answered as it was.")

TurnArgument = Annotated[int, typer.Argument(help="A turn's id; the console names it.", min=1)]


@app.command()
def show(turn: TurnArgument, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show the seven steps of one turn: what it was given, why, what was left out, what it said.

    Example: onethread turns show 1838753721606405057
    """
    from gateway.turns.trace import tell_turn
    from memory.pages.lists import turn_page

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
        for line in (*step.lines, *step.figures):
            say(f"   {line}", "dim")


@app.command("list")
def list_turns(
    who: Annotated[str | None, typer.Option("--of", help=WHO, show_default="everybody")] = None,
    intent: Annotated[str | None, typer.Option(help="Only what was understood so.")] = None,
    handed: Annotated[bool, typer.Option("--handed", help="Only what went to people.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the newest turns with their ids, to find the one to be shown.

    Example: onethread turns list --of phone:+15550001111
    """
    from memory.stored_turns import latest_turns

    with desk(config) as here:
        customer = None if who is None else here.customer(who)
        found = latest_turns(
            here.connection, limit, customer_id=customer, intent=intent, escalated=handed
        )
    rows = [_row(one) for one in found]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        say(f"{row['id']}  {row['at']:%Y-%m-%d %H:%M}  {row['channel']}  {row['intent'] or '-'}")
        say(f"   {row['text']}")
        say(f"   -> {row['became']}", "dim")
    if not rows:
        say("There are no such turns.")


def _row(turn: StoredTurn) -> dict[str, Any]:
    """One turn in a list. Of one that is withheld nothing is told but what came in."""
    if turn.withheld:
        became = "withheld: it drew on another customer's memory"
    elif turn.escalated is not None:
        became = f"handed over by the rule {turn.escalated}"
    else:
        became = turn.reply or f"silent: {turn.silent or 'no longer kept'}"
    return {
        "id": turn.id,
        "at": turn.at,
        "channel": turn.channel,
        "intent": None if turn.withheld else turn.intent,
        "text": turn.text,
        "became": became,
    }


app.command("replay")(replay)
