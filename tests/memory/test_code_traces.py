"""What is left of a code that was sent: in the whole database nothing, in both dialects."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from core.clock import to_micros
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, DeliveryStatus, InboundMessage
from core.message import Handle as Address
from core.secrets import expected_code, lone
from memory.expectations import AT_ANY_TIME, expectation
from memory.units.identity.retiring import retire
from memory.units.messages.admission import Admission, Cleaned, admit
from memory.units.messages.deliveries import NotSent, Sent, mark_not_sent, mark_sent, retry
from memory.units.messages.holding import claim_due
from tests.memory.test_challenges import OTHER, RIGHT, WRONG, Desk
from tests.memory.world import MAIL, PHONE, Place, World


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def secret_letter(desk: Desk, place: Place) -> int:
    """A letter with a code, asked for by `place`; the id of its part."""
    written = desk.ask(place, MAIL).written
    assert written is not None
    return int(str(written.deliveries[0]["id"]))


def told_everywhere(connection: Connection) -> str:
    """Everything that any table holds."""
    tables = SQLModel.metadata.sorted_tables
    return repr([connection.execute(select(one)).all() for one in tables])


@pytest.mark.parametrize("end", ["sent", "failed", "discarded", "retired"])
def test_a_code_is_in_no_table_once_its_part_is_over(desk: Desk, end: str) -> None:
    connection, now = desk.connection, desk.world.micros()
    desk.world.say(MAIL, "Hello")
    part = secret_letter(desk, desk.world.say(PHONE, "I wrote to you by mail"))
    assert "123456" in told_everywhere(connection)
    if end == "sent":
        mark_sent(connection, [Sent(part, "p1", DeliveryStatus.SENT, now, 1)])
    elif end == "retired":
        retire(connection, MAIL, "another's", "person:ada", now, desk.world.id)
    else:
        over = NotSent(part, now, 1, None, 0, False, None, "no", discarded=end == "discarded")
        mark_not_sent(connection, [over])
    told = told_everywhere(connection)
    assert ("123456" in told, "Your code: [code removed]" in told) == (False, True)
    assert not retry(connection, part, now)


def test_a_code_that_is_tried_again_is_still_in_its_part(desk: Desk) -> None:
    now = desk.world.micros()
    part = secret_letter(desk, desk.world.say(PHONE, "I wrote to you by mail"))
    mark_not_sent(desk.connection, [NotSent(part, now, 1, now, now, False, None, "busy")])
    [due] = claim_due(desk.connection, "w", now, now + 1, 5)
    assert (due.id, orjson.loads(due.payload_json)) == (part, {"text": "Your code: 123456"})


def expected(desk: Desk, who: str) -> str | None:
    """What is expected of a handle in a conversation that is new."""
    message = written(desk, who, "new")
    return expectation(desk.connection, message, to_micros(desk.world.now), AT_ANY_TIME).kind


def written(desk: Desk, who: str, thread: str) -> InboundMessage:
    """A text message with a code in it."""
    kind, address = who.split(":", 1)
    return InboundMessage(
        account="sms2",
        channel="sms",
        event_id=f"e{desk.world.id()}",
        conversation_key=thread,
        sender=Address(kind, address),
        assurance=Assurance.AUTHENTICATED,
        evidence="signed webhook",
        text="123456",
        reply_address={"to": address},
        sent_at=desk.world.now,
    )


def test_a_code_is_expected_in_any_conversation_of_who_asked_while_it_is_open(desk: Desk) -> None:
    place = desk.world.say(PHONE, "I wrote to you by mail")
    desk.world.say(OTHER, "Hello")
    assert expected(desk, PHONE) is None
    desk.ask(place, MAIL)
    assert (expected(desk, PHONE), expected(desk, OTHER)) == (lone(expected_code(6)), None)
    desk.world.now += DEFAULT_RULES.codes.life
    assert expected(desk, PHONE) is None
    desk.ask(place, MAIL)
    desk.show(PHONE, RIGHT)
    assert expected(desk, PHONE) is None
    desk.ask(place, OTHER)
    for wrong in range(DEFAULT_RULES.codes.tries):
        assert expected(desk, PHONE) == lone(expected_code(6))
        desk.show(PHONE, WRONG, f"w{wrong}")
    assert expected(desk, PHONE) is None


def test_admission_is_told_of_the_code_wherever_its_asker_writes(desk: Desk) -> None:
    desk.ask(desk.world.say(PHONE, "I wrote to you by mail"), MAIL)
    told: list[str | None] = []

    def write(key: str, thread: str) -> None:
        message = written(desk, key, thread)
        ids = (desk.world.id(), desk.world.id(), desk.world.id(), desk.world.id(), desk.world.id())

        def clean(expecting: str | None) -> Cleaned:
            told.append(expecting)
            return Cleaned("", {}, 1)

        admit(desk.connection, [Admission(message, clean, desk.world.micros(), 0, ids)])

    write(PHONE, "another")
    write(OTHER, "another's")
    assert told == [lone(expected_code(6)), None]
