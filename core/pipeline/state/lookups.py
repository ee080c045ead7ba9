"""From the slots at hand to what a flow looks up, in a table or by asking a system: which column
each value belongs to, and what comes next with the row or without it.

Pure. It only plans the effect; who may see a row is checked where the rows are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.effects import Consult, LookUp
from core.message import Assurance, Audience
from core.pipeline.contracts import StateStep
from core.pipeline.state.acting import act, outcome_of, reason_of, values_told
from core.pipeline.state.asking import ask, next_slot
from core.pipeline.state.flow_end import finish, give_up, missed
from core.pipeline.state.flow_turn import FlowTurn, stepped
from core.pipeline.state.undertaking import digest_of, key_of
from core.playbook.model import Flow, Playbook, Table
from core.turn import CaseState, SlotValue, TurnInput


def look_up(
    at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow
) -> StateStep:
    """The row for its proved owner, else for a guest who gives a second detail."""
    if case.counters.get("lacking", 0):
        return give_up(at, case, captured)
    effect: LookUp | Consult | None = None
    for guest in (False, True):
        if guest:
            case, name = next_slot(at, case, flow, guest=True)
            if name is not None:
                return ask(at, case, captured, name)
        effect = plan_look_up(at.turn, case, at.playbook, flow, guest=guest)
        if effect is None:
            continue
        if effect.id not in at.turn.effects:
            return replace(stepped(at, "look_up", case, captured), effect=effect)
        if (ended := _ended(at, case, captured, flow, effect)) is not None:
            return ended
    if case.counters.get("lacking", 0):
        return give_up(at, case, captured)
    return replace(missed(at, case, captured, flow), effect=effect)


def _ended(
    at: FlowTurn,
    case: CaseState,
    captured: tuple[SlotValue, ...],
    flow: Flow,
    effect: LookUp | Consult,
) -> StateStep | None:
    """What comes of what was looked up; nothing where there is no such row, or it is not theirs."""
    row = at.turn.effects[effect.id]
    if isinstance(effect, Consult):
        reason = reason_of(at.turn, effect)
        if reason in flow.slots:
            return replace(missed(at, case, captured, flow, reason), effect=effect)
        outcome = outcome_of(at.turn, effect)
        if outcome == "refused" and not flow.settles(reason):
            return None
        if outcome != "done":
            return replace(finish(at, case, captured, flow), effect=effect)
    if row is None:
        return None
    if flow.action is not None:
        return act(at, case, captured, flow, row)
    return replace(finish(at, case, captured, flow), effect=effect)


def plan_look_up(
    turn: TurnInput, case: CaseState, playbook: Playbook, flow: Flow, *, guest: bool
) -> LookUp | Consult | None:
    """The look-up of a flow, or nothing when a key is not at hand.

    Without `guest` the row is only for its proved owner; with it, a second detail may stand in.
    Where others read along, nobody is proved.
    """
    proved: tuple[str, ...] = ()
    needed = max(turn.rules.levels.history, flow.needs or Assurance.NONE)
    if turn.sender.level >= needed and turn.audience is Audience.ONE:
        proved = turn.sender.proved
    if flow.look_up in playbook.actions:
        return _consult(turn, case, playbook, flow, proved) if proved or guest else None
    table = playbook.tables.get(flow.look_up or "")
    if table is None:
        return None
    columns = _columns(table, playbook, flow)
    key = {
        column: value.value
        for column, name in columns.items()
        if column in table.key and (value := case.slot(name)) is not None
    }
    if len(key) < len(table.key):
        return None
    verify = {
        column: value.value
        for column, name in columns.items()
        if guest and column in table.verify and (value := case.slot(name)) is not None
    }
    if not proved and not verify:
        return None
    return LookUp(table.name, key, verify, proved)


def _consult(
    turn: TurnInput, case: CaseState, playbook: Playbook, flow: Flow, proved: tuple[str, ...]
) -> Consult:
    """The question to the system of the business's that knows, with what was told so far. It is
    another one in each turn: what is so now may not be so then."""
    action = playbook.actions[flow.look_up or ""]
    told = [one for one in values_told(case, flow, action) if one.needs <= turn.sender.level]
    values = {one.name: one.value for one in told}
    plain = {one.name: one.normal for one in told if one.normal is not None}
    key = key_of(turn, flow.name, digest_of(action.name, values))
    return Consult(action.name, key, values, plain, proved=proved)


def _columns(table: Table, playbook: Playbook, flow: Flow) -> dict[str, str]:
    """Column -> slot: by the same name, else by kind, else in the flow's order."""
    own = [name for name in flow.slots if not playbook.slots[name].guest_only]
    guests = [name for name in flow.slots if playbook.slots[name].guest_only]
    columns: dict[str, str] = {}
    _assign(columns, table.key, own, playbook)
    _assign(columns, table.verify, [*guests, *own], playbook)
    return columns


def _assign(
    columns: dict[str, str], wanted: Iterable[str], names: list[str], playbook: Playbook
) -> None:
    open_columns = [one for one in wanted if one not in columns]
    columns.update({column: column for column in open_columns if column in names})
    for column in open_columns:
        if column in columns:
            continue
        free = [name for name in names if name not in columns.values()]
        alike = [name for name in free if _is_alike(column, name, playbook)]
        if alike or free:
            columns[column] = (alike or free)[0]


def _is_alike(column: str, name: str, playbook: Playbook) -> bool:
    kind = playbook.slots[name].kind
    return kind in column or column in name or name in column
