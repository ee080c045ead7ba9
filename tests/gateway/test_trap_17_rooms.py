"""Trap 17: where others read along nothing remembered is said, and nobody is added to an answer."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.utils import getaddresses
from pathlib import Path

from gateway.demo.people import ADA, WORKSPACE
from tests.gateway.everywhere import Everywhere, beside_threads, everywhere, secrets_in

BEN_MAIL, BEN_SLACK = "ben@example.com", "U0BEN"
ASKED = "Any news on my order?"


async def post(
    world: Everywhere, user: str, text: str, taken: int, thread: str | None = None
) -> str:
    """Somebody calls the app in the channel; the post's timestamp, once it was dealt with."""
    words, channel = f"@OneThread {text}", WORKSPACE.channel
    ts = await world.slack.write(user, words, channel=channel, thread_ts=thread)
    await world.handled(taken)
    return ts


def in_room(world: Everywhere) -> str:
    """All that the app said in the channel."""
    return " ".join(one.text for one in world.slack.posts_to(WORKSPACE.channel))


def to_ben(world: Everywhere) -> str:
    return " ".join(one.text for one in world.slack.posts_to(BEN_SLACK))


async def test_trap_17_nothing_remembered_is_said_in_a_channel(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await world.slack.write(ADA.slack, ASKED)
        await world.handled(3)
        assert "1042" in world.slack.posts_to(ADA.slack)[-1].text
        await post(world, ADA.slack, ASKED, 4)
        assert in_room(world) and secrets_in(in_room(world)) == []


async def test_trap_17_what_is_personal_goes_to_the_asker_alone(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        ts = await post(world, ADA.slack, "Where is my order 1042? My postcode is NR3 1HQ.", 1)
        assert "Alder" not in in_room(world) and "on its way" not in in_room(world)
        [direct] = world.slack.posts_to(ADA.slack)
        assert "on its way" in direct.text
        assert {one.thread_ts for one in world.slack.posts_to(WORKSPACE.channel)} == {ts}


async def test_trap_17_a_colleague_in_the_thread_sees_nothing_of_the_first_ones(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        world.slack.add_person(BEN_SLACK, "Ben", BEN_MAIL)
        ts = await post(world, ADA.slack, "Where is my order 1042? My postcode is NR3 1HQ.", 3)
        before = beside_threads(await world.stored_of(ADA.slack_key))
        await post(world, BEN_SLACK, "and mine?", 4, ts)
        await post(world, BEN_SLACK, ASKED, 5, ts)
        told = to_ben(world) + in_room(world)
        assert [one for one in ("Alder", "on its way", "NR3", ADA.phone) if one in told] == []
        assert "1042" not in to_ben(world)
        assert beside_threads(await world.stored_of(ADA.slack_key)) == before


async def test_trap_17_an_answer_to_a_mail_with_cc_goes_to_its_sender_alone(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.mail.write(ADA.mail, "When are you open?", cc=[BEN_MAIL])
        reply = await world.mail.wait_for_reply(ADA.mail, 0)
        await world.handled(1)
        mail = message_from_bytes(reply.raw, policy=policy.default)
        named = getaddresses([str(mail[one]) for one in ("To", "Cc", "Bcc") if mail[one]])
        assert [address for _, address in named] == [ADA.mail]
        assert world.mail.mails_to(BEN_MAIL) == []


async def test_trap_17_a_mail_with_cc_is_answered_without_what_is_remembered(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        point = world.mail.last_seq
        await world.mail.write(ADA.mail, ASKED, cc=[BEN_MAIL])
        reply = await world.mail.wait_for_reply(ADA.mail, point)
        assert secrets_in(reply.text) == []


async def test_trap_17_who_reads_along_and_asks_in_the_mails_thread_is_told_nothing_of_hers(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        point = world.mail.last_seq
        asked = "Where is my order 1042? My postcode is NR3 1HQ."
        await world.mail.write(ADA.mail, asked, cc=[BEN_MAIL])
        first = await world.mail.wait_for_reply(ADA.mail, point)
        point = world.mail.last_seq
        await world.mail.write(BEN_MAIL, "and mine?", reply_to=first, quote=False)
        reply = await world.mail.wait_for_reply(BEN_MAIL, point)
        assert secrets_in(reply.text) == []
