"""Taking an import back: its links end, its attributes give way to those before, and handles that
it made and nobody has used are retired, so that the address begins anew.

Chunk by chunk, each one transaction, in an order in which a crash between two leaves nothing that
cannot be gone on with. What people did since stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    cast,
    delete,
    exists,
    or_,
    select,
    update,
)

from core.clock import Micros
from memory.tables.identity import Batch, Sighting
from memory.tables.main import Conversation, Customer, Handle, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.attributes import facts_of_source
from memory.units.identity.importing import HISTORY, BatchView, ImportProblem, batch_view
from memory.units.identity.joining import IMPORT_UNDONE
from memory.units.identity.parting import part
from memory.units.identity.pending_imports import call_off
from memory.units.identity.reversal import CannotUndo, Reversal
from memory.units.remembering.fact_rows import take_back

_batch = table(Batch)
_conversation = table(Conversation)
_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)
_link = table(Link)
_sighting = table(Sighting)

# A sum, so that SQLite does not read the whole batch to find the few links of a handle.
_batch_of_link = _link.c.batch_id + 0

_AT_ONCE = 50
"""Links of an import that the log itself can undo: more would hold up everybody else."""


def batch_to_undo(connection: Connection, batch_id: int) -> BatchView:
    """The batch, if it can be undone. Raises `ImportProblem`."""
    found = batch_view(connection, batch_id)
    if found is None:
        raise ImportProblem(f"there is no import {batch_id}")
    if found.undone_at is not None:
        raise ImportProblem(f"this import was undone by {found.undone_by} already")
    return found


def links_of_batch(connection: Connection, batch_id: int, after: int, limit: int) -> list[int]:
    """Ids of links that the batch made and that hold, greater than `after`, in order."""
    query = select(_link.c.id).where(
        _link.c.batch_id == batch_id, _link.c.ended_at.is_(None), _link.c.id > after
    )
    return list(connection.execute(query.order_by(_link.c.id).limit(limit)).scalars())


def facts_of_batch(connection: Connection, batch_id: int) -> list[int]:
    """Ids of the attributes that the batch told, the newest first."""
    return facts_of_source(connection, f"batch:{batch_id}", batch_id)


def undo_facts(connection: Connection, fact_ids: Collection[int], actor: str, now: Micros) -> None:
    """Take attributes of a batch back, as `memory.units.remembering.fact_rows.take_back` does."""
    take_back(connection, fact_ids, actor, IMPORT_UNDONE, now)
    touched = select(_handle.c.customer_id).where(
        _handle.c.id.in_(select(_fact.c.handle_id).where(_fact.c.id.in_(fact_ids)))
    )
    connection.execute(
        update(_customer).where(_customer.c.id.in_(touched)).values(version=_customer.c.version + 1)
    )


def sightings_of_batch(connection: Connection, batch_id: int) -> list[int]:
    """Ids of what the batch said belongs together."""
    query = select(_sighting.c.id).where(
        _sighting.c.id > batch_id, _sighting.c.actor == f"batch:{batch_id}"
    )
    return list(connection.execute(query).scalars())


def undo_sightings(connection: Connection, sighting_ids: Collection[int]) -> None:
    """Forget that it was said, so that no rule joins them again."""
    connection.execute(delete(_sighting).where(_sighting.c.id.in_(sighting_ids)))


def undo_links(
    connection: Connection,
    batch_id: int,
    link_ids: Sequence[int],
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> int:
    """End these links of a batch, and retire what it made and nobody used; how many were ended."""
    rows = connection.execute(
        select(
            _link, _handle.c.key, _handle.c.home_customer_id, _handle.c.customer_id.label("root")
        )
        .join(_handle, _handle.c.id == _link.c.handle_id)
        .where(_link.c.id.in_(link_ids), _link.c.ended_at.is_(None))
    ).all()
    away = [row for row in rows if row.customer_id != row.home_customer_id]
    untouched = _untouched(connection, batch_id, {row.root for row in rows})
    freed, ended = _dissolve(connection, batch_id, untouched, actor, now)
    by_root: dict[int, list[int]] = {}
    for row in away:
        if row.root not in untouched:
            by_root.setdefault(row.root, []).append(row.id)
    for together in by_root.values():
        part(connection, together, actor, IMPORT_UNDONE, now, new_id)
        ended += len(together)
    homes = select(_handle.c.id).where(
        _handle.c.home_customer_id.in_([row.customer_id for row in rows])
    )
    freed |= {row.handle_id for row in rows} | set(connection.execute(homes).scalars())
    _retire(connection, freed, batch_id, now)
    return ended


def finish_undo(
    connection: Connection, batch_id: int, actor: str, now: Micros, audit_id: int
) -> None:
    """Say that nothing of the batch is left. Raises `ImportProblem` when somebody was faster."""
    done = connection.execute(
        update(_batch)
        .where(_batch.c.id == batch_id, _batch.c.undone_at.is_(None))
        .values(undone_at=now, undone_by=actor)
    )
    if not done.rowcount:
        raise ImportProblem("this import was undone already")
    record(
        connection,
        audit_id,
        now,
        actor,
        "undo-import",
        f"batch:{batch_id}",
        {"batch_id": str(batch_id)},
    )


def undo_import(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """Take a small import back in one go; a large one is undone step by step, where it is listed.

    Raises `CannotUndo`.
    """
    batch_id = int(one.detail["batch_id"])
    try:
        if batch_to_undo(connection, batch_id).kind == HISTORY:
            raise CannotUndo(
                "a history is undone among the imports, or by: "
                f"onethread import-history --undo {batch_id}"
            )
        call_off(connection, batch_id, one.now)
        links = links_of_batch(connection, batch_id, 0, _AT_ONCE + 1)
        if len(links) > _AT_ONCE:
            raise CannotUndo(
                f"this import is too large for that; undo it among the imports, or run: "
                f"onethread identities import --undo {batch_id}"
            )
        undo_facts(connection, facts_of_batch(connection, batch_id), one.actor, one.now)
        undo_sightings(connection, sightings_of_batch(connection, batch_id))
        handles = select(_link.c.handle_id).where(_link.c.id.in_(links))
        query = select(_handle.c.customer_id).where(_handle.c.id.in_(handles)).distinct()
        before = set(connection.execute(query).scalars())
        undo_links(connection, batch_id, links, one.actor, one.now, one.new_id)
        finish_undo(connection, batch_id, one.actor, one.now, one.new_id())
    except ImportProblem as problem:
        raise CannotUndo(str(problem)) from None
    return tuple(sorted(before | set(connection.execute(query).scalars())))


def _untouched(connection: Connection, batch_id: int, roots: Collection[int]) -> set[int]:
    """Customers of whom nothing is known but what the batch brought, and who never wrote."""
    if not roots:
        return set()
    made = exists().where(
        _link.c.handle_id == _handle.c.id,
        _link.c.customer_id == _handle.c.home_customer_id,
        _batch_of_link == batch_id,
    )
    joined = exists().where(
        _link.c.handle_id == _handle.c.id,
        _link.c.ended_at.is_(None),
        or_(_link.c.batch_id.is_(None), _link.c.batch_id != batch_id),
    )
    other = select(_handle.c.customer_id).where(
        _handle.c.customer_id.in_(roots), or_(~made, joined, _used())
    )
    return set(roots) - set(connection.execute(other).scalars())


def _dissolve(
    connection: Connection, batch_id: int, roots: Collection[int], actor: str, now: Micros
) -> tuple[set[int], int]:
    """Give each handle of these customers back to its own: nobody is at work on them, and no other
    link joins them. Gives those handles, and how many links were ended."""
    query = select(_handle.c.id).where(_handle.c.customer_id.in_(roots))
    members = set(connection.execute(query).scalars())
    homes = select(_handle.c.home_customer_id).where(_handle.c.id == _link.c.handle_id)
    ended = connection.execute(
        update(_link)
        .where(
            _link.c.handle_id.in_(members),
            _batch_of_link == batch_id,
            _link.c.ended_at.is_(None),
            _link.c.customer_id != homes.scalar_subquery(),
        )
        .values(ended_at=now, ended_by=actor, end_reason=IMPORT_UNDONE)
    )
    connection.execute(
        update(_customer)
        .where(or_(_customer.c.merged_into.in_(roots), _customer.c.id.in_(roots)))
        .values(merged_into=None, version=_customer.c.version + 1)
    )
    connection.execute(
        update(_handle)
        .where(_handle.c.customer_id.in_(roots))
        .values(customer_id=_handle.c.home_customer_id)
    )
    return members, ended.rowcount


def _used() -> ColumnElement[bool]:
    """Somebody wrote from the handle, or was written to, or holds it proved."""
    return or_(
        _handle.c.seen_at != _handle.c.created_at,
        _handle.c.proved_until > 0,
        exists().where(_conversation.c.handle_id == _handle.c.id),
    )


def _retire(
    connection: Connection, handle_ids: Collection[int], batch_id: int, now: Micros
) -> None:
    """Retire those that the batch made, that stand alone and that nobody used."""
    made = exists().where(
        _link.c.handle_id == _handle.c.id,
        _link.c.customer_id == _handle.c.home_customer_id,
        _batch_of_link == batch_id,
    )
    joined = exists().where(
        or_(
            _link.c.handle_id == _handle.c.id,
            _link.c.customer_id == _handle.c.home_customer_id,
        ),
        _link.c.ended_at.is_(None),
        or_(_link.c.customer_id != _handle.c.home_customer_id, _link.c.handle_id != _handle.c.id),
    )
    told = exists().where(_fact.c.handle_id == _handle.c.id, _fact.c.valid_to.is_(None))
    query = select(_handle.c.id).where(
        _handle.c.id.in_(handle_ids),
        _handle.c.retired_at.is_(None),
        made,
        ~joined,
        ~told,
        ~_used(),
    )
    idle = list(connection.execute(query).scalars())
    connection.execute(
        update(_handle)
        .where(_handle.c.id.in_(idle), ~_used())
        .values(
            key=_handle.c.key + "#" + cast(_handle.c.id, Text),
            retired_at=now,
            retired_because=IMPORT_UNDONE,
        )
    )
