"""A chat server for each test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.sockets.limits import SocketLimits
from tests.adapters.webchat.chat_server import ChatServer


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    """A server that bears five frames against the protocol from one socket."""
    made = ChatServer(limits=SocketLimits(strikes=5))
    await made.start()
    yield made
    await made.stop()
