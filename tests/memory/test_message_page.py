"""What people see of messages besides their words, and whose thread shows whose messages."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
import pytest
from sqlalchemy import update

from core.clock import from_micros
from core.message import Audience
from memory.pages.lists import conversations, timeline
from memory.pages.message import extras, kept_message
from memory.pages.rows import handle_name
from memory.tables.main import Conversation, Message
from memory.tables.rows import table
from memory.units.messages.attachments import KeptFile, keep_reference
from memory.units.messages.claims import Claim, claim
from memory.units.messages.turns import commit
from tests.memory.hot import reply
from tests.memory.world import PHONE, Place, World

ADA, BEN = "email:ada@x.org", "email:ben@x.org"
FILE = {"name": "a.png", "type": "image/png", "reference": "https://x.org/a", "size": None}


def give(world: World, place: Place, extra: Mapping[str, object]) -> None:
    """Store the message's extras."""
    message = table(Message)
    world.connection.execute(
        update(message)
        .where(message.c.conversation_id == place.conversation_id, message.c.seq == place.seq)
        .values(extra_json=orjson.dumps(extra).decode())
    )


def handle(world: World, place: Place) -> int:
    """A turn handles all that waits for the sender; their customer."""
    customer = world.customer(place.handle_id)
    (got,) = claim(world.connection, [Claim(customer, "a", 1, 10**15)])
    commit(world.connection, [reply(got, world.id)])
    return customer


def test_a_message_without_extras_has_none() -> None:
    assert extras(None) == extras("{}")
    assert extras(None).attachments == () and not extras(None).original


def test_a_changed_message_has_its_earlier_versions() -> None:
    found = extras(orjson.dumps({"revised_at": 9, "versions": [{"text": "a", "at": 5}]}).decode())
    assert found.edited_at == from_micros(9)
    assert [(one.text, one.at) for one in found.versions] == [("a", from_micros(5))]
    assert found.taken_back_at is None


def test_a_message_that_was_taken_back_is_not_called_edited() -> None:
    found = extras(orjson.dumps({"revised_at": 5, "taken_back": 9}).decode())
    assert found.taken_back_at == from_micros(9) and found.edited_at is None


def test_what_a_sender_is_called_is_shown_and_no_other_claim() -> None:
    claims = [{"kind": "email", "value": "x"}, {"kind": "name", "value": "Ada"}]
    assert extras(orjson.dumps({"claims": claims}).decode()).called == "Ada"


def test_a_fetched_file_is_named_from_then_on_and_only_while_it_is_the_same(world: World) -> None:
    place = world.say(PHONE, "look")
    give(world, place, {"attachments": [FILE]})
    for number, was in ((0, "https://x.org/a"), (0, "https://x.org/other"), (1, "")):
        kept = KeptFile(place.conversation_id, place.seq, number, was, f"file:{number}{was}", 7)
        keep_reference(world.connection, kept)
    found = kept_message(world.connection, place.conversation_id, place.seq)
    assert found is not None
    assert found.references == ("file:0https://x.org/a",)
    assert found.attachments[0].size == 7


def test_a_thread_is_shown_to_be_read_with_each_of_those_who_wrote_in_it(world: World) -> None:
    first = world.say(ADA, "from ada", thread="room", waiting=True)
    ada = handle(world, first)
    second = world.say(BEN, "from ben", thread="room", waiting=True, audience=Audience.ROOM)
    ben = handle(world, second)
    for customer in (ada, ben):
        said = [one for one in timeline(world.connection, customer) if one.author == "customer"]
        assert [(one.text, one.customer_id) for one in said] == [
            ("from ada", ada),
            ("from ben", ben),
        ]


def test_after_an_unlink_a_thread_is_no_longer_shown_to_the_other(world: World) -> None:
    phone, mail = world.say(PHONE, "by phone"), world.say(ADA, "by mail", waiting=True)
    world.link(ADA, to=PHONE)
    owner = handle(world, mail)
    assert owner == world.customer(phone.handle_id)
    world.unlink(ADA)
    texts = [one.text for one in timeline(world.connection, owner)]
    assert texts == ["by phone"]


def test_a_conversation_tells_how_many_write_in_its_place(world: World) -> None:
    place = world.say(ADA, "from ada", thread="room")
    world.say(BEN, "from ben", thread="room", audience=Audience.ROOM)
    conversation = table(Conversation)
    world.connection.execute(
        update(conversation)
        .where(conversation.c.id == place.conversation_id)
        .values(place_key="room", place_title="#help")
    )
    (found,) = conversations(world.connection)
    assert (found.place_title, found.people) == ("#help", 2)


@pytest.mark.parametrize(
    ("kind", "address", "said"),
    [
        ("phone", "+447700900142", "+447700900142"),
        ("slack", "T1:U0ADA", "Slack member U0ADA"),
        ("unproved-email", "jane@example.com/<a/b@x>", "jane@example.com, not proved"),
        ("unproved-email", "a/b@example.com/key", "a/b@example.com, not proved"),
        ("unproved-email", "odd", "odd, not proved"),
        ("visitor", "v-1", "Visitor"),
    ],
)
def test_an_address_without_a_name_is_called_so_that_people_know_it(
    kind: str, address: str, said: str
) -> None:
    assert handle_name(kind, address) == said
