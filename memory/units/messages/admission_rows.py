"""From an inbound message to the rows that admission writes. Pure: ids and times come in.

It names columns and bounds what goes into them; which handle and which conversation a message
belongs to is `memory.units.messages.admission`'s to find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from core.clock import Micros, to_micros
from core.message import Assurance, Attachment, ConsentChange, InboundMessage
from memory.expectations import AT_ANY_TIME, OpenQuestions
from memory.recall.about import about

LONGEST_REASON = 500
"""Characters kept of why no machine may answer."""

Row = dict[str, object]
HeldAt = tuple[str | None, str | None, str | None]
"""A conversation's place key, place title and correspondent."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its secrets: what replaced them, their digests by kind, and its tokens."""

    text: str
    secrets: Mapping[str, str]
    tokens: int


@dataclass(frozen=True, slots=True)
class Admission:
    """One message to admit. `clean` removes secrets from its text before anything is stored.

    It is told which kind of secret was asked for last, here or in another of the sender's
    conversations, if any (`questions`). `ids` are fresh ids for the rows it may need; `quiet` is
    its quiet window in microseconds. What came along with the message is in files already: its
    attachments name them, `original` by kind. A sender who last wrote before `silent_before` is
    taken for somebody else (0: never).
    """

    message: InboundMessage
    clean: Callable[[str | None], Cleaned]
    received_at: Micros
    quiet: Micros
    ids: tuple[int, int, int, int, int]
    original: Mapping[str, str] = field(default_factory=dict)
    silent_before: Micros = 0
    questions: OpenQuestions = AT_ANY_TIME


def person_rows(
    admission: Admission, succeeds: int | None = None, opted_out: bool = False
) -> tuple[Row, Row, Row]:
    """A first contact: customer, handle, and the link that says how they came to be one.

    `succeeds` is the handle that had the address before, when it has gone to somebody else. Who
    `opted_out` there is left alone still: carriers know numbers, not people.
    """
    message, now = admission.message, admission.received_at
    handle_id, customer_id, link_id = admission.ids[1:4]
    customer: Row = {"id": customer_id, "name": _name_of(message), "created_at": now}
    handle: Row = {
        "id": handle_id,
        "key": message.sender.key,
        "kind": message.sender.kind,
        "address": message.sender.address,
        "customer_id": customer_id,
        "home_customer_id": customer_id,
        "seen_at": now,
        "created_at": now,
        "opted_out": opted_out,
        "succeeds": succeeds,
    }
    link: Row = {
        "id": link_id,
        "handle_id": handle_id,
        "customer_id": customer_id,
        "level": int(message.assurance),
        "rule": "first-contact",
        "evidence": message.evidence,
        "actor": "gateway",
        "created_at": now,
    }
    return customer, handle, link


def conversation_row(admission: Admission, handle_id: int) -> Row:
    """A conversation that begins with this message."""
    message = admission.message
    key, title, answered = held_at(message)
    return {
        "id": admission.ids[4],
        "account": message.account,
        "channel": message.channel,
        "key": message.conversation_key,
        "handle_id": handle_id,
        "reply_address_json": address_json(message),
        "audience": message.audience.value,
        "assurance": int(message.assurance),
        "place_key": key,
        "place_title": title,
        "correspondent": answered,
        "created_at": admission.received_at,
        "updated_at": admission.received_at,
    }


def message_row(
    admission: Admission,
    cleaned: Cleaned,
    place: tuple[int, int],
    handle_id: int,
    returned: bool,
) -> Row:
    """The message at its place, a conversation and a number in it."""
    message = admission.message
    extra = _extra(admission, cleaned, returned)
    return {
        "conversation_id": place[0],
        "seq": place[1],
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
        "about": about(cleaned.text),
    }


def inbound_row(admission: Admission, place: tuple[int, int], handle_id: int) -> Row:
    """The event as the work queue of turns has it, with where its answer goes."""
    message = admission.message
    return {
        "id": admission.ids[0],
        "account": message.account,
        "event_id": message.event_id,
        "handle_id": handle_id,
        "conversation_id": place[0],
        "seq": place[1],
        "assurance": int(message.assurance),
        "received_at": admission.received_at,
        "due_at": admission.received_at + admission.quiet,
        "reply_address_json": address_json(message),
        "audience": message.audience.value,
    }


def held_at(message: InboundMessage) -> HeldAt:
    """Where a conversation is held that begins with this message, and who is answered."""
    place = message.place
    key, title = (None, None) if place is None else (place.key, place.title)
    return key, title, correspondent(message)


def address_json(message: InboundMessage) -> str:
    """Where the message is answered."""
    return orjson.dumps(dict(message.reply_address)).decode()


def correspondent(message: InboundMessage) -> str | None:
    """The address that is answered, so that answers to it can be counted over conversations."""
    address = message.reply_address.get("to")
    return None if not address else address.casefold()


def _extra(admission: Admission, cleaned: Cleaned, returned: bool) -> dict[str, object]:
    """What few messages have. Of a message that held a secret no original is kept."""
    message = admission.message
    extra: dict[str, object] = {}
    if cleaned.secrets:
        extra["secrets"] = dict(cleaned.secrets)
    elif admission.original:
        extra["original"] = dict(admission.original)
    if message.quick_reply is not None:
        extra["quick_reply"] = message.quick_reply
    if message.attachments:
        extra["attachments"] = [_attachment(one) for one in message.attachments]
    if message.claims:
        extra["claims"] = [
            {"kind": c.kind, "value": c.value, "source": c.source} for c in message.claims
        ]
    if message.consent is not None:
        extra["consent"] = message.consent.value
    if message.consent is ConsentChange.OPT_IN and returned:
        extra["returned"] = True
    if message.network is not None:
        extra["network"] = message.network
    if message.needs_person is not None:
        extra["needs_person"] = message.needs_person[:LONGEST_REASON]
    return extra


def _attachment(one: Attachment) -> dict[str, object]:
    kept: dict[str, object] = {
        "name": one.name,
        "type": one.media_type,
        "reference": one.reference,
        "size": one.size,
    }
    if one.content_id is not None:
        kept["content_id"] = one.content_id
    return kept


def _name_of(message: InboundMessage) -> str | None:
    """What the business itself calls who is logged in. Nobody else's word names a customer."""
    if message.assurance < Assurance.LOGGED_IN:
        return None
    return next((one.value for one in message.claims if one.kind == "name"), None)
