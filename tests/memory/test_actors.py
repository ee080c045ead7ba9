"""People, links and tokens in the database: what is refused there, and what a change leaves."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from core.clock import from_micros
from memory.pages.lists import audit_log
from memory.pages.people import (
    has_owner,
    invited,
    people_list,
    person_of,
    roles_of_sessions,
    signed_in,
    token_holder,
)
from memory.tables.main import Handoff
from memory.tables.people import Invitation, Session
from memory.tables.rows import table
from memory.units.people import actors, api_tokens
from memory.units.people.actors import Acceptance, ActorProblem, Invite, NewPerson
from memory.units.people.api_tokens import NewToken
from memory.units.people.sessions import (
    IDLE_LIFE,
    MINUTE,
    SESSION_LIFE,
    NewSession,
    attempt,
    open_session,
    touch_session,
)
from tests.memory.world import World


def made(world: World, login: str, role: str = "owner", password: str | None = "hash") -> int:
    """Somebody; their id."""
    one = NewPerson(world.id(), login, login.title(), role, password)
    actors.add_person(world.connection, one, "tests", world.micros(), world.id())
    return one.id


@pytest.mark.parametrize("change", [actors.disable, actors.change_role])
def test_an_owner_remains_who_can_come_in(world: World, change: object) -> None:
    ada = made(world, "ada")
    # Neither of them could let anybody in.
    made(world, "grace", password=None)
    out = made(world, "joan")
    actors.disable(world.connection, out, "tests", world.micros(), world.id())
    more = ("viewer",) if change is actors.change_role else ()
    given = (ada, *more, "tests", world.micros(), world.id())
    with pytest.raises(ActorProblem, match="last owner"):
        change(world.connection, *given)  # type: ignore[operator]
    actors.enable(world.connection, out, "tests", world.micros(), world.id())
    change(world.connection, *given)  # type: ignore[operator]
    assert has_owner(world.connection)


def test_a_login_is_one_persons_for_ever_however_it_is_written(world: World) -> None:
    ada = made(world, "Ada ")
    assert person_of(world.connection, "ada") == ada
    for again in ("ada", "ADA"):
        with pytest.raises(ActorProblem, match="taken"):
            made(world, again)
    for odd in ("", "-ada", "a b", "ädä", "a" * 65, "ada\n.", "a:b"):
        with pytest.raises(ActorProblem, match="a login has"):
            made(world, odd)
    assert len(people_list(world.connection, world.micros())) == 1


def test_of_two_links_for_the_first_owner_one_makes_an_owner(world: World) -> None:
    """As when two processes made one each, before either saw the other's."""
    now = world.micros()
    for hash_ in ("one", "two"):
        row = {"hash": hash_, "created_by": "tests", "created_at": now, "until": now + 1000}
        world.connection.execute(insert(table(Invitation)).values(row))
    first = Acceptance("one", "hash", world.id(), "ada", "Ada")
    assert actors.accept(world.connection, first, now, world.id()) == first.fresh_id
    second = Acceptance("two", "hash", world.id(), "eve", "Eve")
    with pytest.raises(ActorProblem, match="an owner already"):
        actors.accept(world.connection, second, now, world.id())
    with pytest.raises(ActorProblem, match="an owner already"):
        actors.invite(world.connection, Invite("three", now + 1000), "tests", now, world.id())


def test_a_link_sets_one_password(world: World) -> None:
    """Also when it is used twice at once, and both saw it unused."""
    ada, now = made(world, "ada"), world.micros()
    actors.invite(world.connection, Invite("link", now + 1000, ada), "tests", now, world.id())
    mine, theirs = Acceptance("link", "mine", 0), Acceptance("link", "theirs", 0)
    assert actors.accept(world.connection, mine, now, world.id()) == ada
    with pytest.raises(ActorProblem, match="does not work"):
        actors.accept(world.connection, theirs, now, world.id())
    kept = attempt(world.connection, "ada", now)
    assert kept is not None and kept.password_hash == "mine"


def test_a_password_ends_the_lock_and_every_link(world: World) -> None:
    ada, now = made(world, "ada"), world.micros()
    for _ in range(5):
        attempt(world.connection, "ada", now)
    locked = attempt(world.connection, "ada", now)
    assert locked is not None and not locked.allowed
    actors.enable(world.connection, ada, "tests", now, world.id())
    freed = attempt(world.connection, "ada", now)
    assert freed is not None and freed.allowed
    for _ in range(5):
        attempt(world.connection, "ada", now)
    actors.invite(world.connection, Invite("link", now + 1000, ada), "tests", now, world.id())
    assert invited(world.connection, "link", now) is not None
    actors.set_password(world.connection, ada, "new", "tests", now, world.id())
    assert invited(world.connection, "link", now) is None
    free = attempt(world.connection, "ada", now)
    assert free is not None and free.allowed and free.password_hash == "new"


def test_a_token_opens_until_its_time_has_come(world: World) -> None:
    now = world.micros()
    kept = NewToken(world.id(), "shop", "hash", {"see", "link"}, now + 10)
    api_tokens.add_token(world.connection, kept, "tests", now, world.id())
    held = token_holder(world.connection, "hash", now)
    assert held is not None and held.rights == ("link", "see")
    assert token_holder(world.connection, "hash", now + 10) is None
    again = NewToken(world.id(), "shop", "other", {"see"}, None)
    with pytest.raises(ActorProblem, match="already"):
        api_tokens.add_token(world.connection, again, "tests", now, world.id())
    api_tokens.add_token(world.connection, again, "tests", now + 10, world.id())
    api_tokens.revoke_named(world.connection, "shop", "tests", now + 10, world.id())
    assert token_holder(world.connection, "other", now + 10) is None
    assert "hash" not in str(audit_log(world.connection))


def test_the_cases_of_who_is_kept_out_wait_for_others(world: World) -> None:
    ada = made(world, "ada", "agent")
    rows = {"case_id": 1, "customer_id": 1, "conversation_id": 1, "handle_id": 1, "rule": "human"}
    words = {"reason": "asked", "queue": "service", "urgency": "high", "packet_json": "{}"}
    for owner, status in (("person:ada", "owned"), ("person:ada", "closed"), ("person:b", "owned")):
        state = {"id": world.id(), "owner": owner, "status": status, "opened_at": 0}
        world.connection.execute(insert(table(Handoff)).values(rows | words | state))
    actors.disable(world.connection, ada, "tests", world.micros(), world.id())
    query = select(table(Handoff).c.owner, table(Handoff).c.status).order_by(table(Handoff).c.id)
    left = [tuple(row) for row in world.connection.execute(query)]
    assert left == [(None, "waiting"), ("person:ada", "closed"), ("person:b", "owned")]


def test_a_session_is_found_with_its_owner_until_it_ends(world: World) -> None:
    ada, now = made(world, "ada"), world.micros()
    new = NewSession("cookie", "csrf", ada, "127.0.0.1", now)
    assert open_session(world.connection, new)
    found = signed_in(world.connection, "cookie", now)
    assert found is not None and (found.login, found.csrf) == ("ada", "csrf")
    assert roles_of_sessions(world.connection, ["cookie", "other"], now) == {"cookie": "owner"}
    assert signed_in(world.connection, "cookie", now + IDLE_LIFE) is None
    touch_session(world.connection, "cookie", now + IDLE_LIFE - 1)
    assert signed_in(world.connection, "cookie", now + IDLE_LIFE) is not None
    (shown,) = people_list(world.connection, now)
    assert shown.seen_at == from_micros(now + IDLE_LIFE - 1) and shown.sessions == 1
    assert signed_in(world.connection, "cookie", now + SESSION_LIFE) is None
    # The next one to sign in sweeps it away.
    later = NewSession("next", "csrf", ada, "127.0.0.1", now + SESSION_LIFE)
    assert open_session(world.connection, later)
    assert world.connection.execute(select(table(Session).c.hash)).scalars().all() == ["next"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(waits=st.lists(st.integers(0, 1200), max_size=60))
@example(waits=[0] * 20)
@example(waits=[61] * 60)
def test_however_it_is_spread_nobody_guesses_more_than_ten_times_in_an_hour(
    world: World, waits: list[int]
) -> None:
    login, now, guesses = f"g{world.id()}", world.micros(), 0
    made(world, login, "agent")
    hour = now + 60 * MINUTE
    for wait in waits:
        now += wait * 1_000_000
        tried = attempt(world.connection, login, now)
        assert tried is not None
        guesses += tried.allowed and now < hour
    assert guesses <= 10
