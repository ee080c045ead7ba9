"""Outgoing: how a reply is rendered for its account, and by which of the two ways it leaves.

A channel that is called takes parts from the delivery worker; a socket channel's reply is delivered
by being in the thread's resume log, and is pushed to whoever is connected. Nothing here retries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from core.clock import Micros
from core.message import Audience, Author, DeliveryStatus, OutboundMessage, RenderedPart
from core.socket_channel import LoggedMessage
from gateway.channels.deliveries import Deliveries
from gateway.sockets.hub import SocketHub
from memory.units.messages.claims import Thread
from memory.units.messages.consent import OPTED_OUT
from memory.units.messages.holding import Due
from memory.units.messages.turns import Commit

UNREACHABLE = "This address cannot be reached: an earlier message to it came back."

_SENT, _SENDING = (
    {"status": status.value, "provider_id": None, "reason": None}
    for status in (DeliveryStatus.SENT, DeliveryStatus.SENDING)
)
_DISCARDED = {"status": DeliveryStatus.DISCARDED.value, "provider_id": None, "reason": OPTED_OUT}
_FAILED = {"status": DeliveryStatus.FAILED.value, "provider_id": None, "reason": UNREACHABLE}

Columns = Mapping[str, object]
Render = Callable[[OutboundMessage], Sequence[RenderedPart]]


@dataclass(frozen=True, slots=True)
class Exit:
    """How one account's replies leave: its rendering, whether they leave by socket, and whether
    what is personal reaches the sender alone."""

    render: Render
    socket: bool
    private: bool = False


class Outgoing:
    """Knows every account's exit. `exits` are keyed by account."""

    def __init__(self, exits: Mapping[str, Exit], deliveries: Deliveries, hub: SocketHub) -> None:
        self._exits = exits
        self._deliveries = deliveries
        self._hub = hub

    def render(self, thread: Thread, message: OutboundMessage | None) -> Sequence[RenderedPart]:
        """The parts of a reply in this thread. Raises `core.channel.CannotRender`."""
        if message is None:
            return ()
        if thread.audience != message.audience:
            message = replace(message, audience=Audience(thread.audience))
        return self._exits[thread.account].render(message)

    def is_private(self, account: str) -> bool:
        """Whether what is personal reaches the sender alone, whoever reads along."""
        return self._exits[account].private

    def birth(self, thread: Thread) -> Mapping[str, object]:
        """The status with which the parts of a reply in this thread are born."""
        if self._exits[thread.account].socket:
            return _SENT
        if thread.opted_out:
            return _DISCARDED
        return _FAILED if thread.dead else _SENDING

    def dispatch(
        self,
        thread: Thread,
        seq: int,
        change: Commit,
        message: OutboundMessage | None,
        now: datetime,
    ) -> None:
        """Let a committed reply leave."""
        if message is None:
            return
        if self._exits[thread.account].socket or not (thread.opted_out or thread.dead):
            self.leave(thread.account, thread.key, seq, change.deliveries, message, now)

    def fresh(self, account: str, worker: str, at: Micros, hold_seconds: int) -> Columns:
        """The columns with which the parts of a message are born that answers nobody."""
        held = {"claimed_by": worker, "claimed_until": at + hold_seconds * 1_000_000}
        return {**held, **(_SENT if self._exits[account].socket else _SENDING)}

    def leave(
        self,
        account: str,
        key: str,
        seq: int,
        rows: Sequence[Columns],
        message: OutboundMessage,
        now: datetime,
    ) -> None:
        """Let the written parts of a message leave, in the thread of this key."""
        if self._exits[account].socket:
            for row in rows:
                self.push(account, key, seq, row, message, now)
        else:
            self._deliveries.hold([_as_due(row, seq) for row in rows])

    def show_typing(self, thread: Thread) -> None:
        """Show that an answer is coming, where the channel can."""
        if self._exits[thread.account].socket:
            self._hub.publish_typing(thread.account, thread.key, True, Author.BOT)

    def push(
        self,
        account: str,
        key: str,
        seq: int,
        row: Mapping[str, object],
        message: OutboundMessage,
        now: datetime,
    ) -> None:
        """Show a committed message to the sockets of its thread."""
        payload = orjson.loads(str(row["payload_json"]))
        logged = LoggedMessage(seq, Author(message.author), message.author_name, payload, now)
        self._hub.publish(account, key, logged)


def _as_due(row: Mapping[str, Any], seq: int) -> Due:
    return Due(
        id=row["id"],
        conversation_id=row["conversation_id"],
        seq=seq,
        part=row["part"],
        parts=row["parts"],
        account=row["account"],
        channel=row["channel"],
        author=row["author"],
        address_json=row["address_json"],
        payload_json=row["payload_json"],
        attempts=0,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        lost=False,
    )
