"""A mailbox service on loopback with its customers: IMAP and SMTP for us, mail clients for them.

It stands on the provider's side of the wire and, on demand, misbehaves; the adapter under it is the
real one. Like a border server it takes foreign verdicts off each mail and writes its own (RFC 8601,
section 5). It must never be enabled by `serve`.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from adapters.email.simulator.clients import (
    Draft,
    bounce_of,
    new_message_id,
    origin_of,
    plain_of,
    read,
    shown_text,
    write_mail,
)
from adapters.email.simulator.imap import ImapServer
from adapters.email.simulator.smtp import Envelope, SmtpServer
from adapters.email.simulator.store import Fault, Faults, Mailbox

DEMO_SECRET = "onethread-demo-mail-secret-that-everybody-knows"
DEMO_PASSWORD = "onethread-demo-mail-password"
DEMO_ACCESS_TOKEN = "onethread-demo-mail-access-token"

__all__ = ["DEMO_PASSWORD", "DEMO_SECRET", "Crossing", "Fault", "MailSimulator", "Verdict"]

Verdict = Literal["pass", "none", "fail"]
"""What the border finds out about a From: proved, nothing to check it by, or forged."""

_WRITTEN_HERE = re.compile(rb"(?:return-path|authentication-results):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Crossing:
    """One mail seen on the wire: `direction` is "in" (from a customer) or "out" (to one).

    `address` is the customer's, `text` the plain text, of ours without the footer.
    """

    seq: int
    direction: str
    id: str
    address: str
    text: str
    subject: str
    raw: bytes = field(repr=False)
    at: datetime
    envelope: str = ""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class MailSimulator:
    """The service. `dead` are customers' addresses that a bounce comes back from."""

    address: str = "support@lampandloom.example"
    user: str = ""
    password: str = field(default=DEMO_PASSWORD, repr=False)
    access_token: str = field(default=DEMO_ACCESS_TOKEN, repr=False)
    on_outbound: Callable[[Crossing], None] | None = None
    on_inbound: Callable[[Crossing], None] | None = None
    new_id: Callable[[], str] = field(default=lambda: uuid4().hex)
    now: Callable[[], datetime] = _now
    dead: set[str] = field(default_factory=set)
    wire: list[Crossing] = field(default_factory=list)
    mailbox: Mailbox = field(init=False)
    imap: ImapServer = field(init=False)
    smtp: SmtpServer = field(init=False)
    _faults: Faults = field(default_factory=Faults)
    _by_address: dict[str, list[Crossing]] = field(default_factory=dict)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        user = self.user or self.address
        self.mailbox = Mailbox(self._faults)
        self.imap = ImapServer(self.mailbox, user, self.password, self.access_token)
        self.smtp = SmtpServer(
            self._faults, self._submitted, user, self.password, self.access_token
        )

    async def start(self) -> None:
        """Listen on free ports of loopback."""
        await self.imap.start()
        await self.smtp.start()

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        await self.imap.stop()
        await self.smtp.stop()

    @property
    def faults(self) -> deque[Fault]:
        """The misbehaviours to come."""
        return self._faults.waiting

    @property
    def imap_port(self) -> int:
        """Where mail is read."""
        return self.imap.port

    @property
    def smtp_port(self) -> int:
        """Where mail is handed in."""
        return self.smtp.port

    @property
    def domain(self) -> str:
        """What stands behind the @ of our address."""
        return self.address.rpartition("@")[2]

    @property
    def authserv_id(self) -> str:
        """The name the border writes its verdicts under."""
        return f"mx.{self.domain}"

    def config_table(self) -> dict[str, object]:
        """The options of an adapter that reads and sends here."""
        return {
            "address": self.address,
            "display_name": "Lamp & Loom",
            "secret": DEMO_SECRET,
            "imap_host": "127.0.0.1",
            "imap_port": self.imap_port,
            "imap_tls": "none",
            "imap_user": self.user or self.address,
            "imap_password": self.password,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp_port,
            "smtp_tls": "none",
            "trusted_authserv_ids": [self.authserv_id],
            "poll_seconds": 2.0,
            "retry_seconds": 0.2,
            "timeout_seconds": 10.0,
        }

    async def write(
        self,
        sender: str,
        text: str,
        *,
        subject: str = "A question",
        reply_to: Crossing | None = None,
        name: str | None = None,
        html: str | None = None,
        attachments: Sequence[tuple[str, str, bytes]] = (),
        cc: Sequence[str] = (),
        proved: bool = True,
        message_id: str | None = None,
        quote: bool = True,
    ) -> str:
        """A customer's mail client sends a mail; returns its Message-ID once it is in the mailbox.

        With `reply_to` it answers that mail of ours and quotes it below. An attachment is its name,
        its media type and its bytes.
        """
        message_id = message_id or new_message_id(sender, self.new_id())
        draft = Draft(
            sender,
            self.address,
            text,
            subject,
            self.now(),
            message_id,
            name,
            html,
            attachments,
            cc,
            None if reply_to is None else reply_to.raw,
            quote,
        )
        await self.deliver(write_mail(draft), verdict="pass" if proved else "none", sender=sender)
        return message_id

    async def deliver(
        self, raw: bytes, *, verdict: Verdict = "none", sender: str | None = None
    ) -> None:
        """A mail arrives at the border as these bytes, and is in the mailbox when this returns.

        `sender` is its envelope's, "" for a bounce; by default the address in From.
        """
        mail = read(raw)
        origin = origin_of(raw)
        envelope = origin if sender is None else sender
        arrived = self._stamp(raw, verdict, envelope, origin)
        self._cross("in", mail["Message-ID"] or "", origin, plain_of(mail), arrived, envelope)
        await self.mailbox.put(arrived)

    def mails_to(self, address: str) -> list[Crossing]:
        """What this customer received, in order."""
        found = self._by_address.get(address.lower(), ())
        return [one for one in found if one.direction == "out"]

    async def wait_for_reply(self, address: str, after_seq: int, seconds: float = 30.0) -> Crossing:
        """The first mail to this customer after that point of the wire. Raises `TimeoutError`."""

        def found() -> Crossing | None:
            return next((one for one in self.mails_to(address) if one.seq > after_seq), None)

        async with asyncio.timeout(seconds), self._news:
            while (reply := found()) is None:
                await self._news.wait()
            return reply

    @property
    def last_seq(self) -> int:
        """How much has crossed the wire."""
        return len(self.wire)

    async def _submitted(self, envelope: Envelope) -> None:
        """A mail of ours was taken: it reaches the customer, or a bounce comes back."""
        mail = read(envelope.raw)
        for recipient in envelope.recipients:
            if recipient.lower().rpartition("@")[2] == self.domain:
                await self.deliver(envelope.raw, sender=envelope.sender)
                continue
            self._cross(
                "out",
                str(mail["Message-ID"] or ""),
                recipient,
                shown_text(mail),
                envelope.raw,
                envelope.sender,
            )
            if recipient.lower() in self.dead:
                bounce = bounce_of(
                    envelope.raw, recipient, f"mailer-daemon@{self.domain}", self.now()
                )
                await self.deliver_to(envelope.sender, bounce)
        async with self._news:
            self._news.notify_all()

    async def deliver_to(self, recipient: str, raw: bytes) -> None:
        """A bounce to an envelope sender of ours comes in, without a sender of its own."""
        stamped = f"Delivered-To: {recipient}\r\n".encode() + raw
        await self.deliver(stamped, sender="")

    def _stamp(self, raw: bytes, verdict: Verdict, envelope: str, origin: str) -> bytes:
        """The mail with this server's verdict on top, and without any that pretends to be its."""
        head, gap, body = raw.partition(b"\r\n\r\n")
        fields = re.split(rb"\r\n(?![ \t])", head)
        kept = [one for one in fields if not _WRITTEN_HERE.match(one)]
        domain = origin.rpartition("@")[2]
        dkim = "pass" if verdict == "pass" else "none"
        stamps = [f"Return-Path: <{envelope}>"]
        if domain:
            stamps.append(
                f"Authentication-Results: {self.authserv_id};\r\n\tdkim={dkim}"
                f" header.d={domain}; dmarc={verdict} header.from={domain}"
            )
        return "\r\n".join(stamps).encode() + b"\r\n" + b"\r\n".join(kept) + gap + body

    def _cross(
        self, direction: str, number: str, address: str, text: str, raw: bytes, envelope: str
    ) -> None:
        crossing = Crossing(
            len(self.wire) + 1,
            direction,
            str(number),
            address,
            text,
            str(read(raw)["Subject"] or ""),
            raw,
            self.now(),
            envelope,
        )
        self.wire.append(crossing)
        self._by_address.setdefault(address.lower(), []).append(crossing)
        seen = self.on_outbound if direction == "out" else self.on_inbound
        if seen is not None:
            seen(crossing)
