"""What the list of messages tells: whether a lost send arrived, and what we missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel import SendError
from core.channel_abilities import Absent, Attempt, Found, Reconciled, Unknown
from core.message import InboundMessage
from tests.adapters.sms.account import NOW, make_adapter, make_config, outbound_part, sid
from tests.adapters.sms.provider import PATH, Answer, dropped, error, item, listed, twilio

SECOND = timedelta(seconds=1)
LATER = NOW + 60 * SECOND


async def reconciled(
    answer: Answer, now: datetime = LATER, known: frozenset[str] = frozenset()
) -> Reconciled:
    """What became of "hi", sent at NOW, when the list is so."""
    async with twilio(answer) as (url, _):
        adapter = make_adapter(make_config(api_base_url=url), now)
        try:
            return await adapter.reconcile(Attempt(outbound_part("hi"), NOW, known))
        finally:
            await adapter.close()


async def caught_up(answer: Answer, since: datetime = NOW) -> list[InboundMessage]:
    """What came in since then, when the list is so."""
    async with twilio(answer) as (url, _):
        adapter = make_adapter(make_config(api_base_url=url))
        try:
            return list(await adapter.catch_up(since))
        finally:
            await adapter.close()


async def test_a_lost_send_that_arrived_is_found() -> None:
    others = [item(3, "hello", ours=True), item(2, "hi"), item(4, "hi there", ours=True)]
    assert await reconciled(listed([*others, item(1, "hi", ours=True)])) == Found(sid(1))
    assert await reconciled(listed([item(1, " hi\n", ours=True)])) == Found(sid(1))
    assert await reconciled(listed(others)) == Absent()


async def test_an_equal_text_that_is_known_is_not_the_lost_one() -> None:
    both = listed([item(2, "hi", ours=True), item(1, "hi", ours=True)])
    assert await reconciled(both, known=frozenset({sid(1)})) == Found(sid(2))
    assert await reconciled(both, known=frozenset({sid(2)})) == Found(sid(1))
    assert await reconciled(both, known=frozenset({sid(1), sid(2)})) == Absent()


async def test_an_equal_text_of_yesterday_is_not_the_lost_one() -> None:
    """The list is asked for by day, and the provider's clock may differ by a little."""
    old = item(1, "hi", ours=True, at=NOW - timedelta(hours=1))
    assert await reconciled(listed([old])) == Absent()
    near = item(1, "hi", ours=True, at=NOW - 90 * SECOND)
    assert await reconciled(listed([near])) == Found(sid(1))


async def test_a_message_without_a_date_may_be_the_lost_one() -> None:
    undated = item(1, "hi", ours=True) | {"date_sent": None, "date_created": "soon"}
    assert await reconciled(listed([undated])) == Found(sid(1))


async def test_the_list_is_not_believed_at_once() -> None:
    assert isinstance(await reconciled(listed([]), NOW + 4 * SECOND), Unknown)
    assert await reconciled(listed([]), NOW + 6 * SECOND) == Absent()
    found = listed([item(1, "hi", ours=True)])
    assert await reconciled(found, NOW) == Found(sid(1))


@pytest.mark.parametrize(
    "answer", [error(500), error(429), error(401, 20003), dropped, lambda _: web.Response(text="?")]
)
async def test_a_list_that_cannot_be_had_says_nothing(answer: Answer) -> None:
    assert isinstance(await reconciled(answer), Unknown)
    with pytest.raises(SendError):
        await caught_up(answer)


async def test_a_list_without_end_is_given_up() -> None:
    def endless(request: web.Request) -> web.StreamResponse:
        return web.json_response({"messages": [], "next_page_uri": str(request.rel_url)})

    outcome = await reconciled(endless)
    assert isinstance(outcome, Unknown)
    assert "too long" in outcome.reason


async def test_the_next_page_is_never_asked_of_another_host() -> None:
    """The credentials go with every request."""

    def elsewhere(request: web.Request) -> web.StreamResponse:
        told = None if "evil" in request.path else "https://evil.test/2010-04-01/x"
        return web.json_response({"messages": [], "next_page_uri": told})

    async with twilio(elsewhere) as (url, asked):
        adapter = make_adapter(make_config(api_base_url=url), LATER)
        await adapter.reconcile(Attempt(outbound_part("hi"), NOW))
        await adapter.close()
    assert all(path.startswith(PATH.removesuffix("/Messages.json")) for path, _ in asked)


async def test_every_page_is_read_to_its_end() -> None:
    """Pages are hundreds of kilobytes long and come in pieces."""
    items = [item(n, f"{n} " + "long " * 300) for n in range(450, 0, -1)]
    assert [one.event_id for one in await caught_up(listed(items))] == [
        sid(n) for n in range(1, 451)
    ]


async def test_only_what_was_written_to_us_is_caught_up() -> None:
    items = [
        item(5, "later", at=NOW + SECOND),
        item(4, "ours", ours=True),
        item(3, "now"),
        item(2, "unreadable") | {"sid": "??"},
        item(1, "long ago", at=NOW - timedelta(hours=1)),
    ]
    assert [one.text for one in await caught_up(listed(items))] == ["now", "later"]


async def test_a_missed_stop_is_caught_up_with_its_meaning() -> None:
    [message] = await caught_up(listed([item(1, "Stop")]))
    assert message.consent == "opt_out"
    assert (message.conversation_key, message.sender.kind) == ("+15550109999|+15550001111", "phone")


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 5))
async def test_messages_are_caught_up_in_their_order(steps: list[int], size: int) -> None:
    """The list is newest first, and several messages may share a second."""
    at = NOW
    items: list[dict[str, object]] = []
    for number, step in enumerate(steps):
        at += step * SECOND
        items.insert(0, item(number, at=at))
    found = await caught_up(listed(items, size))
    assert [one.event_id for one in found] == [sid(n) for n in range(len(steps))]
