"""Several people in one thread: each is answered as themselves, at the address they wrote from."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from sqlalchemy import select

from core.message import Audience
from memory.pages.lists import turn_page
from memory.tables.main import Delivery, Handle, Message
from memory.tables.rows import table
from memory.units.messages.claims import Claim, Claimed, claim
from memory.units.messages.turns import commit
from memory.units.people.cases import AgentAnswer, PeopleProblem, answer
from tests.memory.hot import ids, reply
from tests.memory.world import MAIL, PHONE, Place, World

ADA, BEN = "email:ada@x.org", "email:ben@x.org"
ROOM = "thread-1"


def talk(world: World) -> tuple[Place, Place]:
    """Two people write in turns in one thread; their first places."""
    first = world.say(ADA, "ada one", thread=ROOM, waiting=True)
    second = world.say(BEN, "ben one", thread=ROOM, waiting=True, audience=Audience.ROOM)
    world.say(ADA, "ada two", thread=ROOM, waiting=True)
    world.say(BEN, "ben two", thread=ROOM, waiting=True)
    return first, second


def claimed(world: World, place: Place, owner: str = "a") -> Claimed:
    """What waits for the sender."""
    customer = world.customer(place.handle_id)
    (got,) = claim(world.connection, [Claim(customer, owner, 1, 10**15)])
    return got


def answered(world: World, place: Place | None = None, handoff: int | None = None) -> str:
    """The address to which a person's answer goes."""
    answer(
        world.connection,
        AgentAnswer(
            agent="sam",
            text="Here is Sam.",
            tokens=3,
            payloads=({"body": "Here is Sam."},),
            ids=(world.id(),),
            audit_id=world.id(),
            now=world.micros(),
            conversation_id=None if place is None else place.conversation_id,
            handoff_id=handoff,
        ),
    )
    part = table(Delivery)
    newest = select(part.c.address_json).order_by(part.c.id.desc()).limit(1)
    return str(orjson.loads(world.connection.execute(newest).scalar_one())["to"])


def test_a_claim_takes_one_senders_messages(world: World) -> None:
    ada, ben = talk(world)
    assert [one.text for one in claimed(world, ada).waiting] == ["ada one", "ada two"]
    assert [one.text for one in claimed(world, ben).waiting] == ["ben one", "ben two"]


def test_two_handles_of_one_customer_are_answered_apart(world: World) -> None:
    ada, _ = talk(world)
    world.link(BEN, ADA)
    got = claimed(world, ada)
    assert [one.text for one in got.waiting] == ["ada one", "ada two"]
    assert got.more


def test_each_is_answered_at_the_address_they_wrote_from(world: World) -> None:
    for place, name in zip(talk(world), ("ada", "ben"), strict=True):
        got = claimed(world, place)
        thread = got.answering(got.waiting).thread
        assert thread is not None
        assert orjson.loads(thread.reply_address_json) == {"to": f"{name}@x.org"}
        assert (thread.handle_id, thread.handle_key) == (place.handle_id, f"email:{name}@x.org")


def test_an_answer_to_words_from_a_room_is_given_as_in_a_room(world: World) -> None:
    _, ben = talk(world)
    got = claimed(world, ben)
    together, last = got.answering(got.waiting).thread, got.answering(got.waiting[1:]).thread
    assert together is not None
    assert last is not None
    assert (together.audience, last.audience) == ("room", "one")


def test_a_reply_belongs_to_whom_it_answers(world: World) -> None:
    _, ben = talk(world)
    commit(world.connection, [reply(claimed(world, ben), ids(), text="hi ben")])
    message, part = table(Message), table(Delivery)
    bot = select(message.c.handle_id).where(message.c.author == "bot")
    assert world.connection.execute(bot).scalar_one() == ben.handle_id
    assert world.connection.execute(select(part.c.handle_id)).scalar_one() == ben.handle_id


def test_what_one_was_told_the_other_does_not_know(world: World) -> None:
    ada, ben = talk(world)
    commit(world.connection, [reply(claimed(world, ben), ids(), text="hi ben")])
    assert world.texts(ADA, conversation_id=ada.conversation_id) == []
    assert world.texts(BEN, conversation_id=ada.conversation_id) == ["ben one", "ben two", "hi ben"]


def test_a_person_answers_whoever_wrote_last(world: World) -> None:
    ada, _ = talk(world)
    assert answered(world, ada) == "ben@x.org"


def test_a_persons_answer_goes_to_whose_case_it_is(world: World) -> None:
    ada, _ = talk(world)
    handoff = world.handoff(ada, world.case(ada))
    assert answered(world, handoff=handoff) == "ada@x.org"


def test_a_persons_answer_never_goes_to_another_customer(world: World) -> None:
    ada, _ = talk(world)
    handoff = world.handoff(ada, world.case(ada))
    elsewhere = world.say(MAIL, "hello")
    with pytest.raises(PeopleProblem, match="another customer's"):
        answered(world, elsewhere, handoff)


def test_nobody_is_answered_who_asked_for_silence(world: World) -> None:
    ada, ben = talk(world)
    handle = table(Handle)
    world.connection.execute(
        handle.update().where(handle.c.id == ben.handle_id).values(opted_out=True)
    )
    with pytest.raises(PeopleProblem, match=r"ben@x\.org has opted out"):
        answered(world, ada)
    assert answered(world, handoff=world.handoff(ada, world.case(ada))) == "ada@x.org"


def test_a_turn_is_shown_with_whom_it_answered(world: World) -> None:
    _, ben = talk(world)
    change = reply(claimed(world, ben), ids())
    record = orjson.dumps({"sender": {"handle": BEN, "level": 2}}).decode()
    turn = {**change.turn, "record_json": record}
    commit(world.connection, [replace(change, turn=turn)])
    page = turn_page(world.connection, int(str(turn["id"])))
    assert page is not None
    assert (page.handle, page.customer_id) == (BEN, world.customer(ben.handle_id))


def test_alone_in_a_thread_nothing_is_different(world: World) -> None:
    place = world.say(PHONE, "hi", waiting=True)
    assert answered(world, place) == "+15550001111"
