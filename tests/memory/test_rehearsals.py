"""What a merge or a parting would do is what it does, and looking at it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel

from core.identity.rules import DEFAULT_RULES
from core.message import Assurance
from memory.pages.identity import graph
from memory.pages.identity_sides import reads_of
from memory.pages.identity_views import GraphView
from memory.previews.rehearsals import merge_preview, unmerge_preview
from memory.readable.sender import ContextQuery, read_sender
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.identity.handles import mark_shared
from memory.units.identity.linking import BY_HAND, IdentityProblem, customer_of, link, merge
from memory.units.identity.parting import part
from tests.memory.world import LEVELS, World

WHO = ("phone:+15550001111", "login:anna", "email:anna@x.org", "visitor:v1", "login:bea")

plain = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
joins = st.lists(
    st.tuples(
        st.sampled_from(range(len(WHO))),
        st.sampled_from(range(len(WHO))),
        st.integers(1, 3),
        st.booleans(),
    ),
    max_size=5,
)
marks = st.tuples(st.sampled_from((None, *WHO)), st.sampled_from((None, *WHO)))


def joined(world: World, wanted: list[tuple[int, int, int, bool]]) -> dict[str, int]:
    """Everybody has written; then these pairs are joined, some of them cooling off. Their homes."""
    homes = {one: world.customer(world.say(one, f"from {one}").handle_id) for one in WHO}
    for one, other, level, cooling in wanted:
        now = world.micros()
        with suppress(IdentityProblem), world.connection.begin_nested():
            link(
                world.connection, WHO[one], homes[WHO[other]], Assurance(level), BY_HAND, "seen",
                "ada", now, (world.id(), world.id()), reads_from=now * 2 if cooling else 0,
            )  # fmt: skip
    return homes


def marked(world: World, shared: str | None, proved: str | None) -> None:
    """One handle is shared, one has shown a code, where there is one."""
    if shared is not None:
        mark_shared(world.connection, shared, True, "ada", "an office", world.micros(), world.id())
    if proved is not None:
        handle = table(Handle)
        world.connection.execute(
            update(handle)
            .where(handle.c.key == proved)
            .values(proved_level=3, proved_until=world.micros() * 2)
        )


def everything(connection: Connection) -> Mapping[str, list[object]]:
    """All rows there are."""
    return {
        one.name: list(connection.execute(select(one).order_by(*one.primary_key.columns)))
        for one in SQLModel.metadata.sorted_tables
    }


def read_by(world: World, root: int) -> dict[int, tuple[str, ...]]:
    """For each handle of the customer, what `read_sender` lets it read, as its channel vouches."""
    handle = table(Handle)
    rows = world.connection.execute(select(handle).where(handle.c.customer_id == root)).all()
    found: dict[int, tuple[str, ...]] = {}
    now = world.micros()
    for row in rows:
        query = ContextQuery(root, row.id, 0, LEVELS[row.kind], now)
        reader = read_sender(world.connection, query)
        found[row.id] = tuple(sorted(reader.keys.values())) if reader.everywhere else ()
    return found


@plain
@given(joins, marks)
def test_what_is_shown_of_reading_is_what_senders_read(
    connection: Connection,
    wanted: list[tuple[int, int, int, bool]],
    marks: tuple[str | None, str | None],
) -> None:
    with connection.begin_nested() as point:
        world = World(connection)
        homes = joined(world, wanted)
        marked(world, *marks)
        root = customer_of(connection, WHO[0])
        shown = reads_of(connection, root, world.micros(), DEFAULT_RULES)
        assert dict(shown) == read_by(world, root)
        assert homes[WHO[0]] in {one.id for one in graph_of(world, root).customers}, (
            "the id a handle came with stays in the picture"
        )
        point.rollback()


@plain
@given(joins, marks, st.sampled_from(WHO[1:]))
def test_a_merge_does_what_was_foretold(
    connection: Connection,
    wanted: list[tuple[int, int, int, bool]],
    marks: tuple[str | None, str | None],
    other: str,
) -> None:
    with connection.begin_nested() as point:
        world = World(connection)
        homes = joined(world, wanted)
        marked(world, *marks)
        before = everything(connection)
        seen = merge_preview(connection, homes[WHO[0]], homes[other], world.micros(), world.id)
        assert seen is not None and everything(connection) == before
        foretold = {
            handle.key: handle.reads_then
            for side in (seen.one, seen.other)
            for handle in side.handles
        }
        refused, done = None, None
        try:
            done = merge(
                connection, homes[WHO[0]], homes[other], Assurance.AUTHENTICATED, "seen", "ada",
                world.micros(), (world.id(), world.id()),
            )  # fmt: skip
        except IdentityProblem as problem:
            refused = str(problem)
        if done is None:
            assert refused in [one.words for one in seen.conflicts if one.stops]
        else:
            assert seen.possible == done.changed and seen.stays_id == done.customer_id
            reads = reads_of(connection, done.customer_id, world.micros(), DEFAULT_RULES)
            handles = {one.id: one.key for one in graph_of(world, done.customer_id).handles}
            assert {handles[one]: keys for one, keys in reads.items()} == foretold
        point.rollback()


@plain
@given(joins, st.data())
def test_a_parting_leaves_whom_it_foretold(
    connection: Connection, wanted: list[tuple[int, int, int, bool]], data: st.DataObject
) -> None:
    with connection.begin_nested() as point:
        world = World(connection)
        joined(world, wanted)
        root = customer_of(connection, WHO[0])
        can_end = [one.id for one in graph_of(world, root).edges if one.can_end]
        if can_end:
            some = data.draw(st.lists(st.sampled_from(can_end), min_size=1, unique=True))
            before = everything(connection)
            seen = unmerge_preview(connection, some, world.micros(), world.id)
            assert everything(connection) == before
            done = part(connection, some, "ada", "seen", world.micros(), world.id)
            assert tuple(side.id for side in seen.sides) == done.customers
            for side in seen.sides:
                now = {one.key for one in graph_of(world, side.id).handles}
                assert {one.key for one in side.handles} == now
        point.rollback()


def graph_of(world: World, root: int) -> GraphView:
    """The customer's graph."""
    found = graph(world.connection, root, world.micros())
    assert found is not None
    return found
