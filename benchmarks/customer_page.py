"""How long one customer's page takes: 50 handles, 10,000 messages, over real HTTP.

    python -m benchmarks.customer_page [--url URL] [--rounds 30] [--others 2000] [--browser]

It fills an empty database (a SQLite file of its own unless `--url` names one), serves the API on
loopback, and asks for what the console asks for: the customer, the graph and the first page of the
timeline, one after the other. Printed are the median and the slowest of each and of their sum.
With `--browser` Chromium opens the page, too: printed are the milliseconds from the first of these
requests until the content is painted, and those of them that come after the last answer.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import insert

from benchmarks.fill import OURS, TEXTS, rows
from memory.engine import database_url, writer_engine
from memory.migrate import upgrade
from memory.tables.main import Case, Conversation, Customer, Delivery, Handle, Link, Message
from memory.tables.remembered import Fact
from memory.tables.rows import table
from tests.browser.driving import chromium, window
from tests.gateway.console_world import Client, World, bearer, served
from tests.gateway.credentials import enter_link
from tests.services import find_chromium

HANDLES, MESSAGES = 50, 10_000
BAR_MS = 200
KINDS = ("phone", "email", "visitor")
_WATCH = """
window.painted = new Promise((tell) => new MutationObserver((_, watching) => {
  const wanted = location.hash === "#who" ? ".graph-picture" : ".timeline .entry";
  if (!document.querySelector(wanted)) return;
  watching.disconnect();
  // A task after a frame: by then it is painted.
  requestAnimationFrame(() => setTimeout(() => tell(performance.now())));
}).observe(document, { childList: true, subtree: true }));
"""
_TOOK = """async (path) => {
  const painted = await window.painted;
  const asked = performance.getEntriesByType("resource").filter((one) => one.name.includes(path));
  return [
    painted - Math.min(...asked.map((one) => one.startTime)),
    painted - Math.max(...asked.map((one) => one.responseEnd)),
  ];
}"""
ROOT = 10_000_001


def big_customer(now: int) -> Iterator[tuple[type, list[dict[str, object]]]]:
    """One customer of many handles: each joined by hand, with its own conversation and facts."""
    first = now - 30 * 86_400_000_000
    ids = range(ROOT, ROOT + HANDLES)
    each = MESSAGES // HANDLES
    addresses = {one: f"big-{one}" for one in ids}
    yield (
        Customer,
        [
            {"id": one, "created_at": first, "merged_into": None if one == ROOT else ROOT}
            for one in ids
        ],
    )
    yield (
        Handle,
        [
            {
                "id": one,
                "key": f"{KINDS[one % 3]}:{addresses[one]}",
                "kind": KINDS[one % 3],
                "address": addresses[one],
                "customer_id": ROOT,
                "home_customer_id": one,
                "seen_at": first,
                "created_at": first,
            }
            for one in ids
        ],
    )
    home = {"rule": "first-contact", "evidence": "benchmark", "actor": "gateway"}
    joined = {"rule": "by-hand", "evidence": "benchmark", "actor": "person:ada"}
    made = {"level": 2, "created_at": first}
    yield (
        Link,
        [{"id": one, "handle_id": one, "customer_id": one, **home, **made} for one in ids]
        + [
            {"id": one + 1000, "handle_id": one, "customer_id": ROOT, **joined, **made}
            for one in ids
            if one != ROOT
        ],
    )
    yield (
        Conversation,
        [
            {
                "id": one,
                "account": "sms",
                "channel": "sms",
                "key": f"{OURS}|{addresses[one]}",
                "handle_id": one,
                "reply_address_json": "{}",
                "audience": "one",
                "assurance": 2,
                "seq": each,
                "created_at": first,
                "updated_at": first,
            }
            for one in ids
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
                "created_at": first + (seq * HANDLES + one - ROOT) * 1_000_000,
                "level": 2,
            }
            for one in ids
            for seq in range(1, each + 1)
        ],
    )
    yield (
        Delivery,
        [
            {
                "id": one * 1000 + seq,
                "conversation_id": one,
                "seq": seq,
                "part": 0,
                "parts": 1,
                "handle_id": one,
                "account": "sms",
                "channel": "sms",
                "author": "bot",
                "address_json": "{}",
                "payload_json": "{}",
                "status": "delivered",
                "due_at": first,
                "created_at": first,
                "updated_at": first,
            }
            for one in ids
            for seq in range(2, each + 1, 2)
        ],
    )
    yield (
        Fact,
        [
            {
                "id": one * 10 + number,
                "handle_id": one,
                "key": f"detail_{number}",
                "value": f"value {number}",
                "source": f"{one}-1",
                "level": 2,
                "recorded_at": first,
            }
            for one in ids
            for number in range(4)
        ],
    )
    yield (
        Case,
        [
            {
                "id": one,
                "customer_id": ROOT,
                "handle_id": one,
                "conversation_id": one,
                "status": "closed",
                "intent": "order_status",
                "state_json": "{}",
                "opened_at": first,
                "updated_at": first,
            }
            for one in ids
        ],
    )


def fill(url: str, others: int) -> None:
    """The schema, the big customer, and others beside it."""
    upgrade(url)
    engine = writer_engine(database_url(url), "NORMAL")
    now = time.time_ns() // 1000
    with engine.begin() as connection:
        for source in (rows(others, 20, now), big_customer(now)):
            for model, values in source:
                connection.execute(insert(table(model)), values)
    engine.dispose()


async def measure(url: str, rounds: int, *, in_browser: bool) -> dict[str, list[float]]:
    """Milliseconds by what was asked for, see `_ask_for_all` and `_paint`."""
    with tempfile.TemporaryDirectory() as files:
        async with served(url, Path(files)) as world:
            took = await _ask_for_all(world, rounds)
            return took | (await _paint(world, rounds) if in_browser else {})


async def _ask_for_all(world: World, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each request, and of all three together as "page", by its name."""
    paths = {
        "customer": f"/api/v1/customers/{ROOT}",
        "graph": f"/api/v1/customers/{ROOT}/graph",
        "timeline": f"/api/v1/customers/{ROOT}/timeline",
    }
    took: dict[str, list[float]] = {name: [] for name in (*paths, "page")}
    for _ in range(rounds):
        each = [await _ask(world.client, path) for path in paths.values()]
        for name, milliseconds in zip(paths, each, strict=True):
            took[name].append(milliseconds)
        took["page"].append(sum(each))
    return took


async def _paint(world: World, rounds: int) -> dict[str, list[float]]:
    """Milliseconds in a browser of the thread and of the graph, with data, and drawn alone."""
    chosen = find_chromium()
    if chosen is None:
        raise SystemExit("there is no Chromium on the search path")
    took: dict[str, list[float]] = {}
    async with chromium(str(chosen)) as browser:
        opened = await window(browser)
        await opened.context.add_init_script(_WATCH)
        once = await enter_link(world.store, world.keeper)
        page = await opened.open(str(world.client.make_url(f"/console/enter?once={once}")))
        await page.wait_for_url("**/console/queue")
        for _ in range(rounds):
            for name, place in (("thread", ""), ("who", "#who")):
                await page.goto("about:blank")
                path = world.client.make_url(f"/console/customers/{ROOT}")
                await page.goto(f"{path}{place}")
                whole, drawing = await page.evaluate(_TOOK, f"/api/v1/customers/{ROOT}")
                took.setdefault(name, []).append(whole)
                took.setdefault(f"{name} drawn", []).append(drawing)
    return took


async def _ask(client: Client, path: str) -> float:
    start = time.perf_counter()
    async with client.get(path, headers=bearer()) as answer:
        assert answer.status == 200, answer.status
        await answer.read()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--others", type=int, default=2000)
    parser.add_argument("--browser", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{folder}/page.db"
        fill(url, given.others)
        took = asyncio.run(measure(url, given.rounds, in_browser=given.browser))
    print(f"{HANDLES} handles, {MESSAGES} messages, {given.others} other customers")
    for name, each in took.items():
        print(f"{name:12} median {statistics.median(each):6.1f} ms, slowest {max(each):6.1f} ms")
    print(f"bar: page under {BAR_MS} ms")


if __name__ == "__main__":
    main()
