"""Adapters of sockets and adapters that fetch are rejected, too, for what is broken in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from adapters.email.adapter import EmailAdapter
from adapters.email.harness import EmailHarness
from adapters.testing import Harness, Result, prove
from adapters.testing.proof import hold
from adapters.testing.rules_pulling import RULES
from adapters.testing.verdict import Broken
from adapters.webchat.adapter import WebchatAdapter
from adapters.webchat.harness import WebchatHarness
from core.channel import AdapterContext, Received
from core.channel_abilities import Sink
from core.message import InboundMessage
from core.socket_channel import LoggedMessage, SocketEvent, SocketRequest, SocketSession


class AnyPage(WebchatAdapter):
    """It opens the chat to any page."""

    def open(self, first: Mapping[str, object], request: SocketRequest) -> SocketSession:
        allowed = next(iter(self._config.allowed_origins))
        return super().open(first, replace(request, origin=allowed))


class TrustsFrames(WebchatAdapter):
    """It takes it for granted that a frame says what it is."""

    def read(self, session: SocketSession, frame: Mapping[str, object]) -> SocketEvent:
        frame["type"]
        return super().read(session, frame)


class DropsIds(WebchatAdapter):
    """It does not hand on the client's id."""

    def read(self, session: SocketSession, frame: Mapping[str, object]) -> SocketEvent:
        event = super().read(session, frame)
        return replace(event, client_id=None) if isinstance(event, InboundMessage) else event


class ShowsNothing(WebchatAdapter):
    """Its frames lack the text."""

    def write_message(self, message: LoggedMessage) -> Mapping[str, object]:
        frame = super().write_message(message)
        return {**frame, "text": "", "html": None}


SOCKETS: Mapping[type, str] = {
    AnyPage: "a page that is not allowed is refused",
    TrustsFrames: "any frame is taken or refused",
    DropsIds: "a message has its client's id",
    ShowsNothing: "an entry is shown by a frame",
}


class Impatient(EmailAdapter):
    """It goes on although a message could not be taken."""

    async def start(self, sink: Sink) -> None:
        async def careless(received: Received) -> None:
            try:
                await sink(received)
            except RuntimeError:
                return

        await super().start(careless)


class NoCursor(EmailAdapter):
    """It does not keep where it was."""

    def __init__(self, config: Any, context: AdapterContext) -> None:
        super().__init__(config, replace(context, keep=_Forgetful()))


class _Forgetful:
    async def get(self, name: str) -> str | None:
        return None

    async def put(self, name: str, value: str | None) -> None:
        return None

    async def names(self, prefix: str = "") -> list[str]:
        return []


FETCHING: Mapping[type, str] = {
    Impatient: "what could not be taken is handed over again",
    NoCursor: "what came meanwhile is fetched, and only that",
}


class Chat(WebchatHarness):
    """The harness of the web chat with another adapter in it."""

    def __init__(self, adapter: Callable[[Any, AdapterContext], Any]) -> None:
        self.adapter = adapter

    def make(self, config: BaseModel, context: AdapterContext) -> Any:
        return self.adapter(config, context)


class Mail(EmailHarness):
    """The harness of mail with another adapter in it."""

    seconds = 4.0

    def __init__(self, adapter: Callable[[Any, AdapterContext], Any]) -> None:
        self.adapter = adapter

    def make(self, config: BaseModel, context: AdapterContext) -> Any:
        return self.adapter(config, context)


@pytest.mark.parametrize("adapter", SOCKETS, ids=[one.__name__ for one in SOCKETS])
def test_a_broken_socket_adapter_is_rejected_for_its_reason_alone(adapter: type) -> None:
    failed = [one.name for one in prove(Chat(adapter)) if one.result is Result.FAILED]
    assert failed == [SOCKETS[adapter]]


@pytest.mark.parametrize("adapter", FETCHING, ids=[one.__name__ for one in FETCHING])
def test_a_broken_fetching_adapter_fails_its_rule_and_no_other_of_fetching(adapter: type) -> None:
    failed = [rule.name for rule in RULES if not _holds(rule, Mail(adapter))]
    assert failed == [FETCHING[adapter]]


def _holds(rule: Any, harness: Harness) -> bool:
    try:
        hold(rule, harness)
    except Broken:
        return False
    return True
