"""What a query costs, and what it finds, in a short history, a long one, and among many others.

    python -m benchmarks.long_history [--long 20000] [--others 1000000] [--rounds 5]

One customer has lived the lives of some people of our support corpus, and after them what others
of it said, again and again: in four conversations, in one, or in very many short ones. Everything
is read from SQLite anew for each question: the context, what is far back, and the choice within
the budget. All variants are asked in turn, so that their times can be compared. It prints times
and shares, and changes nothing but files of its own.
"""

from __future__ import annotations

import argparse
import gc
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, insert, text

from benchmarks.support.judging import Row, load
from benchmarks.support.scenes import HERE
from core.clock import to_micros
from core.message import Assurance, Author
from core.turn import Said
from memory.engine import database_url, reader_engine, writer_engine
from memory.migrate import upgrade
from memory.readable.context import load_context
from memory.readable.sender import ContextQuery
from memory.recall import terms
from memory.recall.about import about
from memory.recall.choosing import recall
from memory.recall.columns import view_of
from memory.recall.deep import History, find_deep, look_back
from memory.recall.indexed_thread import THREAD_LIMIT, index
from memory.recall.standing_block import NOTHING
from memory.recall.unpacked import unpacked
from memory.tables.main import Conversation, Customer, Handle, Link, Message
from memory.tables.rows import table
from memory.units.remembering.segmenting import keep_segment

KINDS = ("single", "identifier", "agent", "typo")
"""Questions that do not depend on when they are asked."""

BUDGET = 1_000
_SHORT, _PEOPLE = 600, 6
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_DIGIT = re.compile(r"\d")
_PHONE = 1 << 40
"""The id of the customer and of their handle: the others have small ones."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the life; `turn` names it in the corpus, where it may be evidence."""

    at: datetime
    text: str
    author: Author
    channel: str
    turn: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class World:
    """A database with the customer's life in it; `turns` names the messages that are evidence."""

    name: str
    engine: Engine
    turns: Mapping[str, tuple[str, str]]
    newest: int
    """The conversation that was written in last."""


@dataclass(slots=True)
class Thread:
    """A conversation while it is filled."""

    id: int
    channel: str
    seq: int = 0
    end: int = 0


Shape: TypeAlias = Callable[[int, Line], str]
"""Which conversation the message with this number is in."""


def by_channel(_: int, line: Line) -> str:
    """One conversation for each channel: four that alternate."""
    return line.channel


def in_one(_: int, line: Line) -> str:
    """One conversation for everything."""
    return "one"


def in_short_ones(number: int, line: Line) -> str:
    """A conversation for every twenty messages."""
    return str(number // 20)


def life(rows: Sequence[Row], length: int) -> Iterator[Line]:
    """So many messages: first those of a few people, whole, then those of others with numbers of
    their own."""
    at, written = _BEGIN, 0
    for number, row in enumerate(chain(rows[:_PEOPLE], cycle(rows[_PEOPLE:]))):
        told = number < _PEOPLE
        for session in row["sessions"]:
            at += timedelta(hours=9)
            for turn in session["turns"]:
                if written == length:
                    return
                written += 1
                at += timedelta(minutes=1)
                words = turn["text"]
                if not told:
                    words = _DIGIT.sub(lambda one: str((int(one[0]) + number) % 10), words)  # noqa: B023
                named = (row["id"], turn["id"]) if told else None
                yield Line(at, words, Author(turn["by"]), session["channel"], named)


def fill(
    folder: Path,
    name: str,
    rows: Sequence[Row],
    length: int,
    others: int = 0,
    shape: Shape = by_channel,
) -> World:
    """A database with that life, packed as a running gateway would pack it, and with `others`."""
    url = f"sqlite:///{folder / name}.db"
    upgrade(url)
    engine = writer_engine(database_url(url), "NORMAL")
    with engine.begin() as connection:
        if others:
            _fill_others(connection, others)
        turns, newest = _fill_life(connection, rows, length, shape)
    # Each step in a transaction of its own, as the writer takes them.
    with engine.connect() as connection:
        stretches = unpacked(connection, _PHONE)
    longest = 0.0
    for stretch in stretches:
        with engine.begin() as connection:
            started = time.process_time()
            keep_segment(connection, stretch)
            longest = max(longest, time.process_time() - started)
    print(
        f"{name}: {len(stretches)} segments; the longest held the writer for {longest * 1e3:.0f} ms"
    )
    engine.dispose()
    return World(name, reader_engine(database_url(url), 1), turns, newest)


def _fill_life(
    connection: Connection, rows: Sequence[Row], length: int, shape: Shape
) -> tuple[dict[str, tuple[str, str]], int]:
    lines = list(life(rows, length))
    threads: dict[str, Thread] = {}
    messages: list[dict[str, Any]] = []
    turns: dict[str, tuple[str, str]] = {}
    for number, one in enumerate(lines):
        thread = threads.setdefault(
            shape(number, one), Thread(_PHONE + 1 + len(threads), one.channel)
        )
        thread.seq, thread.end = thread.seq + 1, to_micros(one.at)
        place = (thread.id, thread.seq)
        if one.turn is not None:
            turns[f"{place[0]}-{place[1]}"] = one.turn
        messages.append(
            {
                "conversation_id": place[0],
                "seq": place[1],
                "handle_id": _PHONE,
                "author": one.author.value,
                "text": one.text,
                "tokens": len(one.text) // 4 + 1,
                "created_at": to_micros(one.at),
                "level": 2,
                "about": about(one.text),
            }
        )
    _person(connection, _PHONE)
    connection.execute(insert(table(Conversation)), [_thread(one) for one in threads.values()])
    connection.execute(insert(table(Message)), messages)
    return turns, messages[-1]["conversation_id"]


def _thread(one: Thread) -> dict[str, object]:
    return {
        "id": one.id,
        "account": one.channel,
        "channel": one.channel,
        "key": f"{one.channel} {one.id}",
        "handle_id": _PHONE,
        "reply_address_json": "{}",
        "assurance": 2,
        "seq": one.seq,
        "created_at": 0,
        "updated_at": one.end,
    }


def _person(connection: Connection, number: int) -> None:
    same = {"created_at": 0}
    key = {"key": f"phone:+{number}", "kind": "phone", "address": f"+{number}"}
    of = {"customer_id": number, "home_customer_id": number, "seen_at": 0}
    connection.execute(insert(table(Customer)), {"id": number, **same})
    connection.execute(insert(table(Handle)), {"id": number, **key, **of, **same})
    edge = {"handle_id": number, "customer_id": number, "level": 2, "rule": "first-contact"}
    told = {"evidence": "benchmark", "actor": "benchmark", **same}
    connection.execute(insert(table(Link)), {"id": number, **edge, **told})


_OTHERS = (
    "insert into customer (id, created_at) select value, 0 from numbers",
    "insert into handle (id, key, kind, address, customer_id, home_customer_id, seen_at,"
    " created_at) select value, 'phone:' || value, 'phone', value, value, value, 0, 0 from numbers",
    "insert into link (id, handle_id, customer_id, level, rule, evidence, actor, created_at)"
    " select value, value, value, 2, 'first-contact', 'benchmark', 'benchmark', 0 from numbers",
    "insert into conversation (id, account, channel, key, handle_id, reply_address_json, assurance,"
    " seq, created_at, updated_at)"
    " select value, 'sms', 'sms', value, value, '{}', 2, 20, 0, value from numbers",
    "insert into message (conversation_id, seq, handle_id, author, text, tokens, created_at, level,"
    " about) select (value - 1) / 20 + 1, (value - 1) % 20 + 1, (value - 1) / 20 + 1, 'customer',"
    " :words || value, 14, value, 2, :about from numbers",
)


def _fill_others(connection: Connection, messages: int) -> None:
    words = "Where is my order, and when does the lamp come? It is number "
    for number, statement in enumerate(_OTHERS, 1):
        count = messages if number == len(_OTHERS) else messages // 20
        numbers = (
            "with recursive numbers (value) as (select 1 union all select value + 1 from numbers"
            f" where value < {count}) "
        )
        head, _, tail = statement.partition(" select ")
        values = {"words": words, "about": about(words)} if number == len(_OTHERS) else {}
        connection.execute(text(f"{head} {numbers} select {tail}"), values)


def ask(world: World, question: Row) -> tuple[float, bool]:
    """The milliseconds of CPU time that a question takes with nothing at hand, and whether all of
    its evidence is among what is chosen."""
    now = datetime(2029, 1, 1, tzinfo=UTC)
    query = ContextQuery(_PHONE, _PHONE, world.newest, Assurance.AUTHENTICATED, to_micros(now))
    with world.engine.connect() as connection:
        started = time.process_time_ns()
        context = load_context(connection, query)
        deep: tuple[Said, ...] = ()
        if len(context.thread) >= THREAD_LIMIT:
            before = to_micros(context.thread[0].at)
            deep = find_deep(connection, query, question["text"], now, before)
        found = recall(index((*deep, *context.thread)), question["text"], NOTHING, now, BUDGET)
        spent = (time.process_time_ns() - started) / 1e6
    chosen = {one.id for one in found.exchanges} | {one.said.id for one in found.recalled}
    turns = {world.turns[one] for one in chosen if one in world.turns}
    return spent, turns >= {(question["customer"], one) for one in question["evidence"]}


def ask_warm(world: World, questions: Sequence[Row]) -> list[float]:
    """The same with the context at hand and its columns filled, as in a customer's next turn."""
    now = datetime(2029, 1, 1, tzinfo=UTC)
    query = ContextQuery(_PHONE, _PHONE, world.newest, Assurance.AUTHENTICATED, to_micros(now))
    spent: list[float] = []
    known: History | None = None
    with world.engine.connect() as connection:
        context = load_context(connection, query)
        thread = index(context.thread)
        view_of(thread.columns, thread.messages, thread.start)
        before = to_micros(context.thread[0].at)
        for question in questions:
            started = time.process_time_ns()
            joined = thread
            if len(context.thread) >= THREAD_LIMIT:
                words = question["text"]
                deep, known = look_back(connection, query, words, now, before, known=known)
                joined = thread.preceded_by(deep)
            recall(joined, question["text"], NOTHING, now, BUDGET)
            spent.append((time.process_time_ns() - started) / 1e6)
    return spent


def cost_at_write(rows: Sequence[Row]) -> float:
    """Milliseconds of CPU time for what is worked out of one new message when it is stored."""
    texts = [turn["text"] for row in rows for one in row["sessions"] for turn in one["turns"]]
    for one in texts[: len(texts) // 2]:
        about(one)
    terms._matter.cache_clear()
    fresh = list(dict.fromkeys(texts[len(texts) // 2 :]))
    started = time.process_time_ns()
    for one in fresh:
        about(one)
    return (time.process_time_ns() - started) / 1e6 / len(fresh)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the databases, ask, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--long", type=int, default=20_000)
    parser.add_argument("--others", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    rows, asked = load(HERE, "tuning")
    rows = [one for one in rows if one["language"] == "en"]
    people = {one["id"] for one in rows[:_PEOPLE]}
    questions = [one for one in asked if one["customer"] in people and one["kind"] in KINDS]
    print(f"at write: {cost_at_write(rows):.3f} ms a message; {len(questions)} questions")
    with tempfile.TemporaryDirectory() as folder:
        worlds = [
            fill(Path(folder), "short", rows, _SHORT),
            fill(Path(folder), "four", rows, given.long),
            fill(Path(folder), "one", rows, given.long, shape=in_one),
            fill(Path(folder), "many", rows, given.long, shape=in_short_ones),
            fill(Path(folder), "among others", rows, _SHORT, given.others),
        ]
        # As a running gateway does: what was loaded to stay is not looked through again and again.
        gc.collect()
        gc.freeze()
        tell(worlds, questions, given.rounds)


def tell(worlds: Sequence[World], questions: Sequence[Row], rounds: int) -> None:
    """Ask everything in every world, one after the other, and print what it took."""
    spent: dict[str, list[float]] = {one.name: [] for one in worlds}
    found: dict[str, int] = {one.name: 0 for one in worlds}
    for number in range(rounds + 1):
        for question in questions:
            for world in worlds:
                took, complete = ask(world, question)
                if number:  # the first round fills the caches of the database
                    spent[world.name].append(took)
                else:
                    found[world.name] += complete
    base = statistics.median(spent[worlds[0].name])
    for world in worlds:
        times = spent[world.name]
        median, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(
            f"{world.name:>12}, cold: CPU ms p50 {median:.2f}, p95 {late:.2f}, "
            f"{median / base:.2f} times the short one; all evidence found for "
            f"{found[world.name] / len(questions):.3f}"
        )
    warm = [statistics.median(ask_warm(one, questions)) for one in worlds]
    for world, median in zip(worlds, warm, strict=True):
        print(f"{world.name:>12}, warm: CPU ms p50 {median:.2f}, {median / warm[0]:.2f} times")


if __name__ == "__main__":
    main()
