"""The rules about a message that came in: who wrote it, where, when, and where the answer goes.

They are the same for every kind of channel. What proves a request is the concern of
`rules_requests`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from adapters.testing.bench import Bench, stored
from adapters.testing.harness import Harness
from adapters.testing.rule import Rule, fetched, sends
from adapters.testing.verdict import demand
from core.message import InboundMessage

_TEXT = "Grüße, my order 12345 isn't here 😀"


async def whole(bench: Bench) -> None:
    """The text is what was written."""
    account = await bench.account()
    message = await account.hear(account.said(_TEXT))
    demand(
        _TEXT in message.text,
        f"{_TEXT!r} was written and came in as {message.text!r}: change nothing",
    )


async def owned(bench: Bench) -> None:
    """A message names the account and the channel it came by."""
    account = await bench.account()
    message = await account.hear(account.said())
    name, channel = account.site.account, account.harness.spec.name
    demand(
        message.account == name,
        f"the account is {message.account!r}: take it from context.account, here {name!r}",
    )
    demand(
        message.channel == channel,
        f"the channel is {message.channel!r}; it has to be the declared name, {channel!r}",
    )
    sound(message)


async def timed(bench: Bench) -> None:
    """Times are aware and in UTC: a naive one is an hour off twice a year."""
    account = await bench.account()
    said = account.said()
    at = (await account.hear(said)).sent_at
    demand(at.tzinfo is not None, "sent_at has no time zone: make it datetime(..., tzinfo=UTC)")
    demand(at.utcoffset() == timedelta(0), f"sent_at is in {at.tzinfo}: use .astimezone(UTC)")
    demand(
        abs(at - said.at) < timedelta(minutes=1),
        f"it was written at {said.at} and sent_at says {at.astimezone(UTC)}",
    )


async def redelivered(bench: Bench) -> None:
    """A message that the provider delivers again has the event id it had."""
    account = await bench.account()
    said = account.said("once and again")
    first = await account.hear(said)
    account.site.clock.move(timedelta(seconds=30))
    second = await account.hear(replace(said, attempt=2))
    demand(
        first.event_id == second.event_id,
        f"one message came with the event ids {first.event_id!r} and {second.event_id!r}: "
        "take the provider's id of the message, not of the delivery",
    )


async def distinct(bench: Bench) -> None:
    """Two messages with one text in one second are two."""
    account = await bench.account()
    one = await account.hear(account.said("yes"))
    other = await account.hear(account.said("yes"))
    demand(
        one.event_id != other.event_id,
        f"two messages have the event id {one.event_id!r}: the second would be dropped as known",
    )


async def people(bench: Bench) -> None:
    """Two people are two senders, and one person is the same sender each time."""
    account = await bench.account()
    ada = await account.hear(account.said(person=1))
    bob = await account.hear(account.said(person=2))
    again = await account.hear(account.said(person=1))
    demand(
        ada.sender != bob.sender,
        f"two people are one sender, {ada.sender.kind}: their customers would be mixed",
    )
    demand(
        ada.conversation_key != bob.conversation_key,
        "two people write in one conversation: take the sender into the conversation_key",
    )
    demand(
        ada.sender == again.sender and ada.conversation_key == again.conversation_key,
        "one person's second message has another sender or conversation_key",
    )


async def frozen_address(bench: Bench) -> None:
    """The reply address is a few strings that can be stored."""
    account = await bench.account()
    address = (await account.hear(account.said())).reply_address
    demand(address, "the reply address is empty: put into it all that send needs")
    values: dict[str, object] = dict(address)
    wrong = [name for name, value in values.items() if not isinstance(value, str)]
    demand(not wrong, f"in the reply address, {', '.join(wrong)} is no string")
    demand(stored(address) == address, "the reply address does not survive a store")


async def sufficient_address(bench: Bench) -> None:
    """The reply address is all that another process needs to answer this person."""
    account = await bench.account()
    ada, bob = await account.address(person=1), await account.address(person=2)
    await bench.restart(account)
    to_ada = await account.reply("the same answer", ada)
    to_bob = await account.reply("the same answer", bob)
    demand(to_ada and to_bob, "a reply was told as sent, and the provider was never asked")
    demand(
        [(one.path, one.query, one.body) for one in to_ada]
        != [(one.path, one.query, one.body) for one in to_bob],
        "the answers to two people are one and the same call: send has to go by part.address",
    )


def _told(harness: Harness) -> str:
    return "" if fetched(harness) else "it fetches; what is fetched again has a rule of its own"


RULES = (
    Rule("a text comes in as it was written", whole),
    Rule("a message names its account and channel", owned),
    Rule("times are aware and in UTC", timed),
    Rule("a message delivered again has the same event id", redelivered, _told),
    Rule("two messages have two event ids", distinct),
    Rule("two people are two senders in two conversations", people),
    Rule("a reply address can be stored", frozen_address),
    Rule("a reply address is all that send needs", sufficient_address, sends),
)


def sound(message: InboundMessage) -> None:
    """What has to be true of any message, however odd the request was."""
    for name in ("event_id", "conversation_key", "evidence"):
        value = getattr(message, name)
        demand(isinstance(value, str) and value, f"a message came in without {name}")
    demand(
        message.sender.kind and message.sender.address,
        "a message came in without a sender: refuse it, or pass it over",
    )
    demand(isinstance(message.text, str), "a message came in whose text is no text")
    demand(
        "\x00" not in message.text + message.event_id + message.conversation_key,
        "a message came in with a NUL character, which PostgreSQL does not store",
    )
