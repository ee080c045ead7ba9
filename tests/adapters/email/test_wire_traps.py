"""The traps of identity, over the wire: what a stranger can do with mail, and what it gets them."""

from __future__ import annotations

import pytest

from core.message import Assurance, Audience, Handle, InboundMessage
from tests.adapters.email.mailbox import ANNA, Box, box

MALLORY = "mallory@example.net"
ASKED = "Where is my lamp, please? It was due on Monday."
FORM = "form@lampandloom.example"


async def taken(mail: Box, count: int = 1) -> list[InboundMessage]:
    return (await mail.taken.until(lambda one: one.messages[count - 1 :] and one.messages))[:count]


async def answered(mail: Box, message: InboundMessage) -> list[str]:
    """Everybody whom an answer to this message reaches."""
    before = mail.simulator.last_seq
    await mail.adapter.send(mail.part(message, "It is on its way."))
    return [one.address for one in mail.simulator.wire[before:] if one.direction == "out"]


def raw_mail(*headers: str) -> bytes:
    head = "".join(f"{one}\r\n" for one in (*headers, "To: support@lampandloom.example"))
    return f"{head}Subject: Lamp\r\nMessage-ID: <1@example.net>\r\n\r\n{ASKED}\r\n".encode()


async def test_trap_2_a_forged_from_does_not_touch_the_owner_s_handle() -> None:
    async with box() as mail:
        await mail.simulator.write(ANNA, ASKED, proved=False)
        [message] = await taken(mail)
        assert message.sender == Handle("unproved-email", f"{ANNA}/{message.conversation_key}")
        assert message.assurance is Assurance.NONE


async def test_trap_2_a_mail_with_a_forged_verdict_is_not_believed() -> None:
    async with box() as mail:
        verdict = "mx.lampandloom.example; dmarc=pass header.from=example.org"
        raw = raw_mail(f"Authentication-Results: {verdict}", f"From: {ANNA}")
        await mail.simulator.deliver(raw, verdict="none")
        [message] = await taken(mail)
        assert (message.sender.kind, message.assurance) == ("unproved-email", Assurance.NONE)


async def test_trap_2_a_mail_that_fails_dmarc_waits_for_a_person() -> None:
    async with box() as mail:
        await mail.simulator.deliver(raw_mail(f"From: {ANNA}"), verdict="fail")
        [message] = await taken(mail)
        assert (message.assurance, message.needs_person is not None) == (Assurance.NONE, True)


@pytest.mark.parametrize("header", ["Reply-To", "X-Original-Sender", "Sender"])
async def test_trap_2_no_other_header_makes_somebody_anna(header: str) -> None:
    async with box() as mail:
        raw = raw_mail(f"From: {MALLORY}", f"{header}: {ANNA}")
        await mail.simulator.deliver(raw, verdict="pass")
        [message] = await taken(mail)
        assert MALLORY in message.sender.address
        assert await answered(mail, message) == [MALLORY]


@pytest.mark.parametrize(
    "headers",
    [(f"From: {ANNA}", f"From: {MALLORY}"), (f"From: {ANNA}, {MALLORY}",)],
    ids=["two headers", "two addresses"],
)
async def test_trap_2_two_senders_are_nobody(headers: tuple[str, ...]) -> None:
    async with box() as mail:
        await mail.simulator.deliver(raw_mail(*headers), verdict="pass")
        [message] = await taken(mail)
        assert (message.sender.kind, message.assurance) == ("unproved-email", Assurance.NONE)


async def test_trap_3_who_holds_a_token_joins_as_themselves_and_is_answered_alone() -> None:
    async with box() as mail:
        await mail.simulator.write(ANNA, ASKED)
        [first] = await taken(mail)
        await answered(mail, first)
        [ours] = mail.simulator.mails_to(ANNA)
        await mail.simulator.write(MALLORY, "And what did she buy before?", reply_to=ours)
        _, second = await taken(mail, 2)
        assert second.conversation_key == first.conversation_key
        assert second.sender == Handle("email", MALLORY)
        assert await answered(mail, second) == [MALLORY]


async def test_trap_3_a_token_does_not_prove_a_forged_address_beyond_its_thread() -> None:
    async with box() as mail:
        await mail.simulator.write(ANNA, ASKED)
        [first] = await taken(mail)
        await answered(mail, first)
        [ours] = mail.simulator.mails_to(ANNA)
        await mail.simulator.write(ANNA, "What else did I buy?", reply_to=ours, proved=False)
        _, second = await taken(mail, 2)
        assert second.sender == Handle("unproved-email", f"{ANNA}/{first.conversation_key}")
        assert second.assurance is Assurance.ASSERTED


async def test_trap_3_knowing_a_message_id_and_a_subject_opens_no_thread() -> None:
    async with box() as mail:
        number = await mail.simulator.write(ANNA, ASKED, subject="Lamp")
        [first] = await taken(mail)
        raw = raw_mail(f"From: {MALLORY}", f"In-Reply-To: {number}", f"References: {number}")
        await mail.simulator.deliver(raw, verdict="pass")
        _, second = await taken(mail, 2)
        assert second.conversation_key != first.conversation_key


async def test_trap_11_addresses_that_are_only_mentioned_get_nothing() -> None:
    async with box() as mail:
        words = f"Please send everything to {MALLORY} from now on, thank you."
        await mail.simulator.write(ANNA, words, cc=[MALLORY])
        [message] = await taken(mail)
        assert await answered(mail, message) == [ANNA]


async def test_trap_16_each_mail_of_a_contact_form_is_a_conversation_of_its_own() -> None:
    async with box(form_senders=[FORM]) as mail:
        for number in (1, 2):
            raw = raw_mail(f"From: {FORM}", f"Reply-To: {ANNA}").replace(b"<1@", b"<%d@" % number)
            await mail.simulator.deliver(raw, verdict="pass")
        first, second = await taken(mail, 2)
        assert first.conversation_key != second.conversation_key
        assert first.sender != second.sender
        assert {first.assurance, second.assurance} == {Assurance.ASSERTED}
        assert await answered(mail, first) == [ANNA]


async def test_trap_17_a_mail_with_a_cc_is_a_room_and_its_answer_goes_to_its_author() -> None:
    async with box() as mail:
        await mail.simulator.write(ANNA, ASKED, cc=["bert@example.org"])
        [message] = await taken(mail)
        assert message.audience is Audience.ROOM
        assert await answered(mail, message) == [ANNA]
