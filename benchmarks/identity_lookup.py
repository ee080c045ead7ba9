"""Handle to customer: how long it takes with many handles stored, beside how long with few.

    python -m benchmarks.identity_lookup [--few 10000] [--many 1000000] [--lookups 5000]
        [--urls FEW MANY]

Two databases are filled, in a temporary folder or in two empty PostgreSQL databases (`--urls`), and
asked in turns: who has this key, and what may be read from there. Every fourth
customer has two handles. Prints the p50 of each in microseconds and their ratio.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator

from sqlalchemy import Connection, insert, select

from core.message import Assurance
from memory.engine import database_url, writer_engine
from memory.migrate import upgrade
from memory.readable.sender import ContextQuery, read_sender
from memory.tables.main import Customer, Handle, Link
from memory.tables.rows import table

_handle = table(Handle)
_CHUNK = 20_000
_BAR = 2.0


def phone(one: int) -> str:
    """The address of handle number `one`."""
    return f"+1555{one:08d}"


def customer_of(one: int) -> int:
    """Every fourth handle belongs to the customer before it."""
    return one - 1 if one % 4 == 0 else one


def fill(connection: Connection, handles: int, now: int) -> None:
    """So many handles with their customers and links."""
    for first in range(1, handles + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, handles + 1))
        for model, rows in _rows(numbers, now):
            connection.execute(insert(table(model)), rows)


def _rows(numbers: range, now: int) -> Iterator[tuple[type, list[dict[str, object]]]]:
    yield (
        Customer,
        [
            {
                "id": one,
                "merged_into": None if customer_of(one) == one else customer_of(one),
                "created_at": now,
            }
            for one in numbers
        ],
    )
    yield (
        Handle,
        [
            {
                "id": one,
                "key": f"phone:{phone(one)}",
                "kind": "phone",
                "address": phone(one),
                "customer_id": customer_of(one),
                "home_customer_id": one,
                "seen_at": now,
                "created_at": now,
            }
            for one in numbers
        ],
    )
    links = [(one, one, one, "first-contact") for one in numbers]
    links += [
        (one + 2_000_000_000, one, customer_of(one), "by-hand")
        for one in numbers
        if customer_of(one) != one
    ]
    yield (
        Link,
        [
            {
                "id": link_id,
                "handle_id": handle,
                "customer_id": customer,
                "level": 2,
                "rule": rule,
                "evidence": "benchmark",
                "actor": "benchmark",
                "created_at": now,
            }
            for link_id, handle, customer, rule in links
        ],
    )


def look_up(connection: Connection, one: int, now: int) -> int:
    """Nanoseconds from a key to what may be read from there."""
    query = select(_handle.c.id, _handle.c.customer_id).where(
        _handle.c.key == f"phone:{phone(one)}"
    )
    start = time.perf_counter_ns()
    row = connection.execute(query).one()
    read_sender(
        connection,
        ContextQuery(row.customer_id, row.id, 0, Assurance.AUTHENTICATED, now),
    )
    return time.perf_counter_ns() - start


def measure(few: Connection, many: Connection, sizes: tuple[int, int], lookups: int) -> float:
    """Ask both in turns, print what it took, and return the ratio."""
    chance, now = random.Random(5), time.time_ns() // 1000
    took: tuple[list[int], list[int]] = ([], [])
    for _ in range(lookups):
        for at, connection in enumerate((few, many)):
            took[at].append(look_up(connection, chance.randint(1, sizes[at]), now))
    medians = [statistics.median(each) / 1000 for each in took]
    for size, median in zip(sizes, medians, strict=True):
        print(f"{size:>9,} handles: p50 {median:7.1f} us")
    return medians[1] / medians[0]


def main() -> None:
    """Fill both databases, ask them, and say whether the bar is kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--lookups", type=int, default=5_000)
    parser.add_argument("--urls", nargs=2, help="two empty databases instead of SQLite files")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = given.urls or [f"sqlite:///{folder}/{name}.db" for name in ("few", "many")]
        sizes, now = (given.few, given.many), time.time_ns() // 1000
        connections = []
        for url, size in zip(urls, sizes, strict=True):
            upgrade(url)
            engine = writer_engine(database_url(url), "NORMAL")
            connection = engine.connect()
            with connection.begin():
                fill(connection, size, now)
            connections.append(connection)
        ratio = measure(connections[0], connections[1], sizes, given.lookups)
        for connection in connections:
            connection.close()
    print(f"ratio {ratio:.2f} (at most {_BAR:.0f}): {'kept' if ratio <= _BAR else 'MISSED'}")


if __name__ == "__main__":
    main()
