"""What servers report about our mail becomes a delivery status and never a customer.

providers.md, E-mail: bounces, VERP.
"""

from __future__ import annotations

import pytest

from adapters.email.carriers import bounce_address, message_id
from adapters.email.receiving.bounces import DEAD, REASONS
from adapters.email.tokens import Tokens
from core.message import DeliveryStatus, DeliveryUpdate
from tests.adapters.email.letters import (
    NOW,
    TOKENS,
    US,
    message,
    parked,
    parts_mail,
    raw_mail,
    received,
    thread,
)

KEY = "1892160000000000"
UNTIL = thread().until
SENT = TOKENS.sent_token(KEY, UNTIL)
OUR_ID = message_id(TOKENS.thread_token(thread()), SENT, "shop.example")
BACK = bounce_address(US, SENT)
DAEMON = "MAILER-DAEMON@mx.customer.example"


def report(
    status: str | None = "5.1.1",
    action: str = "failed",
    *,
    to: str = US,
    returned: str = "",
    kind: str = "message/rfc822",
    sender: str = f"Mail Delivery System <{DAEMON}>",
    more: tuple[tuple[str, str], ...] = (("Return-Path", "<>"),),
) -> bytes:
    """A delivery status notification as Postfix writes it."""
    told = "" if status is None else f"Status: {status}\r\n"
    return parts_mail(
        ("Content-Type: text/plain", "I'm sorry to have to inform you that your message"),
        (
            "Content-Type: message/delivery-status",
            "Reporting-MTA: dns; mx.customer.example\r\n\r\n"
            f"Final-Recipient: rfc822; ann@customer.example\r\nAction: {action}\r\n{told}"
            "Diagnostic-Code: smtp; 550 no such user",
        ),
        (f"Content-Type: {kind}", f"Message-ID: {returned}\r\nSubject: Re: An order\r\n\r\nhello"),
        kind='multipart/report; report-type=delivery-status; boundary="==b"',
        more=more,
        sender=sender,
        to=to,
    )


def update(raw: bytes, tokens: Tokens = TOKENS) -> DeliveryUpdate:
    """The one update of a report that is believed."""
    told = received(raw, tokens=tokens)
    [one] = told.updates
    assert not told.messages and not told.parked
    return one


def test_the_address_it_comes_to_names_the_mail() -> None:
    """`bounces+<token>@` as envelope sender, so a bounce names its message without parsing."""
    assert update(report(to=BACK)) == DeliveryUpdate(
        "mail",
        KEY,
        DeliveryStatus.FAILED,
        "5.1.1",
        "The mailbox does not exist.",
        dead=True,
    )


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_address_is_also_read_from_what_the_servers_write(field: str) -> None:
    assert update(report(more=((field, BACK),))).provider_id == KEY


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_the_returned_mail_names_itself(kind: str) -> None:
    """Original id in the third part."""
    assert update(report(returned=OUR_ID, kind=kind)).provider_id == KEY


def test_a_server_may_have_changed_the_case_of_it_all() -> None:
    assert update(report(to=BACK.upper())).provider_id == KEY
    assert update(report(returned=OUR_ID.upper())).provider_id == KEY


@pytest.mark.parametrize(
    ("action", "code", "status", "dead"),
    [
        ("failed", "5.1.1", DeliveryStatus.FAILED, True),
        ("Failed", "5.2.1", DeliveryStatus.FAILED, True),
        ("failed", "5.4.4", DeliveryStatus.FAILED, True),
        ("failed", "5.1.10", DeliveryStatus.FAILED, True),
        ("failed", "5.2.2", DeliveryStatus.FAILED, False),
        ("failed", "5.7.1", DeliveryStatus.FAILED, False),
        ("failed", "5.1.8", DeliveryStatus.FAILED, False),
        ("failed", "4.4.7", DeliveryStatus.FAILED, False),
        ("delayed", "4.4.1", DeliveryStatus.SENT, False),
        ("delivered", "2.0.0", DeliveryStatus.DELIVERED, False),
        ("relayed", "2.0.0", DeliveryStatus.SENT, False),
    ],
)
def test_only_what_is_about_the_mailbox_makes_an_address_dead(
    action: str, code: str, status: DeliveryStatus, dead: bool
) -> None:
    """`Status: 5.x.x` (hard) vs `4.x.x`; a refusal of the mail itself says nothing about who."""
    told = update(report(code, action, to=BACK))
    assert (told.status, told.code, told.dead) == (status, code, dead)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("5.9.9", "The receiving server refused the mail."),
        ("4.9.9", "The receiving server could not take the mail, and no longer tries."),
        (None, "The mail could not be delivered."),
    ],
)
def test_a_code_that_nobody_knows_has_a_reason_in_words_too(code: str | None, reason: str) -> None:
    told = update(report(code, to=BACK))
    assert (told.code, told.reason, told.dead) == (code, reason, False)


def test_a_reason_holds_nothing_of_the_report() -> None:
    assert all("@" not in one for one in REASONS.values())
    assert REASONS.keys() >= DEAD - {"5.1.0"}


def test_the_worst_of_several_recipients_counts() -> None:
    raw = report("2.0.0", "delivered", to=BACK)
    more = b"Action: failed\r\nStatus: 5.2.1\r\n\r\nFinal-Recipient"
    assert update(raw.replace(b"Final-Recipient", more, 1)).code == "5.2.1"


@pytest.mark.parametrize(
    "raw",
    [
        raw_mail(f"550 5.1.1 unknown user. Message-ID: {OUR_ID}", sender=DAEMON),
        raw_mail("550 5.1.1 unknown user", sender=DAEMON, to=BACK),
        raw_mail(
            "Delivery has failed to these recipients. 550 5.1.1",
            ("Return-Path", "<>"),
            sender="postmaster@x.example",
            to=BACK,
        ),
        raw_mail("5.1.1", ("X-Failed-Recipients", "ann@customer.example"), to=BACK),
        raw_mail("Undeliverable: 5.1.1", without=["From"], to=BACK),
    ],
    ids=["id in the text", "daemon", "postmaster", "Exim", "no sender at all"],
)
def test_a_notice_without_the_standard_form_is_understood(raw: bytes) -> None:
    """Also non-standard ones from `mailer-daemon@`."""
    told = update(raw)
    assert (told.provider_id, told.code, told.dead) == (KEY, "5.1.1", True)


@pytest.mark.parametrize(
    "raw",
    [
        report(),
        report(returned="<foreign@x.example>"),
        report(returned=OUR_ID.replace(SENT, "a" * len(SENT))),
        report(to=f"support+b-{'a' * len(SENT)}@shop.example"),
        report(to=f"support+b-{TOKENS.thread_token(thread())}@shop.example"),
        raw_mail("550 5.1.1 unknown user", sender=DAEMON),
    ],
)
def test_a_report_that_proves_no_mail_of_ours_changes_nothing(raw: bytes) -> None:
    """A forged bounce must not make an address dead; it never becomes a message or customer."""
    told = parked(raw)
    assert "could not be delivered" in told.title
    assert "names no mail of ours" in told.reason
    assert told.content == raw


def test_a_report_about_one_mail_cannot_be_turned_on_another() -> None:
    """Everybody who got a mail knows its tokens; they are signed for that mail alone."""
    other = Tokens("mail", "some-other-secret-for-this-test!").sent_token("7", UNTIL)
    forged = message_id(TOKENS.thread_token(thread()), other, "shop.example")
    assert parked(report(returned=forged)).account == "mail"


def test_a_token_that_is_too_old_is_no_proof() -> None:
    old = TOKENS.sent_token(KEY, NOW.date().replace(year=2025))
    assert "names no mail of ours" in parked(report(to=bounce_address(US, old))).reason


def test_a_report_may_be_as_long_and_odd_as_it_likes() -> None:
    odd = report(to=BACK).replace(
        b"Subject: Re: An order", b"a:b\r\n" * 3000 + "ü".encode() * 200_000
    )
    assert update(odd.replace(b"Diagnostic-Code", b"\r\n" * 100_000 + b"a:b\r\n" * 3000)).dead


def test_an_absence_note_to_the_bounce_address_is_a_message_and_no_bounce() -> None:
    """RFC 3834, section 4: automatic answers go to the envelope sender."""
    raw = raw_mail(
        "I am away until Monday.",
        ("Return-Path", "<>"),
        ("Auto-Submitted", "auto-replied"),
        to=BACK,
        subject="Out of office",
    )
    assert message(raw).needs_person is not None


def test_a_person_who_writes_about_a_bounce_is_a_customer() -> None:
    told = message(raw_mail("My mail was returned: 550 5.1.1, delivery failed. Why?", to=BACK))
    assert told.needs_person is None


def test_a_read_receipt_is_no_bounce() -> None:
    kind = 'multipart/report; report-type=disposition-notification; boundary="==b"'
    raw = parts_mail(("Content-Type: text/plain", "was read"), kind=kind, to=BACK)
    assert message(raw).needs_person is not None
