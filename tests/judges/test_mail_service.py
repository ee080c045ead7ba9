"""Postfix, OpenDKIM and Dovecot speak with our adapter: servers that real mailboxes stand on."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from email.utils import format_datetime
from pathlib import Path
from typing import TypeVar

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.email.adapter import EmailAdapter
from adapters.email.config import EmailConfig
from adapters.email.dns_records import look_at_domain
from adapters.email.receiving.imap_session import ImapSession
from core.channel import SendError
from core.message import (
    Assurance,
    Author,
    DeliveryStatus,
    DeliveryUpdate,
    Handle,
    OutboundMessage,
    OutboundPart,
)
from tests.adapters.email.mailbox import ACCOUNT, ANNA, Taken, context_of, until_health
from tests.judges.mail_service import (
    AUTHSERV_ID,
    COLLEAGUE,
    DOMAIN,
    PASSWORD,
    US,
    MailService,
    mail_service,
    why_not,
)

pytestmark = pytest.mark.judges

ASKED = "Where is my lamp, please? It was due on Monday."
T = TypeVar("T")


@pytest.fixture(name="key_file", scope="module")
def _key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    key = rsa.generate_private_key(65537, 2048)
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    return path


@pytest.fixture(name="service", scope="module")
def _service(key_file: Path) -> Iterator[MailService]:
    """One service for all; OpenDKIM has our key as the doctor says to publish it, for Anna's
    domain too."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    record = asyncio.run(_published(key_file))
    keys = "".join(f"s1._domainkey.{name} {record}\n" for name in (DOMAIN, "example.org"))
    with mail_service(keys) as found:
        yield found


async def _published(key_file: Path) -> str:
    async def nothing(name: str) -> list[str]:
        return []

    findings = await look_at_domain(_config(1, 1, key_file), nothing)
    [mend] = [one.mend for one in findings if "_domainkey" in one.what]
    return mend.partition(": ")[2].strip('"')


def _config(imap: int, smtp: int, key_file: Path, **changes: object) -> EmailConfig:
    options: dict[str, object] = {
        "address": US,
        "secret": "a-secret-of-the-tests-and-nothing-else",
        "imap_host": "127.0.0.1",
        "imap_port": imap,
        "imap_tls": "none",
        "imap_password": PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp,
        "smtp_tls": "none",
        "trusted_authserv_ids": [AUTHSERV_ID],
        "dkim_domain": DOMAIN,
        "dkim_selector": "s1",
        "dkim_key_file": key_file,
        "poll_seconds": 600,
    }
    return EmailConfig.model_validate(options | changes)


class Box:
    """The service, with our adapter on it."""

    def __init__(self, service: MailService, key_file: Path, **changes: object) -> None:
        config = _config(service.imap, service.smtp, key_file, **changes)
        self.service = service
        self.adapter = EmailAdapter(config, context_of())
        self.taken = Taken()

    def write(self, number: str, *, key: bytes | None = None, forged: bytes = b"") -> None:
        """Anna's server hands a mail of hers in, signed or not."""
        at = format_datetime(context_of().now())
        raw = (
            f"From: Anna <{ANNA}>\r\nTo: {US}\r\nSubject: Lamp {number}\r\nDate: {at}\r\n"
            f"Message-ID: <{number}@example.org>\r\n\r\n{ASKED}\r\n"
        ).encode()
        signature = b"" if key is None else dkim.sign(raw, b"s1", b"example.org", key)
        with smtplib.SMTP("127.0.0.1", self.service.smtp, timeout=10) as client:
            client.sendmail(ANNA, [US], forged + signature + raw)

    async def came(self, number: str) -> Handle:
        """Who that mail is by, once it came in."""
        title = f"Lamp {number}"
        [found] = await self.taken.until(
            lambda taken: [one for one in taken.messages if one.place and one.place.title == title]
        )
        return found.sender

    def part(self, to: str, key: str) -> OutboundPart:
        """A mail of a person of ours who writes first."""
        message = OutboundMessage("It is on its way — *tomorrow*.\n.\nBye", author=Author.AGENT)
        [rendered] = self.adapter.render(message)
        address = self.adapter.address_of(to)
        return OutboundPart(key, ACCOUNT, "email", address, rendered.payload)


@asynccontextmanager
async def box(service: MailService, key_file: Path, **changes: object) -> AsyncIterator[Box]:
    """A mailbox that is being read."""
    found = Box(service, key_file, **changes)
    await found.adapter.start(found.taken.sink)
    try:
        yield found
    finally:
        await found.adapter.close()


async def until(met: Callable[[], T]) -> T:
    """What it gives once it gives something. Raises `TimeoutError`."""
    async with asyncio.timeout(20):
        while not (found := met()):  # noqa: ASYNC110 - other programs write the files
            await asyncio.sleep(0.05)
    return found


async def test_a_mail_that_opendkim_verifies_is_authenticated(
    service: MailService, key_file: Path
) -> None:
    async with box(service, key_file) as mail:
        mail.write("signed", key=key_file.read_bytes())
        assert await mail.came("signed") == Handle("email", ANNA)
        [message] = [one for one in mail.taken.messages if one.sender == Handle("email", ANNA)]
        assert message.assurance is Assurance.AUTHENTICATED


async def test_a_mail_with_a_forged_verdict_is_not(service: MailService, key_file: Path) -> None:
    forged = (
        f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from=example.org\r\n".encode()
    )
    async with box(service, key_file) as mail:
        mail.write("forged", forged=forged)
        assert (await mail.came("forged")).kind == "unproved-email"


async def test_dovecot_s_idle_ends_the_wait_when_a_mail_comes(
    service: MailService, key_file: Path
) -> None:
    mail = Box(service, key_file)
    server = _config(service.imap, service.smtp, key_file).imap
    assert server is not None
    session = ImapSession(server, "INBOX", 10)
    await asyncio.to_thread(session.open, read_only=True)
    in_idle = threading.Event()

    def go_on() -> bool:
        in_idle.set()
        return False

    try:
        waiting = asyncio.create_task(asyncio.to_thread(session.wait, 55, go_on, idle=True))
        await asyncio.to_thread(in_idle.wait, 10)
        mail.write("idle")
        await asyncio.wait_for(waiting, 20)
        uids = await asyncio.to_thread(session.uids_after, 0)
        assert len(uids) == len(service.mails_of("support"))
    finally:
        await asyncio.to_thread(session.close)


async def test_our_signature_is_verified_by_opendkim(service: MailService, key_file: Path) -> None:
    async with box(service, key_file) as mail:
        before = set(service.mails_of("colleague"))
        await mail.adapter.send(mail.part(COLLEAGUE, "1"))
        [raw] = await until(lambda: set(service.mails_of("colleague")) - before)
    verdict = raw.partition(b"Received:")[0]
    assert b"dkim=pass" in verdict
    assert f"header.d={DOMAIN}".encode() in verdict


async def test_a_bounce_of_postfix_is_a_failed_delivery_of_that_mail(
    service: MailService, key_file: Path
) -> None:
    def updates(taken: Taken) -> list[DeliveryUpdate]:
        return [one for batch in taken.batches for one in batch.updates]

    async with box(service, key_file) as mail:
        receipt = await mail.adapter.send(mail.part(f"nobody-here@{DOMAIN}", "4711"))
        [update] = await mail.taken.until(updates)
        assert (update.provider_id, update.status, update.dead) == (
            receipt.provider_id,
            DeliveryStatus.FAILED,
            True,
        )
        assert not [one for one in mail.taken.messages if "nobody" in one.sender.address]


def over(tls: str, service: MailService) -> dict[str, object]:
    """The options that speak so with the service."""
    wrapped = tls == "tls"
    return {
        "imap_host": "localhost",
        "imap_tls": tls,
        "imap_port": service.imaps if wrapped else service.imap,
        "smtp_host": "localhost",
        "smtp_tls": tls,
        "smtp_port": service.smtps if wrapped else service.smtp,
    }


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_mail_is_read_and_handed_in_over_tls(
    service: MailService, key_file: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(service.certificate))
    async with box(service, key_file, **over(tls, service)) as mail:
        mail.write(f"over {tls}")
        await mail.came(f"over {tls}")
        before = len(service.mails_of("colleague"))
        await mail.adapter.send(mail.part(COLLEAGUE, "2"))
        await until(lambda: len(service.mails_of("colleague")) > before)


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused_and_told(
    service: MailService, key_file: Path, tls: str
) -> None:
    async with box(service, key_file, **over(tls, service)) as mail:
        health = await until_health(mail.adapter, lambda one: "certificate" in one.detail)
        assert "imap_host" in health.detail
        with pytest.raises(SendError) as raised:
            await mail.adapter.send(mail.part(COLLEAGUE, "3"))
        assert (raised.value.retryable, "smtp_host" in raised.value.reason) == (False, True)
