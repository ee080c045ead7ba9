"""The commands `onethread identities suggest`, `block` and `unblock`.

They read options and print; what is suggested and what a decision does is memory's, and every
decision is in the audit log with the operating system's user as its actor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.commands.identity_desk import ConfigOption, JsonOption, desk, refuse, say, tell_json

if TYPE_CHECKING:
    from gateway.commands.identity_desk import Desk
    from memory.suggestions import SuggestionView

_ROWS, _KEYS = 200, 20


def suggest(
    join: Annotated[
        int | None, typer.Option("--join", help="The id of one who are the same.")
    ] = None,
    apart: Annotated[
        int | None, typer.Option("--apart", help="The id of one who are not, now and for ever.")
    ] = None,
    why: Annotated[str, typer.Option(help="What shows it, with --join or --apart.")] = "",
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Go through everything that was ever told again.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many to list.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List who may be the same person and why, or decide one.

    Example: onethread identities suggest --join 1838740873070997851 --why "she called"
    """
    from memory.suggestions import suggestions
    from memory.units.identity import suggesting

    if join is not None and apart is not None:
        refuse("either they are one or they are not: give --join or --apart")
    if rebuild:
        new, gone = _rebuild(config)
        say(f"{new} are new. {gone} are taken back.")
    with _desk(config) as here:
        connection = here.connection
        if join is not None:
            done = suggesting.join(
                connection, join, why, here.actor, here.now, here.new_id, here.rules
            )
            tell_json(done) if as_json else say(f"They are customer {done.customer_id} now.")
            return
        if apart is not None:
            done = suggesting.set_apart(connection, apart, why, here.actor, here.now, here.new_id)
            tell_json(done) if as_json else say("They are never suggested again.")
            return
        found = suggestions(connection, "open", limit)
    tell_json(found) if as_json else _print(found)


def block(
    pattern: Annotated[
        str | None, typer.Argument(help="A handle, or a pattern such as email:noreply@*.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it joins nobody.")] = "",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put an address on the list of those that join nobody; without one, show the list.

    Example: onethread identities block phone:+4400000000 --reason "made up"
    """
    from memory.units.identity import blocking

    if pattern is None:
        with _desk(config) as here:
            listed = blocking.block_list(here.connection, here.rules)
        if as_json:
            tell_json(listed)
            return
        for line in listed:
            joined = f"; joined all the same: {', '.join(line.joined)}" if line.joined else ""
            say(f"{line.pattern}  {line.reason}{joined}")
        return
    if not reason:
        refuse("say why with --reason")
    with _desk(config) as here:
        joined_keys = blocking.block(
            here.connection, pattern, reason, here.actor, here.now, here.new_id()
        )
    if as_json:
        tell_json({"pattern": pattern, "blocked": True, "joined": joined_keys})
        return
    say(f"{pattern} joins nobody from now on.")
    for key in joined_keys:
        say(f"{key} is joined already, and stays so: look at it with show.", "yellow")


def unblock(
    pattern: Annotated[str, typer.Argument(help="The line of the list, as it stands there.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take an address off the list of those that join nobody.

    Example: onethread identities unblock phone:+4400000000
    """
    from memory.units.identity import blocking

    with _desk(config) as here:
        blocking.unblock(here.connection, pattern, here.actor, here.now, here.new_id())
    if as_json:
        tell_json({"pattern": pattern, "blocked": False})
        return
    say(f"{pattern} is off the list.")


@contextmanager
def _desk(config: Path | None) -> Iterator[Desk]:
    """As `gateway.commands.identity_desk.desk`, with what these commands can be refused besides."""
    from memory.units.identity.blocking import BlockingProblem
    from memory.units.identity.suggesting import SuggestionProblem

    try:
        with desk(config) as here:
            yield here
    except (BlockingProblem, SuggestionProblem) as problem:
        refuse(str(problem))


def _rebuild(config: Path | None) -> tuple[int, int]:
    """Everything is heard anew, in short transactions; how many suggestions are new, and how many
    that nothing speaks for any more are gone."""
    from gateway.commands.rules_terminal import progress_bar
    from gateway.identity.suggesting import kinds_of, write_marks
    from gateway.playbook.reader import load_playbook
    from gateway.settings.model import load_settings
    from memory.hints import Marks, listen
    from memory.suggestions import find_candidates
    from memory.units.identity.reviewing import review
    from memory.units.identity.suggesting import note, propose

    kinds = kinds_of(load_playbook(load_settings(config).playbook.path))
    marks, more, new, gone = Marks(), True, 0, 0
    with progress_bar() as bar:
        task = bar.add_task("Listening", total=None)
        while more:
            with desk(config) as here:
                until = (here.now + 1) << 10
                heard = listen(here.connection, marks, until, kinds, _ROWS)
                note(here.connection, heard.hints, here.now, here.new_id)
            keys = sorted(heard.keys)
            for first in range(0, len(keys), _KEYS):
                with desk(config) as here:
                    some = keys[first : first + _KEYS]
                    found = find_candidates(here.connection, some, here.rules)
                    new += propose(here.connection, found, here.now, here.new_id)
                bar.update(task, advance=len(some))
            marks, more = heard.marks, heard.more
        with desk(config) as here:
            write_marks(here.connection, marks, here.now)
        after: int | None = 0
        while after is not None:
            with desk(config) as here:
                reviewed = review(here.connection, after, _KEYS, here.rules)
            gone, after = gone + reviewed.taken_back, reviewed.after
    return new, gone


def _print(found: list[SuggestionView]) -> None:
    console = Console()
    if not found:
        console.print("Nobody is suggested to be somebody else.")
    for one in found:
        console.print(Text(f"{one.id}  {one.score} of 100", style="bold"))
        for side in (one.one, one.other):
            handles = ", ".join(side.handles)
            console.print(Text(f"  {side.name}, customer {side.customer_id}: {handles}"))
        for reason in one.reasons:
            console.print(Text(f"    {reason.words} ({reason.weight})", style="dim"))
