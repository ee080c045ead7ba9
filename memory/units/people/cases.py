"""What people do with a case in their hands: take it, answer, give it back to the bot, resolve it.

Each change bumps the customer's version, so that a draft the bot made meanwhile is never committed,
and is written into the audit log with its actor. Cold transactions, one change each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ColumnElement, Connection, Row, case, insert, select, update

from core.clock import Micros, from_micros
from core.facts.promises import find_promises
from core.message import Assurance, Attachment, Author, DeliveryStatus
from memory.codec import dump_case, load_case
from memory.readable.drawing import drawn_of
from memory.readable.sender import ContextQuery, read_sender
from memory.recall.about import about
from memory.tables.main import Case, Conversation, Customer, Delivery, Handle, Handoff, Message
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.messages.part_ends import discarded
from memory.units.people import asides
from memory.units.people.addressee import addressee, open_handoff_of
from memory.units.remembering.promising import Answer, note_promises

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_delivery = table(Delivery)
_handle = table(Handle)
_handoff = table(Handoff)
_message = table(Message)

TOOK_OVER = "A person took over before this was sent."
HANDED_BACK = "handed back"
RESOLVED = "resolved"


# A person asks for no secret, but a code that is on its way may still come.
def _still_open(asked: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((asked.like("code%"), asked), else_=None)


class PeopleProblem(Exception):
    """Something a person may not do with a case, said in words for them. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """A person's answer to a customer.

    It goes to the conversation of the handoff, or to `conversation_id`, which has to be the same
    customer's. `payloads` are the rendered parts, `ids` one fresh id for each of them, and
    `audit_id` one more. `name` is shown to the customer. `status` is how the parts are born: a
    channel that is not called, but reads from the thread, has them "sent".
    """

    agent: str
    text: str
    tokens: int
    payloads: tuple[Mapping[str, object], ...]
    ids: tuple[int, ...]
    audit_id: int
    now: Micros
    handoff_id: int | None = None
    conversation_id: int | None = None
    name: str | None = None
    attachments: tuple[Attachment, ...] = ()
    status: DeliveryStatus = DeliveryStatus.PENDING


@dataclass(frozen=True, slots=True)
class Answered:
    """The message as written, where it goes, and the bot's parts that will not be sent any more."""

    conversation_id: int
    seq: int
    customer_id: int
    account: str
    channel: str
    key: str
    handoff_id: int | None
    delivery_ids: tuple[int, ...]
    discarded: tuple[int, ...]

    @property
    def message_id(self) -> str:
        """The stored message's public id."""
        return f"{self.conversation_id}-{self.seq}"


@dataclass(frozen=True, slots=True)
class HandoffChange:
    """What became of a handoff, and whose it is."""

    handoff_id: int
    case_id: int
    conversation_id: int
    customer_id: int
    status: str
    owner: str | None


def take(
    connection: Connection, handoff_id: int, agent: str, now: Micros, audit_id: int
) -> HandoffChange:
    """Make a waiting case the agent's own. Raises `PeopleProblem` when somebody else has it."""
    row = _open_handoff(connection, handoff_id, agent)
    if row.status == "waiting":
        _own(connection, row, agent)
        _bump(connection, row.customer)
        record(connection, audit_id, now, agent, "take", f"handoff:{handoff_id}", {})
    return _change(row, "owned", agent)


def answer(connection: Connection, one: AgentAnswer) -> Answered:
    """Write a person's message and its parts; what the bot has not sent yet is discarded.

    The first answer takes a case that nobody owns. Raises `PeopleProblem` when somebody else owns
    it, when it is closed, and when the customer has opted out of messages there.
    """
    if len(one.ids) != len(one.payloads) or not one.payloads:
        raise ValueError("an answer needs at least one rendered part, and an id for each")
    handoff = _handoff_for(connection, one)
    thread = _thread(connection, one, handoff)
    if thread.opted_out:
        raise PeopleProblem(f"{thread.handle_key} has opted out: nothing may be sent there")
    if thread.dead:
        raise PeopleProblem(f"{thread.handle_key} cannot be reached any more")
    seq = thread.seq + 1
    _write_message(connection, one, thread, seq)
    if promised := find_promises(one.text, from_micros(one.now)):
        drawn = _drawn(connection, thread, one.now)
        note_promises(connection, promised, _said(one, thread, seq), drawn, one.audit_id)
    discarded = _discard_drafts(connection, thread.id, one.now)
    _write_parts(connection, one, thread, seq)
    if handoff is not None:
        if handoff.status == "waiting":
            _own(connection, handoff, one.agent)
        if handoff.answered_at is None:
            _set_handoff(connection, handoff.id, answered_at=one.now)
        _set_case(connection, handoff.case_id, expecting=_still_open(_case.c.expecting))
    _bump(connection, thread.customer_id)
    subject = f"conversation:{thread.id}" if handoff is None else f"handoff:{handoff.id}"
    record(
        connection,
        one.audit_id,
        one.now,
        one.agent,
        "answer",
        subject,
        {"message_id": f"{thread.id}-{seq}", "parts": len(one.payloads)},
    )
    return Answered(
        conversation_id=thread.id,
        seq=seq,
        customer_id=thread.customer_id,
        account=thread.account,
        channel=thread.channel,
        key=thread.key,
        handoff_id=None if handoff is None else handoff.id,
        delivery_ids=one.ids,
        discarded=discarded,
    )


def hand_back(
    connection: Connection, handoff_id: int, agent: str, now: Micros, audit_id: int
) -> HandoffChange:
    """Give the case back to the bot, which starts anew with counting what went wrong."""
    row = _open_handoff(connection, handoff_id, agent)
    _close(connection, row, HANDED_BACK, now)
    if row.rule == asides.RULE:
        # No machine may answer there, so that there is nothing to give back.
        _set_case(connection, row.case_id, status="closed", outcome=RESOLVED, updated_at=now)
    elif not _still_handed(connection, row):
        state = connection.execute(
            select(_case.c.state_json).where(_case.c.id == row.case_id)
        ).scalar_one()
        case = replace(load_case(state), counters={})
        text = dump_case(case, drawn_of(state))
        _set_case(connection, row.case_id, status="open", state_json=text, updated_at=now)
    _bump(connection, row.customer)
    record(connection, audit_id, now, agent, "hand back", f"handoff:{handoff_id}", {})
    return _change(row, "closed", agent)


def resolve(
    connection: Connection,
    handoff_id: int,
    agent: str,
    now: Micros,
    audit_id: int,
    outcome: str = RESOLVED,
) -> HandoffChange:
    """Close the case, with how it ended for the customer; their next message opens a new one."""
    row = _open_handoff(connection, handoff_id, agent)
    others = _still_handed(connection, row)
    for one in (row.id, *others):
        _set_handoff(connection, one, status="closed", closed_at=now, closed_as=RESOLVED)
    _set_case(connection, row.case_id, status="closed", outcome=outcome, updated_at=now)
    _bump(connection, row.customer)
    detail = {"outcome": outcome}
    record(connection, audit_id, now, agent, "resolve", f"handoff:{handoff_id}", detail)
    return _change(row, "closed", agent)


def _open_handoff(connection: Connection, handoff_id: int, agent: str) -> AnyRow:
    """The handoff with its customer as of now, when this agent may act on it."""
    row = connection.execute(
        select(_handoff, _handle.c.customer_id.label("customer"))
        .join(_handle, _handle.c.id == _handoff.c.handle_id)
        .where(_handoff.c.id == handoff_id)
        .with_for_update(of=_handoff)
    ).first()
    if row is None:
        raise PeopleProblem(f"there is no handoff {handoff_id}")
    if row.status == "closed":
        raise PeopleProblem(f"this case was already closed: {row.closed_as}")
    if row.owner is not None and row.owner != agent:
        raise PeopleProblem(f"{row.owner.removeprefix('person:')} has this case")
    return row


def _handoff_for(connection: Connection, one: AgentAnswer) -> AnyRow | None:
    """The handoff that is answered: the one named, or the open one of the conversation."""
    if one.handoff_id is not None:
        return _open_handoff(connection, one.handoff_id, one.agent)
    if one.conversation_id is None:
        raise ValueError("an answer needs a handoff or a conversation")
    found = open_handoff_of(connection, one.conversation_id)
    return None if found is None else _open_handoff(connection, found, one.agent)


def _thread(connection: Connection, one: AgentAnswer, handoff: AnyRow | None) -> AnyRow:
    """The conversation and the sender the answer goes to; never another customer than the
    handoff's."""
    place = one.conversation_id
    if place is None and handoff is not None:
        place = handoff.conversation_id
    row = addressee(connection, place, handoff)
    if row is not None:
        return row
    known = select(_conversation.c.id).where(_conversation.c.id == place)
    if connection.execute(known).first() is None:
        raise PeopleProblem(f"there is no conversation {place}")
    if handoff is None:
        raise PeopleProblem(f"nobody has written in conversation {place} yet")
    raise PeopleProblem("that conversation is another customer's")


def _write_message(connection: Connection, one: AgentAnswer, thread: AnyRow, seq: int) -> None:
    connection.execute(
        insert(_message),
        {
            "conversation_id": thread.id,
            "seq": seq,
            "handle_id": thread.handle_id,
            "author": Author.AGENT.value,
            "author_name": one.name,
            "text": one.text,
            "tokens": one.tokens,
            "created_at": one.now,
            "level": thread.assurance,
            "extra_json": _extra(one, _drawn(connection, thread, one.now)),
            "about": about(one.text),
        },
    )
    connection.execute(
        update(_conversation)
        .where(_conversation.c.id == thread.id)
        .values(seq=seq, updated_at=one.now, expecting=_still_open(_conversation.c.expecting))
    )


def _said(one: AgentAnswer, thread: AnyRow, seq: int) -> Answer:
    return Answer(
        thread.handle_id,
        f"{thread.id}-{seq}",
        thread.assurance,
        one.agent,
        thread.channel,
        one.now,
    )


def _drawn(connection: Connection, thread: AnyRow, now: Micros) -> list[int]:
    """The other handles whose memory whoever answers had open: all that may count as the same
    person's."""
    query = ContextQuery(thread.customer_id, thread.handle_id, thread.id, Assurance.LOGGED_IN, now)
    return sorted(read_sender(connection, query).keys.keys() - {thread.handle_id})


def _extra(one: AgentAnswer, drawn: Sequence[int]) -> str | None:
    """The files that went with the answer, as those of a message that came in, and from whose
    memory it was made."""
    files = [
        {"name": file.name, "type": file.media_type, "reference": file.reference, "size": file.size}
        for file in one.attachments
    ]
    extra = {**({"attachments": files} if files else {}), **({"drawn": drawn} if drawn else {})}
    return orjson.dumps(extra).decode() if extra else None


def _discard_drafts(connection: Connection, conversation_id: int, now: Micros) -> tuple[int, ...]:
    """What the bot has said but not sent is not sent any more; what is on its way stays so."""
    drafts = connection.execute(
        select(_delivery.c.id).where(
            _delivery.c.conversation_id == conversation_id,
            _delivery.c.author == Author.BOT.value,
            _delivery.c.status == DeliveryStatus.PENDING.value,
        )
    ).scalars()
    ids = tuple(drafts)
    if ids:
        connection.execute(
            update(_delivery).where(_delivery.c.id.in_(ids)).values(discarded(TOOK_OVER, now))
        )
    return ids


def _write_parts(connection: Connection, one: AgentAnswer, thread: AnyRow, seq: int) -> None:
    connection.execute(
        insert(_delivery),
        [
            {
                "id": row_id,
                "conversation_id": thread.id,
                "seq": seq,
                "part": number,
                "parts": len(one.payloads),
                "handle_id": thread.handle_id,
                "account": thread.account,
                "channel": thread.channel,
                "author": Author.AGENT.value,
                "address_json": thread.reply_address_json,
                "payload_json": orjson.dumps(dict(payload)).decode(),
                "status": one.status.value,
                "due_at": one.now,
                "created_at": one.now,
                "updated_at": one.now,
            }
            for number, (row_id, payload) in enumerate(zip(one.ids, one.payloads, strict=True))
        ],
    )


def _still_handed(connection: Connection, row: AnyRow) -> Sequence[int]:
    """Other handoffs of the same case that are open."""
    found = connection.execute(
        select(_handoff.c.id).where(
            _handoff.c.case_id == row.case_id,
            _handoff.c.id != row.id,
            _handoff.c.status != "closed",
        )
    )
    return found.scalars().all()


def _own(connection: Connection, row: AnyRow, agent: str) -> None:
    _set_handoff(connection, row.id, status="owned", owner=agent)


def _close(connection: Connection, row: AnyRow, how: str, now: Micros) -> None:
    _set_handoff(connection, row.id, status="closed", closed_at=now, closed_as=how)


def _set_handoff(connection: Connection, handoff_id: int, **values: object) -> None:
    connection.execute(update(_handoff).where(_handoff.c.id == handoff_id).values(**values))


def _set_case(connection: Connection, case_id: int, **values: object) -> None:
    connection.execute(update(_case).where(_case.c.id == case_id).values(**values))


def _bump(connection: Connection, customer_id: int) -> None:
    """Void what was decided or remembered of this customer before."""
    connection.execute(
        update(_customer)
        .where(_customer.c.id == customer_id)
        .values(version=_customer.c.version + 1)
    )


def _change(row: AnyRow, status: str, owner: str) -> HandoffChange:
    return HandoffChange(row.id, row.case_id, row.conversation_id, row.customer, status, owner)
