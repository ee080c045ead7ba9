"""How a mail service speaks, for the conformance kit: IMAP and SMTP of the simulated one.

For `onethread adapters check` and the tests; the adapter never imports it. Mails are proved by the
service's verdict, and a second mail of a thread names the first one in its References.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import getaddresses
from typing import ClassVar, cast
from urllib.parse import urlsplit

from adapters.email import SPEC
from adapters.email.simulator.clients import Draft, bounce_of, read, shown_text, write_mail
from adapters.email.simulator.service import Crossing, Fault, MailSimulator
from adapters.testing import (
    RETRY_AFTER,
    Behaviour,
    Call,
    Known,
    Outcome,
    Provider,
    PullHarness,
    Said,
    Site,
)
from core.message import DeliveryStatus

_FAULTS = {
    Behaviour.THROTTLE: "throttle",
    Behaviour.FAIL: "greylist",
    Behaviour.REFUSE: "refuse",
    Behaviour.GARBAGE: "garbage",
    Behaviour.HANG: "hang",
    Behaviour.LOSE: "lose",
}
_TAKEN = frozenset({Behaviour.HANG, Behaviour.LOSE})
_ADDRESS = "support@shop.example"
_MANY = 5
"""Faults to come, so that an adapter that tries again by itself meets another one."""


@dataclass(slots=True)
class MailProvider:
    """The simulated service, as the kit wants a provider."""

    simulator: MailSimulator
    known: Known = field(default_factory=Known)
    _behaviour: Behaviour = Behaviour.ACCEPT
    _refused: int = 0

    @property
    def behaviour(self) -> Behaviour:
        """How the next mails that are handed in are met."""
        return self._behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self._refused = self._refusals()
        self._behaviour = behaviour
        kind = _FAULTS.get(behaviour)
        self.simulator.faults.clear()
        if kind is not None:
            self.simulator.faults.extend([Fault(kind, seconds=60.0)] * _MANY)

    @property
    def url(self) -> str:
        """Both ports, as the harness takes them apart."""
        return f"mail://127.0.0.1:{self.simulator.smtp_port}/{self.simulator.imap_port}"

    @property
    def calls(self) -> Sequence[Call]:
        """Every attempt to hand a mail in; of those that were refused nothing is known."""
        refused = Call(0, "SMTP", "", {}, {}, b"")
        return [*self.known.sent, *[refused] * self._refusals()]

    @property
    def sends(self) -> Sequence[Call]:
        """The same."""
        return self.calls

    @property
    def connections(self) -> int:
        """Connections to either server."""
        return self.simulator.smtp.connections + len(self.simulator.mailbox.connections)

    async def start(self) -> None:
        """Listen."""
        self.simulator.on_outbound = self._sent
        await self.simulator.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self.simulator.stop()

    def _refusals(self) -> int:
        untaken = self._behaviour in _FAULTS and self._behaviour not in _TAKEN
        used = _MANY - len(self.simulator.faults) if untaken else 0
        return self._refused + used

    def _sent(self, mail: Crossing) -> None:
        number, told = len(self.known.sent) + 1, {"envelope": mail.envelope}
        self.known.sent.append(Call(number, "SMTP", mail.address, {}, told, mail.raw))


class EmailHarness(PullHarness):
    """One mailbox."""

    spec = SPEC
    seconds = 8.0
    behaviours = frozenset({Behaviour.ACCEPT, *_FAULTS})
    outcomes: ClassVar[Mapping[Behaviour, Outcome]] = {
        # RFC 5321, section 4.2.1: what is answered with 4xx was not taken.
        Behaviour.FAIL: Outcome(retryable=True, ambiguous=False),
    }

    def options(self, site: Site) -> Mapping[str, object]:
        """Its table of the settings. SMTP names no wait: the least one is a setting."""
        ports = urlsplit(site.provider_url)
        return {
            "address": _ADDRESS,
            "secret": site.secret("secret"),
            "imap_host": "127.0.0.1",
            "imap_port": int(ports.path.strip("/")),
            "imap_tls": "none",
            "imap_user": _ADDRESS,
            "imap_password": site.secret("password"),
            "smtp_host": "127.0.0.1",
            "smtp_port": ports.port,
            "smtp_tls": "none",
            "trusted_authserv_ids": ["mx.shop.example"],
            "poll_seconds": 0.1,
            "retry_seconds": float(RETRY_AFTER),
            "resync_days": 365,
            # After the mail itself an answer is waited for ten times as long.
            "timeout_seconds": 0.2,
        }

    def provider(self, site: Site) -> Provider:
        """The simulated service, at the kit's time."""
        password = site.secret("password")
        return MailProvider(MailSimulator(_ADDRESS, password=password, now=site.now))

    def name_of(self, site: Site, person: int) -> str:
        """Their address."""
        return f"person-{person}@customer.example"

    async def deliver(self, site: Site, provider: Provider, said: Said) -> None:
        """A mail arrives; a later one of a thread names the first of it."""
        sender = self.name_of(site, said.person)
        draft = Draft(
            sender,
            _ADDRESS,
            said.text,
            f"About thread {said.thread}",
            said.at,
            _id(said),
            attachments=[(one.name, one.media_type, one.content) for one in said.files],
            cc=["boss@customer.example"] if said.room else [],
        )
        raw, root = write_mail(draft), _root(provider.known, said)
        if said.answers is not None:
            answered = read(said.answers.body)["Message-ID"]
            raw = f"References: {answered}\r\n".encode() + raw
        elif root is not said:
            raw = f"References: {_id(root)}\r\n".encode() + raw
        await _simulator(provider).deliver(raw, verdict="pass", sender=sender)

    async def deliver_broken(self, site: Site, provider: Provider) -> None:
        """Bytes that are no mail."""
        await _simulator(provider).deliver(b"\xff\xfe\x00\r\n=?\x80?=: \x00")

    async def disconnect(self, site: Site, provider: Provider) -> None:
        """Every connection to the mailbox ends."""
        for transport in tuple(_simulator(provider).mailbox.connections):
            transport.abort()

    async def report(
        self, site: Site, provider: Provider, provider_id: str, status: DeliveryStatus
    ) -> bool:
        """A bounce comes back to the envelope's sender; nothing is told of what arrived."""
        if status is not DeliveryStatus.FAILED:
            return False
        sent = provider.known.sent[-1]
        bounce = bounce_of(sent.body, sent.path, "mailer-daemon@customer.example", site.now())
        await _simulator(provider).deliver_to(sent.headers["envelope"], bounce)
        return True

    def text_of(self, call: Call) -> str:
        """What a customer reads."""
        return shown_text(read(call.body))

    def identity_of(self, call: Call) -> str:
        """The Message-ID, by which a mailbox knows a mail again."""
        return str(read(call.body)["Message-ID"] or "")

    def reaches_only_the_sender(self, call: Call) -> bool:
        """Whether one address gets it."""
        mail = read(call.body)
        fields = [str(one) for name in ("To", "Cc", "Bcc") for one in mail.get_all(name, [])]
        return len(getaddresses(fields)) == 1

    def has_file(self, call: Call, content: bytes) -> bool:
        """Whether one of its parts is the file."""
        parts = read(call.body).iter_attachments()
        return any(one.get_payload(decode=True) == content for one in parts)


def _simulator(provider: Provider) -> MailSimulator:
    return cast(MailProvider, provider).simulator


def _root(known: Known, said: Said) -> Said:
    """The first mail of its thread."""
    of_thread = (
        one for one in known.said if (one.person, one.thread) == (said.person, said.thread)
    )
    return next(of_thread, said)


def _id(said: Said) -> str:
    return f"<said-{said.number}@customer.example>"
