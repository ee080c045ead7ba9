"""From a decision to the rows of its commit. Pure: ids and times come in, rows go out.

It names columns and nothing else; what is stored in them was decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from core.clock import to_micros
from core.message import OutboundMessage, RenderedPart, Sensitivity
from core.playbook.model import Playbook
from core.turn import Decision, Escalation, Fact, TurnInput
from gateway.turns.provenance import Given
from gateway.turns.record import packet_of, record_of
from memory.codec import dump_case
from memory.expectations import NO_SECRET
from memory.readable.drawing import dump_drawn
from memory.recall.about import about
from memory.units.messages.claims import Claimed, Waiting
from memory.units.messages.turns import Commit
from memory.units.people.asides import RULE, STATUS, Aside
from memory.units.people.raising import Raise
from memory.units.remembering.fact_rows import Given as FactGiven
from memory.units.remembering.fact_rows import Telling

APOLOGY = (
    "Sorry, something went wrong on our side while reading your message. "
    "A person will look at it and answer you here."
)
"""What a customer hears when a message could not be handled; the playbook may word it better."""

NOTHING_GIVEN = Given()


@dataclass(frozen=True, slots=True)
class Ids:
    """Where fresh ids come from, and who holds the parts of a commit for how long."""

    new: Callable[[], int]
    worker: str
    hold_seconds: float


def plain_decision(
    turn: TurnInput,
    *,
    silent: str | None = None,
    apology: Playbook | None = None,
) -> Decision:
    """A decision that no stage made: silence about a carrier word or what no machine may answer,
    or the apology for a fault."""
    if silent is not None:
        return Decision(reply=None, silent=silent, intent=None, case=turn.case)
    assert apology is not None
    words = apology.answers.get("handoff_error", (APOLOGY,))[0]
    return Decision(
        reply=OutboundMessage(words),
        silent=None,
        intent=None,
        case=turn.case,
        escalation=Escalation("fault", "general", "high", "The message could not be handled."),
    )


def build_commit(
    claimed: Claimed,
    taken: Sequence[Waiting],
    turn: TurnInput,
    decision: Decision,
    parts: Sequence[RenderedPart],
    birth: Mapping[str, object],
    tokens: int,
    now: datetime,
    ids: Ids,
    dead: str | None = None,
    person: str | None = None,
    given: Given = NOTHING_GIVEN,
) -> Commit:
    """Everything the turn changes, as rows. `birth` is the status the parts are born with, `person`
    why the messages are set aside for one, `given` whose memory the turn had before it."""
    thread = claimed.thread
    assert thread is not None
    at = to_micros(now)
    turn_id = int(turn.id)
    packet = orjson.dumps(packet_of(turn, decision, given)).decode()
    aside = None if person is None else _aside(claimed, person, len(taken), turn, packet, at, ids)
    new_case, case, case_id = None, None, None
    # Who has an open case was not known: neither is another one opened, nor that one written over.
    if aside is None and not turn.recall.lost:
        new_case, case, case_id = _case_rows(claimed, turn, decision, at, ids, given)
    return Commit(
        customer_id=claimed.customer_id,
        owner=ids.worker,
        token=claimed.token,
        version=claimed.version,
        conversation_id=thread.id,
        now=at,
        turn={
            "id": turn_id,
            "customer_id": claimed.customer_id,
            "conversation_id": thread.id,
            "case_id": case_id,
            "intent": decision.intent,
            "escalated": None if decision.escalation is None else decision.escalation.rule,
            "silent": decision.silent,
            "record_json": record_of(taken, turn, decision, given),
            "drawn_json": dump_drawn(given.drawn),
            "decided_at": at,
        },
        inbound_ids=tuple(one.inbound_id for one in taken),
        messages=_message_rows(claimed, decision, tokens, turn_id, at, given),
        deliveries=tuple(
            {
                "id": ids.new(),
                "conversation_id": thread.id,
                "part": number,
                "parts": len(parts),
                "handle_id": thread.handle_id,
                "account": thread.account,
                "channel": thread.channel,
                "author": "bot",
                "address_json": thread.reply_address_json,
                "payload_json": orjson.dumps(dict(part.payload)).decode(),
                "turn_id": turn_id,
                "due_at": at,
                "created_at": at,
                "updated_at": at,
                "claimed_by": ids.worker,
                "claimed_until": at + int(ids.hold_seconds * 1_000_000),
                **birth,
            }
            for number, part in enumerate(parts)
        ),
        new_case=new_case,
        case=case,
        facts=_fact_rows(decision.facts, thread.handle_id, ids, at, given),
        handoff=_handoff_row(claimed, decision, case_id, turn_id, packet, at, ids),
        raised=_raised(decision, case_id),
        expecting=decision.expecting,
        settled=_settled(turn, decision, given),
        dead=dead,
        aside=aside,
    )


def _aside(
    claimed: Claimed,
    reason: str,
    messages: int,
    turn: TurnInput,
    packet: str,
    at: int,
    ids: Ids,
) -> Aside:
    """A case and a handoff of its own for what no machine may answer."""
    thread = claimed.thread
    assert thread is not None
    case_id = ids.new()
    place: dict[str, object] = {
        "customer_id": claimed.customer_id,
        "conversation_id": thread.id,
        "handle_id": thread.handle_id,
        "opened_at": at,
    }
    case = {**place, "id": case_id, "status": STATUS, "state_json": "{}", "updated_at": at}
    handoff = {
        **place,
        "id": ids.new(),
        "case_id": case_id,
        "turn_id": int(turn.id),
        "rule": RULE,
        "reason": reason,
        "queue": "general",
        "urgency": "low",
        "packet_json": packet,
    }
    return Aside(case, handoff, messages)


def needs_person(taken: Sequence[Waiting]) -> str | None:
    """Why no machine may answer these messages, if so; they are alike in that."""
    return next((one.needs_person for one in taken if one.needs_person is not None), None)


def _case_rows(
    claimed: Claimed, turn: TurnInput, decision: Decision, at: int, ids: Ids, given: Given
) -> tuple[dict[str, object] | None, dict[str, object] | None, int | None]:
    """A row to insert or to update, and the case's id; neither when nothing is to be kept."""
    thread = claimed.thread
    assert thread is not None
    status = "open"
    if decision.escalation is not None or turn.in_handoff:
        status = "handed"
    elif decision.close is not None:
        status = "closed"
    state = dump_case(decision.case, given.case_drawn(decision, thread.handle_id))
    if turn.case_id is not None and not decision.new_case:
        row: dict[str, object] = {
            "row": int(turn.case_id),
            "new_status": status,
            "new_intent": decision.case.intent,
            "state": state,
            "now": at,
            "new_outcome": decision.close,
            "answered": decision.reply is not None,
            "secret_kind": _asked(decision),
        }
        return None, row, int(turn.case_id)
    if decision.silent is not None and decision.escalation is None:
        return None, None, None
    case_id = ids.new()
    new = {
        "id": case_id,
        "customer_id": claimed.customer_id,
        "handle_id": thread.handle_id,
        "conversation_id": thread.id,
        "status": status,
        "intent": decision.case.intent,
        "state_json": state,
        "opened_at": at,
        "updated_at": at,
        "outcome": decision.close,
        "expecting": _asked(decision),
    }
    return new, None, case_id


def _asked(decision: Decision) -> str | None:
    """The kind of secret that the case awaits, or that its question is about something else."""
    return decision.expecting or (NO_SECRET if decision.asked else None)


def _message_rows(
    claimed: Claimed, decision: Decision, tokens: int, turn_id: int, at: int, given: Given
) -> tuple[dict[str, object], ...]:
    thread = claimed.thread
    if decision.reply is None or thread is None:
        return ()
    extra: dict[str, object] = {}
    if decision.reply.quick_replies:
        extra["quick_replies"] = [
            {"label": one.label, "value": one.value} for one in decision.reply.quick_replies
        ]
    if decision.reply.sensitivity is not Sensitivity.GENERAL:
        extra["sensitivity"] = decision.reply.sensitivity.value
    if decision.sources:
        extra["sources"] = [list(one) for one in decision.sources]
    if given.drawn:
        extra["drawn"] = sorted(given.drawn)
    return (
        {
            "conversation_id": thread.id,
            "handle_id": thread.handle_id,
            "author": "bot",
            "text": decision.reply.text,
            "tokens": tokens,
            "created_at": at,
            "level": max(one.assurance for one in claimed.waiting),
            "turn_id": turn_id,
            "extra_json": orjson.dumps(extra).decode() if extra else None,
            "about": about(decision.reply.text),
        },
    )


def _fact_rows(
    facts: Sequence[Fact], handle_id: int, ids: Ids, at: int, given: Given
) -> tuple[FactGiven, ...]:
    """Facts stay with whoever told them, also when another handle of theirs has confirmed one."""
    return tuple(
        FactGiven(
            ids.new(),
            Telling(
                handle_id=given.handles.get(one.handle, handle_id),
                key=one.key,
                value=one.value,
                source=one.source,
                level=int(one.level),
                told_by=one.told_by,
                channel=one.channel,
                verified=one.verified,
                needs=int(one.needs),
                secret=one.secret,
                due_at=None if one.due_at is None else to_micros(one.due_at),
                drawn=one.made_from,
            ),
            at,
        )
        for one in facts
    )


def _settled(turn: TurnInput, decision: Decision, given: Given) -> tuple[int, ...]:
    """Whose conversations no secret is asked for in any more, once it was told."""
    told = any(one.secrets for one in turn.messages)
    over = told and decision.reply is not None and decision.expecting is None
    return tuple(given.handles.values()) if over else ()


def _raised(decision: Decision, case_id: int | None) -> tuple[int, Raise] | None:
    more = decision.raised
    if more is None or case_id is None:
        return None
    return case_id, Raise(more.urgency, more.queue, more.reason)


def _handoff_row(
    claimed: Claimed,
    decision: Decision,
    case_id: int | None,
    turn_id: int,
    packet: str,
    at: int,
    ids: Ids,
) -> dict[str, object] | None:
    escalation = decision.escalation
    thread = claimed.thread
    if escalation is None or thread is None or case_id is None:
        return None
    return {
        "id": ids.new(),
        "case_id": case_id,
        "customer_id": claimed.customer_id,
        "conversation_id": thread.id,
        "handle_id": thread.handle_id,
        "turn_id": turn_id,
        "rule": escalation.rule,
        "reason": escalation.reason,
        "queue": escalation.queue,
        "urgency": escalation.urgency,
        "packet_json": packet,
        "opened_at": at,
    }
