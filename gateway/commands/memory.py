"""The commands `onethread memory`: see what is remembered of a customer, and put it right.

They read options and print; what may be done is decided in `memory.units`, and every change is in
the audit log with the operating system's user as its actor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.commands.identity_desk import (
    WHO,
    ConfigOption,
    DryOption,
    JsonOption,
    YesOption,
    ask,
    desk,
    refuse,
    say,
    tell_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateway.commands.identity_desk import Desk
    from memory.units.remembering.facts import Changed
    from memory.units.remembering.hand_telling import FactChange

app = typer.Typer(
    no_args_is_help=True, help="See what is remembered of a customer, and put it right."
)

WhoArgument = Annotated[str, typer.Argument(help=WHO)]
FactArgument = Annotated[int, typer.Argument(help="A fact's id; `show` lists them.", min=1)]
BecauseOption = Annotated[str, typer.Option(help="How you know; it stands in the audit log.")]


@app.command()
def show(who: WhoArgument, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show what is remembered of a customer, each thing with where it came from.

    Example: onethread memory show phone:+15550001111
    """
    from gateway.commands.memory_terminal import print_memory
    from memory.pages.memory import memory_page

    with _memory_desk(config) as here:
        found = memory_page(here.connection, here.customer(who), here.now, here.rules)
    assert found is not None
    tell_json(found) if as_json else print_memory(found)


@app.command()
def tell(
    who: WhoArgument,
    key: Annotated[str, typer.Argument(help="What it is: address, preference:language.")],
    value: Annotated[str, typer.Argument(help="The value.")],
    because: BecauseOption,
    verified: Annotated[
        bool, typer.Option("--verified", help="Something shows it; it is not only claimed.")
    ] = False,
    personal: Annotated[
        bool, typer.Option("--personal", help="Tell it only to whoever proved who they are.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell something of a customer by hand.

    Example: onethread memory tell phone:+15550001111 note "rings twice" --because "he said so"
    """
    from pydantic import TypeAdapter, ValidationError

    from gateway.api.memory_models import Key, Value
    from memory.units.remembering.hand_telling import tell_by_hand

    try:
        TypeAdapter(Key).validate_python(key)
        value = TypeAdapter(Value).validate_python(value)
    except ValidationError as error:
        refuse(f"{key!r} with this value cannot be told: {error.errors()[0]['msg']}.")
    with _memory_desk(config) as here:
        done = tell_by_hand(
            here.connection,
            here.customer(who),
            _named(who),
            key,
            value,
            here.actor,
            because,
            here.now,
            here.new_id,
            verified=verified,
            personal=personal,
        )
    _told(done, "It is remembered.", as_json=as_json)


@app.command()
def correct(
    fact: FactArgument,
    value: Annotated[str, typer.Argument(help="What is right.")],
    because: BecauseOption,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put the right value in the place of a wrong one, which stays in the history.

    Example: onethread memory correct 1838740873070997851 "14 Loom Street" --because "she called"
    """
    from memory.units.remembering.facts import correct as unit

    done = _change(config, unit, fact, lambda here: (value, here.actor, because))
    _told(done, "It is corrected.", as_json=as_json)


@app.command()
def retire(
    fact: FactArgument,
    because: BecauseOption,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take off what was wrong: it is told to nobody any more.

    Example: onethread memory retire 1838740873070997851 --because "another Ada"
    """
    from memory.units.remembering.facts import retire as unit

    done = _change(config, unit, fact, lambda here: (here.actor, because))
    _told(done, "It is taken off.", as_json=as_json)


@app.command()
def pin(fact: FactArgument, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Keep a fact loaded in every turn.

    Example: onethread memory pin 1838740873070997851
    """
    _pin(fact, config, pinned=True, as_json=as_json)


@app.command()
def unpin(fact: FactArgument, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Let a fact be loaded as others are.

    Example: onethread memory unpin 1838740873070997851
    """
    _pin(fact, config, pinned=False, as_json=as_json)


@app.command()
def promise(
    who: WhoArgument,
    text: Annotated[str, typer.Argument(help="What we will do.")],
    by: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="By the end of which day, in UTC."),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Note what is promised to a customer.

    Example: onethread memory promise phone:+15550001111 "A new lamp is sent" --by 2026-11-06
    """
    from core.clock import to_micros
    from memory.units.remembering.hand_telling import promise_by_hand

    due = None
    if by is not None:
        due = to_micros(by.replace(hour=23, minute=59, second=59, tzinfo=UTC))
    with _memory_desk(config) as here:
        done = promise_by_hand(
            here.connection,
            here.customer(who),
            _named(who),
            text,
            due,
            here.actor,
            here.now,
            here.new_id,
        )
    _told(done, "The promise is kept until it is settled.", as_json=as_json)


@app.command()
def keep(
    fact: FactArgument,
    broken: Annotated[bool, typer.Option("--broken", help="It was not kept.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say that a promise was kept, or that it was not.

    Example: onethread memory keep 1838740873070997851
    """
    from memory.units.remembering.facts import settle_promise

    done = _change(config, settle_promise, fact, lambda here: (not broken, here.actor))
    _told(done, "It was not kept." if broken else "It was kept.", as_json=as_json)


@app.command("roll-back")
def roll_back(
    source: Annotated[
        str, typer.Argument(help="A message's id, or the source that `show --json` tells.")
    ],
    because: BecauseOption = "",
    dry_run: DryOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take back all that was learned from one source, of all customers, after a look at it.

    Example: onethread memory roll-back 1838740873070997600-4 --dry-run
    """
    from gateway.commands.memory_terminal import print_roll_back
    from memory.previews.roll_back import roll_back_preview
    from memory.units.remembering.facts import roll_back as unit

    if not dry_run and not because:
        refuse("Taking back a source needs --because.")
    with _memory_desk(config) as here:
        seen = roll_back_preview(here.connection, source, here.now, here.new_id)
    if dry_run and as_json:
        tell_json(seen)
        return
    if dry_run or not yes:
        print_roll_back(seen)
    if dry_run:
        say("Nothing was changed.")
        return
    ask("Take this back?", yes)
    count = 0
    while True:
        # Each a short transaction of its own, for a gateway beside waits for the same database.
        with _memory_desk(config) as here:
            some = unit(here.connection, source, here.actor, because, here.now, here.new_id)
        if not some:
            break
        count += some
    if as_json:
        tell_json({"source": source, "count": count})
    else:
        say(f"{count} taken back.")


@app.command()
def context(
    who: WhoArgument,
    text: Annotated[str, typer.Option(help="A message of theirs that is only imagined.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what a turn would be given for a message, and why; a sentence encoder is not asked.

    Example: onethread memory context phone:+15550001111 --text "Where is my order?"
    """
    import asyncio

    from gateway.commands.memory_terminal import print_context
    from gateway.commands.memory_trying import try_once
    from gateway.settings.model import load_settings

    with _memory_desk(config) as here:
        customer, rules = here.customer(who), here.rules
    found = asyncio.run(try_once(load_settings(config), rules, customer, _named(who), text))
    if found is None:
        refuse(f"Nobody can write from {who} any more.")
    tell_json(found) if as_json else print_context(found)


def _pin(fact: int, config: Path | None, *, pinned: bool, as_json: bool) -> None:
    from memory.units.remembering.facts import pin as unit

    done = _change(config, unit, fact, lambda here: (pinned, here.actor))
    _told(done, "It is pinned." if pinned else "It is pinned no more.", as_json=as_json)


def _change(
    config: Path | None,
    unit: Callable[..., Changed],
    fact: int,
    given: Callable[[Desk], tuple[object, ...]],
) -> FactChange:
    from memory.units.remembering.hand_telling import with_way_back

    with _memory_desk(config) as here:
        return with_way_back(
            here.connection, unit, fact, *given(here), here.now, new_id=here.new_id
        )


def _told(done: FactChange, words: str, *, as_json: bool) -> None:
    if as_json:
        tell_json(done)
        return
    say(words if done.changed else "It was so already.")
    if done.change_id is not None:
        say(f"To take this back: onethread identities undo {done.change_id}", "dim")


def _named(who: str) -> str | None:
    """The handle that was named, when it was one."""
    return None if who.isascii() and who.isdigit() else who


@contextmanager
def _memory_desk(config: Path | None) -> Iterator[Desk]:
    """A transaction; what cannot be done with a fact is said, with exit code 1."""
    from memory.units.remembering.facts import FactProblem

    try:
        with desk(config) as here:
            yield here
    except FactProblem as problem:
        words = str(problem)
        refuse(f"{words[:1].upper()}{words[1:]}.")
