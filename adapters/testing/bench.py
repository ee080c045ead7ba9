"""The bench a rule works on: accounts of the channel under test, each with its scripted provider.

A rule opens what it needs and never cleans up: whatever was opened is closed when the bench is.
Nothing here decides whether an adapter is right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel

from adapters.testing.call import Call
from adapters.testing.harness import Harness
from adapters.testing.hearing import Ear, ear_of
from adapters.testing.provider import Behaviour, Provider
from adapters.testing.site import Clock, Said, Site
from adapters.testing.verdict import Broken
from adapters.testing.watching import Watched
from core.channel import AdapterContext, Received, SendError, WebhookRequest
from core.channel_abilities import Renders
from core.message import (
    Attachment,
    DeliveryStatus,
    DeliveryUpdate,
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    RenderedPart,
    SendReceipt,
)
from core.rendering import renderer

T = TypeVar("T")

_NAMES = ("kit-one", "kit-two")


@dataclass(slots=True)
class Keep:
    """Small values that outlive one adapter, as the gateway keeps them."""

    values: dict[str, str] = field(default_factory=dict)

    async def get(self, name: str) -> str | None:
        """The value under this name."""
        return self.values.get(name)

    async def put(self, name: str, value: str | None) -> None:
        """Keep the value, or drop it."""
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    async def names(self, prefix: str = "") -> Sequence[str]:
        """The names that begin so."""
        return sorted(one for one in self.values if one.startswith(prefix))


@dataclass(slots=True)
class Account:
    """One account in use: its adapter, its provider, and what it keeps."""

    harness: Harness
    site: Site
    provider: Provider
    config: BaseModel
    keep: Keep
    files: dict[str, bytes]
    adapter: Any
    ear: Ear
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def said(self, text: str = "good morning", **more: Any) -> Said:
        """Something a person wrote now."""
        said = Said(next(self._numbers), text, self.site.now(), **more)
        self.provider.known.said.append(said)
        return said

    async def hear(self, said: Said) -> InboundMessage:
        """The message the adapter makes of it."""
        return await self.within(self.ear.hear(said))

    async def report(
        self, provider_id: str, status: DeliveryStatus
    ) -> Sequence[DeliveryUpdate] | None:
        """The updates made of a provider's report; nothing if it has no such report."""
        return await self.within(self.ear.report(provider_id, status))

    async def receive(self, request: WebhookRequest) -> Received:
        """What the adapter makes of this request. Raises whatever it raises."""
        route = request.url.removeprefix(f"{self.site.webhook_base}/")
        received: Received = await self.within(self.adapter.receive(route, request))
        return received

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """The parts of a message, as the gateway has them made. Raises `CannotRender`."""
        if isinstance(self.adapter, Renders):
            return self.adapter.render(message)
        return renderer(self.harness.spec.capabilities)(message)

    def parts(self, message: OutboundMessage, address: Mapping[str, str]) -> Sequence[OutboundPart]:
        """The parts on their way to this address, with payloads that went through a store."""
        rendered = self.render(message)
        keys = [f"{next(self._numbers)}-{self.site.account}" for _ in rendered]
        return [
            OutboundPart(
                key,
                self.site.account,
                self.harness.spec.name,
                dict(address),
                stored(one.payload),
                index,
                len(rendered),
            )
            for index, (key, one) in enumerate(zip(keys, rendered, strict=True))
        ]

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Send it. Raises `SendError`; anything else is a fault of the adapter."""
        try:
            receipt: SendReceipt = await self.within(self.adapter.send(part))
        except (SendError, Broken):
            raise
        except Exception as error:
            raise Broken(
                f"send raised {type(error).__name__}; it may only raise SendError"
            ) from error
        return receipt

    async def accepted(self, part: OutboundPart) -> SendReceipt:
        """Send it to a provider that takes it."""
        try:
            return await self.send(part)
        except SendError as error:
            raise Broken(f"the provider took a send that was told as failed: {error}") from error

    async def failing(self, behaviour: Behaviour, part: OutboundPart) -> SendError:
        """How a send fails when the provider behaves so."""
        self.provider.behaviour = behaviour
        try:
            receipt = await self.send(part)
        except SendError as error:
            return error
        raise Broken(
            f"send returned a receipt ({receipt.provider_id!r}) where it has to raise SendError"
        )

    async def reply(
        self, text: str, address: Mapping[str, str] | None = None, **more: Any
    ) -> Sequence[Call]:
        """The calls in which this text was sent; to a person who wrote, unless told to whom."""
        before = len(self.provider.sends)
        for part in self.parts(OutboundMessage(text, **more), address or await self.address()):
            await self.accepted(part)
        return self.provider.sends[before:]

    async def address(self, **who: Any) -> Mapping[str, str]:
        """The reply address of somebody who just wrote, as it comes back from a store."""
        message = await self.hear(self.said(**who))
        return {name: str(value) for name, value in stored(message.reply_address).items()}

    def file(self, name: str, media_type: str, content: bytes) -> Attachment:
        """A file that is kept here, ready to go out."""
        reference = f"file:{sha256(content).hexdigest()}"
        self.files[reference] = content
        return Attachment(name, media_type, reference, len(content))

    async def within(self, work: Awaitable[T]) -> T:
        """The result, within the harness's limit."""
        limit = asyncio.timeout(self.harness.seconds)
        try:
            async with limit:
                return await work
        except TimeoutError:
            if limit.expired():
                raise Broken(
                    f"it took longer than {self.harness.seconds} s: give every wait a limit, and "
                    "in the harness's options a short one"
                ) from None
            raise


class Bench:
    """Opens accounts, and closes them."""

    def __init__(self, harness: Harness, watched: Watched) -> None:
        self.harness = harness
        self.watched = watched
        self.secrets: set[str] = set()
        self._stack = AsyncExitStack()
        self._ids = count(1)

    async def __aenter__(self) -> Bench:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def account(self, number: int = 1) -> Account:
        """An account of this number with a provider of its own."""
        name = _NAMES[number - 1]
        base, clock = f"https://kit.test/channels/{name}", Clock(self.harness.begins)
        site = Site(number, name, "", base, clock, self.secrets)
        provider = self.harness.provider(site)
        await provider.start()
        self._stack.push_async_callback(provider.stop)
        site.provider_url = provider.url
        config = self.harness.spec.config.model_validate(dict(self.harness.options(site)))
        keep, files = Keep(), dict[str, bytes]()
        adapter = self._make(site, config, keep, files)
        ear = ear_of(self.harness, site, provider)
        await ear.start(adapter)
        return Account(self.harness, site, provider, config, keep, files, adapter, ear)

    async def restart(self, account: Account) -> None:
        """Close the account's adapter and go on with a new one, as in another process."""
        close = getattr(account.adapter, "close", None)
        if close is not None:
            await account.within(close())
        account.adapter = self._make(account.site, account.config, account.keep, account.files)
        await account.ear.start(account.adapter)

    def _make(self, site: Site, config: BaseModel, keep: Keep, files: Mapping[str, bytes]) -> Any:
        async def read_file(reference: str) -> bytes:
            return files[reference]

        def new_id() -> str:
            return f"kit-id-{next(self._ids)}"

        context = AdapterContext(site.account, site.webhook_base, site.now, new_id, keep, read_file)
        adapter = self.harness.make(config, context)
        close = getattr(adapter, "close", None)
        if close is not None:
            self._stack.push_async_callback(_closed, close, self.harness.seconds)
        return adapter


async def _closed(close: Callable[[], Awaitable[None]], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await close()


def stored(value: Mapping[str, object]) -> Mapping[str, object]:
    """A payload or address as it comes back from a store. Raises `Broken` if it cannot go in."""
    try:
        back: Mapping[str, object] = orjson.loads(orjson.dumps(dict(value)))
    except TypeError as error:
        raise Broken(f"this cannot be stored as JSON ({error}): use plain values") from error
    return back
