"""What a source brings in: once, within the rules, and undone as if it had never been."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select
from sqlmodel import SQLModel

from core.handle_addresses import read_handle
from core.identity.rules import DEFAULT_RULES, JoinRule
from core.message import Assurance, Claim
from memory.pages.lists import customers
from memory.pages.rows import display_names
from memory.previews.imports import Preview
from memory.tables.identity import Batch
from memory.tables.main import Audit, Handle, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.bringing import Brought, Entry, Source
from memory.units.identity.import_undoing import (
    batch_to_undo,
    facts_of_batch,
    finish_undo,
    links_of_batch,
    sightings_of_batch,
    undo_facts,
    undo_links,
    undo_sightings,
)
from memory.units.identity.importing import ImportProblem, batches, begin, take_in
from memory.units.identity.reversal import CannotUndo
from memory.units.identity.undoing import undo
from tests.memory.world import CHAT, MAIL, PHONE, World

SHOP = "external:1001"


def entry(*keys: str, line: int = 2, **attributes: str) -> Entry:
    """One customer as a file knows them."""
    return Entry(tuple(read_handle(*one.split(":", 1)) for one in keys), attributes, line)


def brought(
    world: World, *entries: Entry, level: int = 1, digest: str = "one"
) -> tuple[int, Brought]:
    """An import in one chunk: its batch, and what came of it."""
    source = Source("crm", Assurance(level), "the shop's own list", "cli:root")
    begun = begin(
        world.connection, source, digest, len(entries), world.micros(), (world.id(), world.id())
    )
    source = Source(source.name, source.level, source.reason, source.actor, begun.id)
    return begun.id, take_in(world.connection, source, entries, world.micros(), world.id)


def taken_back(world: World, batch_id: int) -> None:
    """The import is undone, two links at a time."""
    connection, at = world.connection, world.micros()
    batch_to_undo(connection, batch_id)
    undo_facts(connection, facts_of_batch(connection, batch_id), "cli:root", at)
    undo_sightings(connection, sightings_of_batch(connection, batch_id))
    after = 0
    while links := links_of_batch(connection, batch_id, after, 2):
        undo_links(connection, batch_id, links, "cli:root", at, world.id)
        after = links[-1]
    finish_undo(connection, batch_id, "cli:root", at, world.id())


def everything(connection: Connection) -> Mapping[str, list[Any]]:
    """Every row of every table."""
    return {
        name: sorted(map(repr, connection.execute(select(one)).all()))
        for name, one in SQLModel.metadata.tables.items()
    }


def roots(world: World, *keys: str) -> list[int]:
    """The customers of these handles."""
    return [world.handle_row(key)["customer_id"] for key in keys]


def test_new_handles_are_one_customer_and_read_each_other_from_level_two(world: World) -> None:
    _, done = brought(world, entry(SHOP, PHONE, MAIL, name="Anna"), level=2)
    assert (done.new, done.joined, done.attributes, done.conflicts) == (3, 2, 1, ())
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    assert world.texts(PHONE) == ["hi", "hello"]


def test_what_is_only_said_unlocks_nothing(world: World) -> None:
    brought(world, entry(SHOP, PHONE, MAIL), level=1)
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    assert len(set(roots(world, PHONE, MAIL))) == 1
    assert world.texts(MAIL) == ["hello"]


def test_known_handles_are_joined_where_the_rules_allow(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hello")
    _, done = brought(world, entry(SHOP, CHAT, PHONE), level=2)
    assert (done.new, done.known, done.joined) == (1, 2, 2)
    assert world.texts(CHAT) == ["hi", "hello"]


def test_level_nought_joins_nobody(world: World) -> None:
    _, done = brought(world, entry(SHOP, PHONE, MAIL), level=0)
    assert (done.new, done.joined) == (3, 0)
    assert len(set(roots(world, SHOP, PHONE, MAIL))) == 3


@pytest.mark.parametrize("known", [False, True])
def test_a_rule_for_some_kinds_joins_those_alone(world: World, known: bool) -> None:
    """What an import says of phones only suggests; mailboxes it joins."""
    only = JoinRule(
        "mail", "import", Assurance.AUTHENTICATED, True, frozenset({"email", "external"})
    )
    rules = replace(DEFAULT_RULES, joins=(only, JoinRule("import", "import", Assurance(2), False)))
    if known:
        world.say(PHONE, "Hello")
    one = entry(SHOP, PHONE, MAIL)
    source = Source("crm", Assurance.AUTHENTICATED, "the shop's own list", "cli:root")
    told, _ = Preview(source, rules).look(world.connection, [one])
    ids = (world.id(), world.id())
    begun = begin(world.connection, source, "one", 1, world.micros(), ids)
    source = replace(source, batch_id=begun.id)
    done = take_in(world.connection, source, [one], world.micros(), world.id, rules)
    shop, phone, mail = roots(world, SHOP, PHONE, MAIL)
    assert shop == mail != phone
    assert (told.joined, done.joined) == (1, 1)


def test_two_logins_stay_two_and_the_row_says_so(world: World) -> None:
    _, done = brought(world, entry("login:anna", "login:ben", PHONE, line=7))
    (conflict,) = done.conflicts
    assert (conflict.line, conflict.handle, conflict.other) == (7, "login:ben", "login:anna")
    assert "two different logins" in conflict.words
    assert len(set(roots(world, "login:anna", "login:ben"))) == 2


def test_a_blocked_value_is_joined_to_nobody(world: World) -> None:
    _, done = brought(world, entry(SHOP, "email:noreply@shop.example"))
    assert len(done.conflicts) == 1 and done.joined == 0


def test_what_a_person_parted_stays_parted(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    world.link(PHONE, MAIL)
    world.unlink(PHONE)
    _, done = brought(world, entry(MAIL, PHONE), level=2)
    (conflict,) = done.conflicts
    assert "admin has parted them" in conflict.words


def test_a_link_by_hand_is_not_made_worse(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    world.link(PHONE, MAIL, Assurance.PROVED)
    _, done = brought(world, entry(MAIL, PHONE), level=2)
    assert done.joined == 0
    assert world.texts(PHONE) == ["hi", "hello"]


def test_the_same_file_again_changes_nothing(world: World) -> None:
    rows = (entry(SHOP, PHONE, MAIL, name="Anna", tier="gold"), entry("external:2", CHAT))
    first, _ = brought(world, *rows)
    before = everything(world.connection)
    again, done = brought(world, *rows)
    after = everything(world.connection)
    assert again == first and (done.joined, done.attributes, done.new) == (0, 0, 0)
    assert before.keys() == after.keys()
    for name in before.keys() - {"sighting"}:
        assert before[name] == after[name], name
    assert len(before["sighting"]) == len(after["sighting"])


def test_a_handle_that_two_rows_name_joins_them_all(world: World) -> None:
    brought(world, entry(PHONE, MAIL), entry(MAIL, "phone:+15550002222"), entry(SHOP, PHONE))
    assert len(set(roots(world, SHOP, PHONE, MAIL, "phone:+15550002222"))) == 1


def test_an_undone_import_leaves_addresses_free(world: World) -> None:
    batch, _ = brought(world, entry(SHOP, PHONE, MAIL, name="Anna"), entry("external:2"), level=2)
    world.say(MAIL, "hello")
    taken_back(world, batch)
    handles = world.connection.execute(select(table(Handle))).all()
    left = {row.key for row in handles if row.retired_at is None}
    assert left == {MAIL}
    world.say(PHONE, "hi")
    assert world.texts(PHONE) == ["hi"]
    assert world.texts(MAIL) == ["hello"]
    (view,) = batches(world.connection)
    assert view.undone_by == "cli:root" and view.complete
    facts = world.connection.execute(select(table(Fact)).where(table(Fact).c.valid_to.is_(None)))
    assert facts.all() == []


def test_whom_an_undone_import_brought_is_in_no_list(world: World) -> None:
    batch, _ = brought(world, entry(SHOP, PHONE))
    (one,) = customers(world.connection)
    taken_back(world, batch)
    assert customers(world.connection) == [] == customers(world.connection, "1001")
    assert customers(world.connection, str(one.id))


def test_what_is_known_of_somebody_is_foretold_to_change_nothing(world: World) -> None:
    rows = [entry(SHOP, PHONE, name="Anna", tier="gold")]
    brought(world, *rows, level=2)
    source = Source("another list", Assurance.AUTHENTICATED, "the same words", "cli:root")
    told, _ = Preview(source).look(world.connection, [entry(SHOP, name="Anna", tier="silver")])
    assert told.attributes == 1
    told, _ = Preview(source).look(world.connection, rows)
    assert told.attributes == 0 == brought(world, *rows, level=2, digest="two")[1].attributes


def test_an_import_is_undone_once(world: World) -> None:
    batch, _ = brought(world, entry(SHOP, PHONE))
    taken_back(world, batch)
    with pytest.raises(ImportProblem, match="undone by cli:root already"):
        batch_to_undo(world.connection, batch)
    source = Source("crm", Assurance.ASSERTED, "again", "cli:root", batch)
    with pytest.raises(ImportProblem, match="has been undone"):
        take_in(world.connection, source, [entry(SHOP)], world.micros(), world.id)


def test_attributes_taken_back_give_way_to_those_before(world: World) -> None:
    brought(world, entry(SHOP, name="Anna", tier="silver"), digest="one")
    second, _ = brought(world, entry(SHOP, name="Anna B.", tier="gold"), digest="two")
    third, _ = brought(world, entry(SHOP, name="Anna Berg"), digest="three")
    taken_back(world, second)
    assert attributes(world) == {"name": "Anna Berg", "tier": "silver"}
    taken_back(world, third)
    assert attributes(world) == {"name": "Anna", "tier": "silver"}


def attributes(world: World) -> dict[str, str]:
    """What holds now."""
    facts = table(Fact)
    rows = world.connection.execute(select(facts).where(facts.c.valid_to.is_(None)))
    return {row.key.removeprefix("attribute:"): row.value for row in rows}


def test_an_import_is_written_down_with_who_and_why(world: World) -> None:
    batch, _ = brought(world, entry(SHOP, PHONE))
    audit = table(Audit)
    rows = world.connection.execute(select(audit)).all()
    assert [(row.actor, row.action, row.subject) for row in rows] == [
        ("cli:root", "import", f"batch:{batch}")
    ]


def test_turns_are_told_what_is_of_use_and_only_where_it_may_be_read(world: World) -> None:
    world.say(PHONE, "hi")
    brought(world, entry(SHOP, PHONE, name="Anna Berg", tier="gold", shoe_size="44"), level=2)
    told = {one.key: one.value for one in world.sees(PHONE).facts}
    assert told == {"attribute:name": "Anna Berg", "attribute:tier": "gold"}
    assert world.sees(PHONE, Assurance.ASSERTED).facts == ()
    brought(world, entry("external:2", MAIL, name="Ben"), level=1, digest="two")
    world.say(MAIL, "hi")
    assert world.sees(MAIL).facts == ()


def test_people_see_the_name_that_a_login_gave_before_one_that_was_brought_in(
    world: World,
) -> None:
    brought(world, entry(SHOP, CHAT, PHONE, name="A. Berg"))
    (root,) = set(roots(world, SHOP, CHAT, PHONE))
    assert display_names(world.connection, [root]) == {root: "A. Berg"}
    taken_back(world, batches(world.connection)[0].id)
    world.say(CHAT, "hi", claims=(Claim("name", "Anna Berg", "login"),))
    brought(world, entry("external:2", CHAT, name="Zora"), digest="two")
    (root,) = roots(world, CHAT)
    assert display_names(world.connection, [root]) == {root: "Anna Berg"}


def test_a_small_import_is_undone_from_the_log(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    batch, _ = brought(world, entry(SHOP, PHONE, MAIL, name="Anna"), level=2)
    audit = table(Audit)
    query = select(audit.c.id).where(audit.c.action == "import")
    audit_id = world.connection.execute(query).scalar_one()
    undo(world.connection, audit_id, "person:sam", world.micros(), world.id)
    assert world.texts(PHONE) == ["hi"] and world.texts(MAIL) == ["hello"]
    assert [(one.id, one.undone_by) for one in batches(world.connection)] == [(batch, "person:sam")]
    with pytest.raises(CannotUndo):
        undo(world.connection, audit_id, "person:sam", world.micros(), world.id)


def test_an_import_that_broke_off_goes_on(world: World) -> None:
    rows = [entry(f"external:{one}", f"phone:+1555000{one}") for one in range(1000, 1004)]
    source = Source("crm", Assurance.ASSERTED, "list", "cli:root")
    ids = (world.id(), world.id())
    begun = begin(world.connection, source, "d", 4, world.micros(), ids)
    source = Source("crm", Assurance.ASSERTED, "list", "cli:root", begun.id)
    take_in(world.connection, source, rows[:3], world.micros(), world.id)
    ids = (world.id(), world.id())
    again = begin(world.connection, source, "d", 4, world.micros(), ids)
    assert (again.id, again.done) == (begun.id, 3)
    assert world.connection.execute(select(table(Batch))).all().__len__() == 1


# --- properties ---------------------------------------------------------------------------------

KEYS = (PHONE, "phone:+15550002222", MAIL, "email:ben@x.org", CHAT, "login:ben", SHOP, "external:2")
WRITERS = (PHONE, "phone:+15550002222", MAIL, "email:ben@x.org", CHAT, "login:ben")
rows_of_keys = st.lists(
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True), min_size=1, max_size=4
)


def entries_of(drawn: Sequence[Sequence[str]]) -> list[Entry]:
    """Rows of a file, each with a name."""
    return [entry(*keys, line=at + 2, name=f"n{at}") for at, keys in enumerate(drawn)]


def fresh(engine: Engine, check: Callable[[World], None]) -> None:
    """A check in a world of its own, of which nothing is kept."""
    with engine.connect() as connection, connection.begin() as all_of_it:
        check(World(connection))
        all_of_it.rollback()


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    wrote=st.lists(st.sampled_from(WRITERS), max_size=4, unique=True),
    joined=st.booleans(),
    drawn=rows_of_keys,
    level=st.sampled_from([1, 2]),
)
def test_import_and_undo_is_the_identity_on_links_and_readers(
    engine: Engine, wrote: list[str], joined: bool, drawn: list[list[str]], level: int
) -> None:
    def check(world: World) -> None:
        for key in wrote:
            world.say(key, f"from {key}")
        if joined and len(wrote) > 1 and not all(one.startswith("login") for one in wrote[:2]):
            world.link(wrote[0], wrote[1])
        before = active_links(world), [world.texts(key) for key in wrote], roots(world, *wrote)
        batch, _ = brought(world, *entries_of(drawn), level=level)
        taken_back(world, batch)
        after = active_links(world), [world.texts(key) for key in wrote], roots(world, *wrote)
        assert before == after
        assert attributes(world) == {}

    fresh(engine, check)


def active_links(world: World) -> list[tuple[int, int, int]]:
    """The links that hold, of handles that are in use."""
    links, handles = table(Link), table(Handle)
    rows = world.connection.execute(
        select(links.c.handle_id, links.c.customer_id, links.c.level)
        .join(handles, handles.c.id == links.c.handle_id)
        .where(links.c.ended_at.is_(None), handles.c.retired_at.is_(None))
    )
    return sorted(tuple(row) for row in rows)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(wrote=st.lists(st.sampled_from(WRITERS), max_size=4, unique=True), drawn=rows_of_keys)
def test_a_dry_run_changes_no_row_and_foretells_the_import(
    engine: Engine, wrote: list[str], drawn: list[list[str]]
) -> None:
    def check(world: World) -> None:
        for key in wrote:
            world.say(key, "hi")
        rows = entries_of(drawn)
        before = everything(world.connection)
        source = Source("crm", Assurance.AUTHENTICATED, "the shop's own list", "cli:root")
        told, pairs = Preview(source).look(world.connection, rows)
        assert everything(world.connection) == before
        _, done = brought(world, *rows, level=2)
        assert (told.new, told.known, told.joined) == (done.new, done.known, done.joined)
        assert {(one.handle, one.other) for one in told.conflicts} == {
            (one.handle, one.other) for one in done.conflicts
        }
        assert len(pairs) == done.joined

    fresh(engine, check)
