"""Admission: what an adapter received becomes durable, once, before anything is acknowledged.

It removes secrets, counts tokens, stores, and tells the turn driver. What comes with a message, and
what is said about earlier ones, takes the same door. It neither answers a provider nor decides what
a message means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from core.channel import Received
from core.clock import from_micros, to_micros
from core.identity.graph import silent_before
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import DeliveryUpdate, InboundMessage, Parked, Revision
from core.secrets import digest_of, find_secrets
from gateway.access.networks import network_of
from gateway.channels.enclosures import Enclosed, clean_title, enclose, has_enclosures
from gateway.events import Bus, Event
from gateway.files import FileStore
from memory.expectations import OpenQuestions, expectation
from memory.store import Store
from memory.units.identity.vouching import Vouching, is_news, vouch
from memory.units.messages.admission import Admission, Admitted, Cleaned, admit
from memory.units.messages.deliveries import Report, report
from memory.units.messages.parking import Parking, park
from memory.units.messages.revisions import Change, Revised, revise

log = structlog.get_logger(__name__)

_NOT_KEPT = "Its content is not kept, because a card number or the like is in it."

_NETWORK_DIGITS = 16

LONGEST_TEXT = 100_000
"""Characters kept of a message's text."""


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """How messages are cleaned and grouped.

    `secret_key` keys the digests of secrets, `protected` gives the shapes that are never taken
    for a card number now, and `quiet` gives a channel's quiet window in seconds. `open_for` gives
    how long a question stays open in which nothing happens (`None`: for ever).
    """

    secret_key: bytes
    protected: Callable[[], tuple[str, ...]]
    quiet: Mapping[str, float]
    open_for: Callable[[], timedelta | None] = lambda: None


class Admissions:
    """Takes messages in, durably. `notify` is told whose messages wait, and until when.

    `identity_rules` gives those in force. `lost_revisions` counts changes of messages that were
    never admitted here.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        rules: AdmissionRules,
        files: FileStore,
        *,
        count_tokens: Callable[[str], int],
        now: Callable[[], datetime],
        new_id: Callable[[], int],
        notify: Callable[[int, int], None],
        identity_rules: Callable[[], IdentityRules] = lambda: DEFAULT_RULES,
    ) -> None:
        self._store = store
        self._bus = bus
        self._rules = rules
        self._files = files
        self._count_tokens = count_tokens
        self._now = now
        self._new_id = new_id
        self._notify = notify
        self._identity_rules = identity_rules
        self.lost_revisions = 0

    async def admit(self, message: InboundMessage) -> Admitted:
        """Store one message with what came along; returns once it is durable.

        Raises `memory.store.Overloaded`, and `OSError` when there is no room for its files.
        """
        enclosed = Enclosed(message)
        if has_enclosures(message):
            enclosed = await self._enclose(message)
        new_id, at = self._new_id, to_micros(self._now())
        admission = Admission(
            message=self._counted(enclosed.message),
            clean=lambda expecting: self._clean(message.text, expecting),
            received_at=at,
            quiet=int(self._rules.quiet.get(message.channel, 0.0) * 1_000_000),
            ids=(new_id(), new_id(), new_id(), new_id(), new_id()),
            original=enclosed.original,
            silent_before=silent_before(message.sender.kind, self._identity_rules(), at),
            questions=self._questions(),
        )
        admitted = await self._store.write(admit, admission)
        if admitted.secret and enclosed.original:
            # The question for it was asked while the original was being kept.
            for reference in enclosed.original.values():
                await self._files.drop(reference)
        if message.vouched and not admitted.duplicate:
            admitted = await self._vouch(message, admitted)
        if self._bus.listening:
            self._tell(message, admitted)
        if not admitted.duplicate:
            self._notify(admitted.customer_id, admitted.due_at)
        return admitted

    async def admit_all(self, messages: Sequence[InboundMessage]) -> list[Admitted]:
        """Store several messages in their order."""
        return [await self.admit(message) for message in messages]

    async def take_in(self, account: str, received: Received) -> None:
        """Everything received but its messages: revisions, what is parked, reports on parts."""
        for parked in received.parked:
            await self.park(parked)
        for revision in received.revisions:
            await self.revise(revision)
        if received.updates:
            await self.report(account, received.updates)

    async def park(self, parked: Parked) -> None:
        """Keep what could not be read, with its reason, for a person; its bytes only when there is
        no secret in them."""
        words = parked.content.decode("utf-8", "replace")
        _, found = await asyncio.to_thread(self._find, words, None)
        file = "" if found else await self._files.keep(parked.content)
        one = Parking(
            self._new_id(),
            parked.account,
            parked.event_id,
            self._find(clean_title(parked.title), None)[0],
            f"{parked.reason} {_NOT_KEPT}" if found else parked.reason,
            file,
            to_micros(parked.at),
        )
        if await self._store.run(park, one):
            log.warning("mail_parked", account=parked.account, parked=one.id)

    async def revise(self, revision: Revision) -> None:
        """Let the sender change a message, or take it back."""
        text = revision.text
        change = Change(
            revision.account,
            revision.revises,
            revision.sender.key,
            None if text is None else lambda expecting: self._clean(text, expecting),
            to_micros(revision.at),
            self._questions(),
        )
        done = await self._store.run(revise, change)
        if done.outcome is not Revised.DONE:
            self.lost_revisions += done.outcome is Revised.UNKNOWN
            log.info("revision_ignored", account=revision.account, why=done.outcome.value)
        elif self._bus.listening:
            data = {"message_id": done.message_id, "author": "customer", "state": "revised"}
            self._bus.publish(
                Event("message", self._now(), done.customer_id, done.conversation_id, data)
            )

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
                    ids=(self._new_id(), self._new_id()) if update.dead else None,
                ),
            )
            if part is not None and self._bus.listening:
                data = {"delivery_id": str(part), "status": update.status.value}
                self._bus.publish(Event("delivery", now, data=data))

    async def _enclose(self, message: InboundMessage) -> Enclosed:
        now = to_micros(self._now())
        expected = await self._store.read(expectation, message, now, self._questions())
        return await enclose(message, self._files, self._find, expected)

    def _questions(self) -> OpenQuestions:
        """Which questions for a secret are open now."""
        span = self._rules.open_for()
        since = 0 if span is None else to_micros(self._now() - span)
        return OpenQuestions(self._identity_rules(), since)

    async def _vouch(self, message: InboundMessage, admitted: Admitted) -> Admitted:
        """Join the sender to who is vouched for. What keeps it from being done never keeps the
        message from being handled."""
        for vouched in message.vouched:
            key, other = message.sender.key, vouched.handle.key
            try:
                at = self._now()
                if not await self._store.read(is_news, key, vouched, to_micros(at)):
                    continue
                rules = self._identity_rules()
                one = Vouching(message.sender, vouched, to_micros(at), self._new_id, rules)
                changed = await self._store.run(vouch, one)
            except Exception:
                log.exception("vouching_failed", account=message.account)
                continue
            if changed is not None:
                admitted = replace(admitted, customer_id=changed.customer_id)
                if self._bus.listening:
                    data: dict[str, object] = {"state": "linked", "handle": key, "to": other}
                    self._bus.publish(Event("identity", at, changed.customer_id, None, data))
        return admitted

    def _counted(self, message: InboundMessage) -> InboundMessage:
        """The message with a digest in place of its network, to count by and to tell nothing."""
        if message.network is None:
            return message
        kept = digest_of(network_of(message.network), self._rules.secret_key)
        return replace(message, network=kept[:_NETWORK_DIGITS])

    def _clean(self, text: str, expecting: str | None) -> Cleaned:
        cleaned, secrets = self._find(text[:LONGEST_TEXT], expecting)
        return Cleaned(cleaned, secrets, self._count_tokens(cleaned))

    def _find(self, text: str, expecting: str | None) -> tuple[str, Mapping[str, str]]:
        # PostgreSQL cannot store a NUL, and no person means one.
        plain = text.replace("\x00", "\ufffd")
        return find_secrets(plain, self._rules.protected(), self._rules.secret_key, expecting)

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
