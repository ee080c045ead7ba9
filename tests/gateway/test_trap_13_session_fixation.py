"""Trap 13: whoever knew a chat's token before somebody was joined or parted, knows nothing after.

Over a running gateway, its database and real sockets.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.webchat.client import ChatClient
from core.clock import to_micros
from core.message import Assurance
from memory.units.identity import linking as identity
from tests.adapters.webchat.chat_server import until
from tests.gateway.way import Way, running


@pytest.fixture
async def way(tmp_path: Path, database_url: str) -> AsyncIterator[Way]:
    async with running(tmp_path, url=database_url) as started:
        yield started


async def join(way: Way, handle: str, other: str) -> int:
    """Link two handles as a person would; the id of the link."""
    gateway = way.gateway
    customer = await gateway.store.read(identity.customer_of, other)
    changed = await gateway.store.run(
        identity.link,
        handle,
        customer,
        Assurance.AUTHENTICATED,
        identity.BY_HAND,
        "They told us on the phone.",
        "admin",
        to_micros(gateway.now()),
        (gateway.new_id(), gateway.new_id()),
    )
    return changed.link_id


async def part(way: Way, link: int) -> None:
    gateway = way.gateway
    now, audit_id = to_micros(gateway.now()), gateway.new_id()
    await gateway.store.run(identity.unlink_by_id, link, "admin", "Wrong", now, audit_id)


async def greeted(way: Way, login: str | None = None) -> ChatClient:
    """Somebody who has written, and was answered."""
    client = await way.chat(login)
    await client.say("Hello")
    await client.wait_for_reply(1)
    return client


def handle_of(client: ChatClient) -> str:
    return client.conversation


async def test_trap_13_a_link_gives_who_speaks_another_token_and_nobody_else(
    way: Way,
) -> None:
    """Session fixation: the attacker planted the token, and listens on it."""
    visitor, known = await greeted(way), await greeted(way, "ada")
    planted = visitor.token
    attacker = await way.chat(token=planted)
    assert attacker.conversation == visitor.conversation
    await visitor.say("It is me, Ada.")
    await join(way, handle_of(visitor), handle_of(known))
    await way.gateway.session_watch.look()
    await until(lambda: visitor.token != planted)
    await until(lambda: not attacker.connected)
    assert visitor.connected
    await attacker.connect()
    assert attacker.conversation != visitor.conversation
    assert attacker.thread == {}
    back = await way.chat(token=visitor.token)
    assert back.conversation == visitor.conversation


async def test_trap_13_after_an_unlink_the_token_from_before_is_worth_nothing(way: Way) -> None:
    visitor, known = await greeted(way), await greeted(way, "ada")
    link = await join(way, handle_of(visitor), handle_of(known))
    await way.gateway.session_watch.look()
    joined = visitor.token
    await part(way, link)
    await way.gateway.session_watch.look()
    await until(lambda: visitor.token != joined)
    assert (await way.chat(token=joined)).conversation != visitor.conversation
    assert (await way.chat(token=visitor.token)).conversation == visitor.conversation


async def test_trap_13_a_token_of_who_was_away_during_a_link_opens_nothing(
    way: Way,
) -> None:
    visitor, known = await greeted(way), await greeted(way, "ada")
    await visitor.disconnect()
    await join(way, handle_of(visitor), handle_of(known))
    assert (await way.chat(token=visitor.token)).conversation != visitor.conversation


async def test_trap_13_a_merge_over_others_rotates_as_well(way: Way) -> None:
    """The visitor is joined to Ada already; then Ada is joined to somebody else."""
    visitor, known, third = await greeted(way), await greeted(way, "ada"), await greeted(way)
    await join(way, handle_of(visitor), handle_of(known))
    await way.gateway.session_watch.look()
    tokens = (visitor.token, third.token)
    await join(way, handle_of(known), handle_of(third))
    await way.gateway.session_watch.look()
    await until(lambda: visitor.token != tokens[0] and third.token != tokens[1])


async def test_trap_13_strangers_keep_their_sessions_when_others_are_joined(way: Way) -> None:
    stranger, visitor, known = await greeted(way), await greeted(way), await greeted(way, "ada")
    token = stranger.token
    await join(way, handle_of(visitor), handle_of(known))
    await way.gateway.session_watch.look()
    await stranger.say("Still here?")
    assert stranger.token == token
    assert (await way.chat(token=token)).conversation == stranger.conversation


async def test_of_several_silent_sockets_none_is_guessed_to_be_the_person(way: Way) -> None:
    visitor, known = await greeted(way), await greeted(way, "ada")
    token = visitor.token
    await visitor.disconnect()
    tabs = [await way.chat(token=token) for _ in range(2)]
    await join(way, handle_of(visitor), handle_of(known))
    await way.gateway.session_watch.look()
    for tab in tabs:
        await until(lambda: not tab.connected)  # noqa: B023
        await tab.connect()
        assert tab.conversation != visitor.conversation


async def test_trap_13_the_watch_sees_what_another_process_changed(way: Way) -> None:
    """Nobody calls `look`: it looks by itself."""
    visitor, known = await greeted(way), await greeted(way, "ada")
    token = visitor.token
    await join(way, handle_of(visitor), handle_of(known))
    await until(lambda: visitor.token != token)
