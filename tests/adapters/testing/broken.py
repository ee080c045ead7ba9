"""Copies of the reference channel's adapter that are broken in one place each.

Each is a mistake that somebody makes when writing an adapter; the docstring names it.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import aiohttp
import orjson

from adapters.testing.loopback import FIRST, LoopbackAdapter, LoopbackConfig, Posted, signature
from core.channel import AdapterContext, Received, Refused, SendError, WebhookRequest
from core.channel_abilities import Absent, Attempt, Opening, Reconciled
from core.message import (
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    RenderedPart,
    SendReceipt,
)

log = logging.getLogger(__name__)


class TrustsEverybody(LoopbackAdapter):
    """It believes a request without a signature."""

    def verify(self, request: WebhookRequest) -> None:
        if "x-loopback-signature" in request.headers:
            super().verify(request)


class TrustsTheTime(LoopbackAdapter):
    """It checks the signature and not when it was made."""

    def verify(self, request: WebhookRequest) -> None:
        key = self._config.signing_key.get_secret_value()
        wanted = signature(key, request.headers.get("x-loopback-time", ""), request.body)
        given = request.headers.get("x-loopback-signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(wanted.encode(), given):
            raise Refused(403, "the signature does not fit the request")


class ComparesStrings(LoopbackAdapter):
    """It compares signatures as texts, which fails with an error for what is not ASCII."""

    def verify(self, request: WebhookRequest) -> None:
        hmac.compare_digest("", request.headers.get("x-loopback-signature", ""))
        super().verify(request)


class ActsFirst(LoopbackAdapter):
    """It looks the sender up before it checks the signature."""

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        await self.ask("GET", "/inbox/0")
        return await super().receive(route, request)


class ReadsAnything(LoopbackAdapter):
    """It takes it for granted that the body is JSON."""

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        self.verify(request)
        orjson.loads(request.body)
        return await super().receive(route, request)


class ReadsAnyField(LoopbackAdapter):
    """It takes it for granted that a message has a text."""

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        received = await super().receive(route, request)
        for _ in received.messages:
            orjson.loads(request.body)["files"][0:1]
        return received


class CountsDeliveries(LoopbackAdapter):
    """Its event ids are those of deliveries, so that a redelivery is a new message."""

    def message(self, posted: Posted) -> InboundMessage:
        return replace(super().message(posted), event_id=f"{posted.id}/{posted.attempt}")


class NamesByText(LoopbackAdapter):
    """Its event ids are made of the text, so that a second "yes" is dropped."""

    def message(self, posted: Posted) -> InboundMessage:
        return replace(super().message(posted), event_id=f"{posted.person}:{posted.text}-")


class NaiveTimes(LoopbackAdapter):
    """Its times have no time zone."""

    def message(self, posted: Posted) -> InboundMessage:
        message = super().message(posted)
        return replace(message, sent_at=message.sent_at.replace(tzinfo=None))


class FixedAccount(LoopbackAdapter):
    """It names its account by the channel."""

    def message(self, posted: Posted) -> InboundMessage:
        return replace(super().message(posted), channel="Loopback")


class RemembersWhere(LoopbackAdapter):
    """It answers where the last message came from, and not to the address of the part."""

    _last: Mapping[str, str] = {"to": "nobody"}

    def message(self, posted: Posted) -> InboundMessage:
        message = super().message(posted)
        self._last = message.reply_address
        return message

    async def send(self, part: OutboundPart) -> SendReceipt:
        return await super().send(replace(part, address={**part.address, "to": self._last["to"]}))


class EverythingFails(LoopbackAdapter):
    """It takes a request to slow down for a refusal."""

    def refusal(self, status: int, headers: Mapping[str, str]) -> SendError:
        if status == 429:
            return SendError("The provider refused the message.", retry_after=7.0)
        return super().refusal(status, headers)


class ForgetsTheWait(LoopbackAdapter):
    """It does not hand on how long to wait."""

    def refusal(self, status: int, headers: Mapping[str, str]) -> SendError:
        return super().refusal(status, {})


class SureOfFailures(LoopbackAdapter):
    """It takes a broken provider for one that did not take the message."""

    def refusal(self, status: int, headers: Mapping[str, str]) -> SendError:
        if status >= 500:
            return SendError("The provider failed.", retryable=True)
        return super().refusal(status, headers)


class RetriesRefusals(LoopbackAdapter):
    """It wants what was refused to be tried again."""

    def refusal(self, status: int, headers: Mapping[str, str]) -> SendError:
        if status == 400:
            return SendError("The provider refused the message.", retryable=True)
        return super().refusal(status, headers)


class TriesAgain(LoopbackAdapter):
    """It tries again by itself."""

    async def send(self, part: OutboundPart) -> SendReceipt:
        try:
            return await super().send(part)
        except SendError as error:
            if error.retry_after is None:
                raise
            return await super().send(part)


class WaitsForever(LoopbackAdapter):
    """It has no time-out."""

    def session(self) -> aiohttp.ClientSession:
        if self._web is None:
            self._web = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        return self._web


class BelievesGarbage(LoopbackAdapter):
    """It takes any answer for a receipt."""

    async def send(self, part: OutboundPart) -> SendReceipt:
        try:
            return await super().send(part)
        except SendError as error:
            if "cannot be read" not in error.reason or error.__cause__:
                raise
            return SendReceipt("unnamed")

    def refusal(self, status: int, headers: Mapping[str, str]) -> SendError:
        if status < 400:
            return SendError("A redirect.", retryable=True, ambiguous=True)
        return super().refusal(status, headers)


class CutsTexts(LoopbackAdapter):
    """It cuts off what is over the limit."""

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        return super().render(message)[:1]


class OverTheLimit(LoopbackAdapter):
    """It does not split."""

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        parts = super().render(message)
        whole = " ".join(str(one.payload["text"]) for one in parts)
        return [RenderedPart({**parts[-1].payload, "text": whole})]


class LogsItsToken(LoopbackAdapter):
    """It logs the request that it sends, with its headers."""

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        log.debug("asking %s with %s", path, self._config.token.get_secret_value())
        return await super().ask(method, path, body, headers)


class LogsTexts(LoopbackAdapter):
    """It logs what came in."""

    def message(self, posted: Posted) -> InboundMessage:
        log.info("took %s", posted.text)
        return super().message(posted)


class CallsHome(LoopbackAdapter):
    """It tells somebody else how it is used."""

    async def send(self, part: OutboundPart) -> SendReceipt:
        try:
            await (await self.session().get("https://telemetry.example/used")).read()
        except aiohttp.ClientError:
            log.debug("telemetry is away")
        return await super().send(part)


class SharesItsClient(LoopbackAdapter):
    """It keeps the provider's address in the class."""

    address: ClassVar[str] = ""

    def __init__(self, config: LoopbackConfig, context: AdapterContext) -> None:
        SharesItsClient.address = config.url
        super().__init__(config, context)

    async def load(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        self._config = self._config.model_copy(update={"url": SharesItsClient.address})
        return await super().load(method, path, body, headers)


class NeverCloses(LoopbackAdapter):
    """It keeps its connections."""

    kept: ClassVar[list[aiohttp.ClientSession]] = []

    async def close(self) -> None:
        if self._web is not None:
            self.kept.append(self._web)


class ForgetsThreads(LoopbackAdapter):
    """It has one conversation for each person."""

    def message(self, posted: Posted) -> InboundMessage:
        return replace(super().message(posted), conversation_key=posted.person)

    async def opening(self, to: str) -> Opening:
        return replace(await super().opening(to), key=to)


class OpensElsewhere(LoopbackAdapter):
    """It says that it begins another conversation than it does."""

    async def opening(self, to: str) -> Opening:
        return replace(await super().opening(to), key=f"{to}/elsewhere")


class OpensToAnybody(LoopbackAdapter):
    """It takes anything for a person."""

    def address_of(self, to: str) -> Mapping[str, str]:
        return {"to": to, "thread": FIRST}


class LosesFiles(LoopbackAdapter):
    """It leaves out files that came in."""

    def message(self, posted: Posted) -> InboundMessage:
        return replace(super().message(posted), attachments=())


class SendsNoFiles(LoopbackAdapter):
    """It leaves out files that go out."""

    async def send(self, part: OutboundPart) -> SendReceipt:
        return await super().send(replace(part, payload={**part.payload, "attachments": []}))


class AnswersInTheRoom(LoopbackAdapter):
    """It shows what is personal to everybody."""

    async def send(self, part: OutboundPart) -> SendReceipt:
        return await super().send(replace(part, payload={**part.payload, "direct": False}))


class NewKeys(LoopbackAdapter):
    """Its idempotency key is another one for the second attempt."""

    async def send(self, part: OutboundPart) -> SendReceipt:
        seen = self.__dict__.setdefault("seen", set())
        key = f"{part.key}-again" if part.key in seen else part.key
        seen.add(part.key)
        return await super().send(replace(part, key=key))


class SaysAbsent(LoopbackAdapter):
    """It takes what it could not look up for what is not there."""

    async def reconcile(self, attempt: Attempt) -> Reconciled:
        found = await super().reconcile(attempt)
        return found if hasattr(found, "provider_id") else Absent()


class NewestFirst(LoopbackAdapter):
    """It lists what it missed in the provider's order."""

    async def catch_up(self, since: datetime) -> Sequence[InboundMessage]:
        return [*reversed(await super().catch_up(since))]
