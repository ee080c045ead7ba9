"""What is optional in a turn's memory has a time in all; what was found goes with its source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from core.clock import to_micros
from core.message import Assurance, Author
from core.turn import CaseState, Said, Sender
from gateway.turns.recalling import Back, Recalling, RecallSettings
from gateway.turns.remembered import Kept, Memory
from memory.readable.context import Context
from memory.readable.sender import NEVER, ContextQuery
from memory.recall.choosing import recall
from memory.recall.columns import Floats
from memory.recall.indexed_thread import THREAD_LIMIT, index
from memory.recall.standing_block import Past

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=90)
OLD = Said("1-0", START - timedelta(days=1), "sms", Author.BOT, "your walnut table", 4, "phone:+1")


@dataclass
class Archive:
    """A store that knows only what is far back: `finds`, after `trouble`."""

    finds: Any
    trouble: Callable[[], Any] | None = None
    asked: int = 0

    async def read(self, *_: Any) -> Any:
        self.asked += 1
        if self.trouble is not None:
            await self.trouble()
        return self.finds


@dataclass
class Encoder:
    """An encoder that finds everything alike."""

    trouble: Callable[[], Any] | None = None
    asked: list[int] = field(default_factory=list)

    async def meaning(self, messages: Sequence[Said], text: str) -> Floats | None:
        self.asked.append(len(messages))
        if self.trouble is not None:
            await self.trouble()
        return np.zeros(len(messages))


async def hangs() -> None:
    await asyncio.Event().wait()


async def breaks() -> None:
    raise RuntimeError("not a word in it")


def memory_of(messages: int) -> Memory:
    thread = tuple(
        Said(
            f"1-{at}",
            START + timedelta(minutes=at),
            "sms",
            Author.CUSTOMER,
            f"the blue curtain number{at} came too short",
            9,
            "phone:+1",
        )
        for at in range(1, messages + 1)
    )
    sender = Sender("phone:+1", Assurance.AUTHENTICATED)
    context = Context(
        sender,
        None,
        CaseState(),
        None,
        False,
        (),
        thread,
        1,
        NEVER,
        handles={7: "phone:+1"},
        everywhere=True,
    )
    query = ContextQuery(5, 7, 1, Assurance.AUTHENTICATED, to_micros(NOW))
    return Memory(1, (7, 2, 1, "r"), context, index(thread), query=query)


def recalling(archive: Archive, encoder: Encoder | None = None, patience: float = 5.0) -> Recalling:
    return Recalling(
        archive,  # type: ignore[arg-type]
        RecallSettings(budget=500, patience=patience),
        recall,
        count_tokens=len,
        now=lambda: NOW,
        encoding=encoder,  # type: ignore[arg-type]
    )


def back(*, deep: tuple[Said, ...] = (), past: tuple[Past, ...] | None = ()) -> Any:
    """What a store finds by looking back."""
    return Back(deep, {one.id: frozenset((9,)) for one in deep}, past)


async def test_nothing_is_looked_for_when_everything_fits() -> None:
    archive, encoder = Archive(back()), Encoder()
    _, found = await recalling(archive, encoder).recall(memory_of(5), "the curtain", NOW)
    assert (archive.asked, encoder.asked) == (0, [])
    assert (found.degraded, dict(found.took)) == ((), {})


async def test_what_is_far_back_is_found_beyond_a_full_thread_with_whom_it_is_from() -> None:
    archive, encoder = Archive(back(deep=(OLD,))), Encoder()
    memory, found = await recalling(archive, encoder).recall(
        memory_of(THREAD_LIMIT), "When does my walnut table come?", NOW
    )
    assert OLD.id in {one.said.id for one in found.recalled}
    assert encoder.asked == [THREAD_LIMIT + 1]
    assert memory.context.drawn[OLD.id] == {9}
    assert memory.thread.messages[0].said.id == "1-1", "it is not kept"
    assert set(found.took) == {"back", "meaning"}


async def test_what_is_over_is_told_and_asked_for_again_only_after_a_while() -> None:
    past = (Past("a refund, settled", START, "episode:3", frozenset((7, 9))),)
    archive = Archive(back(past=past))
    work = recalling(archive)
    memory, found = await work.recall(memory_of(100), "hello", NOW)
    (line,) = found.standing
    assert (line.kind, line.value, line.source, line.handles) == (
        "episode",
        "a refund, settled",
        "episode:3",
        frozenset((7, 9)),
    )
    memory, _ = await work.recall(memory, "hello again", NOW + timedelta(minutes=5))
    assert archive.asked == 1
    await work.recall(memory, "hello again", NOW + timedelta(minutes=15))
    assert archive.asked == 2


async def test_what_does_not_come_in_time_is_done_without_and_said() -> None:
    archive, encoder = Archive(back(), hangs), Encoder(hangs)
    work = recalling(archive, encoder, patience=0.05)
    _, found = await work.recall(memory_of(THREAD_LIMIT), "the curtain number7", NOW)
    assert found.degraded == ("deep", "past", "meaning"), "they share one time"
    assert "1-7" in {one.said.id for one in found.recalled}
    assert "older messages could not be looked through in time" in found.trace


async def test_an_encoder_that_breaks_keeps_no_turn_from_its_end() -> None:
    for trouble in (hangs, breaks):
        work = recalling(Archive(back()), Encoder(trouble), patience=0.2)
        _, found = await work.recall(memory_of(200), "the curtain number7", NOW)
        assert found.degraded == ("meaning",)
        assert "1-7" in {one.said.id for one in found.recalled}


def test_what_is_kept_at_hand_is_bounded_by_its_messages() -> None:
    kept = Kept(300)
    for customer in range(5):
        kept.keep(customer, memory_of(100))
    assert [customer for customer in range(5) if kept.find(customer)] == [3, 4]
    kept.keep(4, replace(memory_of(200)))
    assert len(kept) == 1
    assert kept.find(4) is not None
    kept.drop(4)
    kept.drop(4)
    for customer in (6, 7):
        kept.keep(customer, memory_of(100))
    assert len(kept) == 2, "what was dropped takes no room"
