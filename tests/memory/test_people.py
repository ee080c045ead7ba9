"""A case in human hands: who may act, what the customer gets, and what the bot may no longer do."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from core.message import Assurance, DeliveryStatus
from memory.codec import load_case
from memory.pages.lists import audit_log, handoff_page, timeline
from memory.tables.main import Case, Delivery, Handle, Handoff
from memory.tables.rows import table
from memory.units.people.cases import (
    TOOK_OVER,
    AgentAnswer,
    Answered,
    PeopleProblem,
    answer,
    hand_back,
    resolve,
    take,
)
from tests.memory.world import CHAT, PHONE, Place, World


def _handed(world: World, who: str = PHONE) -> tuple[Place, int, int]:
    place = world.say(who, "a person please")
    case_id = world.case(place, counters={"fallback": 2})
    return place, case_id, world.handoff(place, case_id)


def _answer(
    world: World,
    handoff_id: int | None,
    *,
    agent: str = "mia",
    conversation_id: int | None = None,
    parts: int = 1,
    status: DeliveryStatus = DeliveryStatus.PENDING,
) -> Answered:
    return answer(
        world.connection,
        AgentAnswer(
            agent=agent,
            text="Hello, this is Mia.",
            tokens=6,
            payloads=tuple({"body": f"part {number}"} for number in range(parts)),
            ids=tuple(world.id() for _ in range(parts)),
            audit_id=world.id(),
            now=world.micros(),
            handoff_id=handoff_id,
            conversation_id=conversation_id,
            name="Mia",
            status=status,
        ),
    )


def test_an_answer_goes_out_in_parts_to_the_frozen_address(world: World) -> None:
    place, _, handoff_id = _handed(world)
    done = _answer(world, handoff_id, parts=2)
    assert done.message_id == f"{place.conversation_id}-2"
    assert (done.account, done.channel, done.key) == ("sms", "sms", PHONE)
    rows = table(Delivery)
    parts = world.connection.execute(
        select(rows).where(rows.c.id.in_(done.delivery_ids)).order_by(rows.c.part)
    ).all()
    assert [(one.part, one.parts, one.status, one.author) for one in parts] == [
        (0, 2, "pending", "agent"),
        (1, 2, "pending", "agent"),
    ]
    assert {one.address_json for one in parts} == {'{"to":"+15550001111"}'}
    assert all(one.due_at == one.created_at for one in parts)
    said = timeline(world.connection, world.customer(place.handle_id))[-1]
    assert (said.author, said.author_name, said.text) == ("agent", "Mia", "Hello, this is Mia.")
    assert len(said.deliveries) == 2


def test_the_first_answer_takes_the_case(world: World) -> None:
    _, _, handoff_id = _handed(world)
    _answer(world, handoff_id)
    row = world.row(Handoff, handoff_id)
    assert (row["status"], row["owner"]) == ("owned", "mia")
    first = row["answered_at"]
    assert first
    _answer(world, handoff_id)
    assert world.row(Handoff, handoff_id)["answered_at"] == first


def test_only_the_owner_answers(world: World) -> None:
    place, _, handoff_id = _handed(world)
    take(world.connection, handoff_id, "mia", world.micros(), world.id())
    before = len(timeline(world.connection, world.customer(place.handle_id)))
    with pytest.raises(PeopleProblem, match="mia has this case"):
        _answer(world, handoff_id, agent="tom")
    with pytest.raises(PeopleProblem, match="mia has this case"):
        _answer(world, None, agent="tom", conversation_id=place.conversation_id)
    with pytest.raises(PeopleProblem, match="mia has this case"):
        take(world.connection, handoff_id, "tom", world.micros(), world.id())
    assert len(timeline(world.connection, world.customer(place.handle_id))) == before
    assert take(world.connection, handoff_id, "mia", world.micros(), world.id()).owner == "mia"


def test_what_the_bot_had_not_sent_is_discarded(world: World) -> None:
    place, _, handoff_id = _handed(world)
    world.reply(place, "a draft", status="pending")
    world.reply(place, "on its way", status="sending")
    world.reply(place, "an older answer of ours", author="agent", status="pending")
    done = _answer(world, handoff_id)
    told = {
        one.text: one.deliveries[0]
        for one in timeline(world.connection, world.customer(place.handle_id))
        if one.deliveries
    }
    assert (told["a draft"].status, told["a draft"].reason) == ("discarded", TOOK_OVER)
    assert told["on its way"].status == "sending"
    assert told["an older answer of ours"].status == "pending"
    assert done.discarded == (told["a draft"].id,)


def test_every_action_fences_the_bot_and_is_written_down(world: World) -> None:
    place, _, handoff_id = _handed(world)
    customer = world.customer(place.handle_id)
    versions = [world.version(customer)[0]]
    take(world.connection, handoff_id, "mia", world.micros(), world.id())
    versions.append(world.version(customer)[0])
    _answer(world, handoff_id)
    versions.append(world.version(customer)[0])
    hand_back(world.connection, handoff_id, "mia", world.micros(), world.id())
    versions.append(world.version(customer)[0])
    assert versions == [versions[0] + step for step in range(4)]
    log = audit_log(world.connection, subject=f"handoff:{handoff_id}")
    assert [one.action for one in log] == ["hand back", "answer", "take"]
    assert {one.actor for one in log} == {"mia"}
    assert "Hello" not in str([one.detail for one in log]), "no words of the talk"


def test_handed_back_the_bot_answers_again_and_counts_anew(world: World) -> None:
    _, case_id, handoff_id = _handed(world)
    assert world.sees(PHONE).in_handoff
    done = hand_back(world.connection, handoff_id, "mia", world.micros(), world.id())
    assert done.status == "closed"
    seen = world.sees(PHONE)
    assert (seen.in_handoff, seen.case_id, seen.case_status) == (False, case_id, "open")
    assert seen.case.counters == {} and seen.case.intent == "order_status"
    row = world.row(Handoff, handoff_id)
    assert (row["status"], row["closed_as"]) == ("closed", "handed back")


def test_resolved_the_case_is_over(world: World) -> None:
    _, case_id, handoff_id = _handed(world)
    resolve(world.connection, handoff_id, "mia", world.micros(), world.id(), "refunded")
    row = world.row(Case, case_id)
    assert (row["status"], row["outcome"]) == ("closed", "refunded")
    seen = world.sees(PHONE)
    assert (seen.in_handoff, seen.case_id) == (False, None)
    assert load_case(str(row["state_json"])).intent == "order_status"


def test_a_case_handed_over_twice_stays_with_people_until_both_are_done(world: World) -> None:
    place, case_id, first = _handed(world)
    second = world.handoff(place, case_id)
    hand_back(world.connection, first, "mia", world.micros(), world.id())
    assert world.sees(PHONE).in_handoff
    hand_back(world.connection, second, "mia", world.micros(), world.id())
    assert not world.sees(PHONE).in_handoff


def test_a_closed_case_cannot_be_acted_on(world: World) -> None:
    _, _, handoff_id = _handed(world)
    resolve(world.connection, handoff_id, "mia", world.micros(), world.id())
    for act in (take, hand_back, resolve):
        with pytest.raises(PeopleProblem, match="already closed: resolved"):
            act(world.connection, handoff_id, "mia", world.micros(), world.id())
    with pytest.raises(PeopleProblem, match="already closed"):
        _answer(world, handoff_id)
    with pytest.raises(PeopleProblem, match="no handoff 5"):
        take(world.connection, 5, "mia", world.micros(), world.id())


def test_the_answer_may_go_to_another_channel_of_the_customer_only(world: World) -> None:
    _, _, handoff_id = _handed(world)
    chat = world.say(CHAT, "I am here now")
    with pytest.raises(PeopleProblem, match="another customer's"):
        _answer(world, handoff_id, conversation_id=chat.conversation_id)
    world.link(CHAT, PHONE)
    done = _answer(world, handoff_id, conversation_id=chat.conversation_id)
    assert (done.channel, done.handoff_id) == ("webchat", handoff_id)


def test_a_person_may_write_without_a_handoff(world: World) -> None:
    place = world.say(PHONE, "hi")
    done = _answer(world, None, conversation_id=place.conversation_id)
    assert done.handoff_id is None
    (entry,) = audit_log(world.connection)
    assert entry.subject == f"conversation:{place.conversation_id}"


def test_a_channel_that_reads_the_thread_has_its_parts_sent_at_once(world: World) -> None:
    _, _, handoff_id = _handed(world, CHAT)
    done = _answer(world, handoff_id, status=DeliveryStatus.SENT)
    page = handoff_page(world.connection, handoff_id, world.micros())
    assert page is not None and page.last_author == "agent" and page.status == "owned"
    assert world.row(Delivery, done.delivery_ids[0])["status"] == "sent"


@pytest.mark.parametrize(("column", "words"), [("opted_out", "opted out"), ("dead", "reached")])
def test_nothing_is_sent_where_it_may_not_be(world: World, column: str, words: str) -> None:
    place, _, handoff_id = _handed(world)
    handles = table(Handle)
    world.connection.execute(
        update(handles).where(handles.c.id == place.handle_id).values(**{column: True})
    )
    with pytest.raises(PeopleProblem, match=words):
        _answer(world, handoff_id)
    assert world.texts(PHONE, Assurance.AUTHENTICATED) == ["a person please"]
