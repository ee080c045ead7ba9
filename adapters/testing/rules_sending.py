"""The rules about sending: what is told when all goes well, and what each misfortune means.

The provider misbehaves for as long as the rule lasts, so that an adapter that tries again by itself
is seen to. Whoever calls `send` decides about another attempt, by the error's flags alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from adapters.testing.bench import Account, Bench
from adapters.testing.harness import ELSEWHERE, OUTCOMES, RETRY_AFTER, Harness, Outcome
from adapters.testing.provider import Behaviour
from adapters.testing.rule import Rule, sends
from adapters.testing.verdict import Broken, demand, fail
from core.channel import CannotRender, SendError
from core.message import DeliveryStatus, OutboundMessage, OutboundPart

_TEXT = "Grüße, your order is on its way."
_TITLES = {
    Behaviour.THROTTLE: "being asked to slow down",
    Behaviour.FAIL: "a provider that breaks",
    Behaviour.REFUSE: "a refusal",
    Behaviour.GARBAGE: "an answer that is none",
    Behaviour.HANG: "a provider that never answers",
    Behaviour.LOSE: "a lost answer",
}


async def accepted(bench: Bench) -> None:
    """A receipt names the message at the provider; two sends have two."""
    account = await bench.account()
    address = await account.address()
    ids = []
    for _ in range(2):
        for part in account.parts(OutboundMessage(_TEXT), address):
            receipt = await account.accepted(part)
            demand(receipt.provider_id, "a receipt names no message: put in the provider's id")
            demand(
                receipt.status not in (DeliveryStatus.FAILED, DeliveryStatus.DISCARDED),
                f"a message that was taken is told as {receipt.status}",
            )
            ids.append(receipt.provider_id)
    demand(account.provider.sends, "a receipt was given, and the provider was never asked to send")
    demand(len(set(ids)) == len(ids), f"two sends have the provider id {ids[0]!r}")


async def arrives(bench: Bench) -> None:
    """The text that was to be sent is what the provider is given."""
    account = await bench.account()
    shown = [account.harness.text_of(call) for call in await account.reply(_TEXT)]
    demand(
        any("Grüße" in one and "order is on its way" in one for one in shown),
        f"{_TEXT!r} was sent, and the provider was given {shown!r}. If it stands elsewhere in the "
        "call, override text_of in the harness",
    )


async def never_twice(bench: Bench) -> None:
    """One send is one call, whatever comes of it."""
    for behaviour in _known(bench.harness):
        account = await bench.account()
        part = await _part(account)
        before = len(account.provider.sends)
        account.provider.behaviour = behaviour
        with suppress(SendError, Broken):
            await account.send(part)
        tried = len(account.provider.sends) - before
        demand(
            tried <= 1,
            f"when the provider meets it with {behaviour}, one send became {tried} calls: leave "
            "another attempt to the gateway, and switch off the retries of an SDK",
        )


async def throttled(bench: Bench) -> None:
    """The wait that the provider asked for is handed on."""
    account = await bench.account()
    told = await account.failing(Behaviour.THROTTLE, await _part(account))
    demand(
        told.retry_after == RETRY_AFTER,
        f"the provider asked to wait {RETRY_AFTER} s, and retry_after is {told.retry_after}",
    )


async def unreachable(bench: Bench) -> None:
    """Where nobody listens, nothing can have arrived."""
    account = await bench.account()
    part = await _part(account)
    await bench.restart(account)
    await account.provider.stop()
    told = await account.failing(Behaviour.ACCEPT, part)
    _demand_flags(told, Outcome(retryable=True, ambiguous=False), "a port where nobody listens")


async def redirected(bench: Bench) -> None:
    """A redirect is not followed: credentials and texts go to the provider and to nobody else."""
    account = await bench.account()
    part = await _part(account)
    await account.failing(Behaviour.REDIRECT, part)
    demand(
        ELSEWHERE not in bench.watched.reached,
        "a redirect to another host was followed: pass allow_redirects=False, and treat the answer "
        "as one that cannot be read",
    )


async def long_texts(bench: Bench) -> None:
    """A text over the limit goes in parts, in order and whole, or is refused before it is sent."""
    account = await bench.account()
    limit = account.harness.spec.capabilities.text_limit or 20_000
    words = [f"word{number}" for number in range(limit * 5 // 2 // 9)]
    address = await account.address()
    try:
        calls = await account.reply(" ".join(words), address)
    except CannotRender:
        demand(
            account.harness.spec.capabilities.overflow == "refuse",
            'a long text was refused, and overflow="split" is declared',
        )
        return
    demand(
        account.harness.spec.capabilities.overflow == "split",
        'a long text was sent, and overflow="refuse" is declared',
    )
    shown = [account.harness.text_of(call) for call in calls]
    if account.harness.spec.capabilities.text_limit is not None:
        longest = max(map(len, shown))
        demand(
            longest <= limit,
            f"a part of {longest} characters was sent, and text_limit is {limit}",
        )
    lost = set(words) - set(" ".join(shown).split())
    demand(not lost, f"{len(lost)} words of a long text were never sent: a part is cut, or missing")
    found = [one for one in " ".join(shown).split() if one.startswith("word")]
    demand(found == words, "the parts of a long text are not in order, or repeat words")


async def late(bench: Bench) -> None:
    """An answer that comes after the window fails for good, and says nothing of the person."""
    account = await bench.account()
    window = account.harness.spec.capabilities.reply_window_seconds
    assert window is not None
    if Behaviour.LATE not in account.harness.behaviours:
        fail(
            "reply_window_seconds is declared without a proof: put Behaviour.LATE into the "
            "harness's behaviours and say in late(site, call) how the provider refuses"
        )
    part = await _part(account)
    account.site.clock.move(timedelta(seconds=window + 1))
    told = await account.failing(Behaviour.LATE, part)
    _demand_flags(told, Outcome(retryable=False, ambiguous=False), "an answer after the window")
    demand(
        not told.opted_out and not told.dead,
        "an answer after the window marks the person as gone; they only have to write again",
    )


def _outcome(behaviour: Behaviour) -> Callable[[Bench], Awaitable[None]]:
    async def check(bench: Bench) -> None:
        account = await bench.account()
        told = await account.failing(behaviour, await _part(account))
        expected = account.harness.outcomes.get(behaviour, OUTCOMES[behaviour])
        _demand_flags(told, expected, _TITLES[behaviour])
        demand(told.reason, "a SendError has no reason: say in words what a person should know")

    return check


def _unless(behaviour: Behaviour) -> Callable[[Harness], str]:
    def skip(harness: Harness) -> str:
        known = behaviour in harness.behaviours
        return sends(harness) or ("" if known else f"its provider has no way to {behaviour}")

    return skip


def _windowed(harness: Harness) -> str:
    window = harness.spec.capabilities.reply_window_seconds
    return sends(harness) or ("" if window is not None else "reply_window_seconds is not declared")


RULES = (
    Rule("an accepted send has a receipt that names it", accepted, sends),
    Rule("a text goes out as it was written", arrives, sends),
    *(
        Rule(f"{title} is told by the right flags", _outcome(behaviour), _unless(behaviour))
        for behaviour, title in _TITLES.items()
    ),
    Rule("the wait that a provider asks for is handed on", throttled, _unless(Behaviour.THROTTLE)),
    Rule("a provider that is away is told by the right flags", unreachable, sends),
    Rule("a send is tried once", never_twice, sends),
    Rule("a redirect is not followed", redirected, _unless(Behaviour.REDIRECT)),
    Rule("a long text goes out whole, within the limit", long_texts, sends),
    Rule("an answer after the reply window fails for good", late, _windowed),
)


async def _part(account: Account) -> OutboundPart:
    """The first part of a short answer to somebody who wrote."""
    return account.parts(OutboundMessage(_TEXT), await account.address())[0]


def _known(harness: Harness) -> Sequence[Behaviour]:
    return [one for one in (*OUTCOMES, Behaviour.REDIRECT) if one in harness.behaviours]


def _demand_flags(told: SendError, expected: Outcome, what: str) -> None:
    found = Outcome(told.retryable, told.ambiguous)
    demand(
        found == expected,
        f"{what} has to be told by retryable={expected.retryable}, "
        f"ambiguous={expected.ambiguous}; the SendError says retryable={found.retryable}, "
        f"ambiguous={found.ambiguous} ({told.reason})",
    )
