"""The log of changes when somebody is erased: it keeps what was done, when and by whom, and no
longer about whom. And the receipt of the erasure, which stands in it, without anything personal.

The log is looked through whole, so many rows at a time: an address may stand in any row, in words
that a person wrote. Only within `memory.units.erasing.whole`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from core.clock import Micros
from memory.tables.identity import Suggestion
from memory.tables.main import Audit, Case, Handoff, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.erasing.whom import ERASED, AnyRow, Life, Work
from memory.units.erasing.words import GONE, Names

ERASE = "erase"
"""The action in the audit log."""

FREE_WORDS = ("because", "evidence", "reason")
"""What in a row's detail a person wrote, or that quotes what was said."""

_PAGE = 1_000
_LOOKED_AT = 10
"""How many looked-through rows cost as much as one that goes."""

_audit = table(Audit)
_case = table(Case)
_fact = table(Fact)
_handoff = table(Handoff)
_link = table(Link)
_suggestion = table(Suggestion)


def clear_log(work: Work, after: int) -> int | None:
    """Take them out of the log, from the row after `after` on."""
    if not work.lives:
        return None
    rows = work.connection.execute(
        select(_audit).where(_audit.c.id > after).order_by(_audit.c.id).limit(_PAGE)
    ).all()
    reader = _Reader(work)
    for row in rows:
        changed = reader.changed(row)
        if changed:
            work.connection.execute(update(_audit).where(_audit.c.id == row.id).values(**changed))
            work.gone(_audit, 1)
    work.left -= len(rows) // _LOOKED_AT + 1
    return rows[-1].id if len(rows) == _PAGE else None


class _Reader:
    """Knows by what a row of the log is about them."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._names = Names(work.lives)
        homes, ids, one = work.homes, work.ids, work.connection.execute
        cases = select(_case.c.id).where(_case.c.handle_id.in_(ids))
        self._links = {
            str(found)
            for found in one(
                select(_link.c.id).where(
                    _link.c.handle_id.in_(ids) | _link.c.customer_id.in_(homes)
                )
            ).scalars()
        }
        suggested = _suggestion.c.one_id.in_(homes) | _suggestion.c.other_id.in_(homes)
        self._subjects = {
            f"{kind}:{found}"
            for kind, query in (
                ("suggestion", select(_suggestion.c.id).where(suggested)),
                ("handoff", select(_handoff.c.id).where(_handoff.c.case_id.in_(cases))),
                ("fact", select(_fact.c.id).where(_fact.c.handle_id.in_(ids))),
            )
            for found in one(query).scalars()
        } | {f"customer:{home}" for home in homes}

    def changed(self, row: AnyRow) -> Mapping[str, str]:
        """The columns of a row that is about them, as they shall be; none for another."""
        values: dict[str, str] = {}
        life = next((one for one in self._work.lives if _is_of(row, one)), None)
        if life is not None:
            values |= {"subject": f"{ERASED}:{life.id}", "detail_json": "{}"}
        elif row.action != ERASE and (text := self._detail(row)) != row.detail_json:
            values["detail_json"] = text
        if life is None and self._names.within(row.subject, row.at):
            values["subject"] = ERASED
        kind, _, actor = row.actor.partition(":")
        if actor in self._work.keys:
            values["actor"] = f"{kind}:{GONE}"
        return values

    def _detail(self, row: AnyRow) -> str:
        detail = orjson.loads(row.detail_json)
        kept = self._names.taken_out(detail, row.at)
        if row.subject in self._subjects or self._is_theirs(detail):
            kept = {name: GONE if name in FREE_WORDS else one for name, one in kept.items()}
        return row.detail_json if kept == detail else orjson.dumps(kept).decode()

    def _is_theirs(self, detail: Mapping[str, Any]) -> bool:
        named = {detail.get("customer_id"), *_texts(detail.get("customers"))}
        links = {detail.get("link_id"), *_texts(detail.get("link_ids"))}
        homes = {str(one) for one in self._work.homes}
        return not (named.isdisjoint(homes) and links.isdisjoint(self._links))


def _is_of(row: AnyRow, life: Life) -> bool:
    plain, own = life.keys
    return row.subject == own or (row.subject == plain and life.was_at(row.at))


def _texts(value: Any) -> set[str]:
    return {str(one) for one in value} if isinstance(value, list) else set()


def begin_receipt(
    connection: Connection, customer_id: int, handles: int, actor: str, now: Micros, row_id: int
) -> None:
    """Write down that an erasure has begun."""
    subject, detail = f"customer:{customer_id}", {"handles": handles, "done": False}
    record(connection, row_id, now, actor, ERASE, subject, detail)


def add_to_receipt(
    connection: Connection,
    customer_id: int,
    counts: Mapping[str, int],
    files: Collection[str],
    *,
    done: bool,
) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Count what one call did in the receipt that is open; all that is counted there by now, and
    the references of files that are still to be dropped."""

    def add(detail: dict[str, Any]) -> dict[str, Any]:
        rows = detail.get("rows", {})
        sums = {name: rows.get(name, 0) + counts.get(name, 0) for name in {*rows, *counts}}
        left = sorted({*detail.get("files_left", ()), *files})
        return {**detail, "rows": dict(sorted(sums.items())), "files_left": left, "done": done}

    detail = _change_receipt(connection, customer_id, add)
    if detail is None:
        return counts, tuple(sorted(files))
    return detail["rows"], tuple(detail["files_left"])


def close_receipt(connection: Connection, customer_id: int, files: int) -> None:
    """The files are dropped, so many; their references are digests of what is gone, and go too."""

    def close(detail: dict[str, Any]) -> dict[str, Any]:
        kept = {name: one for name, one in detail.items() if name != "files_left"}
        return {**kept, "files": files}

    _change_receipt(connection, customer_id, close)


def _change_receipt(
    connection: Connection, customer_id: int, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any] | None:
    """Change the newest receipt that has files or rows to come; nothing when there is none."""
    row = connection.execute(
        select(_audit.c.id, _audit.c.detail_json)
        .where(_audit.c.subject == f"customer:{customer_id}", _audit.c.action == ERASE)
        .order_by(_audit.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    detail = orjson.loads(row.detail_json)
    if detail.get("done", True) and "files_left" not in detail:
        return None
    changed = change(detail)
    text = orjson.dumps(changed).decode()
    connection.execute(update(_audit).where(_audit.c.id == row.id).values(detail_json=text))
    return changed
