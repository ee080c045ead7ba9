"""Times a dry run of other identity rules over many handles: read, weighed, told.

    python -m benchmarks.dry_run [--handles 100000] [--url sqlite:///...]

It fills an empty database (a temporary SQLite file without `--url`): four handles for each of a
quarter as many people, two of them joined by codes, the others seen by an import. The draft blocks
some addresses, takes codes back and joins by import, so that everybody is affected. The bar is 30 s
for 100,000 handles.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, insert

from core.identity.rules import DEFAULT_RULES
from memory.engine import database_url, writer_engine
from memory.migrate import upgrade
from memory.previews.dry_run import dry_run
from memory.tables.identity import Sighting
from memory.tables.main import Customer, Handle, Link
from memory.tables.rows import table

NOW = 1_800_000_000_000_000
CHUNK = 10_000
BAR_SECONDS = 30.0
DRAFT = replace(
    DEFAULT_RULES,
    joins=tuple(replace(one, joins=one.id == "import") for one in DEFAULT_RULES.joins),
    blocked=(*DEFAULT_RULES.blocked, "email:*7@shop.test", "phone:+1555*13"),
)


def addresses(person: int) -> tuple[tuple[str, str], ...]:
    """The kinds and addresses of somebody."""
    return (
        ("phone", f"+1555{person:07d}"),
        ("email", f"anna{person}@shop.test"),
        ("email", f"a.{person}@work.test"),
        ("slack", f"T1/U{person}"),
    )


def rows(people: int) -> Iterator[tuple[type, dict[str, object]]]:
    """Every row, with its table."""
    for person in range(1, people + 1):
        ids = [4 * person + number for number in range(4)]
        for row_id, (kind, address) in zip(ids, addresses(person), strict=True):
            root = ids[0] if row_id == ids[1] else row_id
            yield Customer, {"id": row_id, "created_at": NOW}
            yield (
                Handle,
                {
                    "id": row_id,
                    "key": f"{kind}:{address}",
                    "kind": kind,
                    "address": address,
                    "customer_id": root,
                    "home_customer_id": row_id,
                    "seen_at": NOW,
                    "created_at": NOW,
                },
            )
            yield Link, link(row_id, row_id, row_id, "first-contact", 2)
        yield Link, link(10_000_000 + person, ids[1], ids[0], "code", 3)
        for number in (2, 3):
            yield (
                Sighting,
                {
                    "id": 2 * person + number,
                    "handle_key": key(person, number),
                    "other_key": key(person, 0),
                    "kind": "import",
                    "level": 2,
                    "evidence": "benchmark",
                    "actor": "benchmark",
                    "created_at": NOW,
                    "seen_at": NOW,
                },
            )


def key(person: int, number: int) -> str:
    """A handle of somebody."""
    return ":".join(addresses(person)[number])


def link(row_id: int, handle: int, customer: int, rule: str, level: int) -> dict[str, object]:
    """A link's row."""
    return {
        "id": row_id,
        "handle_id": handle,
        "customer_id": customer,
        "level": level,
        "rule": rule,
        "evidence": "benchmark",
        "actor": "benchmark",
        "created_at": NOW,
    }


def fill(connection: Connection, people: int) -> None:
    """Write all rows, in bulk."""
    waiting: dict[type, list[dict[str, object]]] = {}
    for model, row in rows(people):
        some = waiting.setdefault(model, [])
        some.append(row)
        if len(some) == CHUNK:
            connection.execute(insert(table(model)), some)
            some.clear()
    for model, some in waiting.items():
        if some:
            connection.execute(insert(table(model)), some)


def main() -> None:
    """Fill, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--handles", type=int, default=100_000)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'dry_run.db'}"
        upgrade(url)
        engine = writer_engine(database_url(url), "NORMAL")
        with engine.begin() as connection:
            fill(connection, given.handles // 4)
        with engine.connect() as connection:
            start = time.perf_counter()
            effect = dry_run(connection, DRAFT, NOW)
            took = time.perf_counter() - start
        engine.dispose()
    verdict = "within" if took < BAR_SECONDS else "over"
    print(
        f"{given.handles:,} handles: {took:.1f} s, {verdict} {BAR_SECONDS:.0f} s; "
        f"{len(effect.joins):,} pairs would join, {len(effect.parts):,} part, "
        f"{sum(effect.refused.values()):,} refused; customers {effect.customers_before:,} -> "
        f"{effect.customers_after:,}"
    )


if __name__ == "__main__":
    main()
