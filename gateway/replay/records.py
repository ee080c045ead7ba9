"""What the gateway wrote of its turns, read back as the rows of `turns.jsonl`.

Read-only queries over the tables, run by the store's readers. Message ids of the gateway become the
ids that providers know, so that a judge can hold the rows against the wire.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from memory.recall.recalled_rows import unfolded
from memory.tables.main import Conversation, Delivery, Handle, Handoff, Inbound, Message, Turn
from memory.tables.rows import table

_handle = table(Handle)
_conversation = table(Conversation)
_inbound = table(Inbound)
_turn = table(Turn)
_delivery = table(Delivery)
_handoff = table(Handoff)
_message = table(Message)

_OPEN = ("pending", "sending")
_UNSENT = ("pending", "sending", "failed", "discarded")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the gateway is with one message of a customer.

    `turn_id` is set once it was decided; `sent` are the provider's ids of its reply's parts,
    `open` how many more are on their way, `failed` the reasons of those that will never be.
    """

    status: str
    turn_id: int | None = None
    silent: str | None = None
    sent: tuple[str, ...] = ()
    open: int = 0
    failed: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Nothing more will happen to it by itself."""
        return self.status == "dead" or (self.turn_id is not None and self.open == 0)


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn with its messages on both sides; `record` is what the pipeline wrote down."""

    id: int
    handle: str
    customer_id: int
    case_id: int | None
    intent: str | None
    escalated: str | None
    silent: str | None
    record: Mapping[str, object]
    inbound: tuple[str, ...]
    outbound: tuple[str, ...] = ()


@dataclass(slots=True)
class Ledger:
    """All turns of a store in the order decided; of every message its provider's id and text."""

    turns: list[TurnRecord] = field(default_factory=list)
    provider_ids: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


_find_inbound = select(_inbound.c.status, _inbound.c.turn_id).where(
    _inbound.c.event_id == bindparam("event"), _inbound.c.account == bindparam("account")
)
_find_turn = select(_turn.c.silent).where(_turn.c.id == bindparam("turn"))
_find_parts = (
    select(
        _delivery.c.status,
        _delivery.c.provider_id,
        _delivery.c.reason,
        _delivery.c.seq,
        _conversation.c.key,
    )
    .join(_conversation, _conversation.c.id == _delivery.c.conversation_id)
    .where(
        _delivery.c.conversation_id == bindparam("thread"), _delivery.c.turn_id == bindparam("turn")
    )
    .order_by(_delivery.c.id)
)
_thread_of = select(_turn.c.conversation_id).where(_turn.c.id == bindparam("turn"))
_find_deliveries = (
    select(_delivery, _conversation.c.key)
    .join(_conversation, _conversation.c.id == _delivery.c.conversation_id)
    .where(_delivery.c.status.not_in(_UNSENT))
    .order_by(_delivery.c.id)
)
_find_texts = select(_message.c.conversation_id, _message.c.seq, _message.c.text)
_waiting_handoffs = (
    select(_handoff.c.id)
    .join(_turn, _turn.c.id == bindparam("turn"))
    .where(_handoff.c.case_id == _turn.c.case_id, _handoff.c.status != "closed")
    .order_by(_handoff.c.id)
)


def find_progress(connection: Connection, account: str, event_id: str) -> Progress | None:
    """What became of a provider's message; nothing while it was not admitted."""
    found = connection.execute(_find_inbound, {"event": event_id, "account": account}).first()
    if found is None:
        return None
    if found.turn_id is None:
        return Progress(found.status)
    turn = {"turn": found.turn_id}
    thread = connection.execute(_thread_of, turn).scalar()
    if thread is None:
        return Progress(found.status)
    parts = connection.execute(_find_parts, {**turn, "thread": thread}).all()
    return Progress(
        found.status,
        found.turn_id,
        connection.execute(_find_turn, turn).scalar(),
        tuple(dict.fromkeys(_outbound_id(part) for part in parts if part.status not in _UNSENT)),
        sum(1 for part in parts if part.status in _OPEN),
        tuple(
            part.reason or part.status for part in parts if part.status in ("failed", "discarded")
        ),
    )


def find_handoffs(connection: Connection, turn_id: int) -> tuple[int, ...]:
    """Handoffs of the turn's case that nobody has closed."""
    return tuple(connection.execute(_waiting_handoffs, {"turn": turn_id}).scalars())


def read_ledger(connection: Connection) -> Ledger:
    """Every turn and message of the store."""
    ledger = Ledger()
    for row in connection.execute(_find_texts):
        ledger.texts[f"{row.conversation_id}-{row.seq}"] = row.text
    inbound: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(_inbound).order_by(_inbound.c.id)):
        ledger.provider_ids[f"{row.conversation_id}-{row.seq}"] = row.event_id
        if row.turn_id is not None:
            inbound[row.turn_id].append(row.event_id)
    outbound: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(_find_deliveries):
        ledger.provider_ids.setdefault(f"{row.conversation_id}-{row.seq}", _outbound_id(row))
        if row.turn_id is not None and _outbound_id(row) not in outbound[row.turn_id]:
            outbound[row.turn_id].append(_outbound_id(row))
    query = (
        select(_turn, _handle.c.key)
        .join(_conversation, _conversation.c.id == _turn.c.conversation_id)
        .join(_handle, _handle.c.id == _conversation.c.handle_id)
        .order_by(_turn.c.decided_at, _turn.c.id)
    )
    for row in connection.execute(query):
        ledger.turns.append(
            TurnRecord(
                row.id,
                row.key,
                row.customer_id,
                row.case_id,
                row.intent,
                row.escalated,
                row.silent,
                unfolded(json.loads(row.record_json)),
                tuple(inbound[row.id]),
                tuple(outbound[row.id]),
            )
        )
    return ledger


def turn_rows(
    ledger: Ledger, dialogues: Mapping[str, str], customers: str = ""
) -> Iterable[dict[str, object]]:
    """The rows of `turns.jsonl`. `dialogues` maps handle keys to dialogue ids.

    `customers` is put before customer and case ids, so that several stores can share one file.
    """
    for turn in ledger.turns:
        dialogue = dialogues.get(turn.handle)
        if dialogue is None:
            continue
        yield {
            "dialogue_id": dialogue,
            "inbound": list(turn.inbound),
            "outbound": list(turn.outbound),
            "customer": f"{customers}{turn.customer_id}",
            "case": None if turn.case_id is None else f"{customers}{turn.case_id}",
            "intent": turn.intent,
            "slots": _values(turn.record.get("slots"), ledger.provider_ids),
            "facts": _values(turn.record.get("facts"), ledger.provider_ids),
            "recalled": _recalled(turn.record, ledger),
            "asked": _texts(turn.record.get("asked")),
            "escalated": turn.escalated,
            "silent": turn.silent,
        }


def _outbound_id(row: Row[*tuple[Any, ...]]) -> str:
    """The provider's id of a part. In a socket's thread a message is known by its number."""
    return str(row.provider_id) if row.provider_id is not None else f"{row.key}/{row.seq}"


def _values(found: object, provider_ids: Mapping[str, str]) -> list[dict[str, object]]:
    rows = found if isinstance(found, list) else []
    return [
        {
            "name": row["name"],
            "value": row["value"],
            "source": provider_ids.get(str(row["source"]), row["source"]),
            "secret": bool(row.get("secret")),
        }
        for row in rows
    ]


def _recalled(record: Mapping[str, object], ledger: Ledger) -> list[dict[str, object]]:
    """Messages that were before the pipeline: the last exchanges and older ones that matter."""
    ids = [*_texts(record.get("exchanges")), *(_id_of(one) for one in _listed(record, "recalled"))]
    return [
        {"source": ledger.provider_ids.get(one, one), "text": ledger.texts[one]}
        for one in ids
        if one in ledger.texts
    ]


def _id_of(row: object) -> str:
    return str(row["id"]) if isinstance(row, dict) else str(row)


def _listed(record: Mapping[str, object], key: str) -> Sequence[object]:
    found = record.get(key)
    return found if isinstance(found, list) else ()


def _texts(found: object) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else []
