"""Fill an empty database with known customers, as a gateway in service would have them.

    python -m benchmarks.fill URL [--customers 1000] [--messages 20]

Phones are +15550000000 and up, each with one SMS conversation of so many messages. Rows are written
in bulk, past admission: this is data for a benchmark and no way to import customers.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

from sqlalchemy import insert

from memory.engine import database_url, writer_engine
from memory.migrate import upgrade
from memory.tables.main import Conversation, Customer, Handle, Link, Message
from memory.tables.rows import table

TEXTS = (
    "Hello, I would like to ask about the state of my order, thanks",
    "It left our workshop on Monday and should reach you within three days.",
)
OURS = "+15558675309"


def rows(customers: int, messages: int, now: int) -> Iterator[tuple[type, list[dict[str, object]]]]:
    """Each table with its rows."""
    first = now - 30 * 86_400_000_000
    people = range(1, customers + 1)
    phones = {one: f"+1555{one - 1:07d}" for one in people}
    yield Customer, [{"id": one, "created_at": first} for one in people]
    yield (
        Handle,
        [
            {
                "id": one,
                "key": f"phone:{phones[one]}",
                "kind": "phone",
                "address": phones[one],
                "customer_id": one,
                "home_customer_id": one,
                "seen_at": first,
                "created_at": first,
            }
            for one in people
        ],
    )
    yield (
        Link,
        [
            {
                "id": one,
                "handle_id": one,
                "customer_id": one,
                "level": 2,
                "rule": "first-contact",
                "evidence": "benchmark",
                "actor": "benchmark",
                "created_at": first,
            }
            for one in people
        ],
    )
    yield (
        Conversation,
        [
            {
                "id": one,
                "account": "sms",
                "channel": "sms",
                "key": f"{OURS}|{phones[one]}",
                "handle_id": one,
                "reply_address_json": f'{{"to":"{phones[one]}","from":"{OURS}"}}',
                "audience": "one",
                "assurance": 2,
                "seq": messages,
                "created_at": first,
                "updated_at": first,
            }
            for one in people
        ],
    )
    yield (
        Message,
        [
            {
                "conversation_id": one,
                "seq": seq,
                "handle_id": one,
                "author": "customer" if seq % 2 else "bot",
                "text": TEXTS[1 - seq % 2],
                "tokens": 14,
                "created_at": first + seq * 60_000_000,
                "level": 2,
                "event_id": f"fill-{one}-{seq}" if seq % 2 else None,
            }
            for one in people
            for seq in range(1, messages + 1)
        ],
    )


def main() -> None:
    """Create the schema and the rows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=20)
    given = parser.parse_args()
    upgrade(given.url)
    engine = writer_engine(database_url(given.url), "NORMAL")
    with engine.begin() as connection:
        for model, values in rows(given.customers, given.messages, time.time_ns() // 1000):
            connection.execute(insert(table(model)), values)
    engine.dispose()


if __name__ == "__main__":
    main()
