"""The rules about fetching: nothing is lost, nothing is held up, and it ends when it is told to.

The gateway is played by a taker that can refuse, as when the store is away. What a message means is
the concern of `rules_messages`.
"""

from __future__ import annotations

import asyncio
from typing import cast

from adapters.testing.bench import Account, Bench
from adapters.testing.harness import PullHarness
from adapters.testing.hearing import PullEar
from adapters.testing.rule import Rule, fetched
from adapters.testing.verdict import demand, fail


async def kept_until_taken(bench: Bench) -> None:
    """What could not be taken is handed over again: nobody is told before it is durable."""
    account, harness, ear = await _account(bench)
    ear.refusing = True
    said = account.said("nobody takes this at first")
    await harness.deliver(account.site, account.provider, said)
    await _until(account, ear, lambda: ear.refused, "a message was not handed over")
    await bench.restart(account)
    ear.refusing = False
    await _until(
        account,
        ear,
        lambda: any(said.text in one.text for one in ear.messages),
        "a message that could not be taken was never handed over again: move the cursor, and tell "
        "the provider, only when the sink has returned",
    )


async def same_ids(bench: Bench) -> None:
    """What is fetched once more, after what was kept is lost, has the event ids it had."""
    account, _, ear = await _account(bench)
    first = await account.hear(account.said("fetched twice"))
    account.keep.values.clear()
    ear.taken.clear()
    await bench.restart(account)
    await _until(account, ear, lambda: ear.messages, "it was not fetched again from the beginning")
    ids = {one.event_id for one in ear.messages if "fetched twice" in one.text}
    demand(
        ids == {first.event_id},
        f"one message was fetched twice, with the event ids {first.event_id!r} and {sorted(ids)!r}",
    )


async def meanwhile(bench: Bench) -> None:
    """What came while we were away is fetched when we are back, and what was fetched is not."""
    account, harness, ear = await _account(bench)
    await account.hear(account.said("before"))
    await account.within(account.adapter.stop())
    await harness.deliver(account.site, account.provider, account.said("while we were away"))
    taken = len(ear.messages)
    await bench.restart(account)
    await _until(
        account, ear, lambda: len(ear.messages) > taken, "what came meanwhile was not fetched"
    )
    found = [one.text for one in ear.messages[taken:]]
    demand(
        len(found) == 1 and "while we were away" in found[0],
        f"after a restart {len(found)} messages were fetched, and one was new: keep a cursor",
    )


async def broken_item(bench: Bench) -> None:
    """What cannot be read is put aside, and the next one comes."""
    account, harness, ear = await _account(bench)
    await harness.deliver_broken(account.site, account.provider)
    said = account.said("after what cannot be read")
    await harness.deliver(account.site, account.provider, said)
    await _until(
        account,
        ear,
        lambda: any(said.text in one.text for one in ear.messages),
        "what cannot be read holds up what comes after it: hand it over as Parked",
    )


async def reconnects(bench: Bench) -> None:
    """A lost connection is made anew."""
    account, harness, ear = await _account(bench)
    await account.hear(account.said("before"))
    await harness.disconnect(account.site, account.provider)
    said = account.said("after the connection was lost")
    await harness.deliver(account.site, account.provider, said)
    await _until(
        account,
        ear,
        lambda: any(said.text in one.text for one in ear.messages),
        "after the connection was lost nothing is fetched any more: connect again",
    )


async def ends(bench: Bench) -> None:
    """After `stop` nothing is handed over, and nothing of it still runs."""
    before = asyncio.all_tasks()
    account, harness, ear = await _account(bench)
    await account.hear(account.said("before"))
    await account.within(account.adapter.stop())
    taken = len(ear.taken)
    await harness.deliver(account.site, account.provider, account.said("after the end"))
    await account.within(account.adapter.close())
    try:
        async with asyncio.timeout(account.harness.seconds):
            # Nothing tells of a task's end on the other side.
            while asyncio.all_tasks() - before and account.provider.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
    except TimeoutError:
        fail("after close there is still a connection to the provider")
    demand(len(ear.taken) == taken, "after stop something was still handed over")


RULES = (
    Rule("what could not be taken is handed over again", kept_until_taken, fetched),
    Rule("what is fetched again has the same event ids", same_ids, fetched),
    Rule("what came meanwhile is fetched, and only that", meanwhile, fetched),
    Rule("what cannot be read holds nothing up", broken_item, fetched),
    Rule("a lost connection is made anew", reconnects, fetched),
    Rule("after stop nothing is handed over", ends, fetched),
)


async def _account(bench: Bench) -> tuple[Account, PullHarness, PullEar]:
    account = await bench.account()
    return account, cast(PullHarness, account.harness), cast(PullEar, account.ear)


async def _until(account: Account, ear: PullEar, met: object, otherwise: str) -> None:
    try:
        async with asyncio.timeout(account.harness.seconds):
            await ear.until(met)
    except TimeoutError:
        fail(otherwise)
