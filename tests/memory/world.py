"""A small world for tests: handles that write, a bot that answers, cases, facts and handoffs.

Messages come in through the real admission; what a turn would commit is written as rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from core.clock import to_micros
from core.identity.graph import silent_before
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Audience, Claim, Handle, InboundMessage
from core.turn import CaseState, SlotValue
from memory.codec import dump_case
from memory.readable.context import Context, load_context
from memory.readable.sender import ContextQuery
from memory.tables.main import (
    Case,
    Conversation,
    Customer,
    Delivery,
    Handoff,
    Inbound,
    Message,
    Turn,
)
from memory.tables.main import Handle as HandleRow
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.linking import Changed, link, unlink
from memory.units.messages.admission import Admission, Cleaned, admit

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_KINDS = {
    "phone": "sms",
    "login": "webchat",
    "visitor": "webchat",
    "email": "email",
    "unproved-email": "email",
}

PHONE, CHAT, VISITOR, MAIL = "phone:+15550001111", "login:anna", "visitor:v1", "email:anna@x.org"
LEVELS = {
    "phone": Assurance.AUTHENTICATED,
    "login": Assurance.LOGGED_IN,
    "visitor": Assurance.ASSERTED,
    "email": Assurance.AUTHENTICATED,
    "unproved-email": Assurance.ASSERTED,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said: the rows' ids."""

    handle_id: int
    conversation_id: int
    seq: int

    @property
    def message_id(self) -> str:
        """The message's public id."""
        return f"{self.conversation_id}-{self.seq}"


@dataclass
class World:
    """Time goes a minute with each thing that happens."""

    connection: Connection
    now: datetime = START
    _ids: count[int] = field(default_factory=lambda: count(1001))

    def id(self) -> int:
        """A fresh row id."""
        return next(self._ids)

    def micros(self) -> int:
        """The time, one minute after the last time it was asked for."""
        self.now += timedelta(minutes=1)
        return to_micros(self.now)

    def say(
        self,
        who: str,
        text: str,
        *,
        level: Assurance | None = None,
        thread: str | None = None,
        waiting: bool = False,
        audience: Audience = Audience.ONE,
        secrets: dict[str, str] | None = None,
        claims: tuple[Claim, ...] = (),
        event: str | None = None,
        needs_person: str | None = None,
    ) -> Place:
        """A message from a handle; `thread` names another conversation than the handle's own."""
        kind, address = who.split(":", 1)
        channel = _KINDS[kind]
        at = self.micros()
        message = InboundMessage(
            account=channel,
            channel=channel,
            event_id=event or f"event-{self.id()}",
            conversation_key=thread or who,
            sender=Handle(kind, address),
            assurance=LEVELS[kind] if level is None else level,
            evidence="signed webhook",
            text=text,
            reply_address={"to": address},
            sent_at=self.now,
            audience=audience,
            claims=claims,
            needs_person=needs_person,
        )
        ids = (self.id(), self.id(), self.id(), self.id(), self.id())
        clean = Cleaned(text, secrets or {}, max(1, len(text) // 4))
        before = silent_before(kind, DEFAULT_RULES, at)
        one = Admission(message, lambda _kind: clean, at, 0, ids, silent_before=before)
        (done,) = admit(self.connection, [one])
        if not waiting:
            self._update(Inbound, done.inbound_id, status="done")
        return Place(done.handle_id, done.conversation_id, done.seq)

    def reply(
        self,
        place: Place,
        text: str,
        *,
        author: str = "bot",
        status: str = "delivered",
        level: Assurance = Assurance.AUTHENTICATED,
    ) -> Place:
        """The bot's answer in the thread of `place`, in one part."""
        at, turn_id = self.micros(), self.id()
        thread = self.row(Conversation, place.conversation_id)
        seq = int(thread["seq"]) + 1
        self._update(Conversation, place.conversation_id, seq=seq, updated_at=at)
        self._insert(
            Message,
            conversation_id=place.conversation_id,
            seq=seq,
            handle_id=place.handle_id,
            author=author,
            text=text,
            tokens=max(1, len(text) // 4),
            created_at=at,
            level=int(level),
            turn_id=turn_id,
        )
        self._insert(
            Turn,
            id=turn_id,
            customer_id=self.customer(place.handle_id),
            conversation_id=place.conversation_id,
            record_json=orjson.dumps({"messages": [place.message_id], "reply": text}).decode(),
            decided_at=at,
        )
        self._insert(
            Delivery,
            id=self.id(),
            conversation_id=place.conversation_id,
            seq=seq,
            part=0,
            parts=1,
            handle_id=place.handle_id,
            account=thread["account"],
            channel=thread["channel"],
            author=author,
            address_json="{}",
            payload_json="{}",
            status=status,
            due_at=at,
            turn_id=turn_id,
            created_at=at,
            updated_at=at,
        )
        return Place(place.handle_id, place.conversation_id, seq)

    def case(
        self,
        place: Place,
        slots: tuple[SlotValue, ...] = (),
        *,
        status: str = "open",
        outcome: str | None = None,
        intent: str = "order_status",
        counters: dict[str, int] | None = None,
        said: tuple[str, ...] = (),
    ) -> int:
        """A case opened in the thread of `place`."""
        case_id, at = self.id(), self.micros()
        state = CaseState(intent=intent, slots=slots, counters=counters or {}, said=said)
        self._insert(
            Case,
            id=case_id,
            customer_id=self.customer(place.handle_id),
            handle_id=place.handle_id,
            conversation_id=place.conversation_id,
            status=status,
            intent=intent,
            state_json=dump_case(state),
            opened_at=at,
            updated_at=at,
            outcome=outcome,
        )
        return case_id

    def handoff(self, place: Place, case_id: int, *, urgency: str = "normal") -> int:
        """The case waits for a person."""
        handoff_id = self.id()
        self._update(Case, case_id, status="handed")
        self._insert(
            Handoff,
            id=handoff_id,
            case_id=case_id,
            customer_id=self.customer(place.handle_id),
            conversation_id=place.conversation_id,
            handle_id=place.handle_id,
            rule="asked-for-a-person",
            reason="Asked for a person.",
            queue="general",
            urgency=urgency,
            packet_json=orjson.dumps({"intent": "order_status"}).decode(),
            opened_at=self.micros(),
        )
        return handoff_id

    def fact(self, place: Place, key: str, value: str, *, level: int = 2) -> int:
        """Something remembered out of the message at `place`."""
        fact_id = self.id()
        self._insert(
            Fact,
            id=fact_id,
            handle_id=place.handle_id,
            key=key,
            value=value,
            source=place.message_id,
            level=level,
            recorded_at=self.micros(),
        )
        return fact_id

    def link(
        self,
        handle: str,
        to: str,
        level: Assurance = Assurance.AUTHENTICATED,
        evidence: str = "saw it",
        rule: str = "by-hand",
        rules: IdentityRules = DEFAULT_RULES,
        reads_from: int = 0,
    ) -> Changed:
        """An admin joins two handles, or a rule does."""
        target = self.handle_row(to)["customer_id"]
        ids = (self.id(), self.id())
        return link(
            self.connection, handle, target, level, rule, evidence, "admin", self.micros(), ids,
            rules=rules, reads_from=reads_from,
        )  # fmt: skip

    def unlink(self, handle: str, customer_id: int | None = None) -> Changed:
        """An admin parts them again."""
        return unlink(
            self.connection, handle, customer_id, "admin", "a mistake", self.micros(), self.id()
        )

    def sees(
        self, who: str, level: Assurance | None = None, conversation_id: int | None = None
    ) -> Context:
        """What a sender may know when writing now."""
        row = self.handle_row(who)
        if conversation_id is None:
            own = select(table(Conversation).c.id).where(
                table(Conversation).c.handle_id == row["id"]
            )
            conversation_id = self.connection.execute(own).scalar() or 0
        proved = LEVELS[row["kind"]] if level is None else level
        query = ContextQuery(row["customer_id"], row["id"], conversation_id, proved, self.micros())
        return load_context(self.connection, query)

    def texts(
        self, who: str, level: Assurance | None = None, conversation_id: int | None = None
    ) -> list[str]:
        """The words a sender may read."""
        return [one.text for one in self.sees(who, level, conversation_id).thread]

    def customer(self, handle_id: int) -> int:
        """The customer of a handle now."""
        return int(self.row(HandleRow, handle_id)["customer_id"])

    def handle_row(self, key: str) -> dict[str, Any]:
        """The handle's row by its key."""
        handles = table(HandleRow)
        found = self.connection.execute(select(handles).where(handles.c.key == key))
        return dict(found.mappings().one())

    def row(self, model: type, row_id: int) -> dict[str, Any]:
        """A row by its id."""
        rows = table(model)
        return dict(
            self.connection.execute(select(rows).where(rows.c.id == row_id)).mappings().one()
        )

    def version(self, customer_id: int) -> tuple[int, int]:
        """What fences a turn: the customer's version and lease token."""
        row = self.row(Customer, customer_id)
        return row["version"], row["lease_token"]

    def _insert(self, model: type, **values: object) -> None:
        self.connection.execute(insert(table(model)), values)

    def _update(self, model: type, row_id: int, **values: object) -> None:
        rows = table(model)
        self.connection.execute(update(rows).where(rows.c.id == row_id).values(**values))
