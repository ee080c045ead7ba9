"""A mailbox service that misbehaves: nothing is lost, nothing doubled but what it doubles."""

from __future__ import annotations

import pytest

from adapters.email.simulator.service import Fault, MailSimulator
from adapters.email.simulator.store import SMTP_FAULTS
from core.channel import SendError
from core.message import InboundMessage
from tests.adapters.email.mailbox import ANNA, Box, Kept, Taken, box, service, until_health

WORDS = [f"Mail number {number} about the lamp" for number in range(6)]


async def write_all(simulator: MailSimulator, words: list[str]) -> None:
    for one in words:
        await simulator.write(ANNA, one)


async def first_message(mail: Box) -> InboundMessage:
    await mail.simulator.write(ANNA, "Where is my lamp?", subject="Lamp")
    return (await mail.taken.until(lambda taken: taken.messages))[0]


@pytest.mark.parametrize(
    "fault", ["disconnect", "slow", "silence", "uidvalidity", "duplicate", "reorder"]
)
async def test_every_mail_is_taken_once_through_a_fault_of_the_mailbox(fault: str) -> None:
    async with box() as mail:
        await write_all(mail.simulator, WORDS[:3])
        mail.simulator.faults.append(Fault(fault, seconds=0.2))
        await write_all(mail.simulator, WORDS[3:])
        await mail.taken.until(lambda taken: len(taken.messages) >= len(WORDS))
        assert sorted(mail.taken.texts) == WORDS


async def test_a_mailbox_that_is_renumbered_while_nobody_reads_loses_nothing() -> None:
    async with service() as simulator:
        kept, taken = Kept(), Taken()
        async with box(simulator=simulator, kept=kept, taken=taken) as mail:
            await write_all(simulator, WORDS[:3])
            await mail.taken.until(lambda one: len(one.messages) >= 3)
        simulator.mailbox.remove(1)
        await write_all(simulator, WORDS[3:])
        simulator.mailbox.renumber()
        async with box(simulator=simulator, kept=kept, taken=taken):
            await taken.until(lambda one: len(one.messages) >= len(WORDS))
        assert taken.texts == WORDS


async def test_a_silent_idle_is_found_out_by_looking() -> None:
    async with box(poll_seconds=0.2) as mail:
        await first_message(mail)
        mail.simulator.faults.extend([Fault("silence")] * 3)
        await mail.simulator.write(ANNA, "Are you there?")
        await mail.taken.until(lambda taken: "Are you there?" in taken.texts)


@pytest.mark.parametrize(
    ("fault", "retryable", "ambiguous", "code"),
    [
        (Fault("greylist"), True, False, "450 4.7.1"),
        (Fault("throttle"), True, False, "421 4.7.0"),
        (Fault("refuse"), False, False, "550 5.1.1"),
        (Fault("lose"), True, True, None),
        (Fault("drop"), True, True, None),
        (Fault("hang", seconds=0.1), True, True, None),
        (Fault("garbage"), True, True, None),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
async def test_a_fault_of_the_mail_server_says_whether_the_mail_may_have_been_taken(
    fault: Fault, retryable: bool, ambiguous: bool, code: str | None
) -> None:
    async with box() as mail:
        message = await first_message(mail)
        mail.simulator.faults.append(fault)
        with pytest.raises(SendError) as raised:
            await mail.adapter.send(mail.part(message, "It is on its way."))
        error = raised.value
        assert (error.retryable, error.ambiguous, error.provider_code) == (
            retryable,
            ambiguous,
            code,
        )
        assert ANNA not in error.reason


def test_every_fault_of_the_mail_server_is_tried_above() -> None:
    tried = {"greylist", "throttle", "refuse", "lose", "drop", "hang", "garbage"}
    assert tried == SMTP_FAULTS


async def test_a_mail_sent_again_after_a_lost_answer_has_the_same_message_id() -> None:
    async with box() as mail:
        part = mail.part(await first_message(mail), "It is on its way.")
        mail.simulator.faults.append(Fault("lose"))
        with pytest.raises(SendError):
            await mail.adapter.send(part)
        receipt = await mail.adapter.send(part)
        ids = [one.id for one in mail.simulator.mails_to(ANNA)]
        assert ids == [receipt.detail["message_id"]] * 2


async def test_a_second_lost_answer_is_left_to_a_person() -> None:
    async with box() as mail:
        part = mail.part(await first_message(mail), "It is on its way.")
        mail.simulator.faults.extend([Fault("lose"), Fault("lose")])
        with pytest.raises(SendError):
            await mail.adapter.send(part)
        with pytest.raises(SendError) as raised:
            await mail.adapter.send(part)
        assert (raised.value.retryable, raised.value.ambiguous) == (False, True)


async def test_greylisting_is_waited_out_as_long_as_configured() -> None:
    async with box(retry_seconds=77) as mail:
        message = await first_message(mail)
        mail.simulator.faults.append(Fault("greylist"))
        with pytest.raises(SendError) as raised:
            await mail.adapter.send(mail.part(message, "It is on its way."))
        assert raised.value.retry_after == 77


async def test_a_mail_to_nobody_comes_back_and_becomes_a_failed_delivery() -> None:
    async with box() as mail:
        message = await first_message(mail)
        mail.simulator.dead.add(ANNA)
        receipt = await mail.adapter.send(mail.part(message, "It is on its way."))
        updates = await mail.taken.until(
            lambda taken: [one for batch in taken.batches for one in batch.updates]
        )
        assert [(one.provider_id, one.dead) for one in updates] == [(receipt.provider_id, True)]
        assert [one.sender for one in mail.taken.messages] == [message.sender]


async def test_what_was_not_taken_is_handed_over_again() -> None:
    async with box() as mail:
        mail.taken.broken = RuntimeError("the database is away")
        await write_all(mail.simulator, WORDS[:2])
        await until_health(mail.adapter, lambda health: not health.ok)
        mail.taken.broken = None
        await mail.taken.until(lambda taken: len(taken.messages) >= 2)
        assert mail.taken.texts == WORDS[:2]
