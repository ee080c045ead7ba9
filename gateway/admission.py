"""Admission: what an adapter received becomes durable, once, before anything is acknowledged.

It removes secrets, counts tokens, stores, and tells the turn driver. It neither answers a provider
nor decides what a message means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import from_micros, to_micros
from core.message import DeliveryUpdate, InboundMessage
from core.secrets import find_secrets
from gateway.events import Bus, Event
from memory.store import Store
from memory.units.admission import Admission, Admitted, Cleaned, admit
from memory.units.deliveries import Report, report


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """How messages are cleaned and grouped.

    `secret_key` keys the digests of secrets, `protected` are shapes never taken for a card number,
    and `quiet` gives a channel's quiet window in seconds.
    """

    secret_key: bytes
    protected: tuple[str, ...]
    quiet: Mapping[str, float]


class Admissions:
    """Takes messages in, durably. `notify` is told whose messages wait, and until when."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        rules: AdmissionRules,
        *,
        count_tokens: Callable[[str], int],
        now: Callable[[], datetime],
        new_id: Callable[[], int],
        notify: Callable[[int, int], None],
    ) -> None:
        self._store = store
        self._bus = bus
        self._rules = rules
        self._count_tokens = count_tokens
        self._now = now
        self._new_id = new_id
        self._notify = notify

    async def admit(self, message: InboundMessage) -> Admitted:
        """Store one message; returns once it is durable. Raises `memory.store.Overloaded`."""
        new_id = self._new_id
        received_at = to_micros(self._now())
        admission = Admission(
            message=message,
            clean=lambda expecting: self._clean(message.text, expecting),
            received_at=received_at,
            quiet=int(self._rules.quiet.get(message.channel, 0.0) * 1_000_000),
            ids=(new_id(), new_id(), new_id(), new_id(), new_id()),
        )
        admitted = await self._store.write(admit, admission)
        if self._bus.listening:
            self._tell(message, admitted)
        if not admitted.duplicate:
            self._notify(admitted.customer_id, admitted.due_at)
        return admitted

    async def admit_all(self, messages: Sequence[InboundMessage]) -> list[Admitted]:
        """Store several messages in their order."""
        return [await self.admit(message) for message in messages]

    async def report(self, account: str, updates: Sequence[DeliveryUpdate]) -> None:
        """Apply a provider's reports about parts sent earlier."""
        now = self._now()
        for update in updates:
            part = await self._store.write(
                report,
                Report(
                    self._new_id(),
                    account,
                    update.provider_id,
                    update.status,
                    update.code,
                    update.reason,
                    to_micros(now),
                    opted_out=update.opted_out,
                    dead=update.dead,
                ),
            )
            if part is not None and self._bus.listening:
                data = {"delivery_id": str(part), "status": update.status.value}
                self._bus.publish(Event("delivery", now, data=data))

    def _clean(self, text: str, expecting: str | None) -> Cleaned:
        # PostgreSQL cannot store a NUL, and no person means one.
        cleaned, secrets = find_secrets(
            text.replace("\x00", "\ufffd"), self._rules.protected, self._rules.secret_key, expecting
        )
        return Cleaned(cleaned, secrets, self._count_tokens(cleaned))

    def _tell(self, message: InboundMessage, admitted: Admitted) -> None:
        at = self._now()
        who = (admitted.customer_id, admitted.conversation_id)
        self._bus.publish(
            Event("received", at, *who, {"account": message.account, "channel": message.channel})
        )
        self._bus.publish(
            Event(
                "admitted",
                at,
                *who,
                {
                    "message_id": admitted.message_id,
                    "duplicate": admitted.duplicate,
                    "text": admitted.text,
                    "handle": message.sender.key,
                    "channel": message.channel,
                    "due_at": from_micros(admitted.due_at).isoformat(),
                },
            )
        )
        if not admitted.duplicate:
            self._bus.publish(
                Event(
                    "message",
                    at,
                    *who,
                    {"message_id": admitted.message_id, "author": "customer"},
                )
            )
