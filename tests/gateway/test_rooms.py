"""Several people in one thread, through a whole gateway: each gets their own answer, once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import orjson
from sqlalchemy import Connection, select, update

from core.channel import Received
from core.clock import to_micros
from core.message import (
    Assurance,
    Attachment,
    DeliveryStatus,
    DeliveryUpdate,
    Handle,
    InboundMessage,
    Original,
    Parked,
    Place,
    Revision,
    Vouched,
)
from memory.pages.lists import dead_letters, queue
from memory.tables.main import Conversation, Customer, Delivery, Inbound, Message, Turn
from memory.tables.main import Handle as HandleRow
from memory.tables.rows import table
from memory.units.messages.claims import Claim, claim
from tests.gateway.test_way import parts, settled
from tests.gateway.way import OURS, Way, running

ADA, BEN = "+15550001111", "+15550002222"
CARD = "4111 1111 1111 1111"


def said(way: Way, event: str, who: str, text: str) -> InboundMessage:
    """A message in the one thread that everybody writes in."""
    return InboundMessage(
        account="sms",
        channel="sms",
        event_id=event,
        conversation_key="the thread",
        sender=Handle("phone", who),
        assurance=Assurance.AUTHENTICATED,
        evidence="signed",
        text=text,
        reply_address={"to": who, "from": OURS},
        sent_at=way.gateway.now(),
    )


def stored(connection: Connection, event: str) -> tuple[str, Mapping[str, object]]:
    """A message's words and extras."""
    message = table(Message)
    row = connection.execute(select(message).where(message.c.event_id == event)).one()
    return row.text, orjson.loads(row.extra_json or "{}")


def column(connection: Connection, model: type, name: str) -> list[object]:
    """One column of every row."""
    return list(connection.execute(select(table(model).c[name])).scalars())


def kill_handles(connection: Connection) -> None:
    """Nobody can be reached."""
    connection.execute(update(table(HandleRow)).values(dead=True))


async def test_each_gets_their_own_answer_at_their_own_address(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, url=database_url) as way:
        admit = way.gateway.admissions.admit
        await asyncio.gather(
            *(
                admit(said(way, f"{who}-{number}", who, f"{name} {number}"))
                for number in range(4)
                for who, name in ((ADA, "ada"), (BEN, "ben"))
            )
        )
        await settled(way)
        for who, name, other in ((ADA, "ada", "ben"), (BEN, "ben", "ada")):
            texts = [one.text for one in way.sms.texts_to(who)]
            assert [f"{name} {number}" in text for number, text in enumerate(texts)] == [True] * 4
            assert not any(other in text for text in texts)
        assert await way.gateway.store.read(column, Conversation, "key") == ["the thread"]


async def test_a_burst_of_two_is_two_turns(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url, quiet={"sms": 0.3}) as way:
        for number, who in enumerate((ADA, BEN, ADA, BEN)):
            await way.gateway.admissions.admit(said(way, f"e{number}", who, f"part {number}"))
        await settled(way)
        (ada,), (ben,) = way.sms.texts_to(ADA), way.sms.texts_to(BEN)
        assert "part 0" in ada.text and "part 2" in ada.text
        assert "part 1" in ben.text and "part 3" in ben.text


async def test_what_needs_a_person_is_not_answered_and_the_rest_is(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, url=database_url, quiet={"sms": 0.3}) as way:
        away = said(way, "e2", ADA, "I am away")
        await way.gateway.admissions.admit(said(way, "e1", ADA, "where is it?"))
        await way.gateway.admissions.admit(replace(away, needs_person="An automatic reply."))
        await way.gateway.admissions.admit(said(way, "e3", ADA, "my order"))
        await settled(way)
        (answer,) = way.sms.texts_to(ADA)
        assert "where is it?" in answer.text and "my order" in answer.text
        assert "away" not in answer.text
        now = to_micros(way.gateway.now())
        (waiting,) = await way.gateway.store.read(queue, now)
        assert (waiting.rule, waiting.reason) == ("not-answerable", "An automatic reply.")
        assert "An automatic reply." in await way.gateway.store.read(column, Turn, "silent")


async def test_a_dead_address_is_not_written_to(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        admit = way.gateway.admissions.admit
        await admit(said(way, "e1", ADA, "one"))
        await settled(way)
        await way.gateway.store.run(kill_handles)
        forged = replace(said(way, "e2", ADA, "two"), assurance=Assurance.NONE)
        await admit(forged)
        await settled(way)
        assert len(way.sms.texts_to(ADA)) == 1
        (_, (status, attempts, reason)) = await way.gateway.store.read(parts)
        assert (status, attempts) == ("failed", 0)
        assert reason is not None and "cannot be reached" in reason
        await admit(said(way, "e3", ADA, "three"))
        await settled(way)
        assert "three" in way.sms.texts_to(ADA)[-1].text


async def test_a_reply_that_comes_back_calls_people(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        await way.gateway.admissions.admit(said(way, "e1", ADA, "one"))
        await settled(way)
        (provider_id,) = await way.gateway.store.read(column, Delivery, "provider_id")
        bounce = DeliveryUpdate(
            "sms", str(provider_id), DeliveryStatus.FAILED, reason="No such number.", dead=True
        )
        await way.gateway.admissions.take_in("sms", Received(updates=(bounce,)))
        (waiting,) = await way.gateway.store.read(queue, to_micros(way.gateway.now()))
        assert waiting.rule == "unreachable"


async def test_a_mails_files_and_original_can_be_read_again(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, url=database_url) as way:
        message = replace(
            said(way, "e1", ADA, "the bill"),
            attachments=(Attachment("../bill.pdf", "application/pdf", "", content=b"%PDF"),),
            original=Original("the bill\n> quoted", source=b"raw"),
            place=Place("inbox", "Your bill"),
        )
        await way.gateway.admissions.admit(message)
        _, extra = await way.gateway.store.read(stored, "e1")
        (file,) = extra["attachments"]  # type: ignore[misc]
        assert (file["name"], file["size"]) == ("bill.pdf", 4)  # type: ignore[has-type]
        assert await way.gateway.files.read(file["reference"]) == b"%PDF"  # type: ignore[has-type]
        original = extra["original"]
        assert isinstance(original, dict)
        assert await way.gateway.files.read(original["source"]) == b"raw"
        assert await way.gateway.store.read(column, Conversation, "place_title") == ["Your bill"]


async def test_no_file_holds_a_secret_of_the_text(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        first = replace(
            said(way, "e1", ADA, f"my card is {CARD}"),
            original=Original(f"my card is {CARD}", source=CARD.encode()),
            place=Place("inbox", f"card {CARD}"),
        )
        await way.gateway.admissions.admit(first)
        quoting = Original("thanks\n> my card", source=b"thanks, and in base64 what nobody sees")
        await way.gateway.admissions.admit(
            replace(said(way, "e2", ADA, "thanks"), original=quoting)
        )
        await settled(way)
        assert not [one for one in (tmp_path / "files").rglob("*") if one.is_file()]
        titles = await way.gateway.store.read(column, Conversation, "place_title")
        assert titles == ["card [card removed]"]


async def test_a_message_is_changed_by_its_sender_alone(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        await way.gateway.admissions.admit(said(way, "e1", ADA, "order 1"))
        await settled(way)
        at = way.gateway.now()
        ada, ben = Handle("phone", ADA), Handle("phone", BEN)
        revisions = (
            Revision("sms", "e1", ben, "mine", at),
            Revision("sms", "nowhere", ada, "lost", at),
            Revision("sms", "e1", ada, f"my card is {CARD}", at),
        )
        await way.gateway.admissions.take_in("sms", Received(revisions=revisions))
        text, _ = await way.gateway.store.read(stored, "e1")
        assert text == "my card is [card removed]"
        assert way.gateway.admissions.lost_revisions == 1


async def test_what_cannot_be_read_is_kept_for_a_person(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        at = way.gateway.now()
        parked = Parked("sms", "uid-1", f"Re:\r\n {CARD}", "It has no end.", b"garbage", at)
        await way.gateway.admissions.take_in("sms", Received(parked=(parked, parked)))
        (letter,) = await way.gateway.store.read(dead_letters)
        assert (letter.kind, letter.text) == ("parked", "Re: [card removed]")
        assert letter.reason == "It has no end."


async def test_what_cannot_be_read_is_not_kept_with_a_secret_in_it(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        parked = Parked(
            "sms", "uid-1", "A mail", "It has no end.", f"x {CARD}".encode(), way.gateway.now()
        )
        await way.gateway.admissions.take_in("sms", Received(parked=(parked,)))
        (letter,) = await way.gateway.store.read(dead_letters)
        assert "not kept, because a card number" in letter.reason
        assert not [one for one in (tmp_path / "files").rglob("*") if one.is_file()]


async def test_where_no_machine_may_answer_none_says_sorry(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, url=database_url, quiet={"sms": 60}) as way:
        store = way.gateway.store
        away = replace(said(way, "e1", ADA, "away"), needs_person="An automatic reply.")
        admitted = await way.gateway.admissions.admit(away)
        async with asyncio.timeout(30):
            while (owners := await store.read(column, Customer, "lease_owner")) == [None]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        now = to_micros(way.gateway.now())
        mine = Claim(admitted.customer_id, str(owners[0]), now, now + 30_000_000)
        claimed = await store.write(claim, mine)
        await way.gateway.work.bury(claimed, claimed.waiting, "The turn failed.")
        assert await store.read(column, Inbound, "status") == ["dead"]
        assert await store.read(column, Delivery, "id") == []
        assert [one.rule for one in await store.read(queue, now)] == ["not-answerable"]


async def test_who_is_vouched_for_is_joined_before_the_turn(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, url=database_url) as way:
        word = Vouched(Handle("email", "ada@x.org"), Assurance.AUTHENTICATED, "trusted profile")
        message = replace(said(way, "e1", ADA, "hi"), vouched=(word,))
        admitted = await way.gateway.admissions.admit(message)
        await settled(way)
        assert await way.gateway.store.read(column, Turn, "customer_id") == [admitted.customer_id]
        customers = await way.gateway.store.read(column, HandleRow, "customer_id")
        assert set(customers) == {admitted.customer_id}
        assert len(customers) == 2


async def test_what_cannot_be_joined_is_handled_all_the_same(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, url=database_url) as way:
        word = Vouched(Handle("email", "noreply@x.org"), Assurance.AUTHENTICATED, "says who?")
        await way.gateway.admissions.admit(replace(said(way, "e1", ADA, "hi"), vouched=(word,)))
        await settled(way)
        assert len(way.sms.texts_to(ADA)) == 1
        customers = await way.gateway.store.read(column, HandleRow, "customer_id")
        assert len(customers) == len(set(customers)) == 2
