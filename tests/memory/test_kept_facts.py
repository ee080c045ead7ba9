"""What a process keeps of the facts of a customer is what the database would say."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from core.message import Assurance
from core.turn import Fact
from gateway.turns.kept_facts import carried_facts
from gateway.turns.provenance import Given
from gateway.turns.rows import Ids, _fact_rows
from memory.units.remembering.fact_rows import lay
from memory.units.remembering.facts import retire
from tests.memory.test_facts import rows
from tests.memory.world import MAIL, PHONE, Place, World

_told: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries({
    "key": st.sampled_from(["address", "size", "identifier:order:1042"]),
    "value": st.sampled_from(["one", "ONE", "two", "three"]),
    "level": st.sampled_from([2, 3]),
    "needs": st.sampled_from([0, 0, 0, 3]),
    "verified": st.booleans(),
    "told_by": st.sampled_from(["customer", "rule", "agent:ann"]),
    "mine": st.booleans(),
    "retired": st.sampled_from([False, False, False, False, True]),
})  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=st.lists(_told, min_size=1, max_size=8))
def test_facts_carried_forward_are_those_that_would_be_read(
    connection: Connection, told: list[dict[str, object]]
) -> None:
    with connection.begin_nested() as undone:
        world = World(connection)
        places = {True: world.say(PHONE, "hello"), False: world.say(MAIL, "hello")}
        world.link(PHONE, MAIL)
        known, compared = world.sees(PHONE).facts, 0
        for one in told:
            carried = _tell(world, places, one, known)
            known = world.sees(PHONE).facts
            if carried is not None:
                assert carried == known
                compared += 1
            if one["retired"]:
                (*_, last) = rows(world, str(one["key"]))
                retire(connection, last["id"], "ann", "no", world.micros(), world.id)
                known = world.sees(PHONE).facts
        assert compared, "the first of each is a plain case"
        undone.rollback()


def _tell(
    world: World, places: dict[bool, Place], one: dict[str, object], known: tuple[Fact, ...]
) -> tuple[Fact, ...] | None:
    """One fact, told in a turn of the phone's; what would be kept."""
    place, handle = places[bool(one["mine"])], PHONE if one["mine"] else MAIL
    at, handles = world.micros(), {PHONE: places[True].handle_id, MAIL: places[False].handle_id}
    fact = Fact(
        str(one["key"]),
        str(one["value"]),
        place.message_id,
        handle,
        Assurance(int(str(one["level"]))),
        world.now,
        needs=Assurance(int(str(one["needs"]))),
        verified=bool(one["verified"]),
        told_by=str(one["told_by"]),
        channel="sms",
    )
    given_ = Given(handles)
    written = _fact_rows([fact], handles[PHONE], Ids(world.id, "bot", 60.0), at, given_)
    outcomes = lay(world.connection, written)
    return carried_facts(known, [fact], written, outcomes, Assurance.AUTHENTICATED)
