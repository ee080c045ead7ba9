"""Who is on the other side: a trusted proxy is believed, and nobody else can pretend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access.callers import FAILURES_ALLOWED
from gateway.access.gate import COOKIE
from gateway.access.proxies import Client, Networks, seen_through
from gateway.sockets.limits import Remotes, SocketLimits
from tests.gateway.credentials import enter_link
from tests.gateway.way import ORIGIN, Way, running

TRUSTED: Networks = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
ADDED = "203.0.113.9"
"""The address that the nearest proxy saw and added."""


def seen(peer: str | None, forwarded: Sequence[str] = (), proto: Sequence[str] = ()) -> Client:
    return seen_through(Client(peer or "unknown", "http"), forwarded, proto, TRUSTED)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        # Nobody we trust: whatever it claims, it is itself.
        ("198.51.100.1", ["1.2.3.4"], "198.51.100.1"),
        ("198.51.100.1", ["10.0.0.2"], "198.51.100.1"),
        (None, ["1.2.3.4"], "unknown"),
        # One proxy, and what the client wrote before it.
        ("10.0.0.1", [ADDED], ADDED),
        ("10.0.0.1", [f"127.0.0.1, 1.2.3.4, {ADDED}"], ADDED),
        ("10.0.0.1", ["10.0.0.9", ADDED], ADDED),
        ("10.0.0.1", [f"10.0.0.7, {ADDED}"], ADDED),
        # Several of ours, over one header or more.
        ("10.0.0.1", [f"1.2.3.4, {ADDED}, 10.0.0.3, fd00::2"], ADDED),
        ("10.0.0.1", [f"1.2.3.4, {ADDED}", "10.0.0.3"], ADDED),
        # A client inside our own network, or a proxy that says nothing.
        ("10.0.0.1", ["10.0.0.5, 10.0.0.6"], "10.0.0.5"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        # What is no address ends the way: what stands before it may be anybody's word.
        ("10.0.0.1", ["1.2.3.4, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, ,"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, _hidden, 10.0.0.3"], "10.0.0.3"),
        # Forms in which proxies write an address.
        ("::ffff:10.0.0.1", [f"::ffff:{ADDED}"], ADDED),
        ("10.0.0.1", [f"{ADDED}:51234"], ADDED),
        ("fd00::1", ["[2001:db8::7]:51234"], "2001:db8::7"),
        ("fd00::1", ["2001:DB8::7"], "2001:db8::7"),
    ],
)
def test_the_address_is_the_nearest_that_is_not_trusted(
    peer: str | None, forwarded: Sequence[str], address: str
) -> None:
    assert seen(peer, forwarded).address == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "proto", "scheme"),
    [
        ("198.51.100.1", ADDED, ["https"], "http"),
        ("10.0.0.1", ADDED, ["https"], "https"),
        ("10.0.0.1", None, ["https"], "https"),
        ("10.0.0.1", ADDED, ["HTTPS"], "https"),
        ("10.0.0.1", ADDED, ["wss"], "https"),
        ("10.0.0.1", ADDED, ["ws"], "http"),
        ("10.0.0.1", ADDED, ["gopher"], "http"),
        ("10.0.0.1", ADDED, [], "http"),
        # The client's own claim stands to the left of what the proxy added.
        ("10.0.0.1", ADDED, ["https, http"], "http"),
        ("10.0.0.1", ADDED, ["https", "http"], "http"),
        # Two proxies of ours: the outer one was spoken to.
        ("10.0.0.1", f"{ADDED}, 10.0.0.2", ["https, http"], "https"),
        ("10.0.0.1", f"{ADDED}, 10.0.0.2", ["https"], "https"),
    ],
)
def test_the_scheme_is_what_the_outermost_trusted_proxy_was_spoken_to_in(
    peer: str, forwarded: str | None, proto: Sequence[str], scheme: str
) -> None:
    assert seen(peer, [] if forwarded is None else [forwarded], proto).scheme == scheme


_anything = st.lists(
    st.one_of(
        st.ip_addresses().map(str), st.text(max_size=12), st.just("10.0.0.1"), st.just("fd00::1")
    ),
    max_size=6,
).map(", ".join)


@given(claimed=st.lists(_anything, max_size=3), untrusted=st.ip_addresses(v=4))
def test_nothing_a_client_writes_changes_who_it_is(claimed: list[str], untrusted: Any) -> None:
    client = str(untrusted)
    if any(untrusted in one for one in TRUSTED if one.version == 4):
        client = ADDED
    assert seen(client, claimed, claimed) == Client(client, "http")
    assert seen("10.0.0.1", [*claimed, client]).address == client


@pytest.fixture
async def behind(tmp_path: Path) -> AsyncIterator[Way]:
    """A gateway that trusts a proxy on this machine."""
    async with running(tmp_path, server={"trusted_proxies": ["127.0.0.1"]}) as way:
        yield way


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Way]:
    """A gateway whose proxy is elsewhere: who speaks from this machine is not it."""
    async with running(tmp_path, server={"trusted_proxies": ["192.0.2.7"]}) as way:
        yield way


async def _guess(way: Way, forwarded: str) -> int:
    headers = {"Authorization": "Bearer guess", "X-Forwarded-For": forwarded}
    url = f"{way.base_url}/api/v1/customers"
    async with aiohttp.ClientSession() as web, web.get(url, headers=headers) as answer:
        return answer.status


async def test_behind_a_proxy_each_address_is_locked_out_by_itself(behind: Way) -> None:
    for _ in range(FAILURES_ALLOWED):
        await _guess(behind, "203.0.113.1")
    assert await _guess(behind, "203.0.113.1") == 429
    assert await _guess(behind, "203.0.113.2") == 401
    # The guesser cannot leave its address by naming another before the proxy adds it.
    assert await _guess(behind, "203.0.113.2, 203.0.113.1") == 429


async def test_who_is_no_proxy_is_locked_out_whatever_it_claims(alone: Way) -> None:
    statuses = [await _guess(alone, f"203.0.113.{one}") for one in range(FAILURES_ALLOWED + 1)]
    assert statuses[-1] == 429


def _one_each(way: Way) -> None:
    """Let each address have one socket."""
    way.gateway.hub._remotes = Remotes(SocketLimits(sockets_per_remote=1))


@asynccontextmanager
async def _socket(
    way: Way, web: aiohttp.ClientSession, forwarded: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    url = f"{way.base_url}/channels/webchat/socket"
    headers = {"Origin": ORIGIN, "X-Forwarded-For": forwarded}
    async with web.ws_connect(url, headers=headers) as socket:
        yield socket


async def test_sockets_are_counted_by_the_address_behind_the_proxy(behind: Way) -> None:
    _one_each(behind)
    async with (
        aiohttp.ClientSession() as web,
        _socket(behind, web, "203.0.113.1"),
        _socket(behind, web, "203.0.113.2"),
    ):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with _socket(behind, web, "203.0.113.1"):
                pass
        assert refused.value.status == 503


async def test_sockets_of_who_is_no_proxy_are_counted_together(alone: Way) -> None:
    _one_each(alone)
    async with aiohttp.ClientSession() as web, _socket(alone, web, "203.0.113.1"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with _socket(alone, web, "203.0.113.2"):
                pass
        assert refused.value.status == 503


async def _cookie(way: Way, headers: Mapping[str, str]) -> Any:
    url = f"{way.base_url}/console/enter"
    once = {"once": await enter_link(way.gateway.store, way.gateway.keeper)}
    async with (
        aiohttp.ClientSession() as web,
        web.get(url, params=once, headers=headers) as answer,
    ):
        assert answer.status == 200
        return answer.cookies[COOKIE]


async def test_the_session_cookie_is_for_https_when_the_proxy_was_spoken_to_so(behind: Way) -> None:
    assert (await _cookie(behind, {"X-Forwarded-Proto": "https"}))["secure"]
    assert not (await _cookie(behind, {"X-Forwarded-Proto": "http"}))["secure"]


async def test_the_word_of_who_is_no_proxy_changes_no_cookie(alone: Way) -> None:
    assert not (await _cookie(alone, {"X-Forwarded-Proto": "https"}))["secure"]


async def test_the_session_cookie_is_for_https_when_the_world_comes_by_https(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, public_url="https://help.example.com") as way:
        assert (await _cookie(way, {}))["secure"]
