"""The mailbox from end to end: a mail in, an answer out, and the next mail in its thread."""

from __future__ import annotations

import pytest

from adapters.email.simulator.clients import read
from adapters.email.simulator.service import Fault
from core.channel import SendError
from core.message import (
    Assurance,
    Attachment,
    Author,
    Handle,
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    QuickReply,
)
from tests.adapters.email.mailbox import ANNA, Box, box, until_health


async def test_a_mail_comes_in_and_its_answer_reaches_the_customer_s_mailbox() -> None:
    async with box() as mail:
        await mail.simulator.write(ANNA, "Where is my lamp?", subject="Lamp", name="Anna")
        [message] = await mail.taken.until(lambda taken: taken.messages)
        assert (message.text, message.sender) == ("Where is my lamp?", Handle("email", ANNA))
        assert message.assurance is Assurance.AUTHENTICATED
        seq = mail.simulator.last_seq
        await mail.adapter.send(mail.part(message, "It is **on its way**."))
        reply = await mail.simulator.wait_for_reply(ANNA, seq)
        assert (reply.text, reply.subject) == ("It is on its way.", "Re: Lamp")


async def test_a_reply_joins_the_conversation_and_brings_only_its_new_words() -> None:
    async with box() as mail:
        await mail.simulator.write(ANNA, "Where is my lamp?", subject="Lamp")
        [first] = await mail.taken.until(lambda taken: taken.messages)
        await mail.adapter.send(mail.part(first, "It is on its way."))
        reply = await mail.simulator.wait_for_reply(ANNA, 0)
        await mail.simulator.write(ANNA, "And the shade?", reply_to=reply)
        second = (await mail.taken.until(lambda taken: taken.messages[1:]))[0]
        assert (second.text, second.conversation_key) == ("And the shade?", first.conversation_key)


async def test_our_plus_address_alone_brings_a_reply_back_into_its_conversation() -> None:
    async with box() as mail:
        first = await asked(mail)
        await mail.adapter.send(mail.part(first, "It is on its way."))
        reply_to = read(mail.simulator.mails_to(ANNA)[0].raw)["Reply-To"].addresses[0].addr_spec
        raw = (
            f"From: {ANNA}\r\nTo: {reply_to.upper()}\r\nSubject: other\r\n"
            "Message-ID: <9@example.org>\r\n\r\nIs it there by Friday, do you think?\r\n"
        )
        await mail.simulator.deliver(raw.encode(), verdict="pass")
        second = (await mail.taken.until(lambda taken: taken.messages[1:]))[0]
        assert second.conversation_key == first.conversation_key


async def test_a_file_is_sent_along_and_comes_in() -> None:
    pdf = ("invoice.pdf", "application/pdf", b"%PDF-1.4 \x00\xff")
    async with box(files={"file:1": pdf[2]}) as mail:
        await mail.simulator.write(ANNA, "Is this the right invoice, please?", attachments=[pdf])
        [message] = await mail.taken.until(lambda taken: taken.messages)
        [came] = message.attachments
        assert (came.name, came.media_type, came.content) == pdf
        file = Attachment("invoice.pdf", "application/pdf", "file:1", len(pdf[2]))
        await mail.adapter.send(mail.part(message, "It is.", attachments=(file,)))
        [sent] = mail.simulator.mails_to(ANNA)
        [went] = read(sent.raw).iter_attachments()
        assert (went.get_filename(), went.get_content()) == (pdf[0], pdf[2])


async def test_a_file_that_is_gone_stops_the_mail_and_is_not_tried_again() -> None:
    async with box() as mail:
        file = Attachment("invoice.pdf", "application/pdf", "file:1")
        with pytest.raises(SendError) as raised:
            await mail.adapter.send(mail.part(await asked(mail), "Here.", attachments=(file,)))
        assert (raised.value.retryable, "no longer kept" in raised.value.reason) == (False, True)
        assert mail.simulator.mails_to(ANNA) == []


async def test_choices_are_a_numbered_list_in_both_bodies() -> None:
    async with box() as mail:
        choices = (QuickReply("Keep it", "keep"), QuickReply("Send it back", "return"))
        part = mail.part(await asked(mail), "What now?", quick_replies=choices)
        assert "1. Keep it\n2. Send it back" in str(part.payload["text"])
        assert "<li>Keep it</li><li>Send it back</li>" in str(part.payload["html"])


async def test_who_has_not_written_first_is_written_to_in_a_new_thread() -> None:
    async with box() as mail:
        one, other = (mail.adapter.address_of(f" {ANNA.upper()} ") for _ in range(2))
        assert (one["to"], one["thread"] == other["thread"]) == (ANNA, False)
        [rendered] = mail.adapter.render(OutboundMessage("Hello", author=Author.AGENT))
        await mail.adapter.send(OutboundPart("1", "email", "email", one, rendered.payload))
        [ours] = mail.simulator.mails_to(ANNA)
        assert ours.subject == "Your message to us"
        await mail.simulator.write(ANNA, "Thank you for writing to me.", reply_to=ours)
        [message] = await mail.taken.until(lambda taken: taken.messages)
        assert message.conversation_key == one["thread"]


@pytest.mark.parametrize("to", ["anna", "", "anna@", "anna@example.org, bert@example.org"])
async def test_what_is_no_address_is_told_in_words(to: str) -> None:
    async with box() as mail:
        with pytest.raises(ValueError, match="not one that mail can be sent to"):
            mail.adapter.address_of(to)


async def test_no_log_line_holds_an_address_or_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    async with box() as mail:
        message = await asked(mail)
        mail.simulator.faults.extend([Fault("refuse"), Fault("disconnect"), Fault("uidvalidity")])
        with pytest.raises(SendError):
            await mail.adapter.send(mail.part(message, "It is on its way."))
        await mail.simulator.write(ANNA, "And the shade, when does it come?")
        await mail.taken.until(lambda taken: taken.messages[1:])
        await until_health(mail.adapter, lambda health: health.ok)
    printed = "".join(capsys.readouterr())
    assert "mailbox_not_read" in printed
    assert not [one for one in (ANNA, "support@", "lamp", "shade") if one in printed]


async def asked(mail: Box) -> InboundMessage:
    """A first mail that came in."""
    await mail.simulator.write(ANNA, "Where is my lamp, please?", subject="Lamp")
    return (await mail.taken.until(lambda taken: taken.messages))[0]
