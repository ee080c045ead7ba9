"""The machine's stage: real units on a real database, and a bot that repeats all it knows.

Every message says a word of its own. The bot answers with every word that memory handed to it,
keeps one as a fact and one in its case: whatever memory hands to the wrong one is said aloud.
Time stands still between steps, which move it themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, select
from sqlmodel import SQLModel

from core.clock import from_micros, to_micros
from core.identity.graph import silent_before
from core.identity.rules import DEFAULT_RULES
from core.message import (
    Assurance,
    Audience,
    Author,
    Claim,
    Handle,
    InboundMessage,
    OutboundMessage,
    RenderedPart,
)
from core.turn import CaseState, Decision, Fact, Recall, Said, SlotValue, TurnInput
from gateway.turns.provenance import given
from gateway.turns.rows import Ids, build_commit
from memory.pages.customer import customer_page, timeline
from memory.readable.context import Context, load_context
from memory.readable.sender import ContextQuery
from memory.tables.main import Conversation, Delivery, Inbound
from memory.tables.main import Handle as HandleRow
from memory.tables.rows import table
from memory.units.identity.challenges import Asking
from memory.units.messages.admission import Admission, Cleaned, admit
from memory.units.messages.claims import Claim as LeaseClaim
from memory.units.messages.claims import claim, release_leases
from memory.units.messages.reaching import Letter, Way
from memory.units.messages.turns import commit

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORD = re.compile(r"\bw\d+x\b")
CHANNELS = {"phone": "sms", "login": "webchat", "visitor": "webchat", "email": "email"}
LEVELS = {"phone": 2, "login": 4, "visitor": 1, "email": 2}

_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(HandleRow)
_inbound = table(Inbound)

_WHERE = (
    select(_handle.c.customer_id, func.min(_conversation.c.id))
    .select_from(_handle)
    .outerjoin(_conversation, _conversation.c.handle_id == _handle.c.id)
    .where(_handle.c.id == bindparam("life"))
    .group_by(_handle.c.customer_id)
)
"""Whose a life is now, and where it writes. Made once: it is asked for a hundred thousand times."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word that was said: by which life, at which level, where."""

    word: str
    life: int
    level: int
    conversation: int


@dataclass
class Stage:
    """The database, the clock, and what was said so far by whom."""

    connection: Connection
    now: datetime = START
    spoken: dict[str, Spoken] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(1_000_001))

    def id(self) -> int:
        """A fresh row id."""
        return next(self._ids)

    @property
    def micros(self) -> int:
        """The time."""
        return to_micros(self.now)

    def later(self, by: timedelta) -> None:
        """Time goes on."""
        self.now += by

    def says(
        self, key: str, level: int, claims: Sequence[str] = (), *, leaves: bool = True
    ) -> Spoken:
        """A message from this address, and the turn that answers it with all that is remembered.

        Unless it `leaves`, the answer is still to be sent when it is written down.
        """
        kind, address = key.split(":", 1)
        word = f"w{self.id()}x"
        hints = tuple(Claim(one.split(":", 1)[0], one.split(":", 1)[1], "typed") for one in claims)
        message = InboundMessage(
            account=CHANNELS[kind],
            channel=CHANNELS[kind],
            event_id=f"event-{self.id()}",
            conversation_key=key,
            sender=Handle(kind, address),
            assurance=Assurance(level),
            evidence="as the channel says",
            text=" ".join((word, *claims)),
            reply_address={"to": address},
            sent_at=self.now,
            audience=Audience.ONE,
            claims=hints,
        )
        ids = (self.id(), self.id(), self.id(), self.id(), self.id())
        clean = Cleaned(message.text, {}, 3)
        silent = silent_before(kind, DEFAULT_RULES, self.micros)
        admission = Admission(message, lambda _: clean, self.micros, 0, ids, silent_before=silent)
        (done,) = admit(self.connection, [admission])
        said = Spoken(word, done.handle_id, level, done.conversation_id)
        self.spoken[word] = said
        self._answer(done.customer_id, leaves=leaves)
        return said

    def catch_up(self) -> None:
        """What was held back is answered anew."""
        waiting = (
            select(_handle.c.customer_id)
            .join(_inbound, _inbound.c.handle_id == _handle.c.id)
            .where(_inbound.c.status == "new")
            .order_by(_inbound.c.id)
            .limit(1)
        )
        while (customer := self.connection.execute(waiting).scalar()) is not None:
            self._answer(int(customer), leaves=True)

    def unanswered(self) -> int:
        """How many messages have no answer that left, will leave, or was there to be given."""
        taken = (
            select(_delivery.c.turn_id)
            .where(_delivery.c.status != "discarded", _delivery.c.turn_id.is_not(None))
            .scalar_subquery()
        )
        lost = _inbound.c.turn_id.is_(None) | _inbound.c.turn_id.not_in(taken)
        living = select(_handle.c.id).where(_handle.c.retired_at.is_(None)).scalar_subquery()
        query = select(func.count()).select_from(_inbound)
        found = self.connection.execute(query.where(lost, _inbound.c.handle_id.in_(living)))
        return int(found.scalar_one())

    def _answer(self, customer_id: int, *, leaves: bool) -> None:
        owner = f"worker-{self.id()}"
        until = self.micros + 30_000_000
        (claimed,) = claim(self.connection, [LeaseClaim(customer_id, owner, self.micros, until)])
        thread = claimed.thread
        assert thread is not None, "what was admitted waits for nobody"
        taken = claimed.waiting[:1]
        claimed = claimed.answering(taken)
        last = taken[-1]
        context = self.known(last.handle_id, last.assurance, last.conversation_id)
        turn = self._turn(claimed.thread, taken, context)
        decision = _leaking(turn, context)
        assert decision.reply is not None
        part = RenderedPart({"body": decision.reply.text})
        change = build_commit(
            claimed,
            taken,
            turn,
            decision,
            [part],
            {"status": "sent" if leaves else "pending", "provider_id": None, "reason": None},
            3,
            self.now,
            Ids(self.id, owner, 0.0),
            given=given(context, turn, last.handle_id),
        )
        commit(self.connection, [change])
        self.settled()

    def _turn(self, thread: Any, taken: Sequence[Any], context: Context) -> TurnInput:
        messages = tuple(
            Said(
                one.message_id,
                from_micros(one.received_at),
                thread.channel,
                Author.CUSTOMER,
                one.text,
                one.tokens,
                thread.handle_key,
            )
            for one in taken
        )
        return TurnInput(
            id=str(self.id()),
            now=self.now,
            channel=thread.channel,
            audience=Audience.ONE,
            sender=context.sender,
            messages=messages,
            case_id=None if context.case_id is None else str(context.case_id),
            case=context.case,
            recall=Recall(facts=context.facts, exchanges=context.thread),
            in_handoff=context.in_handoff,
        )

    def asks(self, said: Spoken, other: str) -> Asking:
        """The one who said this asks for a code to another address."""
        kind, address = other.split(":", 1)
        row = self.id()
        letter = Letter(
            cause=f"code:{row}",
            to=Handle(kind, address),
            way=Way(CHANNELS[kind], CHANNELS[kind], other, {"to": address}),
            text="Your code: [code removed]",
            tokens=4,
            payloads=({"body": "Your code: 123456"},),
            birth={"status": "sent", "provider_id": None, "reason": None},
            now=self.micros,
            ids=tuple(self.id() for _ in range(6)),
        )
        return Asking(
            row,
            "step-up",
            said.life,
            said.conversation,
            said.word,
            other,
            None,
            "the right digest",
            None,
            letter,
            DEFAULT_RULES,
            self.micros,
        )

    def settled(self) -> None:
        """Leases end, as when a worker is done."""
        release_leases(self.connection, self.micros)

    def known(self, life: int, level: int, conversation: int | None = None) -> Context:
        """What a sender from there would be known to have said, now."""
        customer, own = self.connection.execute(_WHERE, {"life": life}).one()
        here = (own or 0) if conversation is None else conversation
        query = ContextQuery(customer, life, here, Assurance(level), self.micros)
        return load_context(self.connection, query)

    def own_conversation(self, life: int) -> int:
        """Where this life writes."""
        return int(self.connection.execute(_WHERE, {"life": life}).one()[1] or 0)

    def page_words(self, customer: int) -> frozenset[str]:
        """Every word that people see on this customer's pages."""
        seen = repr(customer_page(self.connection, customer))
        return words(seen + repr(timeline(self.connection, customer)))

    def all_words(self) -> frozenset[str]:
        """Every word that is stored anywhere, in whatever table."""
        found: set[str] = set()
        for one in SQLModel.metadata.sorted_tables:
            for row in self.connection.execute(select(one)):
                found |= words(repr(tuple(row)))
        return frozenset(found)

    def newest_addresses(self) -> Iterator[tuple[str, str]]:
        """Where the newest parts of answers went, and whose answers they were."""
        query = (
            select(_delivery.c.address_json, _handle.c.address)
            .join(_handle, _handle.c.id == _delivery.c.handle_id)
            .order_by(_delivery.c.id.desc())
            .limit(3)
        )
        for address_json, own in self.connection.execute(query):
            yield str(orjson.loads(address_json)["to"]), own


def words(text: str) -> frozenset[str]:
    """The words of customers in a text."""
    return frozenset(WORD.findall(text))


def context_words(context: Context) -> frozenset[str]:
    """Every word in what a sender may know."""
    return words(repr((context.thread, context.facts, context.case)))


def _leaking(turn: TurnInput, context: Context) -> Decision:
    """Says everything it was given, and keeps the newest word as a fact and in the case."""
    own = next(iter(words(turn.messages[-1].text)))
    known = " ".join(sorted(context_words(context)))
    source, handle, level = turn.messages[-1].id, turn.sender.handle, turn.sender.level
    slots = tuple(one for one in turn.case.slots if one.name != f"told-{handle}")
    told = SlotValue(f"told-{handle}", own, source, handle, level)
    case = _with(turn, slots, told)
    fact = Fact(f"last-{handle}", own, source, handle, level, turn.now)
    return Decision(
        reply=OutboundMessage(f"you said {own}; I know {known}"),
        silent=None,
        intent="order_status",
        case=case,
        facts=(fact,) if level >= Assurance.ASSERTED else (),
    )


def _with(turn: TurnInput, slots: tuple[SlotValue, ...], told: SlotValue) -> CaseState:
    if told.level < Assurance.ASSERTED:
        return replace(turn.case, intent="order_status", slots=slots)
    return replace(turn.case, intent="order_status", slots=(*slots, told))


def by_word(spoken: Mapping[str, Spoken], found: frozenset[str]) -> Iterator[Spoken]:
    """Who said each of these words."""
    return (spoken[one] for one in sorted(found) if one in spoken)
