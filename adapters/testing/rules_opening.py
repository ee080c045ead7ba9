"""The rule of writing first: an answer comes back in the very conversation that we said we begin.

It is for adapters that have `opening` (`core.channel_abilities.Addresses`), whatever they declare.
"""

from __future__ import annotations

from importlib import import_module

from adapters.testing.bench import Account, Bench, stored
from adapters.testing.harness import Harness
from adapters.testing.rule import Rule
from adapters.testing.verdict import Broken, demand
from core.channel import SendError
from core.channel_abilities import Opening
from core.message import OutboundMessage

NOBODY = ("", "nobody\nat all")


async def opening(bench: Bench) -> None:
    """Somebody who never wrote is written to, and answers."""
    account = await bench.account()
    opened = await _opened(account)
    again = await _opened(account)
    address = {name: str(value) for name, value in stored(opened.address).items()}
    for part in account.parts(OutboundMessage("news for you"), address):
        await account.accepted(part)
    demand(account.provider.sends, "a message to somebody who never wrote was not sent")
    answer = await account.hear(account.said("thank you", answers=account.provider.sends[0]))
    demand(
        answer.conversation_key == opened.key,
        f"an answer came in as {answer.conversation_key!r}, and opening said {opened.key!r}: make "
        "both of the same; if the answer has to name what it answers, have the harness heed "
        "said.answers",
    )
    demand(
        again.address.keys() == opened.address.keys(),
        "the same person was addressed in two ways",
    )
    for name in NOBODY:
        try:
            await account.within(account.adapter.opening(name))
        except ValueError:
            continue
        raise Broken(f"{name!r} was taken for a person's address; raise ValueError in words")


async def _opened(account: Account) -> Opening:
    try:
        name = account.harness.name_of(account.site, 1)
    except NotImplementedError as error:
        raise Broken(f"opening has no proof; write in the harness: {error}") from error
    try:
        opened: Opening = await account.within(account.adapter.opening(name))
    except SendError as error:
        raise Broken(f"the provider was willing, and opening failed: {error}") from error
    return opened


def _without(harness: Harness) -> str:
    module, _, name = harness.spec.adapter.partition(":")
    opens = hasattr(getattr(import_module(module), name), "opening")
    return "" if opens else "it only answers"


_NAME = "an answer to what we write first is in the conversation we began"
RULES = (Rule(_NAME, opening, _without),)
