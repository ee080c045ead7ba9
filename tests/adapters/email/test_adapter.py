"""The mailbox from end to end: a mail in, an answer out, and the next mail in its thread."""

from __future__ import annotations

from core.message import Assurance, Handle
from tests.adapters.email.mailbox import ANNA, box


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
