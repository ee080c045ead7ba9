"""What admission keeps of a message beside its words, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import Connection, Engine, event, select

from core.message import Assurance, Attachment, InboundMessage, Place
from memory.tables.main import Conversation, Handle, Inbound, Message
from memory.tables.rows import table
from memory.units.messages.admission import Admission, Cleaned, admit
from tests.memory.hot import NOW, admission, ids, inbound

MAIL = replace(
    inbound("mail-1"),
    account="mail",
    channel="email",
    conversation_key="thread-1",
    reply_address={"to": "Ada@Example.com", "message_id": "<1@x>"},
    place=Place("inbox", "Where is my order?"),
)


def _admit(connection: Connection, message: InboundMessage, **more: object) -> None:
    made = admission(message, ids_of(connection))
    admit(connection, [replace(made, **more)])  # type: ignore[arg-type]


def ids_of(connection: Connection):  # type: ignore[no-untyped-def]
    """One source of ids for each connection."""
    return connection.info.setdefault("ids", ids())


def _only(connection: Connection, model: type) -> Mapping[str, object]:
    return dict(connection.execute(select(table(model))).mappings().one())


def _extra(connection: Connection) -> dict[str, object]:
    found = _only(connection, Message)["extra_json"]
    extra: dict[str, object] = {} if found is None else orjson.loads(str(found))
    return extra


def test_a_conversation_is_held_in_its_place(connection: Connection) -> None:
    _admit(connection, MAIL)
    row = _only(connection, Conversation)
    assert (row["place_key"], row["place_title"]) == ("inbox", "Where is my order?")


def test_a_place_may_be_called_otherwise_later(connection: Connection) -> None:
    _admit(connection, MAIL)
    _admit(connection, replace(MAIL, event_id="mail-2", place=Place("inbox", "Solved")))
    assert _only(connection, Conversation)["place_title"] == "Solved"


def test_a_message_without_a_place_moves_nothing(connection: Connection) -> None:
    _admit(connection, MAIL)
    _admit(connection, replace(MAIL, event_id="mail-2", place=None))
    assert _only(connection, Conversation)["place_key"] == "inbox"


def test_the_correspondent_is_the_address_in_any_case(connection: Connection) -> None:
    _admit(connection, MAIL)
    assert _only(connection, Conversation)["correspondent"] == "ada@example.com"


def test_the_reply_address_stays_with_its_message(connection: Connection) -> None:
    _admit(connection, MAIL)
    later = replace(MAIL, event_id="mail-2", reply_address={"to": "eve@example.com"})
    _admit(connection, later)
    inbox = table(Inbound)
    found = connection.execute(select(inbox.c.reply_address_json).order_by(inbox.c.id)).scalars()
    assert [orjson.loads(one)["to"] for one in found] == ["Ada@Example.com", "eve@example.com"]


def test_attachments_keep_what_the_html_calls_them(connection: Connection) -> None:
    file = Attachment("a.png", "image/png", "file:1", 3, content_id="logo@x")
    _admit(connection, replace(MAIL, attachments=(file,)))
    kept = {
        "name": "a.png",
        "type": "image/png",
        "reference": "file:1",
        "size": 3,
        "content_id": "logo@x",
    }
    assert _extra(connection)["attachments"] == [kept]


def test_the_original_is_named_by_its_files(connection: Connection) -> None:
    _admit(connection, MAIL, original={"text": "file:1", "source": "file:2"})
    assert _extra(connection)["original"] == {"text": "file:1", "source": "file:2"}


def test_no_original_is_named_of_a_message_that_held_a_secret(connection: Connection) -> None:
    cleaned = Cleaned("[pin removed]", {"pin": "digest"}, 1)
    _admit(connection, MAIL, original={"text": "file:1"}, clean=lambda _: cleaned)
    assert "original" not in _extra(connection)


def test_why_no_machine_may_answer_is_kept(connection: Connection) -> None:
    _admit(connection, replace(MAIL, needs_person="An automatic reply."))
    assert _extra(connection)["needs_person"] == "An automatic reply."


@pytest.mark.parametrize(
    ("level", "dead"),
    [(Assurance.NONE, True), (Assurance.ASSERTED, True), (Assurance.AUTHENTICATED, False)],
)
def test_only_who_is_proved_to_write_is_alive_again(
    connection: Connection, level: Assurance, dead: bool
) -> None:
    handle = table(Handle)
    _admit(connection, MAIL)
    connection.execute(handle.update().values(dead=True))
    _admit(connection, replace(MAIL, event_id="mail-2", assurance=level))
    assert bool(_only(connection, Handle)["dead"]) is dead


def test_of_several_messages_one_that_is_proved_is_enough(connection: Connection) -> None:
    handle = table(Handle)
    _admit(connection, MAIL)
    connection.execute(handle.update().values(dead=True))
    later = [
        replace(MAIL, event_id="mail-2", assurance=Assurance.AUTHENTICATED),
        replace(MAIL, event_id="mail-3", assurance=Assurance.NONE),
    ]
    admit(connection, [admission(one, ids_of(connection)) for one in later])
    assert not _only(connection, Handle)["dead"]


def test_a_plain_text_message_costs_seven_statements(engine: Engine) -> None:
    """Reads of handle, thread and event; message, inbound; thread and handle brought on."""
    seen: list[str] = []
    with engine.begin() as connection:
        new_id = ids()
        admit(connection, [admission(inbound("SM1"), new_id)])
        event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
        again: Admission = admission(inbound("SM2"), new_id, NOW + 1)
        admit(connection, [again])
    assert len(seen) == 7, "\n".join(seen)
