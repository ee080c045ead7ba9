"""Trap 16: the mails of a contact form are about their visitors, and join nobody to anybody."""

from __future__ import annotations

from pathlib import Path

from gateway.demo.people import ADA
from memory.tables.main import Conversation, Customer, Handle
from tests.gateway.everywhere import FORM, Everywhere, everywhere, secrets_in

BEN, CHIARA = "ben@customer.example", "chiara@customer.example"
ASKED = "Any news on my order?"


async def fill_in(world: Everywhere, number: int, visitor: str, text: str) -> str:
    """A visitor sends the form; what is answered to them."""
    point = world.mail.last_seq
    raw = (
        f"From: Shop form <{FORM}>\r\nReply-To: {visitor}\r\nTo: {world.mail.address}\r\n"
        f"Subject: Contact form\r\nMessage-ID: <{number}@lampandloom.example>\r\n\r\n{text}\r\n"
    )
    await world.mail.deliver(raw.encode(), verdict="pass")
    return (await world.mail.wait_for_reply(visitor, point)).text


async def test_trap_16_two_visitors_of_one_form_are_two_customers(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await fill_in(world, 1, BEN, "Where is my order 1055? My postcode is BS6 5QA.")
        told = await fill_in(world, 2, CHIARA, ASKED)
        assert "1055" not in told and "BS6" not in told
        handles = await world.rows(Handle)
        assert len({row["customer_id"] for row in handles}) == len(handles) == 2
        assert [row for row in handles if FORM in row["key"]] == []


async def test_trap_16_each_mail_of_one_visitor_is_a_conversation_of_its_own(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await fill_in(world, 1, BEN, "When are you open?")
        await fill_in(world, 2, BEN, "What does delivery cost?")
        assert len(await world.rows(Conversation)) == len(await world.rows(Customer)) == 2


async def test_trap_16_who_enters_a_customers_address_reads_and_changes_nothing_of_theirs(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        before = await world.stored_of(ADA.mail_key)
        told = await fill_in(world, 1, ADA.mail, ASKED)
        await world.handled(3)
        assert secrets_in(told) == []
        assert await world.stored_of(ADA.mail_key) == before


async def test_trap_16_who_answers_from_their_own_address_is_recognised(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await fill_in(world, 1, ADA.mail, "What does delivery cost?")
        point = world.mail.last_seq
        await world.mail.write(ADA.mail, ASKED, reply_to=world.mail.mails_to(ADA.mail)[-1])
        assert "1042" in (await world.mail.wait_for_reply(ADA.mail, point)).text
