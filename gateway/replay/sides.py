"""The far side of every channel a replay can play on: which there are, and what each must offer.

A side is a provider's simulator with the customers behind it. It is started before the gateway,
which is configured with its table. What a customer does on it is a line of `gateway.replay.player`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from core.message import Handle
from gateway.replay.people import WORKSPACE, Person
from gateway.replay.player import Line
from gateway.replay.side_chat import ChatSide
from gateway.replay.side_email import MailSide
from gateway.replay.side_slack import SlackSide
from gateway.replay.side_sms import SmsSide
from gateway.replay.wire import Wire


class Side(Protocol):
    """One channel's provider and customers."""

    account: str

    async def start(self) -> None:
        """Be ready for the gateway's calls."""

    def table(self) -> Mapping[str, Any]:
        """The settings of the gateway's account here, once started."""

    async def open_line(self, dialogue_id: str, person: Person) -> Line:
        """The customer of a dialogue, ready to write."""

    async def stop(self) -> None:
        """Let go of everything."""


SIDES: Mapping[str, Callable[[str, Wire, Callable[[], datetime]], Side]] = {
    "sms": SmsSide,
    "chat": ChatSide,
    "email": MailSide,
    "slack": SlackSide,
}
"""How to make a channel's side, given the gateway's base URL, the wire and the time."""

HANDLES: Mapping[str, Callable[[Person], Handle]] = {
    "sms": lambda person: Handle("phone", person.phone),
    "chat": lambda person: Handle("login", person.login),
    "email": lambda person: Handle("email", person.email),
    "slack": lambda person: Handle("slack", f"{WORKSPACE}:{person.slack}"),
}
"""With which handle a person writes on a channel."""


def check_channels(channels: Sequence[str]) -> None:
    """Raises `ValueError` in words for a person when one of them cannot be played on."""
    strange = sorted({one for one in channels if one not in SIDES})
    if strange:
        raise ValueError(f"cannot play on {', '.join(strange)}; there is {', '.join(SIDES)}")


def check_pair(channels: Sequence[str]) -> tuple[str, str]:
    """The two channels of a replay. Raises `ValueError` in words for a person."""
    check_channels(channels)
    if len(channels) != 2:
        raise ValueError("name two channels, before and after the switch, such as sms,chat")
    return channels[0], channels[1]


def read_map(words: str) -> Mapping[str, str]:
    """Channels played instead of others, from "chat=slack,sms=email". Raises `ValueError`."""
    pairs = [one.strip().partition("=") for one in words.split(",") if one.strip()]
    if any(not old or not new for old, _, new in pairs):
        raise ValueError("write the map as OLD=NEW with commas between, such as chat=slack")
    return {old.strip(): new.strip() for old, _, new in pairs}
