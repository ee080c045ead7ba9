"""Reaching somebody of our own accord: which channel of ours a handle is on, and its message there.

It writes to a handle's own address and to no other: in its newest conversation, or in a new one
that the channel can begin. What it wrote is durable and leaves like every answer. It does not
decide what to say, and whether it may be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import structlog

from core.channel import CannotRender, SendError
from core.channel_abilities import Addresses
from core.clock import to_micros
from core.message import Handle, OutboundMessage
from gateway.channels.loading import Channel
from gateway.channels.outgoing import Outgoing
from gateway.events import Bus, Event
from memory.store import Store
from memory.units.messages.reaching import Letter, Way, Ways, Written, find_ways, write_letter

log = structlog.get_logger(__name__)

_HOLD_SECONDS = 60
_FIXED_IDS = 5
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reached:
    """The message as it was written. `repeated`: it had been before, for the same cause."""

    message_id: str
    conversation_id: int
    handle_id: int
    customer_id: int
    account: str
    channel: str
    repeated: bool


class Reaching:
    """Writes to handles on the accounts of `channels`. `worker` holds the parts until they left."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        channels: Mapping[str, Channel],
        outgoing: Outgoing,
        *,
        worker: str,
        count_tokens: Callable[[str], int],
        now: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        self._store = store
        self._bus = bus
        self._channels = channels
        self._outgoing = outgoing
        self._worker = worker
        self._count_tokens = count_tokens
        self._now = now
        self._new_id = new_id

    async def reach(
        self,
        handle_key: str,
        message: OutboundMessage,
        cause: str,
        about: Mapping[str, str] = NOTHING,
    ) -> Reached | None:
        """Write to the handle; nothing when no channel of ours reaches it, or it may not be.

        The same cause writes once, whatever the message says the next time. `about` is kept with
        it, for when it is answered.
        """
        letter = await self.prepare(handle_key, message, cause, about)
        if letter is None:
            return None
        written = await self._store.run(write_letter, letter)
        if written is None:
            return None
        self.leave(written, message)
        return Reached(
            written.message_id,
            written.conversation_id,
            written.handle_id,
            written.customer_id,
            written.account,
            written.channel,
            written.repeated,
        )

    async def prepare(
        self,
        handle_key: str,
        message: OutboundMessage,
        cause: str,
        about: Mapping[str, str] = NOTHING,
        hidden: Mapping[str, str] = NOTHING,
        *,
        alike: bool = False,
    ) -> Letter | None:
        """The letter as `memory.units.messages.reaching.write_letter` writes it, for a caller who
        writes more in the same transaction and then calls `leave`. `hidden` are the secrets in it,
        and what is kept in their place: of the text at once, of the parts when they are over. With
        `alike` it waits for the same things whether we know the handle or not."""
        kind, _, address = handle_key.partition(":")
        to = Handle(kind, address)
        way = await self._way(to, await self._store.read(find_ways, handle_key), alike)
        if way is None:
            return None
        channel = self._channels[way.account]
        try:
            parts = channel.exit().render(message)
        except CannotRender:
            return None
        at = self._now()
        text = _without(message.text, hidden)
        payloads = tuple(part.payload for part in parts)
        return Letter(
            cause=cause,
            to=to,
            way=way,
            text=text,
            tokens=self._count_tokens(text),
            payloads=payloads,
            birth=self._outgoing.fresh(way.account, self._worker, to_micros(at), _HOLD_SECONDS),
            now=to_micros(at),
            ids=tuple(self._new_id() for _ in range(_FIXED_IDS + len(parts))),
            choices=tuple((one.label, one.value) for one in message.quick_replies),
            about=about,
            kept=tuple(_cleared(one, hidden) for one in payloads) if hidden else (),
        )

    def leave(self, written: Written, message: OutboundMessage) -> None:
        """Let a message leave that was written just now."""
        if written.repeated:
            return
        now = self._now()
        self._outgoing.leave(
            written.account, written.key, written.seq, written.deliveries, message, now
        )
        if self._bus.listening:
            data = {"message_id": written.message_id, "author": message.author.value}
            self._bus.publish(
                Event("message", now, written.customer_id, written.conversation_id, data)
            )

    def can_reach(self, kind: str) -> bool:
        """Whether somebody who never wrote can be written to by a handle of this kind."""
        return bool(self._openers(kind))

    async def _way(self, to: Handle, ways: Ways, alike: bool) -> Way | None:
        known = next((one for one in ways.threads if one.account in self._channels), None)
        wanted = not ways.closed and known is None
        opened = await self._opened(to) if wanted or alike else None
        return None if ways.closed else known or opened

    async def _opened(self, to: Handle) -> Way | None:
        """A conversation that we begin, by the first account that can."""
        for channel, opener in self._openers(to.kind):
            try:
                opening = await opener.opening(to.address)
            except (ValueError, SendError) as error:
                log.info("not_reached", account=channel.account, error=type(error).__name__)
                continue
            return Way(
                channel.account,
                channel.spec.name,
                opening.key,
                opening.address,
                title=opening.title,
            )
        return None

    def _openers(self, kind: str) -> list[tuple[Channel, Addresses]]:
        return [
            (channel, channel.adapter)
            for channel in self._channels.values()
            if channel.spec.identity_kind == kind and isinstance(channel.adapter, Addresses)
        ]


def _without(text: str, hidden: Mapping[str, str]) -> str:
    for secret, kept in hidden.items():
        text = text.replace(secret, kept)
    return text


def _cleared(payload: Mapping[str, object], hidden: Mapping[str, str]) -> Mapping[str, object]:
    """The payload with every text in it, however deep, without the secrets."""
    return {name: _cleared_value(value, hidden) for name, value in payload.items()}


def _cleared_value(value: object, hidden: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return _without(value, hidden)
    if isinstance(value, Mapping):
        return _cleared(value, hidden)
    if isinstance(value, Sequence):
        return [_cleared_value(one, hidden) for one in value]
    return value
