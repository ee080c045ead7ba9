"""What a session's token has to know: the last change of identity that touched its handle.

Read from the links themselves, also by a process that did not make the change. Nothing is written
here, and what follows from a change is decided where sockets are.
"""

from __future__ import annotations

from collections.abc import Set

import orjson
from sqlalchemy import Connection, case, func, or_, select

from memory.tables.identity import Challenge
from memory.tables.main import Audit, Customer, Handle, Link
from memory.tables.rows import table
from memory.units.identity.challenges import PROVED
from memory.units.identity.proofs import PROVE

_audit = table(Audit)
_challenge = table(Challenge)
_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)

_FIRST_CONTACT = "first-contact"
_ended_or_made = case((_link.c.ended_at.is_not(None), _link.c.ended_at), else_=_link.c.created_at)


def standing(connection: Connection, handle_key: str) -> int:
    """When somebody was last joined to this handle, or parted from it, directly or over others, or
    when its sender last showed a code.

    In microseconds; 0 for a handle that stands alone and always did, or never wrote.
    """
    own = connection.execute(
        select(_handle.c.id, _handle.c.customer_id).where(_handle.c.key == handle_key)
    ).first()
    if own is None:
        return 0
    customer = own.customer_id
    members = connection.execute(
        select(_handle.c.id, _handle.c.home_customer_id).where(_handle.c.customer_id == customer)
    ).all()
    newest = connection.execute(
        select(func.max(_ended_or_made)).where(
            _link.c.rule != _FIRST_CONTACT,
            or_(
                _link.c.handle_id.in_([one.id for one in members]),
                _link.c.customer_id.in_([one.home_customer_id for one in members]),
            ),
        )
    ).scalar()
    shown = connection.execute(
        select(func.max(_challenge.c.proved_at)).where(
            _challenge.c.asker_handle_id == own.id, _challenge.c.status == PROVED
        )
    ).scalar()
    return max(int(newest or 0), int(shown or 0))


def newest_change(connection: Connection) -> int:
    """The id of the last change that anybody made; ids grow with time."""
    return int(connection.execute(select(func.max(_audit.c.id))).scalar() or 0)


def handles_changed(connection: Connection, after: int) -> Set[str]:
    """The keys of all handles whose customer was changed after this change of identity."""
    rows = connection.execute(
        select(_audit.c.subject, _audit.c.detail_json).where(
            _audit.c.id > after, _audit.c.action.in_(("link", "unlink", PROVE))
        )
    ).all()
    if not rows:
        return frozenset()
    named = {int(orjson.loads(one.detail_json)["customer_id"]) for one in rows}
    roots = select(func.coalesce(_customer.c.merged_into, _customer.c.id)).where(
        _customer.c.id.in_(named)
    )
    own = select(_handle.c.customer_id).where(_handle.c.key.in_({one.subject for one in rows}))
    keys = select(_handle.c.key).where(
        or_(_handle.c.customer_id.in_(roots), _handle.c.customer_id.in_(own))
    )
    return frozenset(connection.execute(keys).scalars())
