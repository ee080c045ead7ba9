"""What people have told of themselves since last time: in messages, cases, facts, and new handles.

It only reads, and follows row ids, which grow with time. A hint proves nothing; what it may suggest
is `memory.suggestions`' question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, select

from core.identity.likeness import ADDRESSES, Told, kind_of_fact, told, typed
from core.message import Assurance
from memory.codec import load_case
from memory.tables.main import Case, Handle, Inbound, Message, Turn
from memory.tables.remembered import Fact
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

HINT = "hint"
"""The kind of sighting of an address that was told."""

TOLD = "told"
"""The kind of sighting of a name, a postcode or an order number."""

_case = table(Case)
_fact = table(Fact)
_handle = table(Handle)
_inbound = table(Inbound)
_message = table(Message)
_turn = table(Turn)


@dataclass(frozen=True, slots=True)
class Marks:
    """How far each table has been read: the last row's id."""

    inbound: int = 0
    turn: int = 0
    fact: int = 0
    handle: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """A handle told something; `words` say where."""

    handle_key: str
    kind: str
    other_key: str
    words: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What is new. `keys` are the handles that something is new about; `more` says that there was
    not room for all."""

    marks: Marks
    hints: tuple[Hint, ...] = ()
    keys: frozenset[str] = frozenset()
    more: bool = False


@dataclass(slots=True)
class _Hearing:
    hints: dict[tuple[str, str], Hint] = field(default_factory=dict)

    def note(self, handle_key: str, one: Told | None, words: str) -> None:
        if one is not None and one.key != handle_key:
            kind = HINT if one.kind in ADDRESSES else TOLD
            hint = Hint(handle_key, kind, one.key, words)
            self.hints.setdefault((handle_key, one.key), hint)


def listen(
    connection: Connection, marks: Marks, until: int, kinds: Mapping[str, str], limit: int = 200
) -> Heard:
    """What was told after these marks, in rows with ids up to `until`.

    `kinds` are the kinds of the playbook's slots by name, since facts are called after them.
    """
    hearing = _Hearing()
    messages = _messages(connection, marks.inbound, until, limit)
    for row in messages:
        for one, words in _of_message(row):
            hearing.note(row.key, one, words)
    turns = _turns(connection, marks.turn, until, limit)
    for slot in (slot for row in turns for slot in load_case(row.state_json).slots):
        kind = None if slot.secret else kind_of_fact(slot.name, kinds)
        if kind is not None and slot.level >= Assurance.ASSERTED:
            hearing.note(slot.handle, told(kind, slot.value), "was told")
    facts = _facts(connection, marks.fact, until, limit)
    for row in facts:
        kind = kind_of_fact(row.fact_key, kinds)
        if kind is not None:
            hearing.note(row.key, told(kind, row.value), "was told")
    handles = connection.execute(
        select(_handle.c.id, _handle.c.key)
        .where(_handle.c.id > marks.handle, _handle.c.id <= until, _handle.c.retired_at.is_(None))
        .order_by(_handle.c.id)
        .limit(limit)
    ).all()
    hints = tuple(hearing.hints.values())
    keys = {one.handle_key for one in hints} | {row.key for row in handles}
    return Heard(
        Marks(
            messages[-1].id if messages else marks.inbound,
            turns[-1].id if turns else marks.turn,
            facts[-1].id if facts else marks.fact,
            handles[-1].id if handles else marks.handle,
        ),
        hints,
        frozenset(keys),
        max(len(messages), len(turns), len(facts), len(handles)) == limit,
    )


def _messages(connection: Connection, after: int, until: int, limit: int) -> list[AnyRow]:
    query = (
        select(
            _inbound.c.id, _handle.c.key, _message.c.text, _message.c.extra_json, _message.c.level
        )
        .join(
            _message,
            (_message.c.conversation_id == _inbound.c.conversation_id)
            & (_message.c.seq == _inbound.c.seq),
        )
        .join(_handle, _handle.c.id == _inbound.c.handle_id)
        .where(_inbound.c.id > after, _inbound.c.id <= until)
        .order_by(_inbound.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).all())


def _turns(connection: Connection, after: int, until: int, limit: int) -> list[AnyRow]:
    """What is known in the cases that were brought on."""
    query = (
        select(_turn.c.id, _case.c.state_json)
        .join(_case, _case.c.id == _turn.c.case_id)
        .where(_turn.c.id > after, _turn.c.id <= until)
        .order_by(_turn.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).all())


def _of_message(row: AnyRow) -> Iterator[tuple[Told | None, str]]:
    """Of a message that anybody could have forged nothing is kept."""
    if row.level < Assurance.ASSERTED:
        return
    for one in typed(row.text):
        yield one, "wrote"
    if row.extra_json is not None and '"claims"' in row.extra_json:
        for claim in orjson.loads(row.extra_json)["claims"]:
            yield told(claim["kind"], claim["value"]), f"has in its {claim['source']}"


def _facts(connection: Connection, after: int, until: int, limit: int) -> list[AnyRow]:
    query = (
        select(_fact.c.id, _handle.c.key, _fact.c.key.label("fact_key"), _fact.c.value)
        .join(_handle, _handle.c.id == _fact.c.handle_id)
        .where(
            _fact.c.id > after,
            _fact.c.id <= until,
            _fact.c.secret.is_(False),
            _fact.c.valid_to.is_(None),
        )
        .order_by(_fact.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).all())
