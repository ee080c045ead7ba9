"""A sender changes a message of theirs, or takes it back.

What no turn has taken yet is simply seen as it is now. What was answered already is replaced, with
its earlier words kept for people; what was taken back is really gone, from here and from what was
made of it. Only the sender's own message changes, and only forward in time. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, select, update

from core.clock import Micros
from core.message import Assurance
from memory.codec import dump_case, load_case
from memory.expectations import AT_ANY_TIME, AWAITED, OpenQuestions, Writer, awaited
from memory.readable.drawing import drawn_of
from memory.recall.about import about
from memory.stored_turns import GIVEN
from memory.tables.main import Case, Conversation, Customer, Handle, Handoff, Inbound, Message, Turn
from memory.tables.rows import table
from memory.units.messages.admission_rows import Cleaned
from memory.units.remembering.episodes import spoil
from memory.units.remembering.fact_rows import forget_told
from memory.units.remembering.segmenting import forget_segments
from memory.units.remembering.vectors import forget_vectors

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

MOST_VERSIONS = 20
"""Earlier versions kept of one message, the newest ones."""

_WORDS = ("attachments", "original", "versions", "claims", "quick_reply", "secrets")
"""What of a message's extras are the sender's words or made of them."""

_MOST_TURNS = 200
"""Turns whose records are gone through at once, so that the writer is not held."""

_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_handle = table(Handle)
_handoff = table(Handoff)
_inbound = table(Inbound)
_message = table(Message)
_turn = table(Turn)


class Revised(StrEnum):
    """What became of a revision."""

    DONE = "done"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Change:
    """A revision of the message with this event id. `clean` removes secrets from the new text, and
    is told which kind was last asked for (`questions`); without it the message is taken back."""

    account: str
    event_id: str
    sender_key: str
    clean: Callable[[str | None], Cleaned] | None
    at: Micros
    questions: OpenQuestions = AT_ANY_TIME


@dataclass(frozen=True, slots=True)
class Revision:
    """How it ended, and whose conversation it is about."""

    outcome: Revised
    customer_id: int | None = None
    conversation_id: int | None = None
    message_id: str | None = None


def revise(connection: Connection, change: Change) -> Revision:
    """Change the message, or take it back, when it is known, the sender's own, and not newer."""
    row = _find(connection, change)
    if row is None:
        return Revision(Revised.UNKNOWN)
    extra: dict[str, Any] = {} if row.extra_json is None else orjson.loads(row.extra_json)
    place = (row.customer_id, row.conversation_id, f"{row.conversation_id}-{row.seq}")
    if row.key != change.sender_key:
        return Revision(Revised.FOREIGN, *place)
    if "taken_back" in extra or change.at <= extra.get("revised_at", 0):
        return Revision(Revised.OLD, *place)
    if change.clean is None:
        _take_back(connection, row, extra, change.at)
    else:
        _replace_words(connection, row, extra, change.clean, change)
    connection.execute(
        update(_customer)
        .where(_customer.c.id == row.customer_id)
        .values(version=_customer.c.version + 1)
    )
    spoil(connection, row.handle_id, row.created_at, row.created_at)
    return Revision(Revised.DONE, *place)


def _find(connection: Connection, change: Change) -> AnyRow | None:
    return connection.execute(
        select(
            _inbound.c.id,
            _inbound.c.status,
            _inbound.c.turn_id,
            _inbound.c.conversation_id,
            _inbound.c.seq,
            _handle.c.key,
            _handle.c.customer_id,
            _handle.c.id.label("handle_id"),
            _message.c.text,
            _message.c.created_at,
            _message.c.extra_json,
            _inbound.c.assurance,
            _conversation.c.expecting,
            *AWAITED,
        )
        .join(_handle, _handle.c.id == _inbound.c.handle_id)
        .join(_conversation, _conversation.c.id == _inbound.c.conversation_id)
        .join(
            _message,
            (_message.c.conversation_id == _inbound.c.conversation_id)
            & (_message.c.seq == _inbound.c.seq),
        )
        .where(_inbound.c.event_id == change.event_id, _inbound.c.account == change.account)
        .with_for_update(of=_inbound)
    ).first()


def _replace_words(
    connection: Connection,
    row: AnyRow,
    extra: Mapping[str, Any],
    clean: Callable[[str | None], Cleaned],
    change: Change,
) -> None:
    """The new words; the earlier ones stay for people when a turn has answered them."""
    at = change.at
    writer = Writer(row.customer_id, row.handle_id, Assurance(row.assurance), at)
    expecting = row.expecting or awaited(connection, row, writer, change.questions)
    cleaned = clean(expecting)
    kept = {name: value for name, value in extra.items() if name not in ("secrets", "original")}
    kept["revised_at"] = at
    if cleaned.secrets:
        kept["secrets"] = dict(cleaned.secrets)
    if row.status != "new":
        since = extra.get("revised_at", row.created_at)
        versions = [*extra.get("versions", ()), {"text": row.text, "at": since}]
        kept["versions"] = versions[-MOST_VERSIONS:]
    _write(connection, row, cleaned.text, cleaned.tokens, kept)
    # What was told to a flow stays: it was answered, and may have been confirmed since.
    source = f"{row.conversation_id}-{row.seq}"
    forget_told(connection, row.handle_id, source, at, guesses=True)


def _take_back(connection: Connection, row: AnyRow, extra: Mapping[str, Any], at: Micros) -> None:
    """The words are gone, and with them what was remembered of them."""
    kept = {name: value for name, value in extra.items() if name not in _WORDS}
    _write(connection, row, "", 0, {**kept, "taken_back": at})
    if row.status in ("new", "dead"):
        connection.execute(update(_inbound).where(_inbound.c.id == row.id).values(status="done"))
    source = f"{row.conversation_id}-{row.seq}"
    forget_told(connection, row.handle_id, source, at)
    _forget_slots(connection, row.customer_id, source)
    if row.turn_id is not None:
        _forget_records(connection, row.conversation_id, row.turn_id, source)
    words = {row.text, *(one["text"] for one in extra.get("versions", ()))}
    _forget_quotes(connection, row.customer_id, words)


def _write(
    connection: Connection, row: AnyRow, words: str, tokens: int, extra: Mapping[str, Any]
) -> None:
    connection.execute(
        update(_message)
        .where(_message.c.conversation_id == row.conversation_id, _message.c.seq == row.seq)
        .values(
            text=words,
            tokens=tokens,
            extra_json=orjson.dumps(extra).decode(),
            about=about(words),
        )
    )
    forget_segments(connection, (row.handle_id,), row.created_at - 1, row.created_at)
    # After the words: who is encoding the earlier ones has the row until their vector is there.
    forget_vectors(connection, [(row.conversation_id, row.seq)])


def _forget_slots(connection: Connection, customer_id: int, source: str) -> None:
    """Values that the message told leave the cases they were told for."""
    cases = connection.execute(
        select(_case.c.id, _case.c.state_json)
        .join(_handle, _handle.c.id == _case.c.handle_id)
        .where(
            _handle.c.customer_id == customer_id,
            _case.c.state_json.contains(f'"{source}"', autoescape=True),
        )
    )
    for one in cases.all():
        state = load_case(one.state_json)
        slots = tuple(slot for slot in state.slots if slot.source != source)
        offered = state.offering
        offering = None if offered is not None and offered.source == source else offered
        state = replace(state, slots=slots, offering=offering)
        connection.execute(
            update(_case)
            .where(_case.c.id == one.id)
            .values(state_json=dump_case(state, drawn_of(one.state_json)))
        )


def _forget_records(connection: Connection, conversation_id: int, first: int, source: str) -> None:
    """What the message told leaves the records of the turns that knew it, from the first one on."""
    turns = connection.execute(
        select(_turn.c.id, _turn.c.record_json)
        .where(
            _turn.c.conversation_id == conversation_id,
            _turn.c.id >= first,
            _turn.c.record_json.contains(f'"source":"{source}"', autoescape=True),
        )
        .limit(_MOST_TURNS)
    )
    for one in turns.all():
        record = orjson.loads(one.record_json)
        for name in ("slots", "facts"):
            record[name] = [told for told in record.get(name, ()) if told["source"] != source]
        # Without it the turn is not what it was, and is not to be decided anew.
        record.pop(GIVEN, None)
        connection.execute(
            update(_turn)
            .where(_turn.c.id == one.id)
            .values(record_json=orjson.dumps(record).decode())
        )


def _forget_quotes(connection: Connection, customer_id: int, words: set[str]) -> None:
    """What people were handed no longer quotes it."""
    handoffs = connection.execute(
        select(_handoff.c.id, _handoff.c.packet_json)
        .join(_handle, _handle.c.id == _handoff.c.handle_id)
        .where(_handle.c.customer_id == customer_id, _handoff.c.status != "closed")
    )
    for one in handoffs.all():
        packet = orjson.loads(one.packet_json)
        quoted = packet.get("exchanges", ())
        left = [
            said for said in quoted if said["author"] != "customer" or said["text"] not in words
        ]
        if len(left) != len(quoted):
            packet["exchanges"] = left
            connection.execute(
                update(_handoff)
                .where(_handoff.c.id == one.id)
                .values(packet_json=orjson.dumps(packet).decode())
            )
