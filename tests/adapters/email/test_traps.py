"""The traps of identity-safety.md that a mail alone can set: 2, 3, 11, 16 and 17."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.email.carriers import marker, message_id, plus_address
from adapters.email.tokens import ThreadRef, Tokens
from core.message import Assurance, Audience, Claim, Handle, InboundMessage
from tests.adapters.email.letters import (
    ANN,
    NOW,
    READING,
    SERVER,
    TOKENS,
    US,
    message,
    proved,
    raw_mail,
    thread,
)

EVE = "eve@evil.example"
FORM = "noreply@forms.shop.example"
FORMS = replace(READING, form_senders=frozenset({FORM}))
PROVED = proved()


def is_anns(told: InboundMessage) -> bool:
    """Whether it touches the record of Ann's address."""
    return told.sender == Handle("email", ANN)


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (("Authentication-Results", f"mx.evil.example; dmarc=pass header.from={ANN}"),),
        (("Authentication-Results", f"{SERVER}; dmarc=pass header.from=evil.example"),),
        (("Authentication-Results", f"{SERVER}; dkim=pass header.d=evil.example"),),
        (("Authentication-Results", f"{SERVER}; spf=pass smtp.mailfrom={EVE}; dmarc=fail"),),
        (("Authentication-Results", f"{SERVER}; dmarc=none"), PROVED),
        (("Sender", EVE), ("Return-Path", f"<{EVE}>")),
    ],
)
def test_trap_2_a_forged_from_never_touches_its_owner(
    fields: tuple[tuple[str, str], ...],
) -> None:
    told = message(raw_mail("hi", *fields))
    assert not is_anns(told)
    assert told.assurance is Assurance.NONE


@pytest.mark.parametrize("field", ["Reply-To", "X-Original-Sender", "Sender", "Resent-From"])
def test_trap_2_identity_comes_from_the_from_alone(field: str) -> None:
    told = message(raw_mail("hi", proved("evil.example"), (field, ANN), sender=EVE))
    assert told.sender == Handle("email", EVE)
    assert told.reply_address["to"] == EVE


def test_trap_2_a_reply_to_beside_a_proved_from_is_a_hint() -> None:
    told = message(raw_mail("hi", PROVED, ("Reply-To", "ann.private@x.example")))
    assert is_anns(told) and told.reply_address["to"] == ANN
    assert Claim("email", "ann.private@x.example", "reply-to") in told.claims


def test_trap_2_a_reply_to_that_is_answered_to_has_no_memory() -> None:
    sender = "no-reply@bank.example"
    told = message(raw_mail("hi", proved("bank.example"), ("Reply-To", ANN), sender=sender))
    assert told.reply_address["to"] == ANN
    assert told.sender == Handle("unproved-email", f"{ANN}/{told.conversation_key}")
    assert told.assurance <= Assurance.ASSERTED
    assert told.needs_person is not None


def test_trap_2_of_two_from_fields_neither_is_believed() -> None:
    for fields in ((PROVED, ("From", EVE)), (proved("evil.example"), ("From", EVE))):
        told = message(raw_mail("hi", *fields))
        assert told.sender.kind == "unproved-email"
        assert told.assurance is Assurance.NONE and told.needs_person is not None


def test_trap_2_a_disowned_mail_gains_nothing_by_a_token() -> None:
    fails = ("Authentication-Results", f"{SERVER}; dmarc=fail")
    told = message(raw_mail("hi", fails, to=plus_address(US, TOKENS.thread_token(thread()))))
    assert told.assurance is Assurance.NONE and told.needs_person is not None


def test_trap_3_knowing_a_message_id_lets_nobody_in() -> None:
    first = message(raw_mail("hello, a question", PROVED))
    known = "<first@customer.example>"
    attempts = [
        raw_mail("hi", ("In-Reply-To", known), message_id="<e@evil.example>"),
        raw_mail("hi", ("References", known), message_id="<e@evil.example>"),
        raw_mail("hi", message_id=known),
        raw_mail("hi", proved("evil.example"), ("References", known), sender=EVE),
        raw_mail("hi", proved("evil.example"), sender=EVE, message_id=known),
    ]
    assert first.conversation_key not in {message(raw).conversation_key for raw in attempts}


def test_trap_3_knowing_the_threads_name_lets_nobody_in() -> None:
    key = thread().conversation
    forged = Tokens("mail", "what-the-attacker-thinks-it-is!!").thread_token(thread())
    attempts = [
        raw_mail(to=plus_address(US, key)),
        raw_mail(to=plus_address(US, forged)),
        raw_mail(f"{marker(forged)} {marker(key)} #{key}", subject=f"Re: {key}"),
        raw_mail("hi", ("References", message_id(forged, forged, "shop.example"))),
    ]
    assert key not in {message(raw).conversation_key for raw in attempts}


def test_trap_3_a_token_that_is_too_old_lets_nobody_in() -> None:
    old = replace(thread(), until=NOW.date().replace(year=2026))
    told = message(raw_mail(to=plus_address(US, TOKENS.thread_token(old))))
    assert told.conversation_key != old.conversation


def test_trap_3_a_new_sender_with_a_token_joins_as_somebody_else() -> None:
    """Unproved participant: own handle, level 0, and answers go to it alone."""
    told = message(raw_mail(to=plus_address(US, TOKENS.thread_token(thread())), sender=EVE))
    assert told.conversation_key == thread().conversation
    assert told.sender == Handle("unproved-email", f"{EVE}/{thread().conversation}")
    assert told.assurance is Assurance.NONE
    assert told.reply_address["to"] == EVE


def test_trap_3_whoever_joined_stays_a_stranger_to_the_thread() -> None:
    joined = message(raw_mail(to=plus_address(US, TOKENS.thread_token(thread())), sender=EVE))
    ours = TOKENS.thread_token(ThreadRef.of(joined.reply_address))
    again = message(raw_mail(to=plus_address(US, ours), sender=EVE))
    assert again.assurance is Assurance.NONE


def test_trap_3_a_forged_from_with_a_token_is_answered_at_the_forged_address() -> None:
    told = message(raw_mail("hi", ("Reply-To", EVE), to=plus_address(US, _token())))
    assert told.reply_address["to"] == ANN
    assert not is_anns(told)


def _token() -> str:
    return TOKENS.thread_token(thread())


def test_trap_3_a_proved_stranger_with_a_token_brings_only_their_own_record() -> None:
    told = message(
        raw_mail("hi", proved("evil.example"), to=plus_address(US, _token()), sender=EVE)
    )
    assert told.sender == Handle("email", EVE)
    assert told.reply_address["to"] == EVE


@pytest.mark.parametrize(
    "raw",
    [
        raw_mail("write to victim@x.example please", sender=EVE),
        raw_mail("hi", ("Cc", "victim@x.example"), sender=EVE),
        raw_mail(to=f"{US}, victim@x.example", sender=EVE),
        raw_mail("hi", ("Reply-To", "victim@x.example"), sender=EVE),
        raw_mail("hi", ("Disposition-Notification-To", "victim@x.example"), sender=EVE),
        raw_mail("hi", ("Return-Path", "<victim@x.example>"), sender=EVE),
        raw_mail("hi", sender=f'"victim@x.example" <{EVE}>'),
    ],
)
def test_trap_11_no_answer_goes_to_an_address_that_a_stranger_typed(raw: bytes) -> None:
    assert "victim@x.example" not in str(dict(message(raw).reply_address))


def test_trap_11_of_several_senders_none_is_answered_by_a_machine() -> None:
    assert message(raw_mail(sender=f"{EVE}, victim@x.example")).needs_person is not None


def form(*fields: tuple[str, str], text: str = "hello") -> InboundMessage:
    return message(raw_mail(text, *fields, sender=f"Our form <{FORM}>"), FORMS)


def test_trap_16_a_contact_form_is_about_its_visitor() -> None:
    told = form(proved("forms.shop.example"), ("Reply-To", f"Ann <{ANN}>"))
    assert told.sender == Handle("unproved-email", f"{ANN}/{told.conversation_key}")
    assert told.assurance is Assurance.ASSERTED
    assert (told.reply_address["to"], told.reply_address["name"]) == (ANN, "Ann")
    assert TOKENS.is_origin(ThreadRef.of(told.reply_address), ANN)


def test_trap_16_each_mail_of_a_form_is_a_conversation_of_its_own() -> None:
    fields = (proved("forms.shop.example"), ("Reply-To", ANN), ("References", "<same@x>"))
    one, two = form(*fields, text="one"), form(*fields, text="two")
    assert one.conversation_key != two.conversation_key and one.sender != two.sender


def test_trap_16_a_form_joins_no_thread_by_what_its_visitor_typed() -> None:
    told = form(("Reply-To", ANN), text=marker(_token()))
    assert told.conversation_key != thread().conversation


@pytest.mark.parametrize("fields", [(), (("Reply-To", "a@x.example, b@x.example"),)])
def test_trap_16_the_forms_own_address_never_becomes_a_customer(
    fields: tuple[tuple[str, str], ...],
) -> None:
    told = form(proved("forms.shop.example"), *fields)
    assert told.sender.kind == "unproved-email"
    assert told.needs_person is not None


def test_trap_16_a_mail_that_only_claims_to_be_the_form_is_for_a_person() -> None:
    told = form(("Authentication-Results", f"{SERVER}; dmarc=fail"), ("Reply-To", ANN))
    assert told.assurance is Assurance.NONE and told.needs_person is not None


def test_trap_16_the_visitor_is_proved_by_answering_from_their_own_address() -> None:
    told = form(proved("forms.shop.example"), ("Reply-To", ANN))
    to = plus_address(US, TOKENS.thread_token(ThreadRef.of(told.reply_address)))
    answer = message(raw_mail("thanks", PROVED, to=to), FORMS)
    assert (answer.conversation_key, is_anns(answer)) == (told.conversation_key, True)


@pytest.mark.parametrize(
    "raw",
    [
        raw_mail("hi", PROVED, ("Cc", "bob@customer.example")),
        raw_mail("hi", PROVED, to=f"{US}, bob@customer.example"),
        raw_mail("hi", PROVED, to="team: bob@customer.example;"),
        raw_mail("hi", PROVED, ("Cc", "bob@customer.example eve@x.example")),
        raw_mail("hi", PROVED, ("Cc", "somebody who cannot be read >")),
        raw_mail("hi", PROVED, ("Cc", "a@x.example"), ("Cc", US)),
    ],
)
def test_trap_17_a_mail_that_others_read_is_a_room(raw: bytes) -> None:
    told = message(raw)
    assert told.audience is Audience.ROOM
    assert told.reply_address["to"] == ANN


@pytest.mark.parametrize(
    "to",
    [
        US,
        f"{US}, orders@shop.example",
        f"{US}, {ANN}",
        plus_address(US, _token()),
        "undisclosed-recipients:;",
    ],
)
def test_trap_17_a_mail_between_the_sender_and_us_is_no_room(to: str) -> None:
    assert message(raw_mail("hi", PROVED, to=to)).audience is Audience.ONE
