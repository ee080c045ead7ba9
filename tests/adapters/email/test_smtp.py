"""Handing mail in: what a refusal means, how connections are kept, who gets what."""

from __future__ import annotations

import pytest

from adapters.email.sending import smtp
from adapters.email.sending.answers import refusal
from adapters.email.sending.compose import Composed
from adapters.email.sending.smtp import SmtpSender
from core.channel import SendError
from tests.adapters.email.mailbox import config_of, service

RAW = b"From: support@lampandloom.example\r\nSubject: x\r\n\r\nhello\r\n.dot\r\n..two\r\n"
MAIL = Composed("<1@x>", "support+b-1@lampandloom.example", "anna@example.org", RAW)


@pytest.mark.parametrize(
    ("code", "text", "dead", "word"),
    [
        (550, "5.1.1 no such user", True, "no such mailbox"),
        (550, "5.1.2 bad domain", True, "takes no mail"),
        (556, "5.1.10 null MX", True, "takes no mail"),
        (550, "5.2.1 disabled", True, "switched off"),
        (552, "5.2.2 full", False, "full"),
        (552, "5.3.4 too big", False, "too large"),
        (550, "5.7.1 spam", False, "rule"),
        (550, "5.7.26 unauthenticated", False, "DMARC"),
        (550, "no code of the newer kind", False, "cannot be reached"),
        (535, "5.7.8 bad credentials", False, "smtp_password"),
        (530, "log in first", False, "login"),
        (554, "5.9.9 unheard of", False, "rule"),
        (599, "unheard of", False, "refused"),
    ],
)
def test_a_final_refusal_is_never_tried_again_and_says_why(
    code: int, text: str, dead: bool, word: str
) -> None:
    error = refusal(code, text, 60)
    assert (error.retryable, error.ambiguous, error.dead) == (False, False, dead)
    assert word in error.reason


@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_a_passing_refusal_is_tried_again_after_the_configured_wait(code: int) -> None:
    error = refusal(code, "4.7.1 <anna@example.org> is greylisted", 60)
    assert (error.retryable, error.ambiguous, error.dead) == (True, False, False)
    assert error.retry_after == 60
    assert "anna" not in error.reason
    assert error.provider_code == f"{code} 4.7.1"


async def test_a_mail_arrives_byte_by_byte_for_one_recipient() -> None:
    async with service() as simulator:
        sender = SmtpSender(config_of(simulator), None)
        await sender.send(MAIL)
        await sender.close()
        [mail] = simulator.mails_to("anna@example.org")
        assert (mail.raw, mail.envelope) == (RAW, MAIL.sender)


async def test_a_refused_sender_says_nothing_about_the_recipient() -> None:
    async with service() as simulator:
        simulator.smtp.refused_sender = "550 5.1.1 no such sender"
        sender = SmtpSender(config_of(simulator), None)
        with pytest.raises(SendError) as raised:
            await sender.send(MAIL)
        assert (raised.value.retryable, raised.value.dead) == (False, False)


async def test_mails_share_a_connection() -> None:
    async with service() as simulator:
        sender = SmtpSender(config_of(simulator), None)
        for _ in range(5):
            await sender.send(MAIL)
        await sender.close()
        assert simulator.smtp.connected == 1


async def test_a_kept_connection_that_the_server_closed_costs_no_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "_FRESH_SECONDS", 0.0)
    async with service() as simulator:
        sender = SmtpSender(config_of(simulator), None)
        await sender.send(MAIL)
        simulator.smtp.drop_all()
        await sender.send(MAIL)
        await sender.close()
        assert simulator.smtp.connected == 2


async def test_a_wrong_password_is_told_to_the_operator_and_not_tried_again() -> None:
    async with service() as simulator:
        sender = SmtpSender(config_of(simulator, smtp_password="wrong"), None)
        with pytest.raises(SendError) as raised:
            await sender.send(MAIL)
        assert (raised.value.retryable, "smtp_password" in raised.value.reason) == (False, True)


async def test_a_server_that_is_away_is_tried_again_without_doubt() -> None:
    async with service() as simulator:
        config = config_of(simulator)
    sender = SmtpSender(config, None)
    with pytest.raises(SendError) as raised:
        await sender.send(MAIL)
    assert (raised.value.retryable, raised.value.ambiguous) == (True, False)


async def test_an_address_outside_ascii_goes_by_smtputf8_or_not_at_all() -> None:
    mail = Composed("<1@x>", MAIL.sender, "jörg@example.org", RAW)
    async with service() as simulator:
        sender = SmtpSender(config_of(simulator), None)
        await sender.send(mail)
        assert len(simulator.mails_to("jörg@example.org")) == 1
        simulator.smtp.utf8 = False
        await sender.close()
        with pytest.raises(SendError) as raised:
            await sender.send(mail)
        assert (raised.value.retryable, "SMTPUTF8" in raised.value.reason) == (False, True)
        await sender.close()


async def test_a_mail_over_the_server_s_size_is_refused_before_it_is_sent() -> None:
    async with service() as simulator:
        simulator.smtp.max_size = 100
        sender = SmtpSender(config_of(simulator), None)
        with pytest.raises(SendError) as raised:
            await sender.send(Composed("<1@x>", MAIL.sender, MAIL.recipient, RAW * 10))
        assert (raised.value.retryable, "larger than" in raised.value.reason) == (False, True)
        await sender.close()


async def test_a_relay_that_wants_no_login_is_sent_to_without_the_login_of_imap() -> None:
    async with service() as simulator:
        simulator.smtp.open_relay = True
        sender = SmtpSender(config_of(simulator), None)
        await sender.send(MAIL)
        await sender.close()
        assert (simulator.smtp.logins, len(simulator.mails_to(MAIL.recipient))) == (0, 1)


async def test_a_login_of_its_own_is_never_left_out() -> None:
    async with service() as simulator:
        simulator.smtp.open_relay = True
        sender = SmtpSender(config_of(simulator, smtp_password="its own"), None)
        with pytest.raises(SendError):
            await sender.send(MAIL)
        assert simulator.mails_to(MAIL.recipient) == []
