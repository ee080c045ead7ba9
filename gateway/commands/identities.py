"""The commands `onethread identities`: see why handles are one customer, join them, part them.

They read options and print; what may be joined is decided in `memory.units`, and every change is in
the audit log with the operating system's user as its actor. The log itself is in `audit_cli`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from core.message import Assurance
from gateway.commands.audit import alarms, audit, retire, shared, undo
from gateway.commands.erase import erase
from gateway.commands.identity_desk import (
    WHO,
    ConfigOption,
    DryOption,
    JsonOption,
    YesOption,
    ask,
    desk,
    say,
    tell_json,
)
from gateway.commands.identity_rules import app as rules
from gateway.commands.imports import export, import_
from gateway.commands.suggestions import block, suggest, unblock

if TYPE_CHECKING:
    from gateway.commands.identity_desk import Desk
    from memory.units.identity.linking import Changed

app = typer.Typer(
    no_args_is_help=True, help="See why handles are one customer, join them, part them."
)
app.add_typer(rules, name="rules")
for command in (alarms, audit, block, erase, export, retire, shared, suggest, unblock, undo):
    app.command()(command)
app.command("import")(import_)

EvidenceOption = Annotated[str, typer.Option(help="What shows that it is the same person.")]
LevelOption = Annotated[
    int, typer.Option(min=1, max=3, help="How well that is proved; 3 needs evidence.")
]
ReasonOption = Annotated[str, typer.Option(help="Why; it stands in the audit log.")]
_PLAIN = int(Assurance.AUTHENTICATED)
_NOTHING = "Nothing was changed."


@app.command()
def show(
    who: Annotated[str, typer.Argument(help=WHO)],
    ended: Annotated[bool, typer.Option("--ended", help="Also the links there once were.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show a customer: every handle, and what proves that it is theirs.

    Example: onethread identities show phone:+15550001111
    """
    from gateway.commands.identity_terminal import print_graph
    from memory.pages.identity import graph

    with desk(config) as here:
        found = graph(here.connection, here.customer(who), here.now, here.rules, ended=ended)
    assert found is not None
    tell_json(found) if as_json else print_graph(found)


@app.command()
def link(
    handle: Annotated[str, typer.Argument(help="The handle to join, such as login:anna.")],
    to: Annotated[str, typer.Argument(help=f"Whom to. {WHO}")],
    evidence: EvidenceOption = "",
    level: LevelOption = _PLAIN,
    dry_run: DryOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Join a handle to a customer, so that they share one memory from then on.

    Example: onethread identities link login:anna phone:+15550001111 --evidence "she called"
    """
    from contextlib import nullcontext

    from gateway.commands.identity_terminal import print_graph
    from memory.pages.identity import graph
    from memory.previews.rehearsals import taken_back
    from memory.units.identity.linking import BY_HAND
    from memory.units.identity.linking import link as join

    with (
        desk(config, trying=dry_run) as here,
        taken_back(here.connection) if dry_run else nullcontext(),
    ):
        done = join(
            here.connection,
            handle,
            here.linked(to),
            Assurance(level),
            BY_HAND,
            evidence,
            here.actor,
            here.now,
            (here.new_id(), here.new_id()),
            rules=here.rules,
        )
        found = graph(here.connection, done.customer_id, here.now, here.rules)
    assert found is not None
    if as_json:
        tell_json(done)
        return
    would = "would be" if dry_run else "is now"
    say(
        f"{handle} {would} customer {done.customer_id}."
        if done.changed
        else "They were joined already."
    )
    print_graph(found)
    if dry_run:
        say(_NOTHING)


@app.command()
def unlink(
    handle: Annotated[str, typer.Argument(help="The handle to part, such as login:anna.")],
    of: Annotated[
        str | None, typer.Option("--from", help=f"Whom from, when there are several. {WHO}")
    ] = None,
    reason: ReasonOption = "not the same",
    dry_run: DryOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Part a handle from a customer; each keeps what was said from its own handles.

    Example: onethread identities unlink login:anna --reason "two people"
    """
    from memory.units.identity.link_rows import find_handle, link_of

    with desk(config) as here:
        row = find_handle(here.connection, handle)
        one = link_of(here.connection, row, None if of is None else here.linked(of))
    _unmerge([one.id], reason, dry_run=dry_run, yes=True, as_json=as_json, config=config)


@app.command()
def merge(
    one: Annotated[str, typer.Argument(help=f"One customer. {WHO}")],
    other: Annotated[str, typer.Argument(help=f"The other. {WHO}")],
    evidence: EvidenceOption = "",
    level: LevelOption = _PLAIN,
    dry_run: DryOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make two customers one, after a look at both side by side.

    Example: onethread identities merge login:anna phone:+15550001111 --evidence "she called"
    """
    from gateway.commands.identity_terminal import print_merge
    from memory.previews.rehearsals import merge_preview
    from memory.units.identity.linking import IdentityProblem

    with desk(config) as here:
        pair = (here.customer(one), here.customer(other))
        seen = merge_preview(
            here.connection,
            *pair,
            here.now,
            here.new_id,
            here.rules,
            level=Assurance(level),
            evidence=evidence,
        )
        assert seen is not None
        if not seen.possible and not dry_run:
            # Tried all the same, what may never be is told to people too.
            _merge(here, pair, level, evidence)
            raise IdentityProblem(next(one.words for one in seen.conflicts if one.stops))
    if dry_run:
        tell_json(seen) if as_json else print_merge(seen)
        return
    if not yes:
        print_merge(seen)
    ask("Merge them?", yes)
    with desk(config) as here:
        done = _merge(here, pair, level, evidence)
    if as_json:
        tell_json(done)
        return
    say(f"They are one customer now, {done.customer_id}. To part them again:")
    say(f"  onethread identities unmerge {done.link_id}")


def _merge(here: Desk, pair: tuple[int, int], level: int, evidence: str) -> Changed:
    from memory.units.identity.linking import merge as join

    return join(
        here.connection,
        *pair,
        Assurance(level),
        evidence,
        here.actor,
        here.now,
        (here.new_id(), here.new_id()),
        rules=here.rules,
    )


@app.command()
def unmerge(
    links: Annotated[list[int], typer.Argument(help="Ids of links; `show` lists them.")],
    reason: ReasonOption = "not the same",
    dry_run: DryOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """End links together, after a look at who there would be and at who saw what meanwhile.

    Example: onethread identities unmerge 1838740873070997851 --reason "two people"
    """
    _unmerge(links, reason, dry_run=dry_run, yes=yes, as_json=as_json, config=config)


def _unmerge(
    links: list[int],
    reason: str,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    config: ConfigOption,
) -> None:
    from gateway.commands.identity_terminal import print_unmerge
    from memory.pages.parting_report import who_saw_what
    from memory.previews.rehearsals import unmerge_preview
    from memory.units.identity.parting import part

    if dry_run or not yes:
        with desk(config) as here:
            seen = unmerge_preview(here.connection, links, here.now, here.new_id, here.rules)
            report = who_saw_what(here.connection, links)
        if dry_run and as_json:
            tell_json({"preview": seen, "seen": report})
            return
        print_unmerge(seen, report)
        if dry_run:
            say(_NOTHING)
            return
    ask("End these links?", yes)
    with desk(config) as here:
        done = part(here.connection, links, here.actor, reason, here.now, here.new_id, here.rules)
        report = who_saw_what(here.connection, links)
    if as_json:
        tell_json({"parted": done, "seen": report})
        return
    ids = " and ".join(str(one) for one in done.customers)
    parted = len(done.customers) > 1
    say(f"Parted into the customers {ids}." if parted else f"They are still one customer, {ids}.")
    if report is not None:
        say(report.words)
