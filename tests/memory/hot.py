"""Inbound messages and rows for the tests of the hot units, with clocks and ids that tests own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from core.clock import id_source
from core.message import Assurance, ConsentChange, Handle, InboundMessage
from memory.store import Store
from memory.units.messages.admission import Admission, Admitted, Cleaned, admit
from memory.units.messages.claims import Claim, Claimed, claim
from memory.units.messages.turns import Commit

NOW = 1_800_000_000_000_000
AT = datetime(2027, 1, 15, 8, tzinfo=UTC)


def ids() -> Callable[[], int]:
    """A new source of ids that stands still in time."""
    return id_source(lambda: NOW)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """A store, on a database with the present layout."""
    store = Store(url, readers=1)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def inbound(
    event: str,
    phone: str = "+15550001111",
    text: str = "hello",
    consent: ConsentChange | None = None,
) -> InboundMessage:
    """An authenticated SMS."""
    return InboundMessage(
        account="sms",
        channel="sms",
        event_id=event,
        conversation_key=f"+1999|{phone}",
        sender=Handle("phone", phone),
        assurance=Assurance.AUTHENTICATED,
        evidence="signed",
        text=text,
        reply_address={"to": phone, "from": "+1999"},
        sent_at=AT,
        consent=consent,
    )


def admission(message: InboundMessage, new_id: Callable[[], int], at: int = NOW) -> Admission:
    """An admission that removes nothing."""
    return Admission(
        message,
        lambda _: Cleaned(message.text, {}, 3),
        at,
        0,
        (new_id(), new_id(), new_id(), new_id(), new_id()),
    )


async def admitted(
    store: Store, new_id: Callable[[], int], event: str, phone: str = "+15550001111"
) -> Admitted:
    """One message admitted."""
    return await store.write(admit, admission(inbound(event, phone), new_id))


async def claimed(
    store: Store, customer_id: int, owner: str = "a", now: int = NOW, lease: int = 30_000_000
) -> Claimed:
    """The customer claimed."""
    return await store.write(claim, Claim(customer_id, owner, now, now + lease))


def reply(
    got: Claimed, new_id: Callable[[], int], owner: str = "a", text: str = "hi", dead: str = ""
) -> Commit:
    """A turn that answers everything claimed with one part."""
    assert got.thread is not None
    turn_id = new_id()
    thread = got.thread
    row = {
        "id": new_id(),
        "conversation_id": thread.id,
        "part": 0,
        "parts": 1,
        "handle_id": thread.handle_id,
        "account": "sms",
        "channel": "sms",
        "author": "bot",
        "address_json": "{}",
        "payload_json": "{}",
        "status": "sending",
        "reason": None,
        "claimed_by": owner,
        "claimed_until": NOW + 60_000_000,
        "due_at": NOW,
        "turn_id": turn_id,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Commit(
        customer_id=got.customer_id,
        owner=owner,
        token=got.token,
        version=got.version,
        conversation_id=thread.id,
        now=NOW,
        turn={
            "id": turn_id,
            "customer_id": got.customer_id,
            "conversation_id": thread.id,
            "case_id": None,
            "intent": None,
            "escalated": None,
            "silent": None,
            "record_json": "{}",
            "decided_at": NOW,
        },
        inbound_ids=tuple(one.inbound_id for one in got.waiting),
        messages=(
            {
                "conversation_id": thread.id,
                "handle_id": thread.handle_id,
                "author": "bot",
                "text": text,
                "tokens": 1,
                "created_at": NOW,
                "level": 2,
                "turn_id": turn_id,
                "extra_json": None,
            },
        ),
        deliveries=(row,),
        dead=dead or None,
    )
