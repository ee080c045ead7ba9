"""Whatever is joined, parted, merged and undone: customers are the components of the links, old ids
resolve, and nobody reads over a path that is too weak. Checked after each step against a plain walk
over the links."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from core.clock import to_micros
from core.message import Assurance
from memory.pages.lists import audit_log
from memory.readable.sender import ContextQuery, read_sender
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.identity.linking import (
    IdentityProblem,
    link,
    merge,
    resolve_customer,
    unlink_by_id,
)
from memory.units.identity.undoing import CannotUndo, can_be_undone, undo
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

WHO = (PHONE, MAIL, "phone:+15550002222", VISITOR, CHAT, "login:eve")
Step: TypeAlias = tuple[str, int, int, Assurance]

steps = st.lists(
    st.tuples(
        st.sampled_from(("link", "link", "merge", "unlink", "undo")),
        st.integers(0, len(WHO) - 1),
        st.integers(0, len(WHO) - 1),
        st.sampled_from(list(Assurance)[1:4]),
    ),
    min_size=3,
    max_size=10,
)
plain = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@plain
@given(steps)
def test_after_every_change_customers_are_what_the_links_say(
    connection: Connection, todo: list[Step]
) -> None:
    with connection.begin_nested() as point:
        world = World(connection)
        homes = [world.customer(world.say(who, f"from {who}").handle_id) for who in WHO]
        for step in todo:
            _try(world, homes, step)
            _check(world, homes)
        point.rollback()


@plain
@given(steps, st.sampled_from(list(Assurance)))
def test_who_gets_a_number_reads_nothing_of_its_life_before(
    connection: Connection, todo: list[Step], level: Assurance
) -> None:
    with connection.begin_nested() as point:
        world = World(connection)
        homes = [world.customer(world.say(who, f"from {who}").handle_id) for who in WHO]
        for step in todo:
            _try(world, homes, step)
        world.now = world.now.replace(year=world.now.year + 2)
        world.say(PHONE, "who is this?", level=level)
        assert set(world.texts(PHONE)) <= {"who is this?"}
        assert set(world.sees(PHONE).sender.proved) == set()
        point.rollback()


def _try(world: World, homes: list[int], step: Step) -> None:
    what, one, other, level = step
    try:
        with world.connection.begin_nested():
            _ACTIONS[what](world, homes, one, other, level)
    except (IdentityProblem, CannotUndo):
        return


def _link(world: World, homes: list[int], one: int, other: int, level: Assurance) -> None:
    link(
        world.connection, WHO[one], homes[other], level, "by-hand", "seen", "admin",
        world.micros(), (world.id(), world.id()),
    )  # fmt: skip


def _merge(world: World, homes: list[int], one: int, other: int, level: Assurance) -> None:
    merge(
        world.connection, homes[one], homes[other], level, "seen", "admin",
        world.micros(), (world.id(), world.id()),
    )  # fmt: skip


def _unlink(world: World, homes: list[int], one: int, other: int, _level: Assurance) -> None:
    links = _joins(world)
    if links:
        nth = links[(one + other) % len(links)]
        unlink_by_id(world.connection, nth[0], "admin", "no", world.micros(), world.id())


def _undo(world: World, _homes: list[int], one: int, _other: int, _level: Assurance) -> None:
    changes = [each for each in audit_log(world.connection) if can_be_undone(each.action)]
    if changes:
        undo(world.connection, changes[one % len(changes)].id, "admin", world.micros(), world.id)


_ACTIONS: dict[str, Callable[[World, list[int], int, int, Assurance], None]] = {
    "link": _link,
    "merge": _merge,
    "unlink": _unlink,
    "undo": _undo,
}


def _check(world: World, homes: list[int]) -> None:
    own = [world.handle_row(who)["id"] for who in WHO]
    joins = _joins(world)
    for at, who in enumerate(WHO):
        handles, customers = _walk(own[at], own, homes, joins, Assurance.ASSERTED)
        assert world.handle_row(who)["customer_id"] == min(customers)
        assert resolve_customer(world.connection, homes[at]) == min(customers)
        logins = [one for one in handles if WHO[own.index(one)].startswith("login:")]
        assert len(logins) <= 1
        strong, _ = _walk(own[at], own, homes, joins, Assurance.AUTHENTICATED)
        for level in Assurance:
            now = to_micros(world.now)
            query = ContextQuery(min(customers), own[at], 0, level, now)
            readable = read_sender(world.connection, query).keys
            wanted = strong if level >= Assurance.AUTHENTICATED else {own[at]}
            assert set(readable) == wanted


def _walk(
    start: int,
    own: list[int],
    homes: list[int],
    joins: list[tuple[int, int, int, int]],
    least: Assurance,
) -> tuple[set[int], set[int]]:
    """Handles and customers that are reached over links of that level and better."""
    edges = [(one, home) for one, home in zip(own, homes, strict=True)]
    edges += [(handle, customer) for _, handle, customer, level in joins if level >= least]
    handles, customers = {start}, set[int]()
    for _ in range(2 * len(edges)):
        customers |= {customer for handle, customer in edges if handle in handles}
        handles |= {handle for handle, customer in edges if customer in customers}
    return handles, customers


def _joins(world: World) -> list[tuple[int, int, int, int]]:
    """Id, handle, customer and level of every active link that joins two."""
    links, handles = table(Link), table(Handle)
    rows = world.connection.execute(
        select(links.c.id, links.c.handle_id, links.c.customer_id, links.c.level)
        .join(handles, handles.c.id == links.c.handle_id)
        .where(links.c.ended_at.is_(None), links.c.customer_id != handles.c.home_customer_id)
        .order_by(links.c.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
