"""The commands on what was changed about who is who: the log, undo, alarms; and on a single handle.

They are commands of `onethread identities`, which names them (`gateway.commands.identities`); they
read options and print, and every change is one unit of memory.
"""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.commands.identity_desk import (
    ConfigOption,
    JsonOption,
    YesOption,
    ask,
    desk,
    say,
    tell_json,
)

LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many, at most.")]


def audit(
    actor: Annotated[str, typer.Option(help="Only by whom; a part is enough.")] = "",
    action: Annotated[str, typer.Option(help="Only this kind, such as link.")] = "",
    subject: Annotated[str, typer.Option(help="Only about this; a part is enough.")] = "",
    limit: LimitOption = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List who changed what, the newest first, and what can be undone.

    Example: onethread identities audit --action link --subject login:anna
    """
    from gateway.commands.identity_terminal import print_changes
    from memory.pages.audit import audit_log

    with desk(config) as here:
        found = audit_log(here.connection, limit, subject=subject, actor=actor, action=action)
    tell_json(found) if as_json else print_changes(found)


def undo(
    change: Annotated[int, typer.Argument(help="The id of the change; `audit` lists them.")],
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take one change of who is who back, by a change of its own.

    Example: onethread identities undo 1838740873070997851
    """
    from gateway.commands.identity_terminal import print_changes
    from memory.pages.audit import audit_log
    from memory.units.identity.undoing import CannotUndo
    from memory.units.identity.undoing import undo as take_back

    if not yes:
        with desk(config) as here:
            found = audit_log(here.connection, 1, before=change + 1)
            if not found or found[0].id != change:
                raise CannotUndo(f"there is no change {change}")
        print_changes(found)
    ask("Undo it?", yes)
    with desk(config) as here:
        done = take_back(
            here.connection, change, here.actor, here.now, here.new_id, rules=here.rules
        )
    tell_json(done) if as_json else say(f"Undone: {done.action}, {done.subject}.")


def alarms(
    close: Annotated[
        int | None, typer.Option("--close", help="The id of one that has been seen to.")
    ] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Those that were seen to.")] = False,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List what somebody should look at, or say that one has been seen to.

    Example: onethread identities alarms
    """
    from gateway.commands.identity_terminal import print_alarms
    from memory.pages.identity import alarms as alarm_list
    from memory.units.identity.alarms import close_alarm
    from memory.units.identity.linking import IdentityProblem

    with desk(config) as here:
        if close is not None and not close_alarm(
            here.connection, close, here.actor, here.now, here.new_id()
        ):
            raise IdentityProblem(f"no alarm {close} is open")
        found = alarm_list(here.connection, closed=closed, limit=limit)
    tell_json(found) if as_json else print_alarms(found)


def shared(
    handle: Annotated[str, typer.Argument(help="The handle, such as email:info@example.com.")],
    reason: Annotated[str, typer.Option(help="How that is known.")],
    undone: Annotated[bool, typer.Option("--not", help="It is one person's after all.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say that several people use a handle: then it proves no person, and rules join nobody by it.

    Example: onethread identities shared email:info@example.com --reason "a role mailbox"
    """
    from memory.units.identity.handles import mark_shared

    with desk(config) as here:
        done = mark_shared(
            here.connection, handle, not undone, here.actor, reason, here.now, here.new_id()
        )
    if as_json:
        tell_json(done)
        return
    words = "is shared by several people" if done.shared else "is one person's"
    say(f"{handle} {words}." if done.changed else f"{handle} {words}, as it was before.")


def retire(
    handle: Annotated[str, typer.Argument(help="The handle, such as phone:+15550001111.")],
    reason: Annotated[str, typer.Option(help="How that is known.")],
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say that an address has gone to somebody else: whoever writes from it next begins anew.

    Example: onethread identities retire phone:+15550001111 --reason "the new owner called"
    """
    from memory.units.identity.retiring import pass_on

    ask(f"Is {handle} somebody else's now?", yes)
    with desk(config) as here:
        done = pass_on(here.connection, handle, reason, here.actor, here.now, here.new_id)
    if as_json:
        tell_json(done)
        return
    say(f"{handle} begins anew, as customer {done.successor_customer_id}.")
    say(f"What was said from it before stays with customer {done.customer_id}.")
