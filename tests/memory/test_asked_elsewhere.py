"""A secret that is asked for on one channel is awaited on every channel of the same person, in both
dialects, and on nobody else's."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from core.clock import to_micros
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, InboundMessage
from core.message import Handle as Address
from memory.expectations import OpenQuestions, expectation
from memory.tables.main import Case
from memory.tables.rows import table
from memory.units.identity.linking import IdentityProblem
from memory.units.identity.retiring import retire
from memory.units.messages.admission import Admission, Cleaned, admit
from memory.units.messages.revisions import Change, revise
from memory.units.people.cases import AgentAnswer, answer
from tests.memory.world import CHAT, LEVELS, MAIL, PHONE, VISITOR, Place, World

OPEN_FOR = timedelta(hours=72)

_case = table(Case)


def ask(world: World, place: Place, kind: str | None = "pin", status: str = "open") -> int:
    """A case in which the last answer asks for a secret."""
    case_id = world.case(place, status=status)
    world.connection.execute(update(_case).where(_case.c.id == case_id).values(expecting=kind))
    return case_id


def heard(world: World, who: str, level: Assurance | None = None) -> str | None:
    """What admission takes the next message of this sender for, in a conversation that is new."""
    kind, address = who.split(":", 1)
    at = world.micros()
    message = InboundMessage(
        account=kind,
        channel=kind,
        event_id=f"event-{world.id()}",
        conversation_key=f"thread-{world.id()}",
        sender=Address(kind, address),
        assurance=LEVELS[kind] if level is None else level,
        evidence="signed webhook",
        text="4711",
        reply_address={"to": address},
        sent_at=world.now,
    )
    questions = OpenQuestions(DEFAULT_RULES, to_micros(world.now - OPEN_FOR))
    foretold = expectation(world.connection, message, at, questions).kind
    taken: list[str | None] = []

    def clean(expecting: str | None) -> Cleaned:
        taken.append(expecting)
        return Cleaned("", {}, 1)

    ids = (world.id(), world.id(), world.id(), world.id(), world.id())
    admit(world.connection, [Admission(message, clean, at, 0, ids, questions=questions)])
    assert taken == [foretold], "what comes with a message is looked through as its words are"
    return foretold


@pytest.fixture
def joined(world: World) -> World:
    """A text message and a mail of one person, and a login of somebody else's."""
    for who in (PHONE, MAIL, CHAT):
        world.say(who, "Hello")
    world.link(MAIL, PHONE)
    return world


def test_what_is_asked_for_on_one_channel_is_awaited_on_the_others(joined: World) -> None:
    ask(joined, joined.say(PHONE, "Block my card"))
    assert [heard(joined, who) for who in (MAIL, PHONE, CHAT)] == ["pin::alone"] * 2 + [None]


def test_who_is_joined_after_the_asking_is_awaited_too(joined: World) -> None:
    ask(joined, joined.say(PHONE, "Block my card"))
    joined.link(CHAT, PHONE)
    assert heard(joined, CHAT) == "pin::alone"


def test_who_is_parted_again_is_asked_for_nothing(joined: World) -> None:
    ask(joined, joined.say(PHONE, "Block my card"))
    joined.unlink(MAIL)
    assert (heard(joined, MAIL), heard(joined, PHONE)) == (None, "pin::alone")


@pytest.mark.parametrize("level", [Assurance.NONE, Assurance.ASSERTED])
def test_whoever_may_not_read_the_case_does_not_learn_that_another_was_asked(
    joined: World, level: Assurance
) -> None:
    ask(joined, joined.say(PHONE, "Block my card"))
    assert heard(joined, MAIL, level) is None


def test_a_weak_link_tells_nobody_that_the_other_was_asked(joined: World) -> None:
    ask(joined, joined.say(PHONE, "Block my card"))
    joined.link(CHAT, PHONE, Assurance.ASSERTED)
    assert heard(joined, CHAT) is None


def test_a_question_is_over_when_it_was_answered_or_its_case_is(joined: World) -> None:
    place = joined.say(PHONE, "Block my card")
    asked = ask(joined, place)
    for values in ({"expecting": None}, {"status": "closed"}):
        with joined.connection.begin_nested() as tried:
            joined.connection.execute(update(_case).where(_case.c.id == asked).values(**values))
            assert heard(joined, MAIL) is None
            tried.rollback()
    ask(joined, place, None)
    assert heard(joined, MAIL) == "pin::alone", "a greeting elsewhere asks for nothing"
    ask(joined, place, "")
    assert heard(joined, MAIL) is None, "what is told now answers the newer question"


def test_a_question_that_was_left_alone_for_long_is_over(joined: World) -> None:
    ask(joined, joined.say(PHONE, "Block my card"))
    joined.now += OPEN_FOR - timedelta(hours=1)
    assert heard(joined, MAIL) == "pin::alone"
    joined.now += timedelta(hours=1)
    assert heard(joined, MAIL) is None


def test_words_that_are_changed_later_may_tell_it_too(joined: World) -> None:
    joined.say(MAIL, "Hello", event="to be changed")
    ask(joined, joined.say(PHONE, "Block my card"))
    taken: list[str | None] = []

    def clean(expecting: str | None) -> Cleaned:
        taken.append(expecting)
        return Cleaned("[pin removed]", {}, 1)

    revise(joined.connection, Change("email", "to be changed", MAIL, clean, joined.micros()))
    assert taken == ["pin::alone"]


def test_a_person_who_answers_asks_for_nothing(joined: World) -> None:
    place = joined.say(PHONE, "Block my card")
    handoff = joined.handoff(place, ask(joined, place))
    assert heard(joined, MAIL) == "pin::alone"
    ids = (joined.id(),)
    said = AgentAnswer("ada", "I will.", 2, ({},), ids, joined.id(), joined.micros(), handoff)
    answer(joined.connection, said)
    assert heard(joined, MAIL) is None


def test_whoever_has_the_number_next_is_asked_for_nothing(joined: World) -> None:
    ask(joined, joined.say(PHONE, "Block my card"))
    retire(joined.connection, PHONE, "another's", "person:ada", joined.micros(), joined.id)
    assert heard(joined, PHONE) is None


_WHO = st.sampled_from([PHONE, CHAT, MAIL, VISITOR])
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "tell", "other", "link", "weak", "unlink", "close", "wait"]),
        _WHO,
        _WHO,
    ),
    min_size=3,
    max_size=12,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(_STEPS)
def test_admission_awaits_what_was_asked_in_cases_that_the_turn_reads_and_nothing_else(
    world: World, steps: list[tuple[str, str, str]]
) -> None:
    with world.connection.begin_nested() as tried:
        for step in steps:
            act(world, *step)
        for who in (PHONE, CHAT, MAIL, VISITOR):
            for level in (None, Assurance.ASSERTED):
                check(world, who, level)
        tried.rollback()


def act(world: World, what: str, who: str, other: str) -> None:
    """One thing that happens."""
    place = world.say(who, "Hello")
    if what in ("ask", "other", "close"):
        kind = "" if what == "other" else "pin"
        ask(world, place, kind, "closed" if what == "close" else "open")
    elif what == "tell":
        check(world, who, None)
    elif what == "wait":
        world.now += OPEN_FOR / 2
    else:
        world.say(other, "Hello")
        weak = Assurance.ASSERTED if what == "weak" else Assurance.AUTHENTICATED
        with contextlib.suppress(IdentityProblem):
            world.unlink(who) if what == "unlink" else world.link(who, other, weak)


def check(world: World, who: str, level: Assurance | None) -> None:
    """The newest question of all whose cases the turn would read is what admission awaits."""
    world.say(who, "Hello again")
    context = world.sees(who, level)
    after = to_micros(world.now - OPEN_FOR)
    asked = [
        (row.updated_at, row.expecting)
        for row in world.connection.execute(select(_case))
        if row.handle_id in context.handles and row.status == "open" and row.updated_at > after
    ]
    kind = max(asked)[1] if asked and context.everywhere else ""
    assert heard(world, who, level) == (f"{kind}::alone" if kind else None)
