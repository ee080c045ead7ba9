"""The simulated service behaves as real ones do: judged by the standard library's clients."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
from email import message_from_bytes, policy

import pytest

from adapters.email import SPEC
from adapters.email.config import EmailConfig
from adapters.email.simulator.service import DEMO_PASSWORD, Crossing, Fault, MailSimulator
from gateway.access.safety import DEMO_MARK
from tests.adapters.email.mailbox import ANNA, service

OURS = (
    b"From: Lamp & Loom <support@lampandloom.example>\r\n"
    b"Reply-To: support+x@lampandloom.example\r\n"
    b"To: anna@example.org\r\nSubject: Re: Lamp\r\nMessage-ID: <2@lampandloom.example>\r\n"
    b"References: <1@example.org>\r\n\r\nIt is on its way.\r\n\r\n-- \r\n[ref:abc]\r\n"
)


def hand_in(simulator: MailSimulator, raw: bytes = OURS, to: str = ANNA) -> None:
    with smtplib.SMTP("127.0.0.1", simulator.smtp_port, timeout=30) as client:
        client.login(simulator.address, DEMO_PASSWORD)
        client.sendmail(simulator.address, [to], raw)


def fetched(simulator: MailSimulator) -> list[bytes]:
    with imaplib.IMAP4("127.0.0.1", simulator.imap_port, timeout=30) as client:
        client.login(simulator.address, DEMO_PASSWORD)
        client.select("INBOX", readonly=True)
        _, [found] = client.uid("SEARCH", "ALL")
        mails = []
        for uid in found.split():
            _, [(_, raw), _] = client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
            mails.append(raw)
        return mails


async def answered(simulator: MailSimulator, quote: bool = True) -> Crossing:
    await asyncio.to_thread(hand_in, simulator)
    ours = await simulator.wait_for_reply(ANNA, 0)
    await simulator.write(ANNA, "Thank you!", reply_to=ours, quote=quote)
    return simulator.wire[-1]


async def test_what_a_customer_writes_is_in_the_mailbox() -> None:
    async with service() as simulator:
        number = await simulator.write(
            ANNA, "Où est ma lampe ?", subject="Lampe — où ?", name="Zoë"
        )
        [raw] = await asyncio.to_thread(fetched, simulator)
        mail = message_from_bytes(raw, policy=policy.default)
        assert (mail["Message-ID"], mail["Subject"]) == (number, "Lampe — où ?")
        body = mail.get_body(("plain",))
        assert body is not None
        assert body.get_content().strip() == "Où est ma lampe ?"


async def test_what_we_hand_in_reaches_the_customer_without_our_footer() -> None:
    async with service() as simulator:
        seen: list[Crossing] = []
        simulator.on_outbound = seen.append
        await asyncio.to_thread(hand_in, simulator)
        reply = await simulator.wait_for_reply(ANNA, 0)
        assert (reply.text, reply.subject) == ("It is on its way.", "Re: Lamp")
        assert seen == simulator.mails_to(ANNA) == [reply]


async def test_a_reply_goes_where_ours_asked_for_and_quotes_it() -> None:
    async with service() as simulator:
        mail = message_from_bytes((await answered(simulator)).raw, policy=policy.default)
        assert mail["To"] == "support+x@lampandloom.example"
        assert mail["In-Reply-To"] == "<2@lampandloom.example>"
        assert mail["References"] == "<1@example.org> <2@lampandloom.example>"
        body = mail.get_body(("plain",))
        assert body is not None
        assert "> It is on its way." in body.get_content()


async def test_a_reply_may_leave_the_quote_away() -> None:
    async with service() as simulator:
        assert "on its way" not in (await answered(simulator, quote=False)).text


async def test_the_border_takes_a_forged_verdict_off_and_writes_its_own() -> None:
    async with service() as simulator:
        forged = (
            b"Authentication-Results: mx.lampandloom.example;\r\n"
            b"\tdmarc=pass header.from=example.org\r\n"
            b"From: anna@example.org\r\nSubject: x\r\n\r\nhello\r\n"
        )
        await simulator.deliver(forged, verdict="fail")
        mail = message_from_bytes(simulator.mailbox.mails[0].raw, policy=policy.default)
        [verdict] = mail.get_all("Authentication-Results", [])
        assert "dmarc=fail" in verdict


async def test_a_wrong_password_opens_neither_door() -> None:
    async with service() as simulator:
        simulator.imap.password = simulator.smtp.password = "another"
        with pytest.raises(imaplib.IMAP4.error):
            await asyncio.to_thread(fetched, simulator)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            await asyncio.to_thread(hand_in, simulator)


async def test_the_adapter_s_options_are_valid_and_marked_as_the_demo_s() -> None:
    async with service() as simulator:
        table = simulator.config_table()
        EmailConfig.model_validate(table)
        assert {key for key, value in table.items() if DEMO_MARK in str(value)} == {
            "secret",
            "imap_password",
        }


async def test_waiting_for_a_reply_that_never_comes_ends() -> None:
    async with service() as simulator:
        with pytest.raises(TimeoutError):
            await simulator.wait_for_reply(ANNA, 0, seconds=0.05)


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault"):
        Fault("explode")


def test_the_declaration_names_the_simulator() -> None:
    assert SPEC.simulator == "adapters.email.simulator.service:MailSimulator"
