"""Trap 3: knowing a ticket, a subject or a Message-ID lets somebody in, at most, as a stranger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.email.simulator.service import Crossing
from gateway.demo.people import ADA
from memory.tables.main import Conversation
from tests.gateway.everywhere import Everywhere, beside_threads, everywhere, secrets_in

MALLORY = "mallory@evil.example"
ASKED = "Any news on my order?"


async def told_to(world: Everywhere, address: str, text: str, **how: Any) -> str:
    """Somebody writes a mail; what anybody is told because of it."""
    before = world.mail.last_seq
    await world.mail.write(address, text, **how)
    mails = sum(1 for one in world.mail.wire if one.direction == "in")
    await world.handled(1 + mails)
    return " ".join(one.text for one in world.mail.wire[before:] if one.direction == "out")


async def ada_asked(world: Everywhere) -> Crossing:
    """Ada is known, and has had an answer to a mail about her order; the shop's last mail."""
    await world.know_ada()
    await told_to(world, ADA.mail, ASKED, subject="Order 1042")
    return world.mail.mails_to(ADA.mail)[-1]


async def test_trap_03_who_holds_a_token_is_told_nothing_remembered(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        ours = await ada_asked(world)
        before = beside_threads(await world.stored_of(ADA.mail_key))
        told = await told_to(world, MALLORY, ASKED, reply_to=ours, quote=False)
        assert told and secrets_in(told) == []
        assert beside_threads(await world.stored_of(ADA.mail_key)) == before


async def test_trap_03_who_holds_a_token_joins_the_thread_and_is_answered_alone(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        ours = await ada_asked(world)
        threads, mails = len(await world.rows(Conversation)), len(world.mail.mails_to(ADA.mail))
        await told_to(world, MALLORY, "When are you open?", reply_to=ours)
        assert len(await world.rows(Conversation)) == threads
        assert len(world.mail.mails_to(MALLORY)) == 1
        assert len(world.mail.mails_to(ADA.mail)) == mails


async def test_trap_03_adas_name_with_a_token_opens_nothing_beyond_the_thread(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await told_to(world, ADA.mail, "What does delivery cost?")
        ours = world.mail.mails_to(ADA.mail)[-1]
        before = beside_threads(await world.stored_of(ADA.mail_key))
        told = await told_to(world, ADA.mail, ASKED, reply_to=ours, proved=False, quote=False)
        assert told and secrets_in(told) == []
        assert beside_threads(await world.stored_of(ADA.mail_key)) == before


async def test_trap_03_a_subject_and_a_message_id_open_no_thread(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        ours = await ada_asked(world)
        [theirs] = [one for one in world.mail.wire if one.subject == "Order 1042"]
        before, point = await world.stored_of(ADA.mail_key), world.mail.last_seq
        threads = len(await world.rows(Conversation))
        raw = (
            f"From: {MALLORY}\r\nTo: {world.mail.address}\r\nSubject: {ours.subject}\r\n"
            f"Message-ID: <2@evil.example>\r\nIn-Reply-To: {theirs.id}\r\n"
            f"References: {theirs.id}\r\n\r\n{ASKED}\r\n"
        )
        await world.mail.deliver(raw.encode(), verdict="pass")
        await world.handled(4)
        told = " ".join(one.text for one in world.mail.wire[point + 1 :])
        assert secrets_in(told) == []
        assert len(await world.rows(Conversation)) == threads + 1
        assert await world.stored_of(ADA.mail_key) == before
