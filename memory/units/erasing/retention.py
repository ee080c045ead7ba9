"""What was kept for long enough goes, a few rows in a call, with all that was made of it.

Which rows these are was read before (`memory.retention`); each is looked at again here, so that
nothing goes that is wanted since. Numbers stay where they tell of nobody: a turn loses its
explanation, and is still counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ColumnElement, Connection, delete, select, tuple_, update

from core.clock import Micros
from memory.named_files import GONE, kept_files
from memory.retention import KINDS, Key, Kind, old_fact
from memory.tables.main import Case, Conversation, Customer, Handle, Handoff, Message, Turn
from memory.tables.remembered import Episode, Fact
from memory.tables.rows import table
from memory.units.erasing.rows import erase_some
from memory.units.erasing.whom import AnyRow, Work
from memory.units.remembering.episodes import spoil
from memory.units.remembering.segmenting import forget_segments

_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_episode = table(Episode)
_fact = table(Fact)
_handle = table(Handle)
_handoff = table(Handoff)
_message = table(Message)
_turn = table(Turn)

Cut: TypeAlias = tuple[int, frozenset[str]]
"""How many rows of the kind went, and the references of files that they named."""


def cut(connection: Connection, name: str, keys: Sequence[Key], before: Micros) -> Cut:
    """Let these rows of a kind go, as far as they still are to."""
    kind = KINDS[name]
    rows = _still_old(connection, kind, keys, before)
    if not rows:
        return 0, frozenset()
    cutter = _CUTTERS.get(name)
    if cutter is not None:
        return len(rows), cutter(connection, rows, before)
    connection.execute(delete(kind.rows).where(_in(kind, [_key(kind, row) for row in rows])))
    files = {row.file for row in rows} if name == "unreadable" else ()
    return len(rows), frozenset(files)


def _still_old(
    connection: Connection, kind: Kind, keys: Sequence[Key], before: Micros
) -> Sequence[AnyRow]:
    if not keys:
        return ()
    query = select(kind.rows).where(_in(kind, keys), kind.old(before), kind.free)
    return connection.execute(query.order_by(*kind.rows.primary_key.columns)).all()


def _key(kind: Kind, row: AnyRow) -> Key:
    return tuple(getattr(row, one.name) for one in kind.rows.primary_key.columns)


def _in(kind: Kind, keys: Sequence[Key]) -> ColumnElement[bool]:
    columns = tuple(kind.rows.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([one[0] for one in keys])
    return tuple_(*columns).in_(keys)


def _cut_messages(connection: Connection, rows: Sequence[AnyRow], before: Micros) -> frozenset[str]:
    """Messages with all that was made of them, but for what is pinned or was told again since."""
    work = Work(connection, (), 0, len(rows))
    accounts = {
        one.id: one
        for one in connection.execute(
            select(_conversation.c.id, _conversation.c.account).where(
                _conversation.c.id.in_({row.conversation_id for row in rows})
            )
        )
    }
    for place, group in groupby(rows, key=lambda row: int(row.conversation_id)):
        erase_some(work, place, accounts[place].account, list(group))
    sources = [f"{row.conversation_id}-{row.seq}" for row in rows]
    told = _fact.c.source.in_(sources) & old_fact(before)
    connection.execute(delete(_fact).where(told))
    last: dict[int, Micros] = {}
    for row in rows:
        last[row.handle_id] = max(row.created_at, last.get(row.handle_id, 0))
    for handle, until in sorted(last.items()):
        forget_segments(connection, (handle,), None, until + 1)
        spoil(connection, handle, 0, until)
    _change(connection, last)
    return frozenset(work.files)


def _cut_cases(connection: Connection, rows: Sequence[AnyRow], _before: Micros) -> frozenset[str]:
    """Closed cases, with what people were given of them."""
    ids = [row.id for row in rows]
    for one, column in (
        (_handoff, _handoff.c.case_id),
        (_episode, _episode.c.case_id),
        (_case, _case.c.id),
    ):
        connection.execute(delete(one).where(column.in_(ids)))
    _change(connection, {row.handle_id for row in rows})
    return frozenset()


def _cut_facts(connection: Connection, rows: Sequence[AnyRow], _before: Micros) -> frozenset[str]:
    connection.execute(delete(_fact).where(_fact.c.id.in_([row.id for row in rows])))
    _change(connection, {row.handle_id for row in rows})
    return frozenset()


def _cut_turns(connection: Connection, rows: Sequence[AnyRow], _before: Micros) -> frozenset[str]:
    """How an answer came about is not known any more; that there was one is still counted."""
    ids = [row.id for row in rows]
    connection.execute(update(_turn).where(_turn.c.id.in_(ids)).values(record_json="{}"))
    return frozenset()


def _cut_files(connection: Connection, rows: Sequence[AnyRow], _before: Micros) -> frozenset[str]:
    """The message keeps what its files were called."""
    files: set[str] = set()
    for row in rows:
        files |= kept_files(row.extra_json)
        extra = orjson.loads(row.extra_json)
        connection.execute(
            update(_message)
            .where(_message.c.conversation_id == row.conversation_id, _message.c.seq == row.seq)
            .values(extra_json=orjson.dumps(_without_files(extra)).decode())
        )
    return frozenset(files)


def _without_files(extra: dict[str, Any]) -> dict[str, Any]:
    kept = {name: one for name, one in extra.items() if name != "original"}
    if "attachments" in kept:
        kept["attachments"] = [
            {**one, "reference": GONE} if kept_files(f'"{one["reference"]}"') else one
            for one in kept["attachments"]
        ]
    return kept


def _change(connection: Connection, handles: Collection[int]) -> None:
    """What a process remembers of their customers is not so any more."""
    owners = select(_handle.c.customer_id).where(_handle.c.id.in_(handles))
    ids = (
        connection.execute(
            select(_customer.c.id)
            .where(_customer.c.id.in_(owners))
            .order_by(_customer.c.id)
            .with_for_update()
        )
        .scalars()
        .all()
    )
    connection.execute(
        update(_customer).where(_customer.c.id.in_(ids)).values(version=_customer.c.version + 1)
    )


_CUTTERS: Mapping[str, Callable[[Connection, Sequence[AnyRow], Micros], frozenset[str]]] = {
    "messages": _cut_messages,
    "cases": _cut_cases,
    "facts": _cut_facts,
    "turns": _cut_turns,
    "files": _cut_files,
}
