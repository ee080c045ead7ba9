"""Joining a sender to another handle of theirs for which somebody we were told to trust vouches.

Once for each pair: what a person has parted since stays parted. The link itself is made by
`memory.units.identity`, under its rules and limits. Cold transactions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, or_, select

from core.clock import Micros
from core.message import Vouched
from memory.tables import Handle, Link
from memory.units.handles import introduce
from memory.units.identity import Changed, link
from memory.units.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

ACTOR = "gateway"
TRUSTED_PROFILE = "trusted-profile"

_handle = table(Handle)
_link = table(Link)


@dataclass(frozen=True, slots=True)
class Vouching:
    """Whose message carried it, and which handle is vouched for. `ids` are fresh: four for the
    handle if it has to be made, two for the link."""

    sender_key: str
    vouched: Vouched
    now: Micros
    ids: tuple[int, int, int, int, int, int]


def may_be_joined(connection: Connection, sender_key: str, vouched: Vouched) -> bool:
    """Whether the pair was never joined by this rule, nor parted by a person.

    An address that several people share is joined to nobody.
    """
    found = connection.execute(
        select(_handle).where(_handle.c.key.in_((sender_key, vouched.handle.key)))
    ).all()
    handles = {row.key: row for row in found}
    sender, other = handles.get(sender_key), handles.get(vouched.handle.key)
    if sender is None or sender_key == vouched.handle.key:
        return False
    if other is None:
        return not sender.shared
    if sender.shared or other.shared:
        return False
    return not _joined_before(connection, sender, other)


def vouch(connection: Connection, one: Vouching) -> Changed | None:
    """Join the pair; nothing when it may not be. Raises `memory.units.identity.IdentityProblem`."""
    if not may_be_joined(connection, one.sender_key, one.vouched):
        return None
    introduce(
        connection,
        one.vouched.handle,
        one.vouched.evidence,
        ACTOR,
        one.now,
        one.ids[:4],
        rule=TRUSTED_PROFILE,
    )
    home = select(_handle.c.home_customer_id).where(_handle.c.key == one.vouched.handle.key)
    return link(
        connection,
        one.sender_key,
        connection.execute(home).scalar_one(),
        one.vouched.level,
        TRUSTED_PROFILE,
        one.vouched.evidence,
        ACTOR,
        one.now,
        one.ids[4:],
    )


def _joined_before(connection: Connection, sender: AnyRow, other: AnyRow) -> bool:
    """A link between the two, either way, that this rule once made or that was ended since."""
    between = or_(
        (_link.c.handle_id == sender.id)
        & _link.c.customer_id.in_((other.customer_id, other.home_customer_id)),
        (_link.c.handle_id == other.id)
        & _link.c.customer_id.in_((sender.customer_id, sender.home_customer_id)),
    )
    away = or_(
        (_link.c.handle_id == sender.id) & (_link.c.customer_id != sender.home_customer_id),
        (_link.c.handle_id == other.id) & (_link.c.customer_id != other.home_customer_id),
    )
    settled = or_(_link.c.rule == TRUSTED_PROFILE, _link.c.ended_at.is_not(None))
    query = select(_link.c.id).where(between, away, settled).limit(1)
    return connection.execute(query).first() is not None
