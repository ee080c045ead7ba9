"""Bounds of the chat: the fast are slowed, the many turned away, the slow let go, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.webchat.client import ChatClient, ChatRefused
from adapters.webchat.protocol import TEXT_LIMIT
from core.message import Author
from gateway.sockets.limits import Allowance, Remotes, SocketLimits
from tests.adapters.webchat.chat_server import ACCOUNT, ORIGIN, ChatServer, until
from tests.adapters.webchat.raw_socket import (
    CLIENT_ID,
    PRIVATE,
    SAY,
    frame,
    log_text,
    raw_socket,
    still_serves,
    written,
)


@asynccontextmanager
async def chat_server(**limits: Any) -> AsyncIterator[ChatServer]:
    server = ChatServer(limits=SocketLimits(**limits))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def visitor(server: ChatServer, token: str | None = None) -> AsyncIterator[ChatClient]:
    client = ChatClient(server.url, ORIGIN, token=token)
    try:
        await client.connect()
        yield client
    finally:
        await client.close()


@given(
    rate=st.integers(1, 50),
    burst=st.integers(1, 20),
    pauses=st.lists(st.floats(0, 2, allow_nan=False), max_size=80),
)
def test_nobody_gets_more_than_the_burst_and_the_rate(
    rate: int, burst: int, pauses: list[float]
) -> None:
    """A sender as fast as it may be: it waits exactly as long as it is told to."""
    now = 0.0
    allowance = Allowance(rate, burst, now)
    acted: list[float] = []
    for pause in pauses:
        now += pause
        now += allowance.take(now)
        acted.append(now)
    for at, begin in enumerate(acted):
        for later, end in enumerate(acted[at:], 1):
            assert later <= burst + 1 + (end - begin) * rate + 1e-6


async def test_whoever_is_too_fast_waits_and_nobody_else_does() -> None:
    async with chat_server(burst=3, rate=0.001) as server, raw_socket(server) as flooder:
        await flooder.say_hello()
        flood = [{**SAY, "client_id": str(UUID(int=number))} for number in range(10)]
        await flooder.send(*map(written, flood))
        for number in range(3):
            heard = await flooder.hear()
            assert heard is not None and heard.json["seq"] == number + 1
        await still_serves(server)
        assert len(server.threads.events) == 3 + 1


async def test_a_burst_is_slowed_and_none_of_it_lost() -> None:
    async with chat_server(burst=2, rate=200) as server, visitor(server) as client:
        said = [f"message {number}" for number in range(40)]
        await asyncio.gather(*(client.say(text) for text in said))
        assert [client.thread[seq].text for seq in sorted(client.thread)] == said


@pytest.mark.parametrize("limit", [{"sockets_per_remote": 2}, {"sockets": 2}])
async def test_one_socket_too_many_is_asked_to_come_back(limit: dict[str, int]) -> None:
    async with (
        aiohttp.ClientSession() as http,
        chat_server(**limit) as server,
        raw_socket(server),
        raw_socket(server) as leaving,
    ):
        async with http.get(server.url.replace("ws", "http", 1)) as turned_away:
            assert turned_away.status == 503
            assert turned_away.headers["Retry-After"]
        with pytest.raises(ChatRefused) as refused:
            await ChatClient(server.url, ORIGIN, session=http).connect()
        assert refused.value.status == 503
        leaving.vanish()
        await until(lambda: server.hub._remotes.sockets == 1)
        await still_serves(server)


def test_coming_and_going_gains_nobody_anything() -> None:
    remotes = Remotes(SocketLimits(remote_burst=3, remote_rate=1.0))
    for _ in range(3):
        assert remotes.enter("192.0.2.1", 0.0) is not None
        remotes.leave("192.0.2.1")
    assert remotes.enter("192.0.2.1", 0.5) is None
    assert remotes.enter("192.0.2.2", 0.5) is not None
    assert remotes.enter("192.0.2.1", 5.0) is not None


def test_addresses_that_left_long_ago_are_forgotten() -> None:
    remotes = Remotes(SocketLimits())
    for number in range(3 * Remotes._SWEEP):
        remote = f"2001:db8::{number:x}"
        remotes.enter(remote, float(number))
        remotes.leave(remote)
    assert len(remotes._known) <= Remotes._SWEEP


async def test_whoever_says_nothing_is_hung_up_on() -> None:
    async with chat_server(hello_seconds=0.05) as server, raw_socket(server) as silent:
        [closed] = await silent.hear_all()
        assert closed.code == 1008


async def test_a_socket_that_answers_no_ping_is_let_go() -> None:
    """A frozen phone hangs up on nobody (RFC 6455, section 5.5.2)."""
    async with chat_server(heartbeat_seconds=0.1) as server, raw_socket(server) as frozen:
        welcome = await frozen.say_hello()
        key = str(welcome["conversation"])
        await until(lambda: not server.hub.connected(ACCOUNT, key))
        await until(lambda: server.hub._remotes.sockets == 0)


async def test_too_many_wrong_frames_end_the_socket() -> None:
    async with chat_server(strikes=3) as server, raw_socket(server) as socket:
        await socket.say_hello()
        await socket.send(*[written({"type": "unheard of"})] * 5)
        *refused, closed = await socket.hear_all()
        assert [one.json["status"] for one in refused] == [400, 400, 400]
        assert closed.code == 1008


async def test_a_reader_too_slow_for_its_queue_is_cut_off_and_resumes() -> None:
    async with chat_server(queue=5) as server:
        async with raw_socket(server) as slow:
            welcome = await slow.say_hello()
            key = str(welcome["conversation"])
            posted = 0
            while server.hub.connected(ACCOUNT, key):
                server.post(key, f"{posted} " + "x" * 50_000)
                posted += 1
                await asyncio.sleep(0)
        async with visitor(server, str(welcome["token"])) as client:
            await client.wait_for_reply(posted - 1)
            numbers = [client.thread[seq].text.split()[0] for seq in sorted(client.thread)]
            assert numbers == [str(number) for number in range(posted)]


async def test_a_replay_that_nobody_reads_is_given_up() -> None:
    async with chat_server(queue=2, stall_seconds=0.1) as server:
        async with visitor(server) as client:
            key, token = client.conversation, client.token
        for _ in range(300):
            server.threads.append(ACCOUNT, key, Author.BOT, {"text": "x" * 50_000})
        async with raw_socket(server) as stuck:
            await stuck.send(written({"type": "hello", "token": token}))
            await until(lambda: server.hub.connected(ACCOUNT, key))
            await until(lambda: not server.hub.connected(ACCOUNT, key))
        await still_serves(server)


async def test_the_longest_message_of_any_script_fits_a_frame() -> None:
    async with chat_server() as server, raw_socket(server) as socket:
        await socket.say_hello()
        escaped = b'{"type":"say","client_id":"%s","text":"%s"}' % (
            CLIENT_ID.encode(),
            b"\\ud83d\\ude00" * TEXT_LIMIT,
        )
        await socket.send(frame(escaped))
        stored = await socket.hear()
        assert stored is not None and stored.json["type"] == "stored"
        [kept] = server.threads.events.values()
        assert kept.text == "\N{GRINNING FACE}" * TEXT_LIMIT


async def test_a_message_refused_for_the_moment_is_sent_again_and_stored_once() -> None:
    async with chat_server() as server, visitor(server) as client:
        server.threads.overloaded = 2
        await client.say("Is anybody there?")
        refusals = [one.frame["status"] for one in client.wire if one.frame["type"] == "refused"]
        assert refusals == [503, 503]
        assert len(server.threads.logs[ACCOUNT, client.conversation]) == 1


async def test_a_store_that_fails_is_told_of_without_the_text() -> None:
    async with chat_server() as server, raw_socket(server) as socket:
        await socket.say_hello()
        server.threads.broken = True
        with log_text() as log:
            await socket.send(written(SAY))
            refused = await socket.hear()
        assert refused is not None and refused.json["status"] == 500
        assert "admission_failed" in log.getvalue()
        assert PRIVATE not in log.getvalue()
        server.threads.broken = False
        await socket.send(written(SAY))
        stored = await socket.hear()
        assert stored is not None and stored.json["type"] == "stored"


async def test_typing_is_told_both_ways_and_ends_by_itself() -> None:
    async with chat_server() as server, visitor(server) as client:
        key = client.conversation
        hub = server.hub

        async def told(active: bool, then: Callable[[], bool]) -> None:
            await client.send({"type": "typing", "active": active})
            await until(then)

        await told(True, lambda: hub.typed_ago(ACCOUNT, key) is not None)
        await told(False, lambda: hub.typed_ago(ACCOUNT, key) is None)
        await told(True, lambda: hub.typed_ago(ACCOUNT, key) is not None)
        await client.say("The message itself ends it")
        assert hub.typed_ago(ACCOUNT, key) is None
        await told(True, lambda: hub.typed_ago(ACCOUNT, key) is not None)
        async with visitor(server, client.token) as other_tab:
            for active in (True, False):
                hub.publish_typing(ACCOUNT, key, active, Author.AGENT)
                await until(lambda: client.typing is other_tab.typing is active)  # noqa: B023
        await client.disconnect()
        await until(lambda: not hub.connected(ACCOUNT, key))
        assert hub.typed_ago(ACCOUNT, key) is None


async def test_a_restart_is_announced_and_nobody_new_let_in() -> None:
    async with chat_server() as server, visitor(server) as client:
        await server.hub.close()
        await until(lambda: not client.connected)
        assert client.close_code == 1012
        with pytest.raises(ChatRefused) as refused:
            await client.connect()
        assert refused.value.status == 503
