"""Joined and parted at random while both write as fast as they can, and the provider stumbles:
each message is answered once, in order, where it came from, and nobody hears of another."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from adapters.sms.simulator import Fault
from adapters.webchat.client import ChatClient
from core.clock import to_micros
from core.message import Assurance
from core.pipeline.contracts import Draft, IntentGuess, Stages, StateStep
from core.pipeline.trivial import trivial_stages
from core.playbook.model import Playbook
from core.turn import TurnInput
from gateway.app import utc_now
from memory.tables.main import Audit, Delivery, Handle, Inbound, Link, Message, Turn
from memory.tables.rows import table
from memory.units.identity.linking import BY_HAND, IdentityProblem, customer_of, link
from memory.units.identity.parting import part
from memory.units.identity.undoing import CannotUndo, undo
from tests.gateway.test_two_workers import LEASE, finish
from tests.gateway.test_way import settled
from tests.gateway.way import Way, running
from tests.gateway.workers import Clock, bursts, provider, working

PHONE, OTHER, CHAT = "+15550001111", "+15550002222", "login:ada"
NAMES = {PHONE: "phone", OTHER: "other", CHAT: "chat"}
MESSAGES = 20

_MARK = re.compile(r"m-([a-z]+)-\d+")
_KNOWN = re.compile(r"[mk]-([a-z]+)")


def telling_stages() -> Stages:
    """An answer names the messages it answers, and whoever's words or answers it was given."""

    def tell(turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook) -> Draft:
        marks = " ".join(one.group() for one in _MARK.finditer(turn.text))
        known = sorted(set(_KNOWN.findall(repr((turn.recall, turn.case)))))
        return Draft(" ".join([f"re {marks}", *(f"k-{one}" for one in known)]), "telling")

    return replace(trivial_stages(), response=tell)


@dataclass
class Crowd:
    """Two who are joined and parted, and one who is never joined to anybody."""

    way: Way
    chat: ChatClient
    dice: random.Random
    wrote: dict[str, list[str]] = field(default_factory=lambda: {one: [] for one in NAMES})
    changes: int = 0

    async def write(self, who: str) -> None:
        mark = f"m-{NAMES[who]}-{len(self.wrote[who])}"
        self.wrote[who].append(mark)
        await (self.chat.say(mark) if who == CHAT else self.way.sms.text(who, mark))

    async def write_all(self, who: str) -> None:
        for _ in range(MESSAGES):
            await self.write(who)
            if self.dice.random() < 0.4 and not self.way.sms.faults:
                self.way.sms.faults.append(
                    Fault(self.dice.choice(("throttle", "throttle", "lose")))
                )
            if self.dice.random() < 0.35:
                await self.change(self.dice.choice((join, take_apart, take_back)))

    async def change(self, change: Callable[[Connection, Callable[[], int]], None]) -> None:
        """One change of identity, as an admin's; what is not possible just now is left."""
        with contextlib.suppress(IdentityProblem, CannotUndo):
            await self.way.gateway.store.run(change, self.way.gateway.new_id)
            self.changes += 1

    def heard(self, who: str) -> list[str]:
        """The answers that arrived there, in order."""
        if who != CHAT:
            return [one.text for one in self.way.sms.texts_to(who)]
        shown = (self.chat.thread[seq] for seq in sorted(self.chat.thread))
        return [one.text for one in shown if one.author != "customer"]


def join(connection: Connection, new_id: Callable[[], int]) -> None:
    phone = customer_of(connection, f"phone:{PHONE}")
    ids, now = (new_id(), new_id()), to_micros(utc_now())
    link(connection, CHAT, phone, Assurance.AUTHENTICATED, BY_HAND, "seen", "admin", now, ids)


def take_apart(connection: Connection, new_id: Callable[[], int]) -> None:
    links = table(Link)
    held = select(links.c.id).where(links.c.rule == BY_HAND, links.c.ended_at.is_(None))
    found = connection.execute(held).scalars().all()
    part(connection, found, "admin", "two people", to_micros(utc_now()), new_id)


def take_back(connection: Connection, new_id: Callable[[], int]) -> None:
    log = table(Audit)
    newest = select(log.c.id).where(log.c.action.in_(("link", "part"))).order_by(log.c.id.desc())
    change = connection.execute(newest.limit(1)).scalar()
    if change is not None:
        undo(connection, change, "admin", to_micros(utc_now()), new_id)


def answers(connection: Connection) -> list[tuple[int, int, str]]:
    """Whose turn each answer was, whose home the writer's handle is, and its words."""
    turn, message, handle = table(Turn), table(Message), table(Handle)
    rows = connection.execute(
        select(turn.c.customer_id, handle.c.home_customer_id, message.c.text)
        .join(message, message.c.turn_id == turn.c.id)
        .join(handle, handle.c.id == message.c.handle_id)
        .where(message.c.author == "bot", message.c.conversation_id == turn.c.conversation_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def sent_again_later(connection: Connection) -> int:
    """How many answers the provider did not take at first."""
    parts = table(Delivery)
    query = select(func.count()).where(parts.c.status == "pending", parts.c.attempts > 0)
    return int(connection.execute(query).scalar_one())


def stumbles(connection: Connection) -> int:
    """How many messages had a turn that failed."""
    inbox = table(Inbound)
    failed = select(func.count()).where(inbox.c.attempts > 0)
    return int(connection.execute(failed).scalar_one())


@pytest.mark.parametrize("seed", [1])
async def test_nothing_is_lost_or_told_to_another_while_two_are_joined_and_parted(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    async with running(tmp_path, url=database_url, stages=telling_stages()) as way:
        crowd = Crowd(way, await way.chat("ada"), random.Random(seed))
        for who in NAMES:
            await crowd.write(who)
        await asyncio.gather(*(crowd.write_all(who) for who in NAMES))
        # However the dice fell, somebody is answered while they are one.
        await crowd.change(join)
        await crowd.write(CHAT)
        await settled(way, 30)
        await crowd.change(take_apart)
        await settled(way, 30)
        assert crowd.changes > 5
        assert await way.gateway.store.read(stumbles) == 0, "no message is at fault"
        for who in NAMES:
            await crowd.write(who)
        await settled(way, 30)
        for who, name in NAMES.items():
            await _arrived(crowd, who)
            heard = crowd.heard(who)
            found = [one.group() for text in heard for one in _MARK.finditer(text)]
            assert found == crowd.wrote[who], "each is answered, once and in order"
            assert set(_KNOWN.findall(heard[-1])) == {name}, "they are parted now"
            near = {"other"} if who == OTHER else {"phone", "chat"}
            assert set(_KNOWN.findall(" ".join(heard))) <= near
        rows = await way.gateway.store.read(answers)
        joined = 0
        for customer, home, text in rows:
            known = set(_KNOWN.findall(text))
            joined += len(known) > 1
            if customer == home and "m-chat" in text:
                assert known == {"chat"}, "whoever stood for themselves knew nobody else"
        assert joined, "some were answered while they were one"


async def test_what_was_held_back_at_a_parting_is_answered_anew(
    tmp_path: Path, database_url: str
) -> None:
    """The provider is busy while they are parted, so that the answer has not left by then."""
    async with running(tmp_path, url=database_url, stages=telling_stages()) as way:
        crowd = Crowd(way, await way.chat("ada"), random.Random(0))
        for who in (CHAT, PHONE):
            await crowd.write(who)
        await settled(way, 30)
        await _arrived(crowd, PHONE)
        await crowd.change(join)
        way.sms.faults.extend([Fault("throttle")] * 2)
        await crowd.write(PHONE)
        await crowd.write(PHONE)
        async with asyncio.timeout(30):
            while not await way.gateway.store.read(sent_again_later):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        await crowd.change(take_apart)
        await _arrived(crowd, PHONE)
        heard = crowd.heard(PHONE)
        assert [one.group() for text in heard for one in _MARK.finditer(text)] == crowd.wrote[PHONE]
        assert set(_KNOWN.findall(" ".join(heard))) == {"phone"}


async def test_two_workers_answer_each_message_once_while_their_customers_change(
    tmp_path: Path, database_url: str
) -> None:
    dice, now = random.Random(3), Clock()
    wrote: dict[str, list[str]] = {PHONE: [], OTHER: []}
    async with (
        provider() as sms,
        working(tmp_path, sms, now, url=database_url) as one,
        working(tmp_path, sms, now, url=database_url) as two,
    ):
        for phone, events in wrote.items():
            events.append(f"{phone}-first")
            await one.write(events[0], events[0], phone)

        async def writes(phone: str) -> None:
            for number in range(12):
                event = f"{phone}-{number}"
                wrote[phone].append(event)
                await dice.choice((one, two)).write(event, event, phone)
                if dice.random() < 0.4:
                    await changes(dice.choice((join_phones, take_apart)))
                if dice.random() < 0.2:
                    now.advance(LEASE)

        async def changes(change: Callable[[Connection, Callable[[], int]], None]) -> None:
            worker = dice.choice((one, two))
            with contextlib.suppress(IdentityProblem):
                await worker.gateway.store.run(change, worker.gateway.new_id)

        await asyncio.gather(*(writes(phone) for phone in wrote))
        await finish(now, one, two)
        turns = await one.gateway.store.read(bursts)
        for phone, events in wrote.items():
            mine = [event for turn in turns for event in turn if event.startswith(phone)]
            assert mine == events, "each in one turn, in order"
            heard = [text.text.removeprefix("You said: ") for text in sms.texts_to(phone)]
            assert heard == events


def join_phones(connection: Connection, new_id: Callable[[], int]) -> None:
    phone = customer_of(connection, f"phone:{PHONE}")
    ids, now, key = (new_id(), new_id()), to_micros(utc_now()), f"phone:{OTHER}"
    link(connection, key, phone, Assurance.AUTHENTICATED, BY_HAND, "seen", "admin", now, ids)


async def _arrived(crowd: Crowd, who: str) -> None:
    """Wait until the answer to the last message was shown."""
    last = crowd.wrote[who][-1]
    async with asyncio.timeout(30):
        while not any(last in text.split() for text in crowd.heard(who)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
