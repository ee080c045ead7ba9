"""History brought in is read by whom it belongs to, once, and goes as one as it came."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.message import Assurance
from gateway.history import importing as history_importing
from memory.past import ANOTHER_LIFE, BLOCKED
from memory.tables.main import (
    Audit,
    Case,
    Conversation,
    Customer,
    Delivery,
    Handle,
    Inbound,
    Message,
    Turn,
)
from memory.tables.remembered import Fact, HistoryLine
from memory.units.identity.importing import ImportProblem, batches
from memory.units.identity.reversal import CannotUndo
from memory.units.identity.undoing import undo
from memory.units.messages.reaching import find_ways
from tests.memory.histories import Desk, Killed, csv
from tests.memory.world import MAIL, PHONE, World

ADA, BEN = PHONE.partition(":")[2], "+15550002222"
TALK = csv(
    f"2026-02-01T10:00:00Z,sms,{ADA},in,where is my order 1042?,m1",
    f"2026-02-01T10:05:00Z,sms,{ADA},out,it leaves today,m2",
    f"2026-02-03T09:00:00Z,text,{BEN},customer,do you ship to Malta?,m3",
)


@pytest.fixture
def desk(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(history_importing, "LEAST", 2)
    return Desk(engine, tmp_path)


def in_world(desk: Desk, act: Callable[[World], Any]) -> Any:
    """Something that happens to the gateway itself."""
    before = len(desk.rows(Message))
    with desk.engine.begin() as connection:
        world = World(connection, now=desk.now)
        for _ in range(before * 10):
            world.id()
        return act(world)


def test_what_was_said_is_read_by_whoever_holds_the_handle_and_by_nobody_else(desk: Desk) -> None:
    done = desk.bring(TALK)
    assert (done.messages, done.new, done.left_out, done.fault_count) == (3, 2, 0, 0)
    assert desk.texts(PHONE) == ["where is my order 1042?", "it leaves today"]
    assert desk.texts(f"phone:{BEN}") == ["do you ship to Malta?"]
    assert desk.texts(PHONE, Assurance.ASSERTED) == desk.texts(PHONE, Assurance.NONE) == []


def test_nothing_else_comes_of_it(desk: Desk) -> None:
    desk.bring(TALK)
    for model in (Turn, Delivery, Inbound, Case):
        assert desk.rows(model) == []
    first = datetime(2026, 2, 1, 10, tzinfo=UTC)
    said = sorted(desk.rows(Message), key=lambda row: int(str(row["created_at"])))
    assert [row["author"] for row in said] == ["customer", "agent", "customer"]
    assert said[0]["created_at"] == said[0]["sent_at"] == int(first.timestamp() * 1_000_000)
    assert all(row["about"] and row["tokens"] for row in said)
    for row in desk.rows(Conversation):
        assert int(str(row["updated_at"])) < int(desk.now.timestamp() * 1_000_000)


def test_a_secret_is_taken_out_and_its_digest_kept(desk: Desk) -> None:
    desk.bring(csv(f"2026-02-01T10:00:00Z,sms,{ADA},in,my card is 4111 1111 1111 1111,"))
    (row,) = desk.rows(Message)
    assert row["text"] == "my card is [card removed]" and "card" in str(row["extra_json"])
    assert "4111 1111" not in str(desk.everything())


def test_what_is_told_is_a_claim_with_its_message_and_goes_with_it(desk: Desk) -> None:
    done = desk.bring(TALK)
    (fact,) = desk.rows(Fact)
    (said,) = [row for row in desk.rows(Message) if "1042" in str(row["text"])]
    assert (fact["value"], fact["told_by"], fact["verified"]) == ("1042", "rule", False)
    assert fact["source"] == f"{said['conversation_id']}-{said['seq']}"
    assert fact["valid_from"] == said["created_at"]
    newer = csv(f"2026-02-09T10:00:00Z,sms,{ADA},in,no: order 2000,m9")
    later = desk.bring(newer, source="another desk")
    assert [row["value"] for row in desk.rows(Fact) if row["valid_to"] is None] == ["2000"]
    desk.take_back(later.batch_id)
    assert [row["value"] for row in desk.rows(Fact) if row["valid_to"] is None] == ["1042"]
    desk.take_back(done.batch_id)
    desk.bring(TALK, level=0)
    assert desk.rows(Fact) == []


def test_what_is_not_believed_is_kept_for_people_alone(desk: Desk) -> None:
    desk.bring(TALK, level=0)
    assert len(desk.rows(Message)) == 3 and desk.texts(PHONE) == []


def test_a_customer_who_is_known_has_it_beside_what_they_wrote_to_us(desk: Desk) -> None:
    in_world(desk, lambda world: world.say(PHONE, "hi"))
    before = desk.rows(Customer)[0]["version"]
    done = desk.bring(TALK)
    assert (done.new, done.known) == (1, 1)
    assert desk.texts(PHONE) == ["where is my order 1042?", "it leaves today", "hi"]
    # Whoever serves them just now reads them anew.
    assert {int(str(row["version"])) for row in desk.rows(Customer)} == {int(str(before)) + 1}


def test_a_handle_is_counted_once_however_many_chunks_it_takes(desk: Desk) -> None:
    in_world(desk, lambda world: world.say(PHONE, "hi"))
    rows = [f"2026-02-01T10:{n:02}:00Z,sms,{ADA if n % 2 else BEN},in,text {n}," for n in range(60)]
    done = desk.bring(csv(*rows))
    assert (done.messages, done.new, done.known) == (60, 1, 1)


def test_taken_back_it_is_as_if_it_had_never_been(desk: Desk) -> None:
    in_world(desk, lambda world: world.say(PHONE, "hi"))
    # What waits to be made again, and what says that there was an import.
    left = ("batch", "audit", "customer", "handle", "link", "episode")
    before = desk.everything(left)
    done = desk.bring(TALK)
    desk.take_back(done.batch_id)
    assert desk.everything(left) == before
    assert [row["key"] for row in desk.rows(Handle) if row["retired_at"] is None] == [PHONE]
    with desk.engine.connect() as connection:
        (batch,) = batches(connection)
    assert batch.undone_by == "cli:root" and batch.kind == "history"
    with pytest.raises(ImportProblem, match="already"):
        desk.take_back(done.batch_id)
    again = desk.bring(TALK)
    assert (again.messages, again.batch_id) != (0, done.batch_id)


def test_the_log_of_changes_says_where_it_is_undone(desk: Desk) -> None:
    desk.bring(TALK)
    (made,) = [row for row in desk.rows(Audit) if row["action"] == "import"]
    with pytest.raises(CannotUndo, match="import-history --undo"), desk.engine.begin() as opened:
        undo(opened, int(str(made["id"])), "cli:root", 1, lambda: 1)
    assert len(desk.rows(Message)) == 3


def test_nobody_is_written_to_where_a_history_lies(desk: Desk) -> None:
    in_world(desk, lambda world: world.say(PHONE, "hi"))
    desk.bring(TALK)
    with desk.engine.connect() as connection:
        assert [one.account for one in find_ways(connection, PHONE).threads] == ["sms"]
        assert find_ways(connection, f"phone:{BEN}").threads == ()


def test_half_taken_back_nothing_comes_in_until_it_is_gone(desk: Desk) -> None:
    rows = [f"2026-02-0{1 + n // 9}T1{n % 9}:00:00Z,sms,{ADA},in,text {n},m{n}" for n in range(20)]
    done = desk.bring(csv(*rows))
    steps = desk.run_some(done.batch_id, 5)
    assert 0 < len(desk.rows(Message)) < 20 and steps == 5
    with pytest.raises(ImportProblem, match="half taken back"):
        desk.bring(csv(*rows))
    desk.take_back(done.batch_id)
    assert desk.rows(Message) == desk.rows(HistoryLine) == []


def test_a_dry_run_finds_what_the_import_does_and_writes_nothing(desk: Desk) -> None:
    in_world(desk, lambda world: world.say(PHONE, "hi"))
    file = TALK + (
        f"2026-02-05T10:00:00Z,email,noreply@shop.test,in,spam,m4\n"
        f"2026-02-01T10:00:00Z,sms,{ADA},in,once more,m1\n"
        f"yesterday,sms,{ADA},in,when?,m5\n"
    ).encode().replace(b"email,noreply@shop.test", b"email,handle")
    file = file.replace(b"email,handle,in,spam", b"sms,+15550000000,in,spam")
    before = desk.everything()
    looked = desk.look(file)
    assert desk.everything() == before and looked.dry_run
    done = desk.bring(file)
    names = ("rows", "messages", "repeated", "left_out", "new", "known", "fault_count")
    assert [getattr(looked, one) for one in names] == [getattr(done, one) for one in names]
    assert (looked.repeated, looked.fault_count, looked.faults[0].line) == (1, 1, 7)
    assert looked.channels == {"sms": looked.messages}
    met = {one.handle: (one.customer_id is None, one.messages) for one in looked.handles}
    assert met[PHONE] == (False, 2) and met[f"phone:{BEN}"] == (True, 1)
    assert looked.oldest == datetime(2026, 2, 1, 10, tzinfo=UTC)


def test_what_may_be_somebody_elses_is_left_out(desk: Desk) -> None:
    """A number that was silent for more than a year may have passed on."""
    file = csv(
        f"2022-01-01T10:00:00Z,sms,{ADA},in,I am somebody else,m1",
        f"2022-01-02T10:00:00Z,sms,{ADA},out,hello somebody,m2",
        f"2026-01-01T10:00:00Z,sms,{ADA},in,I am Ada,m3",
    )
    looked = desk.look(file)
    assert [(one.line, one.words) for one in looked.left_out_lines] == [
        (2, ANOTHER_LIFE),
        (3, ANOTHER_LIFE),
    ]
    assert desk.bring(file).left_out == 2
    assert desk.texts(PHONE) == ["I am Ada"]


def test_what_is_older_than_the_life_of_the_address_is_left_out(desk: Desk) -> None:
    in_world(desk, lambda world: world.say(PHONE, "hi"))
    old = csv(f"2024-01-01T10:00:00Z,sms,{ADA},in,long ago,m1")
    assert desk.bring(old).left_out == 1
    mail = old.replace(b"phone", b"email").replace(b"sms", b"email")
    mail = mail.replace(ADA.encode(), MAIL.partition(":")[2].encode())
    in_world(desk, lambda world: world.say(MAIL, "hello"))
    assert desk.bring(mail).left_out == 0


def test_whoever_was_silent_since_begins_anew_when_they_write(desk: Desk) -> None:
    desk.bring(csv(f"2024-01-01T10:00:00Z,sms,{ADA},in,long ago,m1"))
    in_world(desk, lambda world: world.say(PHONE, "hi"))
    assert desk.texts(PHONE) == ["hi"]


def test_a_blocked_address_has_no_history(desk: Desk) -> None:
    file = b"when,email,text\n2026-02-01T10:00:00Z,noreply@x.org,hello\n"
    looked = desk.look(file)
    assert [one.words for one in looked.left_out_lines] == [BLOCKED]
    assert desk.bring(file).messages == 0 and desk.rows(Message) == []


def test_a_mailbox_of_several_is_named_and_read_by_nobody(desk: Desk) -> None:
    file = b"when,email,text\n2026-02-01T10:00:00Z,info@x.org,hello\n"
    (met,) = desk.look(file).handles
    assert met.notes and "several people" in met.notes[0]
    desk.bring(file)
    assert desk.texts("email:info@x.org") == []


SPOKEN = st.lists(
    st.tuples(st.sampled_from((ADA, BEN)), st.sampled_from(("in", "out")), st.integers(0, 40_000)),
    min_size=1,
    max_size=14,
    unique_by=lambda one: one[2],
)


def lines_of(spoken: list[tuple[str, str, int]]) -> list[str]:
    """Rows of a file, each at its own minute."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        f"{(start + timedelta(minutes=minute)).isoformat()},sms,{who},{way},text {minute},"
        for who, way, minute in spoken
    ]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(spoken=SPOKEN, killed=st.integers(1, 14), data=st.data())
def test_broken_off_anywhere_in_any_order_and_twice_it_is_the_same(
    desk: Desk, spoken: list[tuple[str, str, int]], killed: int, data: st.DataObject
) -> None:
    rows = lines_of(spoken)
    done = desk.bring(csv(*rows), source="whole")
    wanted = {key: desk.texts(key) for key in {f"phone:{who}" for who, _, _ in spoken}}
    desk.take_back(done.batch_id)
    mixed = csv(*data.draw(st.permutations(rows)))
    desk.killed_after = killed
    with suppress(Killed):
        desk.bring(mixed, source="mixed")
    desk.killed_after = None
    rest = desk.bring(mixed, source="mixed")
    assert {key: desk.texts(key) for key in wanted} == wanted
    again = desk.bring(csv(*rows), source="mixed")
    assert (again.messages, again.repeated) == (0, len(rows))
    assert {key: desk.texts(key) for key in wanted} == wanted
    desk.take_back(rest.batch_id)
    assert desk.rows(Message) == []
