"""Noise instead of frames: the right code, no half of anything stored, and nothing in the log."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adapters.webchat.protocol import read_hello, read_later
from core.channel import Refused
from tests.adapters.webchat.chat_server import ACCOUNT, ChatServer, until
from tests.adapters.webchat.raw_socket import (
    BINARY,
    CONTINUATION,
    PING,
    PRIVATE,
    SAY,
    TEXT,
    frame,
    heard_after,
    log_text,
    raw_socket,
    still_serves,
    written,
)

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)

anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just(PRIVATE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just(PRIVATE), inner),
    max_leaves=5,
)
fields = st.sampled_from(
    ["type", "client_id", "text", "quick_reply", "active", "seq", "n", "token", "jwt", "last_seq"]
)
kinds = st.sampled_from(["say", "typing", "seen", "ping", "hello", "SAY", "admin", PRIVATE])
frames = st.dictionaries(fields, anything).flatmap(
    lambda made: st.just(made) | kinds.map(lambda kind: {**made, "type": kind})
)
noise = st.binary(max_size=200) | frames.map(lambda made: json.dumps(made).encode())

WIRE_NOISE = [
    pytest.param(written({"type": "say", "text": "x" * 65_536}), 1009, id="oversized"),
    pytest.param(frame(b'"' * 65_537), 1009, id="oversized noise"),
    pytest.param(
        frame(b'{"type": "say", "text": "' + b"x" * 60_000, final=False)
        + frame(b"x" * 6_000, CONTINUATION, final=False),
        1009,
        id="oversized in pieces",
    ),
    pytest.param(frame(b"\xff\xfe{}"), 1007, id="no UTF-8"),
    pytest.param(frame(b'{"type": "say", "text": "\xc3\x28"}'), 1007, id="broken UTF-8"),
    pytest.param(frame(b"{}", reserved=0b100), 1002, id="compressed unasked"),
    pytest.param(frame(b"{}", reserved=0b010), 1002, id="reserved bit"),
    pytest.param(frame(b"", 0x3), 1002, id="unknown opcode"),
    pytest.param(frame(b"{}", CONTINUATION), 1002, id="continues nothing"),
    pytest.param(frame(b"x" * 126, PING), 1002, id="long ping"),
    pytest.param(frame(b"", PING, final=False), 1002, id="ping in pieces"),
]
NO_OBJECT = [
    pytest.param(b"hello?", id="no JSON"),
    pytest.param(b"", id="empty"),
    pytest.param(b'{"type": "say"', id="JSON cut off"),
    pytest.param(b'{"type": "say", "text": "\\ud800"}', id="half a character"),
    pytest.param(b"[" * 60_000, id="JSON without end"),
    pytest.param(b'{"a":' * 9_000 + b"1" + b"}" * 9_000, id="deep JSON"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"{}", id="an empty object"),
    pytest.param(b"NaN", id="not a number"),
]


@given(frames)
def test_any_object_is_read_or_refused_without_repeating_it(made: dict[str, object]) -> None:
    for read in (read_hello, read_later):
        try:
            read(made)
            reason = ""
        except Refused as refused:
            reason = f"{refused.status} {refused.reason}"
        assert reason == "" or reason.startswith("400 ")
        assert PRIVATE not in reason


@pytest.mark.parametrize("welcomed", [True, False])
@pytest.mark.parametrize(("sent", "code"), WIRE_NOISE)
async def test_noise_is_hung_up_on_with_the_code_that_says_why(
    server: ChatServer, sent: bytes, code: int, welcomed: bool
) -> None:
    heard = await heard_after(server, sent, welcomed=welcomed)
    assert heard[-1].code == code
    assert server.threads.events == {}
    await still_serves(server)


@pytest.mark.parametrize(("welcomed", "code"), [(True, 1007), (False, 1008)])
@pytest.mark.parametrize("payload", NO_OBJECT)
async def test_text_that_is_no_object_is_refused_and_hung_up_on(
    server: ChatServer, payload: bytes, welcomed: bool, code: int
) -> None:
    refused, closed = await heard_after(server, frame(payload), welcomed=welcomed)
    assert refused.json["status"] == 400
    assert closed.code == code
    await still_serves(server)


async def test_bytes_are_no_frame_of_the_chat(server: ChatServer) -> None:
    [closed] = await heard_after(server, frame(written(SAY), BINARY), welcomed=True)
    assert closed.code == 1003
    await still_serves(server)


async def test_a_message_that_breaks_off_is_not_stored_at_all(server: ChatServer) -> None:
    for end in (3, 20, len(written(SAY)) - 1):
        async with raw_socket(server) as socket:
            key = str((await socket.say_hello())["conversation"])
            await socket.send(written(SAY)[:end])
            socket.vanish()
        await until(lambda: not server.hub.connected(ACCOUNT, key))  # noqa: B023 - awaited here
    assert server.threads.events == {}
    await still_serves(server)


@settings(max_examples=60, phases=NO_SHRINK)
@given(
    sent=st.lists(st.tuples(noise, st.sampled_from([TEXT, TEXT, BINARY, PING, CONTINUATION]))),
    cut=st.integers(0, 30),
    welcomed=st.booleans(),
)
async def test_whatever_is_sent_nobody_dies_and_no_log_tells_of_it(
    sent: list[tuple[bytes, int]], cut: int, welcomed: bool
) -> None:
    server = ChatServer()
    await server.start()
    with log_text() as written_log:
        async with raw_socket(server) as socket:
            if welcomed:
                await socket.say_hello()
            await socket.send(*(frame(payload, opcode) for payload, opcode in sent))
            await socket.send(written(SAY)[: -cut or None])
        await still_serves(server)
        await server.stop()
    assert {one.text for one in server.threads.events.values()} <= {SAY["text"], "Good day"}
    assert PRIVATE not in written_log.getvalue()
    assert "failed" not in written_log.getvalue()


async def test_a_visitor_who_leaves_before_their_first_frame_is_no_failure() -> None:
    server = ChatServer()
    await server.start()
    with log_text() as written_log:
        for _ in range(5):
            async with raw_socket(server) as socket:
                await socket.send(*[frame(b"?", PING)] * 200)
                socket.vanish()
        await still_serves(server)
        await server.stop()
    assert written_log.getvalue() == ""
