"""Frames against the protocol: refused with the right word, and nobody else notices anything."""

from __future__ import annotations

import orjson
import pytest

from adapters.webchat.protocol import TEXT_LIMIT
from tests.adapters.webchat.chat_server import ChatServer
from tests.adapters.webchat.raw_socket import (
    BINARY,
    CLIENT_ID,
    CONTINUATION,
    PING,
    PONG,
    SAY,
    Heard,
    answer_to,
    frame,
    heard_after,
    raw_socket,
    written,
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": None},
        {"text": ["Hello"]},
        {"text": "x" * (TEXT_LIMIT + 1)},
        {"text": " \n\t "},
        {"text": "\0\0"},
        {"client_id": None},
        {"client_id": 7},
        {"client_id": CLIENT_ID.upper()},
        {"client_id": CLIENT_ID + "\n"},
        {"client_id": f"{CLIENT_ID}/../other"},
        {"quick_reply": 7},
        {"quick_reply": "x" * 201},
        {"type": "Say"},
        {"type": None},
        {"type": ["say"]},
        {"type": "hello"},
        {"type": "typing", "active": "yes"},
        {"type": "seen", "seq": -1},
        {"type": "seen", "seq": True},
        {"type": "seen", "seq": 2**53 + 1},
        {"type": "ping", "n": 1.5},
    ],
)
async def test_a_wrong_frame_is_refused_and_the_socket_lives(
    server: ChatServer, wrong: dict[str, object]
) -> None:
    async with raw_socket(server) as socket:
        await socket.say_hello()
        refused = await answer_to(socket, written(SAY | wrong))
        assert refused is not None
        assert (refused.json["type"], refused.json["status"]) == ("refused", 400)
        assert server.threads.events == {}
        stored = await answer_to(socket, written(SAY))
        assert stored is not None and stored.json["type"] == "stored"


async def test_a_newer_page_may_send_fields_that_are_not_known(server: ChatServer) -> None:
    async with raw_socket(server) as socket:
        await socket.say_hello()
        stored = await answer_to(socket, written({**SAY, "mood": {"happy": True}}))
        assert stored is not None and stored.json["type"] == "stored"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(frame(b"{}", BINARY), id="bytes"),
        pytest.param(written(SAY), id="a message"),
        pytest.param(written({"type": "hello", "token": 7}), id="token a number"),
        pytest.param(written({"type": "hello", "token": "x" * 4_097}), id="token long"),
        pytest.param(written({"type": "hello", "jwt": ["x"]}), id="login a list"),
        pytest.param(written({"type": "hello", "last_seq": -1}), id="number negative"),
        pytest.param(written({"type": "hello", "last_seq": "1"}), id="number a text"),
    ],
)
async def test_whoever_does_not_say_hello_is_shown_the_door(
    server: ChatServer, sent: bytes
) -> None:
    refused, closed = await heard_after(server, sent + written(SAY), welcomed=False)
    assert refused.json["status"] == 400
    assert closed.code == 1008
    assert server.threads.events == {}


async def test_a_message_in_pieces_with_a_ping_between_is_whole(server: ChatServer) -> None:
    whole = orjson.dumps(SAY)
    async with raw_socket(server) as socket:
        await socket.say_hello()
        await socket.send(frame(whole[:20], final=False), frame(b"you?", PING))
        pong = await answer_to(socket, frame(whole[20:], CONTINUATION))
        assert pong == Heard(PONG, b"you?")
        stored = await socket.hear()
        assert stored is not None and stored.json["type"] == "stored"
