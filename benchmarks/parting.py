"""How long the writer is held when a very large customer is parted: 50 handles, 10,000 messages,
5,000 turns that drew on each other, in one open case.

    python -m benchmarks.parting [--url URL] [--rounds 9]

It fills an empty database (a SQLite file of its own unless `--url` names one), ends one link of the
customer, and takes that back. Printed are the median and the slowest in milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import orjson
from sqlalchemy import Connection, insert, select

from benchmarks.customer_page import HANDLES, MESSAGES, ROOT, big_customer
from core.message import Assurance
from core.turn import CaseState, SlotValue
from memory.codec import dump_case
from memory.engine import database_url, writer_engine
from memory.migrate import upgrade
from memory.tables.main import Case, Turn
from memory.tables.rows import table
from memory.units.identity.parting import part

BAR_MS = 50
CASE = 77
NOW = 1_900_000_000_000_000
STAGES = [{"stage": one, "input": {"text": "x" * 300}, "output": {}} for one in ("a", "b", "c")]


def turns() -> Iterator[dict[str, object]]:
    """One turn for each two messages, each of which drew on the handle before its own."""
    for number in range(MESSAGES // 2):
        handle, seq = ROOT + number % HANDLES, 1 + 2 * (number // HANDLES)
        drawn = ROOT + (number + 1) % HANDLES
        record = {
            "messages": [f"{handle}-{seq}"],
            "sender": {"handle": f"phone:big-{handle}", "level": 2},
            "stages": STAGES,
        }
        yield {
            "id": ROOT * 10 + number,
            "customer_id": ROOT,
            "conversation_id": handle,
            "case_id": CASE,
            "intent": "order_status",
            "record_json": orjson.dumps(record).decode(),
            "drawn_json": orjson.dumps({str(drawn): ["message"]}).decode(),
            "decided_at": NOW - 10_000_000_000 + number,
        }


def common_case() -> dict[str, object]:
    """A case in which everybody had part."""
    ids = range(ROOT, ROOT + HANDLES)
    slots = tuple(
        SlotValue(f"detail_{one}", "x", f"{one}-1", f"phone:big-{one}", Assurance.AUTHENTICATED)
        for one in ids
    )
    return {
        "id": CASE,
        "customer_id": ROOT,
        "handle_id": ROOT,
        "conversation_id": ROOT,
        "status": "open",
        "intent": "order_status",
        "state_json": dump_case(CaseState("order_status", slots=slots), ids[1:]),
        "opened_at": NOW,
        "updated_at": NOW,
    }


def fill(connection: Connection) -> None:
    """The customer of the other benchmark, with turns and one case for all of it."""
    for model, rows in big_customer(NOW):
        connection.execute(insert(table(model)), rows)
    connection.execute(insert(table(Turn)), list(turns()))
    connection.execute(insert(table(Case)), common_case())


def measure(connection: Connection, rounds: int) -> list[float]:
    """Milliseconds of each parting; each is of another handle, and taken back."""
    took: list[float] = []
    for number in range(rounds):
        ids = count(ROOT * 1000 + number * 10_000)
        with connection.begin_nested() as parting:
            begun = time.perf_counter()
            link_id = ROOT + 1000 + 1 + number
            part(connection, [link_id], "benchmark", "two people", NOW, ids.__next__)
            took.append((time.perf_counter() - begun) * 1000)
            cases = table(Case)
            assert connection.execute(select(cases).where(cases.c.id > ROOT * 1000)).first()
            parting.rollback()
    return took


def main() -> None:
    """Fill, part, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{Path(folder) / 'parting.db'}"
        upgrade(url)
        engine = writer_engine(database_url(url), "NORMAL")
        with engine.begin() as connection:
            fill(connection)
            took = measure(connection, options.rounds)
        engine.dispose()
    print(
        f"parting {HANDLES} handles, {MESSAGES:,} messages, {MESSAGES // 2:,} turns: "
        f"median {statistics.median(took):.1f} ms, slowest {max(took):.1f} ms (bar {BAR_MS})"
    )


if __name__ == "__main__":
    main()
