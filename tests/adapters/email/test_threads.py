"""Which conversation a mail belongs to. providers.md, E-mail: threading and match order."""

from __future__ import annotations

import pytest

from adapters.email.carriers import marker, message_id, plus_address
from adapters.email.threads import answering_ids, bare_subject
from adapters.email.tokens import LIFE, ThreadRef, Tokens
from core.message import InboundMessage
from tests.adapters.email.letters import (
    ANN,
    NOW,
    SECRET,
    TOKENS,
    US,
    message,
    proved,
    raw_mail,
    read,
    thread,
)

FIRST = "<first@customer.example>"
PROVED = proved()


def token(name: str = "a thread", address: str = ANN) -> str:
    return TOKENS.thread_token(thread(address, name=name))


def our_id(name: str = "a thread", address: str = ANN) -> str:
    return message_id(
        token(name, address), TOKENS.sent_token("7", NOW.date() + LIFE), "shop.example"
    )


def key(name: str = "a thread") -> str:
    return thread(name=name).conversation


def first() -> InboundMessage:
    """A proved customer's mail that begins a thread."""
    return message(raw_mail("hello, a question", PROVED))


@pytest.mark.parametrize(
    "raw",
    [
        raw_mail(to=plus_address(US, token())),
        raw_mail(to=plus_address(US, token()).upper()),
        raw_mail("hi", ("Cc", plus_address(US, token())), to="bob@x.example"),
        raw_mail("hi", ("Delivered-To", plus_address(US, token()))),
        raw_mail("hi", ("X-Original-To", plus_address(US, token()))),
        raw_mail("hi", ("In-Reply-To", our_id())),
        raw_mail("hi", ("References", f"{FIRST} {our_id()} <last@x.example>")),
        raw_mail("hi", ("References", our_id().upper())),
        raw_mail(f"thanks\r\n> -- \r\n> {marker(token())}"),
        raw_mail(f"<p>thanks</p><p>{marker(token())}</p>", ("Content-Type", "text/html")),
    ],
    ids="to case cc delivered-to x-original-to in-reply-to references id-case text html".split(),
)
def test_a_token_of_ours_names_the_thread_wherever_it_stands(raw: bytes) -> None:
    """Own Message-ID at any position; the body marker for senders that rewrite ids."""
    assert message(raw).conversation_key == key()


def test_the_address_goes_before_the_id_and_the_id_before_the_text() -> None:
    """Match order: plus-address token -> own Message-ID -> body marker."""
    text, ids = marker(token("by text")), ("In-Reply-To", our_id("by id"))
    to = plus_address(US, token("by address"))
    assert message(raw_mail(text, ids, to=to)).conversation_key == key("by address")
    assert message(raw_mail(text, ids)).conversation_key == key("by id")
    assert message(raw_mail(text)).conversation_key == key("by text")


def test_the_latest_of_our_ids_goes_first() -> None:
    raw = raw_mail("hi", ("References", f"{our_id('older')} {our_id('newer')}"))
    assert message(raw).conversation_key == key("newer")


def test_the_subject_alone_joins_nothing() -> None:
    """Never subject alone."""
    again = raw_mail("hi", PROVED, subject="Re: An order", message_id="<second@customer.example>")
    assert message(again).conversation_key != first().conversation_key


def test_a_customers_second_mail_joins_the_first_before_we_answered() -> None:
    second = raw_mail(
        "and another thing",
        PROVED,
        ("In-Reply-To", FIRST),
        ("References", FIRST),
        message_id="<second@customer.example>",
    )
    third = raw_mail(
        "and",
        PROVED,
        ("References", f"{FIRST} <second@customer.example>"),
        message_id="<third@customer.example>",
    )
    only = raw_mail("and", PROVED, ("In-Reply-To", FIRST), message_id="<fourth@customer.example>")
    keys = {message(raw).conversation_key for raw in (second, third, only)}
    assert keys == {first().conversation_key}


def test_mails_that_have_nothing_in_common_are_threads_of_their_own() -> None:
    other = message(raw_mail("hi", PROVED, message_id="<other@customer.example>"))
    assert other.conversation_key != first().conversation_key


def test_a_proved_mail_without_an_id_is_a_thread_of_its_own() -> None:
    one = message(raw_mail("one", PROVED, without=["Message-ID"]))
    two = message(raw_mail("two", PROVED, without=["Message-ID"]))
    assert one.conversation_key != two.conversation_key


def test_accounts_do_not_share_threads() -> None:
    elsewhere = message(raw_mail("hello, a question", PROVED), tokens=Tokens("sales", SECRET))
    assert elsewhere.conversation_key != first().conversation_key


def test_an_answer_carries_the_thread_on() -> None:
    told = first()
    ref = ThreadRef.of(told.reply_address)
    assert ref.conversation == told.conversation_key
    assert TOKENS.is_origin(ref, ANN)
    assert ref.until == NOW.date() + LIFE


def test_an_answer_to_a_known_thread_keeps_whose_it_is() -> None:
    raw = raw_mail(to=plus_address(US, token()), sender="bob@x.example")
    assert TOKENS.is_origin(ThreadRef.of(message(raw).reply_address), ANN)


def test_after_a_change_of_the_secret_the_thread_is_still_its_customers() -> None:
    changed = Tokens("mail", "the-next-secret-of-32-letters!!!", SECRET)
    told = message(raw_mail(to=plus_address(US, token())), tokens=changed)
    assert told.conversation_key == key()
    assert ThreadRef.of(told.reply_address).origin == changed.origin(ANN)


def test_a_token_of_the_sender_is_found_among_others_of_the_thread() -> None:
    raw = raw_mail("hi", ("In-Reply-To", our_id(address="bob@x.example")), ("References", our_id()))
    assert message(raw).assurance == 1


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((), FIRST),
        ((("References", "<a@x> <b@y>"),), f"<a@x> <b@y> {FIRST}"),
        ((("In-Reply-To", "<a@x>"),), f"<a@x> {FIRST}"),
        ((("In-Reply-To", "<a@x> <b@y>"),), FIRST),
        ((("References", "<a b@x> <ü@y> <c@z>"),), f"<c@z> {FIRST}"),
        ((("References", f"{FIRST} <a@x>"),), f"<a@x> {FIRST}"),
    ],
)
def test_an_answer_refers_to_what_came_before(
    fields: tuple[tuple[str, str], ...], expected: str
) -> None:
    """RFC 5322, section 3.6.4: References = their References + that id."""
    assert answering_ids(read(raw_mail("hi", *fields))) == (FIRST, expected)


def test_many_references_are_cut_in_the_middle() -> None:
    many = [f"<{n}@x>" for n in range(150)]
    _, references = answering_ids(read(raw_mail("hi", ("References", " ".join(many)))))
    told = references.split()
    assert told[0] == many[0]
    assert told[-2:] == [many[-1], FIRST]
    assert len(told) == 21


@pytest.mark.parametrize("own", ["<x y@z>", "<ü@z>", "none"])
def test_an_id_that_cannot_be_written_is_not_answered_by_name(own: str) -> None:
    address = message(raw_mail(message_id=own)).reply_address
    assert "in_reply_to" not in address and "references" not in address


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: An order", "An order"),
        ("RE: Fwd: re[2]: An order", "An order"),
        ("AW: WG: Bestellung", "Bestellung"),
        ("SV: Antw: Odp: x", "x"),
        ("回复：订单", "订单"),
        ("An order: Re: x", "An order: Re: x"),
        ("Reorder", "Reorder"),
        ("Re:", ""),
    ],
)
def test_a_subject_is_known_without_what_answers_put_before_it(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare
