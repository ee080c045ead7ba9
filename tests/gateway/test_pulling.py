"""A channel that fetches waits for its turn, keeps each sender's order and is told of failures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import Connection, select

from core.channel import AdapterSpec, Capabilities, Received, Transport
from core.channel_abilities import Sink
from core.message import Assurance, Handle, InboundMessage
from gateway.channels.loading import Channel
from gateway.channels.pulling import Pulling
from memory.tables.main import Handle as HandleRow
from memory.tables.main import Inbound, Message
from memory.tables.rows import table
from tests.gateway.way import Way, running

_message, _inbound, _handle = table(Message), table(Inbound), table(HandleRow)


class Box:
    """An adapter whose provider is the test: what it fetches is handed over by hand."""

    def __init__(self) -> None:
        self.sink: Sink | None = None

    async def start(self, sink: Sink) -> None:
        self.sink = sink

    async def stop(self) -> None:
        self.sink = None

    async def bring(self, *messages: InboundMessage) -> None:
        assert self.sink is not None
        await self.sink(Received(messages=messages))


def pulling_for(way: Way, box: Box, transport: Transport) -> Pulling:
    """The box as a channel of the running gateway."""
    spec = AdapterSpec("box", "Box", "", BaseModel, Capabilities(transport=transport), "phone")
    channels = {"box": Channel("box", spec, box)}
    return Pulling(channels, way.gateway.admissions, way.gateway.turns.settled)


def fetched(phone: str, number: int) -> InboundMessage:
    """A message that is answered by the gateway's own SMS account."""
    return InboundMessage(
        account="sms",
        channel="sms",
        event_id=f"{phone}/{number}",
        conversation_key=phone,
        sender=Handle("phone", phone),
        assurance=Assurance.AUTHENTICATED,
        evidence="handed over by the test",
        text=f"number {number}",
        reply_address={"to": phone},
        sent_at=datetime(2027, 1, 15, 8, tzinfo=UTC),
    )


def texts_of(connection: Connection, phone: str) -> Sequence[str]:
    """What a phone wrote, in the order of its thread."""
    query = (
        select(_message.c.text)
        .join(_handle, _handle.c.id == _message.c.handle_id)
        .where(_handle.c.address == phone, _message.c.author == "customer")
        .order_by(_message.c.seq)
    )
    return connection.execute(query).scalars().all()


def statuses(connection: Connection) -> set[str]:
    """How far the messages are."""
    return set(connection.execute(select(_inbound.c.status)).scalars())


async def test_a_batch_is_through_when_every_message_had_its_turn(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        box = Box()
        pulling = pulling_for(way, box, Transport.PULL)
        await pulling.start()
        await box.bring(*(fetched(f"+1555000{one:04}", 1) for one in range(30)))
        assert await way.gateway.store.read(statuses) == {"done"}
        await pulling.stop()


async def test_what_one_sender_wrote_stays_in_its_order(tmp_path: Path) -> None:
    ada, ben = "+15550000001", "+15550000002"
    async with running(tmp_path) as way:
        box = Box()
        await pulling_for(way, box, Transport.PULL).start()
        mixed = [fetched(phone, number) for number in range(8) for phone in (ada, ben)]
        await box.bring(*mixed)
        for phone in (ada, ben):
            told = await way.gateway.store.read(texts_of, phone)
            assert told == [f"number {number}" for number in range(8)]


async def test_a_batch_that_comes_again_changes_nothing(tmp_path: Path) -> None:
    ada = "+15550000001"
    async with running(tmp_path) as way:
        box = Box()
        await pulling_for(way, box, Transport.PULL).start()
        await box.bring(fetched(ada, 1), fetched(ada, 2))
        await box.bring(fetched(ada, 1), fetched(ada, 2))
        assert await way.gateway.store.read(texts_of, ada) == ["number 1", "number 2"]


async def test_who_is_called_as_well_is_told_once_it_is_durable(tmp_path: Path) -> None:
    async with running(tmp_path, quiet={"sms": 30.0}) as way:
        box = Box()
        await pulling_for(way, box, Transport.WEBHOOK).start()
        await box.bring(fetched("+15550000001", 1))
        assert await way.gateway.store.read(statuses) == {"new"}
