"""Mail that no machine may answer, and mail that only looks so. providers.md, E-mail: loops."""

from __future__ import annotations

import pytest

from adapters.email.receiving.loops import is_daemon, is_no_reply, why_not_answer
from tests.adapters.email.letters import READING, parts_mail, raw_mail, read


def why(*fields: tuple[str, str], sender: str = "ann@customer.example") -> str | None:
    return why_not_answer(read(raw_mail("hi", *fields, sender=sender)), READING.own_address)


@pytest.mark.parametrize(
    "field",
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated"),
        ("Auto-Submitted", "auto-notified; owner-email=a@x.example"),
        ("Auto-Submitted", "Auto-Replied (vacation)"),
        ("Auto-Submitted", "(no) auto-replied"),
        ("Auto-Submitted", "anything-else"),
        ("Return-Path", "<>"),
        ("Return-Path", " < > "),
        ("Precedence", "bulk"),
        ("Precedence", "Junk"),
        ("Precedence", "list"),
        ("List-Id", "<friends.x.example>"),
        ("List-Unsubscribe", "<https://x.example>"),
        ("List-Post", "NO"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "Re: your mail"),
        ("X-Auto-Reply", "1"),
    ],
)
def test_a_sign_of_a_machine_keeps_us_silent(field: tuple[str, str]) -> None:
    assert why(field)


@pytest.mark.parametrize(
    "field",
    [
        ("Auto-Submitted", "no"),
        ("Auto-Submitted", "No (written by hand)"),
        ("Auto-Submitted", "no; x=y"),
        ("X-Auto-Response-Suppress", "All"),
        ("Return-Path", "<ann@customer.example>"),
        ("Precedence", "normal"),
        ("Precedence", "first-class"),
        ("X-List-Something", "a"),
        ("Importance", "high"),
    ],
)
def test_what_a_person_may_send_is_answered(field: tuple[str, str]) -> None:
    """`no` means human; `X-Auto-Response-Suppress` does not say that the mail is automatic."""
    assert why(field) is None


@pytest.mark.parametrize(
    "address",
    [
        "noreply@x.example",
        "no-reply@x.example",
        "no_reply+1@x.example",
        "do-not-reply@x.example",
        "donotreply@x.example",
        "orders-noreply@x.example",
        "noreply-orders@x.example",
        "mailer-daemon@x.example",
        "bounce-123@x.example",
        "nicht-antworten@x.example",
        "ne-pas-repondre@x.example",
    ],
)
def test_an_address_that_takes_no_answers_gets_none(address: str) -> None:
    assert is_no_reply(address)
    assert "takes no answers" in (why(sender=address) or "")


@pytest.mark.parametrize(
    "address",
    [
        "ann@noreply.example",
        "norbert@x.example",
        "reply@x.example",
        "anno@x.example",
        "bo@x.example",
    ],
)
def test_an_address_that_only_resembles_one_is_answered(address: str) -> None:
    assert why(sender=address) is None


def test_a_daemon_is_known_by_its_usual_names() -> None:
    assert is_daemon("mailer-daemon@x.example") and is_daemon("mailerdaemon@x.example")
    assert not is_daemon("noreply@x.example")


@pytest.mark.parametrize(
    "own", ["support@shop.example", "orders@shop.example", "support+abc@shop.example"]
)
def test_our_own_addresses_are_not_answered(own: str) -> None:
    assert "our own" in (why(sender=own) or "")


def test_a_report_is_not_answered() -> None:
    """multipart/report: a read receipt, for one."""
    kind = 'multipart/report; report-type=disposition-notification; boundary="==b"'
    mail = read(parts_mail(("Content-Type: text/plain", "was read"), kind=kind))
    assert "report" in (why_not_answer(mail, READING.own_address) or "")


def test_one_of_several_senders_is_enough_to_keep_silent() -> None:
    assert why(sender="ann@customer.example, noreply@x.example")
