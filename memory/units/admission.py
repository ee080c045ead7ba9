"""Admitting messages: durable, once per event, before anybody acknowledges anything.

The unit finds or makes the handle, its customer and the conversation, writes the message and
puts it in the work queue. It decides nothing about what the message means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from core.clock import Micros, to_micros
from core.message import Assurance, ConsentChange, InboundMessage
from memory.tables import Conversation, Customer, Handle, Inbound, Link, Message
from memory.units.rows import table

_handle = table(Handle)
_conversation = table(Conversation)
_inbound = table(Inbound)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its secrets: what replaced them, their digests by kind, and its tokens."""

    text: str
    secrets: Mapping[str, str]
    tokens: int


@dataclass(frozen=True, slots=True)
class Admission:
    """One message to admit. `clean` removes secrets from its text before anything is stored.

    It is told which kind of secret the conversation's last question asked for, if any. `ids` are
    fresh ids for the rows it may need; `quiet` is its quiet window in microseconds.
    """

    message: InboundMessage
    clean: Callable[[str | None], Cleaned]
    received_at: Micros
    quiet: Micros
    ids: tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of it. A duplicate names the rows of the first delivery of the same event."""

    duplicate: bool
    inbound_id: int
    customer_id: int
    handle_id: int
    conversation_id: int
    seq: int
    due_at: Micros
    text: str = ""

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
    _handle.c.key, _handle.c.id, _handle.c.customer_id, _handle.c.opted_out
).where(_handle.c.key.in_(bindparam("keys", expanding=True)))
_known_conversations = (
    select(
        _conversation.c.account,
        _conversation.c.key,
        _conversation.c.id,
        _conversation.c.seq,
        _conversation.c.expecting,
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
# Who writes is alive, whatever a provider said before.
_seen = (
    update(_handle)
    .where(_handle.c.id == bindparam("row"))
    .values(seen_at=bindparam("now"), dead=False)
)
_consent = (
    update(_handle).where(_handle.c.id == bindparam("row")).values(opted_out=bindparam("out"))
)


def admit(connection: Connection, batch: Sequence[Admission]) -> list[Admitted]:
    """Store each message of the batch once; unique on (account, provider event id)."""
    return _Batch(connection).admit(batch)


class _Batch:
    """The rows one batch reads and writes, gathered so that each statement runs once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rows: dict[str, list[dict[str, object]]] = {
            name: []
            for name in ("customer", "handle", "link", "conversation", "message", "inbound")
        }
        self.events: dict[tuple[str, str], Admitted] = {}
        self.handles: dict[str, tuple[int, int, bool]] = {}
        self.threads: dict[tuple[str, str], list[int]] = {}
        self.expecting: dict[int, str] = {}
        self.advanced: dict[int, dict[str, object]] = {}
        self.consents: list[dict[str, object]] = []
        self.new_conversations: set[int] = set()

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
        threads = {one.message.conversation_key for one in batch}
        for thread in run(_known_conversations, {"keys": list(threads)}):
            self.threads[thread.account, thread.key] = [thread.id, thread.seq]
            if thread.expecting is not None:
                self.expecting[thread.id] = thread.expecting
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
        conversation_id, seq = self._next_place(admission, handle_id)
        due_at = admission.received_at + admission.quiet
        text = self._add_message(admission, handle_id, conversation_id, seq, opted_out)
        self.rows["inbound"].append(
            {
                "id": admission.ids[0],
                "account": message.account,
                "event_id": message.event_id,
                "handle_id": handle_id,
                "conversation_id": conversation_id,
                "seq": seq,
                "assurance": int(message.assurance),
                "received_at": admission.received_at,
                "due_at": due_at,
            }
        )
        self._apply_consent(message.consent, message.sender.key, handle_id, opted_out)
        admitted = Admitted(
            False, admission.ids[0], customer_id, handle_id, conversation_id, seq, due_at, text
        )
        self.events[key] = replace(admitted, duplicate=True)
        return admitted

    def _handle_of(self, admission: Admission) -> tuple[int, int, bool]:
        """The sender's handle; a first contact becomes a customer of its own, joined to nobody."""
        sender = admission.message.sender
        known = self.handles.get(sender.key)
        if known is not None:
            return known
        handle_id, customer_id, link_id = admission.ids[1:4]
        now = admission.received_at
        name = _name_of(admission.message)
        self.rows["customer"].append({"id": customer_id, "name": name, "created_at": now})
        self.rows["handle"].append(
            {
                "id": handle_id,
                "key": sender.key,
                "kind": sender.kind,
                "address": sender.address,
                "customer_id": customer_id,
                "home_customer_id": customer_id,
                "seen_at": now,
                "created_at": now,
            }
        )
        self.rows["link"].append(
            {
                "id": link_id,
                "handle_id": handle_id,
                "customer_id": customer_id,
                "level": int(admission.message.assurance),
                "rule": "first-contact",
                "evidence": admission.message.evidence,
                "actor": "gateway",
                "created_at": now,
            }
        )
        self.handles[sender.key] = (handle_id, customer_id, False)
        return self.handles[sender.key]

    def _next_place(self, admission: Admission, handle_id: int) -> tuple[int, int]:
        message = admission.message
        thread = self.threads.get((message.account, message.conversation_key))
        address = orjson.dumps(dict(message.reply_address)).decode()
        if thread is None:
            thread = self.threads[message.account, message.conversation_key] = [
                admission.ids[4],
                0,
            ]
            self.new_conversations.add(thread[0])
            self.rows["conversation"].append(
                {
                    "id": thread[0],
                    "account": message.account,
                    "channel": message.channel,
                    "key": message.conversation_key,
                    "handle_id": handle_id,
                    "reply_address_json": address,
                    "audience": message.audience.value,
                    "assurance": int(message.assurance),
                    "created_at": admission.received_at,
                    "updated_at": admission.received_at,
                }
            )
        thread[1] += 1
        self.advanced[thread[0]] = {
            "row": thread[0],
            "new_seq": thread[1],
            "now": admission.received_at,
            "level": int(message.assurance),
            "address": address,
            "who": message.audience.value,
        }
        return thread[0], thread[1]

    def _add_message(
        self,
        admission: Admission,
        handle_id: int,
        conversation_id: int,
        seq: int,
        opted_out: bool,
    ) -> str:
        message = admission.message
        cleaned = admission.clean(self.expecting.get(conversation_id))
        extra: dict[str, object] = {}
        if cleaned.secrets:
            extra["secrets"] = dict(cleaned.secrets)
        if message.quick_reply is not None:
            extra["quick_reply"] = message.quick_reply
        if message.attachments:
            extra["attachments"] = [
                {"name": a.name, "type": a.media_type, "reference": a.reference, "size": a.size}
                for a in message.attachments
            ]
        if message.claims:
            extra["claims"] = [
                {"kind": c.kind, "value": c.value, "source": c.source} for c in message.claims
            ]
        if message.consent is not None:
            extra["consent"] = message.consent.value
        if message.consent is ConsentChange.OPT_IN and opted_out:
            extra["returned"] = True
        self.rows["message"].append(
            {
                "conversation_id": conversation_id,
                "seq": seq,
                "handle_id": handle_id,
                "author": "customer",
                "text": cleaned.text,
                "tokens": cleaned.tokens,
                "created_at": admission.received_at,
                "sent_at": to_micros(message.sent_at),
                "level": int(message.assurance),
                "event_id": message.event_id,
                "client_id": message.client_id,
                "extra_json": orjson.dumps(extra).decode() if extra else None,
            }
        )
        return cleaned.text

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
        run = self.connection.execute
        for name, rows in self.rows.items():
            if rows:
                run(_INSERTS[name], rows)
        advanced = [one for row, one in self.advanced.items() if row]
        if advanced:
            run(_advance, advanced)
        fresh = {row["id"] for row in self.rows["handle"]}
        seen = {
            row["handle_id"]: {"row": row["handle_id"], "now": row["received_at"]}
            for row in self.rows["inbound"]
            if row["handle_id"] not in fresh
        }
        if seen:
            run(_seen, list(seen.values()))
        for change in self.consents:
            run(_consent, change)


def _name_of(message: InboundMessage) -> str | None:
    """What the business itself calls who is logged in. Nobody else's word names a customer."""
    if message.assurance < Assurance.LOGGED_IN:
        return None
    return next((one.value for one in message.claims if one.kind == "name"), None)


_INSERTS = {
    "customer": insert(table(Customer)),
    "handle": insert(_handle),
    "link": insert(table(Link)),
    "conversation": insert(_conversation),
    "message": insert(table(Message)),
    "inbound": insert(_inbound),
}
