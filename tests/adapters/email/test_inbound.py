"""A raw mail as the message it is: who, what, where, and what an answer needs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.email.carriers import marker, plus_address
from adapters.email.receiving.event_ids import event_id_of
from adapters.email.receiving.inbound import MAX_TEXT
from core.message import Assurance, Audience, Claim, DeliveryStatus, Handle
from tests.adapters.email.letters import (
    ANN,
    NOW,
    READING,
    SERVER,
    TOKENS,
    US,
    message,
    parked,
    parts_mail,
    proved,
    raw_mail,
    received,
    thread,
)
from tests.adapters.email.test_bounces import BACK, report

PROVED = proved()


def test_a_proved_mail_with_everything_it_tells() -> None:
    raw = raw_mail("Where is my order 1042, please?", PROVED)
    told = message(raw)
    assert (told.account, told.channel, told.event_id) == ("mail", "email", event_id_of(raw))
    assert told.sender == Handle("email", ANN)
    assert told.assurance is Assurance.AUTHENTICATED
    assert told.evidence == f"{SERVER} says dmarc=pass for customer.example."
    assert told.text == "Where is my order 1042, please?"
    assert told.sent_at == NOW - timedelta(minutes=30)
    assert told.audience is Audience.ONE
    assert told.needs_person is None
    assert told.place is not None
    assert (told.place.key, told.place.title) == (told.conversation_key, "An order")
    assert told.original is not None
    assert (told.original.text, told.original.html, told.original.source) == (told.text, None, raw)


def test_an_answer_has_all_it_needs() -> None:
    address = dict(message(raw_mail("hi", PROVED)).reply_address)
    ref = {name: address.pop(name) for name in ("thread", "origin", "until")}
    assert address == {
        "to": ANN,
        "name": "Ann Bee",
        "from": US,
        "subject": "An order",
        "in_reply_to": "<first@customer.example>",
        "references": "<first@customer.example>",
    }
    assert re.fullmatch("[a-z2-7]{16}", ref["thread"])


def test_an_unproved_mail_has_a_handle_of_its_thread_alone() -> None:
    told = message(raw_mail("hi"))
    assert told.sender == Handle("unproved-email", f"{ANN}/{told.conversation_key}")
    assert told.assurance is Assurance.NONE
    assert Claim("email", ANN, "from") in told.claims


def test_two_unproved_mails_are_two_strangers() -> None:
    assert message(raw_mail("one")).sender != message(raw_mail("two")).sender


def test_an_answer_from_the_threads_own_address_is_asserted() -> None:
    told = message(raw_mail(to=plus_address(US, TOKENS.thread_token(thread()))))
    assert told.assurance is Assurance.ASSERTED
    assert told.sender == Handle("unproved-email", f"{ANN}/{thread().conversation}")
    assert "answer" in told.evidence


def test_the_name_is_a_hint_and_no_more() -> None:
    assert message(raw_mail("hi", PROVED)).claims == (Claim("name", "Ann Bee", "from"),)


def test_only_the_newest_words_are_the_text() -> None:
    body = "Thanks!\r\n\r\nOn Fri, 15 Jan 2027 at 07:00, Shop <support@shop.example> wrote:\r\n"
    told = message(raw_mail(f"{body}> How can we help you?\r\n", ("In-Reply-To", "<a@x>")))
    assert told.text == "Thanks!"
    assert told.original is not None and "How can we help" in told.original.text


def test_the_newest_words_of_a_mail_in_html_alone() -> None:
    page = f'<p>Where is it, please?</p><blockquote type="cite">{marker("a" * 42)}</blockquote>'
    told = message(raw_mail(page, ("Content-Type", "text/html")))
    assert told.text.strip() == "Where is it, please?"
    assert told.original is not None and "<blockquote>" in (told.original.html or "")


@pytest.mark.parametrize(
    ("subject", "body", "text"),
    [
        ("Where is order 1042?", "", "Where is order 1042?"),
        ("Where is order 1042?", "Please help!", "Where is order 1042?\n\nPlease help!"),
        ("Order", "Where is my order 1042?", "Where is my order 1042?"),
        ("Re: Where is order 1042?", "yes please", "yes please"),
        ("", "", ""),
    ],
)
def test_a_subject_speaks_where_the_text_hardly_does(subject: str, body: str, text: str) -> None:
    assert message(raw_mail(body, subject=subject)).text == text


def test_a_subject_that_began_the_thread_long_ago_is_not_said_again() -> None:
    raw = raw_mail("yes", ("In-Reply-To", "<a@x>"), subject="Where is order 1042?")
    assert message(raw).text == "yes"


def test_a_mail_without_a_subject_has_a_title() -> None:
    place = message(raw_mail("hi there my friends", subject="")).place
    assert place is not None and place.title == "(no subject)"


def test_a_very_long_text_is_cut_for_the_pipeline_and_whole_for_people() -> None:
    told = message(raw_mail("word " * 10_000))
    assert len(told.text) <= MAX_TEXT
    assert told.original is not None and len(told.original.text) > MAX_TEXT


def test_what_was_left_out_is_told_to_people() -> None:
    told = message(raw_mail(b"sch\xf6n", ("Content-Type", "text/plain; charset=x-nope")))
    assert told.original is not None and told.original.text.endswith("some may be wrong.]")
    assert "wrong" not in told.text


def test_files_come_along() -> None:
    told = message(parts_mail(("Content-Type: text/plain", "see"), ("Content-Type: a/b", b"x")))
    assert [(file.content, file.reference) for file in told.attachments] == [(b"x", "")]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (US, US),
        ("orders@shop.example", "orders@shop.example"),
        ("Orders <ORDERS+abc@shop.example>", "orders@shop.example"),
        ("bob@x.example, orders@shop.example", "orders@shop.example"),
        ("undisclosed-recipients:;", US),
    ],
)
def test_the_answer_comes_from_the_address_that_was_written_to(to: str, expected: str) -> None:
    assert message(raw_mail(to=to)).reply_address["from"] == expected


def test_our_own_address_is_known_in_both_of_its_writings() -> None:
    reading = replace(READING, address="hallo@bücher.example", own=frozenset())
    told = message(raw_mail(to="Hallo@xn--bcher-kva.example"), reading)
    assert told.reply_address["from"] == "hallo@bücher.example"
    assert told.audience is Audience.ONE


@pytest.mark.parametrize(
    ("date", "minutes"),
    [
        ("Fri, 15 Jan 2027 07:30:00 +0000", 30),
        ("Fri, 15 Jan 2027 09:30:00 +0000", 0),
        ("Thu, 01 Jan 1970 00:00:00 +0000", 0),
        ("never", 0),
    ],
)
def test_a_mails_own_date_is_believed_within_reason(date: str, minutes: int) -> None:
    told = message(raw_mail("hi", ("Date", date), without=["Date"]))
    assert told.sent_at == NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ((("Authentication-Results", f"{SERVER}; dmarc=fail header.from=x"),), "forged"),
        ((("Auto-Submitted", "auto-replied"),), "machine"),
        ((("List-Id", "<x>"),), "mailing list"),
        ((("From", "bob@x.example"),), "several From"),
    ],
)
def test_mail_that_no_machine_may_answer_waits_for_a_person(
    fields: tuple[tuple[str, str], ...], reason: str
) -> None:
    told = message(raw_mail("hi", *fields))
    assert told.needs_person is not None and reason in told.needs_person
    assert told.assurance is Assurance.NONE


def test_one_mail_that_arrives_twice_is_one_event() -> None:
    """UIDVALIDITY change -> full resync with Message-ID dedupe; two ways to one mailbox."""
    once = raw_mail("hi there", PROVED)
    again = b"Received: by another.way\r\nDelivered-To: orders@shop.example\r\n" + once
    unix = once.replace(b"\r\n", b"\n") + b"\n"
    assert event_id_of(once) == event_id_of(again) == event_id_of(unix)


@pytest.mark.parametrize(
    "other",
    [
        raw_mail("other words", PROVED),
        raw_mail("hi there", PROVED, sender="bob@customer.example"),
        raw_mail("hi there", PROVED, subject="Other"),
        raw_mail("hi there", ("Date", "Thu, 14 Jan 2027 07:30:00 +0000"), PROVED, without=["Date"]),
        raw_mail("hi there"),
        raw_mail("hi there", ("Authentication-Results", f"{SERVER}; dmarc=fail")),
        raw_mail("hi there", PROVED, message_id="<other@customer.example>"),
    ],
    ids="body from date subject unproved disowned message-id".split(),
)
def test_another_mail_with_the_same_id_does_not_vanish(other: bytes) -> None:
    assert event_id_of(other) != event_id_of(raw_mail("hi there", PROVED))


def test_an_event_id_holds_nothing_readable() -> None:
    assert re.fullmatch("[0-9a-f]{40}", event_id_of(raw_mail("hi")))
    assert re.fullmatch("[0-9a-f]{40}", event_id_of(b"a" * 1_000_000))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (raw_mail(without=["From"]), "no address"),
        (raw_mail(sender="nobody in particular"), "no address"),
        (b"", "no address"),
        (raw_mail("a" * READING.max_bytes), "larger than"),
        (b"a: b\r\n" * 3000, "fields"),
    ],
)
def test_what_cannot_be_read_is_parked_with_its_reason(raw: bytes, reason: str) -> None:
    told = parked(raw)
    assert reason in told.reason
    assert (told.content, told.event_id, told.at) == (raw, event_id_of(raw), NOW)


def test_a_bounce_is_neither_message_nor_customer() -> None:
    told = received(report(to=BACK))
    assert [one.status for one in told.updates] == [DeliveryStatus.FAILED]
    assert not told.messages and not told.parked


def test_the_limit_of_the_mailbox_holds() -> None:
    assert "larger than" in parked(raw_mail("a" * 2000), replace(READING, max_bytes=1000)).reason


SEEDS = (
    raw_mail("hi", PROVED),
    raw_mail("<p>hi</p>", ("Content-Type", "text/html; charset=utf-8")),
    parts_mail(("Content-Type: text/plain; format=flowed", "a "), ("Content-Type: image/png", "x")),
    parts_mail(("Content-Type: message/rfc822", raw_mail("in"))),
    report(to=BACK),
    raw_mail("hi", ("References", "<a@x>"), to=plus_address(US, TOKENS.thread_token(thread()))),
)


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    told = received(raw)
    assert len(told.messages) + len(told.parked) + len(told.updates) == 1


@settings(max_examples=200)
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(
            st.integers(0, 1500),
            st.integers(0, 20),
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [b"\r\n\r\n", b"--==b\r\n", b'"', b"(", b"<", b"=?", b"\x00", b":"]
                ),
            ),
        ),
        max_size=6,
    ),
)
def test_no_damage_to_a_mail_raises(seed: bytes, damage: list[tuple[int, int, bytes]]) -> None:
    for at, length, new in damage:
        seed = seed[:at] + new + seed[at + length :]
    told = received(seed)
    assert len(told.messages) + len(told.parked) + len(told.updates) == 1
    for one in told.messages:
        stored = f"{one.text}{one.sender.address}{one.reply_address}{one.place}{one.claims}"
        assert "\x00" not in stored
        stored.encode()  # no half surrogates, which no database takes
