"""One customer as one side of a merge or a parting: its handles, what they may read, what it holds.

It reads within the caller's transaction, so that a change which is only tried is seen. What a
handle may read is asked of `memory.readable.sender`, which decides it for real messages too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, func, select

from core.clock import Micros, from_micros
from core.facts.known import IDENTIFIER
from core.identity.graph import is_shared
from core.identity.rules import IdentityRules, matches
from core.message import Assurance
from memory.pages.identity_views import CustomerSide, HandleSide
from memory.pages.rows import display_names
from memory.readable.sender import who_reads_whom
from memory.tables.identity import BlockedValue
from memory.tables.main import Case, Conversation, Customer, Handle
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.remembering.fact_rows import PROMISED, WORST_FOUNDED_FIRST

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
Reads: TypeAlias = "Mapping[int, tuple[str, ...]]"

_blocked = table(BlockedValue)
_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)

_VOUCHED = {
    "login": Assurance.LOGGED_IN,
    "phone": Assurance.AUTHENTICATED,
    "email": Assurance.AUTHENTICATED,
    "slack": Assurance.AUTHENTICATED,
    "visitor": Assurance.ASSERTED,
}
"""How well a sender is proved, at best, by the channel of a handle of this kind alone."""


def handles_of(connection: Connection, root: int) -> Sequence[AnyRow]:
    """The rows of a customer's handles, the oldest first."""
    query = select(_handle).where(_handle.c.customer_id == root).order_by(_handle.c.id)
    return connection.execute(query).all()


def plain_key(handle: AnyRow) -> str:
    """The key of a handle as its owner knows it, also of a retired one."""
    return f"{handle.kind}:{handle.address}"


def reads_of(connection: Connection, root: int, now: Micros, rules: IdentityRules) -> Reads:
    """For each of the customer's handles, the keys of those whose memory its sender may be told."""
    return who_reads_whom(connection, root, _VOUCHED, now, rules)


def customer_side(
    connection: Connection,
    root: int,
    handles: Sequence[AnyRow],
    reads_now: Reads,
    reads_then: Reads,
    rules: IdentityRules,
) -> CustomerSide:
    """The customer `root` with these handles of its own."""
    ids = [one.id for one in handles]
    customer = connection.execute(select(_customer).where(_customer.c.id == root)).one()
    blocked = (*rules.blocked, *connection.execute(select(_blocked.c.pattern)).scalars())
    return CustomerSide(
        id=root,
        name=display_names(connection, [root])[root],
        created_at=from_micros(customer.created_at),
        handles=tuple(
            HandleSide(
                key=plain_key(one),
                kind=one.kind,
                level=int(_VOUCHED.get(one.kind, Assurance.NONE)),
                shared=is_shared(plain_key(one), bool(one.shared), rules),
                blocked=matches(plain_key(one), blocked),
                retired=one.retired_at is not None,
                opted_out=bool(one.opted_out),
                reads_now=reads_now.get(one.id, ()),
                reads_then=reads_then.get(one.id, ()),
            )
            for one in handles
        ),
        conversations=_count(connection, _conversation.c.id, _conversation.c.handle_id.in_(ids)),
        messages=int(
            connection.execute(
                select(func.coalesce(func.sum(_conversation.c.seq), 0)).where(
                    _conversation.c.handle_id.in_(ids)
                )
            ).scalar_one()
        ),
        open_cases=_count(
            connection,
            _case.c.id,
            _case.c.handle_id.in_(ids),
            _case.c.status.in_(("open", "handed")),
        ),
        cases=_count(connection, _case.c.id, _case.c.handle_id.in_(ids)),
        facts=_count(
            connection, _fact.c.id, _fact.c.handle_id.in_(ids), _fact.c.valid_to.is_(None)
        ),
    )


def told_fields(connection: Connection, handles: Sequence[AnyRow]) -> Mapping[str, str]:
    """What was told from these handles, by its name, but for secrets and what is personal."""
    rows = connection.execute(
        select(_fact.c.key, _fact.c.value)
        .where(
            _fact.c.handle_id.in_([one.id for one in handles]),
            _fact.c.valid_to.is_(None),
            _fact.c.secret.is_(False),
            # What was read out of messages tells of orders and days, not of who somebody is.
            ~_fact.c.key.startswith(IDENTIFIER, autoescape=True),
            ~_fact.c.key.startswith(PROMISED, autoescape=True),
            _fact.c.needs < int(Assurance.PROVED),
        )
        .order_by(*WORST_FOUNDED_FIRST)
        .limit(400)
    )
    return {one.key: one.value for one in rows}


def _count(connection: Connection, what: Any, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count(what)).where(*where)).scalar_one())
