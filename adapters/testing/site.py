"""What a harness is told: which account is tried, and what somebody is supposed to have written.

Plain data with a few builders of requests. Nothing here judges an adapter or opens a connection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import orjson

from adapters.testing.call import Call
from core.channel import WebhookRequest


@dataclass(frozen=True, slots=True)
class SaidFile:
    """A file that somebody sends along."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """Something a person wrote, as your provider is to tell it.

    `number` says which message it is: make the provider's message id of it, so that two messages
    with one text differ. `attempt` is 2 when the provider delivers the same message again: the same
    id, but whatever your provider changes in a redelivery. `person` and `thread` say who wrote it
    and where: make the sender's address of the one, and of the other, if your provider has threads,
    what names a thread. With `room` others read along. `at` is when it was written, in UTC.
    `quick_reply` is the value of an offered choice that was picked; `text` is then its label.
    `answers` is the send that it answers, where the kit wrote first.
    """

    number: int
    text: str
    at: datetime
    person: int = 1
    thread: int = 1
    attempt: int = 1
    room: bool = False
    quick_reply: str | None = None
    files: tuple[SaidFile, ...] = ()
    answers: Call | None = None


@dataclass(slots=True)
class Clock:
    """The time that the adapter is told. It stands still until it is moved."""

    at: datetime

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.at

    def move(self, by: timedelta) -> None:
        """Let so much time pass."""
        self.at += by


@dataclass(slots=True)
class Site:
    """One account under test: who it is, where its provider listens, and what time it is.

    `number` is 1 for the account that is tried and 2 for another one beside it: make account ids
    of it, such as `f"AC{site.number:032x}"`. `provider_url` is the scripted provider's address
    without a final slash, such as `http://127.0.0.1:40123`, and `webhook_base` the public address
    below which the channel's routes are.
    """

    number: int
    account: str
    provider_url: str
    webhook_base: str
    clock: Clock
    hidden: set[str] = field(default_factory=set, repr=False)

    def secret(self, name: str, prefix: str = "") -> str:
        """A secret of this account: the same each time, another one for another account.

        Take every token and key of your options from here: the kit then knows what must never be
        seen. It has 40 characters after the prefix.
        """
        drawn = hashlib.sha256(f"{self.account}/{name}".encode()).hexdigest()[:40]
        return self.hide(f"{prefix}{drawn}")

    def hide(self, value: str) -> str:
        """The value, from now on a secret that must never be seen. For keys of a special form."""
        self.hidden.add(value)
        return value

    def now(self) -> datetime:
        """The time, in UTC. Sign with this one: the kit lets it pass."""
        return self.clock.now()

    def form(self, route: str, fields: Mapping[str, str]) -> WebhookRequest:
        """A form posted to the route of this name, not yet signed."""
        body = urlencode(fields).encode()
        kind = "application/x-www-form-urlencoded"
        return self.post(route, body, kind, form=tuple(fields.items()))

    def json(self, route: str, value: object) -> WebhookRequest:
        """JSON posted to the route of this name, not yet signed."""
        return self.post(route, orjson.dumps(value), "application/json")

    def post(
        self, route: str, body: bytes, kind: str, form: Sequence[tuple[str, str]] = ()
    ) -> WebhookRequest:
        """Any body posted to the route of this name, not yet signed."""
        headers = {"content-type": kind}
        return WebhookRequest("POST", f"{self.webhook_base}/{route}", headers, body, form)


def with_headers(request: WebhookRequest, headers: Mapping[str, str]) -> WebhookRequest:
    """The request with these headers besides its own; names are put into lower case."""
    added = {name.lower(): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **added})
