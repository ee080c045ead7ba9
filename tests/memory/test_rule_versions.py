"""Publishing and carrying out from several processes at once, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Connection, Engine, func, select

from core.clock import id_source
from core.identity.rule_world import Change
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance
from memory.tables.main import Audit, Link
from memory.tables.rows import table
from memory.units.identity.rule_steps import Publication, carry_out
from memory.units.identity.rule_versions import RulesProblem, begin, in_force, publish, versions
from memory.units.installation import keep_secret
from tests.memory.hot import NOW
from tests.memory.world import MAIL, PHONE, World

AT_ONCE = 4


def all_at_once(engine: Engine, work: Callable[[Connection, int], bool]) -> list[bool]:
    """What each of several transactions says that begin together."""
    ready = Barrier(AT_ONCE)

    def run(number: int) -> bool:
        ready.wait(timeout=20)
        with engine.begin() as connection:
            return work(connection, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_of_several_who_publish_over_the_same_version_one_does(engine: Engine) -> None:
    with engine.begin() as connection:
        first = begin(connection, "# one", 1, (1, 2, 3))

    def work(connection: Connection, number: int) -> bool:
        ids = (100 + 10 * number, 101 + 10 * number)
        try:
            publish(connection, f"# by {number}", "", "person:ada", 2, ids, based_on=first.id)
        except RulesProblem:
            return False
        return True

    assert sum(all_at_once(engine, work)) == 1
    with engine.begin() as connection:
        assert len(versions(connection, 9)) == 2


def test_of_several_who_carry_out_the_same_change_one_does(engine: Engine) -> None:
    with engine.begin() as connection:
        world = World(connection)
        world.say(PHONE, "Hello")
        world.say(MAIL, "Hello")
        begin(connection, "# one", 1, (1, 2, 3))
        version = in_force(connection)
    assert version is not None
    one = Publication(version, DEFAULT_RULES)
    change = Change("join", PHONE, MAIL, "import", Assurance.AUTHENTICATED, "import", "seen")

    def work(connection: Connection, number: int) -> bool:
        new_id = id_source(lambda: NOW, number + 1)
        return carry_out(connection, one, change, NOW, new_id)

    assert sum(all_at_once(engine, work)) == 1
    links = table(Link)
    with engine.begin() as connection:
        count = select(func.count()).where(links.c.rule == "import", links.c.ended_at.is_(None))
        assert connection.execute(count).scalar_one() == 1


def test_of_several_who_start_on_an_empty_database_one_publishes_the_first(
    engine: Engine,
) -> None:
    def work(connection: Connection, number: int) -> bool:
        ids = (100 + 10 * number, 101 + 10 * number, 102 + 10 * number)
        return begin(connection, "# one", 1, ids).id == ids[0]

    assert sum(all_at_once(engine, work)) == 1
    with engine.begin() as connection:
        assert len(versions(connection, 9)) == 1
        assert connection.execute(select(func.count()).select_from(table(Audit))).scalar() == 2


def test_of_several_who_make_a_secret_one_does_and_all_have_it(engine: Engine) -> None:
    made: list[str] = []

    def work(connection: Connection, number: int) -> bool:
        made.append(keep_secret(connection, "digest-key", f"fresh {number}", 1))
        return True

    assert sum(all_at_once(engine, work)) == AT_ONCE
    assert len(set(made)) == 1
