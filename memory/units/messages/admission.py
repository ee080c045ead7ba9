"""Admitting messages: durable, once per event, before anybody acknowledges anything.

The unit finds or makes the handle, its customer and the conversation, writes the message and
puts it in the work queue. It decides nothing about what the message means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from core.clock import Micros
from core.message import Assurance, ConsentChange
from memory.expectations import AWAITED, Writer, awaited
from memory.readable.sender import AnyRow
from memory.tables.main import Conversation, Customer, Handle, Inbound, Link, Message
from memory.tables.rows import table
from memory.units.identity.components import lock
from memory.units.identity.retiring import (
    Retired,
    record_retirement,
    retired_key,
    set_apart,
    silence_words,
)
from memory.units.messages.admission_rows import (
    Admission,
    Cleaned,
    HeldAt,
    Row,
    address_json,
    conversation_row,
    correspondent,
    held_at,
    inbound_row,
    message_row,
    person_rows,
)
from memory.units.prepared import write

__all__ = ["Admission", "Admitted", "Cleaned", "admit"]

ACTOR = "gateway"

_handle = table(Handle)
_conversation = table(Conversation)
_inbound = table(Inbound)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of it. A duplicate names the rows of the first delivery of the same event.

    `secret` says that a secret was removed from the text, so that no original may be kept.
    """

    duplicate: bool
    inbound_id: int
    customer_id: int
    handle_id: int
    conversation_id: int
    seq: int
    due_at: Micros
    text: str = ""
    secret: bool = False

    @property
    def message_id(self) -> str:
        """The stored message's public id."""
        return f"{self.conversation_id}-{self.seq}"


_known_events = select(
    _inbound.c.account,
    _inbound.c.event_id,
    _inbound.c.id,
    _inbound.c.handle_id,
    _inbound.c.conversation_id,
    _inbound.c.seq,
    _inbound.c.due_at,
).where(_inbound.c.event_id.in_(bindparam("events", expanding=True)))
_known_handles = select(
    _handle.c.key,
    _handle.c.id,
    _handle.c.customer_id,
    _handle.c.opted_out,
    _handle.c.seen_at,
    *AWAITED,
).where(_handle.c.key.in_(bindparam("keys", expanding=True)))
_known_conversations = (
    select(
        _conversation.c.account,
        _conversation.c.key,
        _conversation.c.id,
        _conversation.c.seq,
        _conversation.c.expecting,
        _conversation.c.place_key,
        _conversation.c.place_title,
        _conversation.c.correspondent,
    )
    .where(_conversation.c.key.in_(bindparam("keys", expanding=True)))
    .with_for_update()
)
_advance = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("row"))
    .values(
        seq=bindparam("new_seq"),
        updated_at=bindparam("now"),
        assurance=bindparam("level"),
        reply_address_json=bindparam("address"),
        audience=bindparam("who"),
    )
)
_move = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("row"))
    .values(
        place_key=bindparam("new_key"),
        place_title=bindparam("new_title"),
        correspondent=bindparam("answered"),
    )
)
# Who is proved to write is alive, whatever a provider said before; a forger shows nothing.
_seen = (
    update(_handle)
    .where(_handle.c.id == bindparam("row"))
    .values(seen_at=bindparam("now"), dead=and_(_handle.c.dead, bindparam("unproved")))
)
_consent = (
    update(_handle).where(_handle.c.id == bindparam("row")).values(opted_out=bindparam("out"))
)


def admit(connection: Connection, batch: Sequence[Admission]) -> list[Admitted]:
    """Store each message of the batch once; unique on (account, provider event id)."""
    return _Batch(connection).admit(batch)


@dataclass(slots=True)
class _Thread:
    """A conversation as the batch has brought it on. `held_at` is its place's key and title, and
    who is answered."""

    id: int
    seq: int
    held_at: HeldAt
    expecting: str | None = None


class _Batch:
    """The rows one batch reads and writes, gathered so that each statement runs once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rows: dict[str, list[Row]] = {
            name: []
            for name in ("customer", "handle", "link", "conversation", "message", "inbound")
        }
        self.events: dict[tuple[str, str], Admitted] = {}
        self.handles: dict[str, tuple[int, int, bool]] = {}
        self.seen_at: dict[int, Micros] = {}
        self.awaited: dict[int, AnyRow] = {}
        self.threads: dict[tuple[str, str], _Thread] = {}
        self.advanced: dict[int, Row] = {}
        self.moved: dict[int, Row] = {}
        self.seen: dict[int, Row] = {}
        self.consents: list[Row] = []

    def admit(self, batch: Sequence[Admission]) -> list[Admitted]:
        self._load(batch)
        admitted = [self._one(admission) for admission in batch]
        self._write()
        return admitted

    def _load(self, batch: Sequence[Admission]) -> None:
        run = self.connection.execute
        keys = {one.message.sender.key for one in batch}
        for row in run(_known_handles, {"keys": list(keys)}):
            self.handles[row.key] = (row.id, row.customer_id, bool(row.opted_out))
            self.seen_at[row.id] = row.seen_at
            if row.code_until or row.asked:
                self.awaited[row.id] = row
        threads = {one.message.conversation_key for one in batch}
        for thread in run(_known_conversations, {"keys": list(threads)}):
            self.threads[thread.account, thread.key] = _Thread(
                thread.id,
                thread.seq,
                (thread.place_key, thread.place_title, thread.correspondent),
                thread.expecting,
            )
        events = {one.message.event_id for one in batch}
        customers = {handle: customer for handle, customer, _ in self.handles.values()}
        for event in run(_known_events, {"events": list(events)}):
            self.events[event.account, event.event_id] = Admitted(
                True,
                event.id,
                customers.get(event.handle_id, 0),
                event.handle_id,
                event.conversation_id,
                event.seq,
                event.due_at,
            )

    def _one(self, admission: Admission) -> Admitted:
        message = admission.message
        key = (message.account, message.event_id)
        known = self.events.get(key)
        if known is not None:
            return known
        handle_id, customer_id, opted_out = self._handle_of(admission)
        thread = self._next_place(admission, handle_id)
        place = (thread.id, thread.seq)
        expecting = thread.expecting or self._awaited(admission, handle_id, customer_id)
        cleaned = admission.clean(expecting)
        self.rows["message"].append(message_row(admission, cleaned, place, handle_id, opted_out))
        self.rows["inbound"].append(inbound_row(admission, place, handle_id))
        self._see(admission, handle_id)
        self._apply_consent(message.consent, message.sender.key, handle_id, opted_out)
        admitted = Admitted(
            False,
            admission.ids[0],
            customer_id,
            handle_id,
            *place,
            admission.received_at + admission.quiet,
            cleaned.text,
            bool(cleaned.secrets),
        )
        self.events[key] = replace(admitted, duplicate=True)
        return admitted

    def _handle_of(self, admission: Admission) -> tuple[int, int, bool]:
        """The sender's handle; a first contact becomes a customer of its own, joined to nobody.

        Who was silent for too long is one: the address may be somebody else's by now.
        """
        key = admission.message.sender.key
        known = self.handles.get(key)
        if known is not None:
            if self.seen_at.get(known[0], admission.received_at) >= admission.silent_before:
                return known
            self._retire(admission, known[0], known[1])
        out = known is not None and known[2]
        rows = person_rows(admission, None if known is None else known[0], out)
        for name, row in zip(("customer", "handle", "link"), rows, strict=True):
            self.rows[name].append(row)
        self.handles[key] = (admission.ids[1], admission.ids[2], out)
        return self.handles[key]

    def _awaited(self, admission: Admission, handle_id: int, customer_id: int) -> str | None:
        """What the sender was asked for elsewhere may come here."""
        row = self.awaited.get(handle_id)
        if row is None:
            return None
        level, now = admission.message.assurance, admission.received_at
        writer = Writer(customer_id, handle_id, level, now)
        return awaited(self.connection, row, writer, admission.questions)

    def _retire(self, admission: Admission, handle_id: int, customer_id: int) -> None:
        """The old life rests with its customer; its threads are not those that come now."""
        because = silence_words(self.seen_at[handle_id], admission.received_at)
        threads = set_apart(self.connection, handle_id, because, admission.received_at)
        lock(self.connection, {customer_id})
        self.threads = {at: one for at, one in self.threads.items() if one.id not in threads}
        successor_id, successor_customer = admission.ids[1:3]
        key = admission.message.sender.key
        done = Retired(
            handle_id, retired_key(key, handle_id), customer_id,
            successor_id, key, successor_customer,
        )  # fmt: skip
        # No id is fresh but the link's, and in the log of changes nothing else has it.
        record_retirement(
            self.connection, done, because, ACTOR, admission.received_at, admission.ids[3]
        )

    def _next_place(self, admission: Admission, handle_id: int) -> _Thread:
        """The conversation, brought on by one: its number is the message's in it."""
        message = admission.message
        key = (message.account, message.conversation_key)
        thread = self.threads.get(key)
        if thread is None:
            self.rows["conversation"].append(conversation_row(admission, handle_id))
            thread = self.threads[key] = _Thread(admission.ids[4], 0, held_at(message))
        self._move(admission, thread)
        thread.seq += 1
        self.advanced[thread.id] = {
            "row": thread.id,
            "new_seq": thread.seq,
            "now": admission.received_at,
            "level": int(message.assurance),
            "address": address_json(message),
            "who": message.audience.value,
        }
        return thread

    def _move(self, admission: Admission, thread: _Thread) -> None:
        """The place may be called otherwise now, and another address be answered."""
        place = admission.message.place
        key, title = thread.held_at[:2] if place is None else (place.key, place.title)
        held = (key, title, correspondent(admission.message))
        if held == thread.held_at:
            return
        thread.held_at = held
        self.moved[thread.id] = {
            "row": thread.id,
            "new_key": key,
            "new_title": title,
            "answered": held[2],
        }

    def _see(self, admission: Admission, handle_id: int) -> None:
        """The handle wrote now; of several messages one that is proved is enough to be alive."""
        if handle_id == admission.ids[1]:
            return
        unproved = admission.message.assurance < Assurance.AUTHENTICATED
        if handle_id in self.seen:
            unproved = unproved and bool(self.seen[handle_id]["unproved"])
        self.seen[handle_id] = {
            "row": handle_id,
            "now": admission.received_at,
            "unproved": unproved,
        }

    def _apply_consent(
        self, consent: ConsentChange | None, key: str, handle_id: int, opted_out: bool
    ) -> None:
        """A carrier word acts at once and durably, before the playbook sees the message."""
        wanted = {ConsentChange.OPT_OUT: True, ConsentChange.OPT_IN: False}
        out = wanted.get(consent) if consent is not None else None
        if out is None or out == opted_out:
            return
        self.consents.append({"row": handle_id, "out": out})
        self.handles[key] = (handle_id, self.handles[key][1], out)

    def _write(self) -> None:
        run = partial(write, self.connection)
        for name, rows in self.rows.items():
            if rows:
                run(_INSERTS[name], rows)
        for statement, changes in (
            (_advance, self.advanced),
            (_move, self.moved),
            (_seen, self.seen),
        ):
            if changes:
                run(statement, list(changes.values()))
        for change in self.consents:
            run(_consent, [change])


_INSERTS = {
    "customer": insert(table(Customer)),
    "handle": insert(_handle),
    "link": insert(table(Link)),
    "conversation": insert(_conversation),
    "message": insert(table(Message)),
    "inbound": insert(_inbound),
}
