"""Who is reading: the sender, how well it is proved, and whose messages it may therefore know.

Everything that leaves `memory.context` is filtered by the `Reader` made here. It reads handles and
links alone, never a message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, and_, bindparam, or_, select

from core.clock import Micros
from core.identity import COMPONENT_LIMIT, Edge, home_edge, sender_level, widest_paths
from core.message import Assurance
from core.turn import Sender
from memory.tables import Customer, Handle, Link
from memory.units.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

NEVER: Micros = 1 << 62
"""A moment that does not come."""


@dataclass(frozen=True, slots=True)
class ContextQuery:
    """Who is asking, from which conversation, and how well the sender is proved at this moment.

    `now` is when links that end by themselves and cases that may be taken up again are judged;
    `limit` bounds the messages.
    """

    customer_id: int
    handle_id: int
    conversation_id: int
    level: Assurance
    now: Micros
    limit: int = 400


@dataclass(frozen=True, slots=True)
class Reader:
    """The sender, and what it may read: `keys` of handles by id, of this conversation alone or of
    all (`everywhere`), `until` the first link on the way ends by itself."""

    sender: Sender
    level: Assurance
    handle_id: int
    conversation_id: int
    keys: Mapping[int, str]
    everywhere: bool
    version: int
    until: Micros

    def may_read(self, handle: str, source: str, level: Assurance) -> bool:
        """Whether a slot or fact told by `handle` in message `source` at `level` may be known."""
        if level < Assurance.ASSERTED or handle not in self.keys.values():
            return False
        if self.everywhere:
            return True
        return level <= self.level and source.startswith(f"{self.conversation_id}-")


_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)

_ROWS_LIMIT = COMPONENT_LIMIT * 8

_component = (
    select(
        _handle.c.id,
        _handle.c.key,
        _handle.c.home_customer_id,
        _handle.c.shared,
        _link.c.customer_id,
        _link.c.level,
        _link.c.expires_at,
        _customer.c.version,
        _customer.c.name,
    )
    .select_from(_handle)
    .join(_customer, _customer.c.id == _handle.c.customer_id)
    .outerjoin(
        _link,
        and_(
            _link.c.handle_id == _handle.c.id,
            _link.c.customer_id != _handle.c.home_customer_id,
            _link.c.ended_at.is_(None),
            or_(_link.c.expires_at.is_(None), _link.c.expires_at > bindparam("now")),
        ),
    )
    .where(_handle.c.customer_id == bindparam("customer"))
    .limit(_ROWS_LIMIT)
)


def read_sender(connection: Connection, query: ContextQuery) -> Reader:
    """The sender's place among the customer's handles, decided by the widest paths."""
    rows = connection.execute(_component, {"customer": query.customer_id, "now": query.now}).all()
    own = next((row for row in rows if row.id == query.handle_id), None)
    if own is None:
        raise LookupError(f"handle {query.handle_id} is not customer {query.customer_id}'s")
    # An address that several people share proves no person.
    level = min(query.level, Assurance.ASSERTED) if own.shared else query.level
    paths = widest_paths(query.handle_id, _edges(rows))
    readable = paths.readable(level)
    keys = {row.id: row.key for row in rows if row.id in readable or row.id == query.handle_id}
    to_customer = paths.customers.get(query.customer_id, Assurance.NONE)
    proved = sorted(keys[one] for one in readable if one != query.handle_id)
    sender = Sender(
        handle=own.key,
        level=sender_level(level, to_customer),
        proved=(own.key, *proved) if readable else (),
        name=own.name if readable else None,
    )
    return Reader(
        sender,
        query.level,
        query.handle_id,
        query.conversation_id,
        keys,
        everywhere=bool(readable),
        version=own.version,
        until=min((row.expires_at for row in rows if row.expires_at is not None), default=NEVER),
    )


def _edges(rows: Sequence[AnyRow]) -> list[Edge]:
    edges: list[Edge] = []
    for row in rows:
        edges.append(home_edge(row.id, row.home_customer_id))
        if row.customer_id is not None:
            level = Assurance(row.level)
            edges.append(
                Edge(
                    row.id, row.customer_id, min(level, Assurance.ASSERTED) if row.shared else level
                )
            )
    return edges
