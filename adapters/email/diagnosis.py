"""Looks at everything that has to be right at the provider of a mailbox, for whoever sets it up.

Each finding says what was seen and what to do about it. Nothing is sent and nothing is changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiosmtplib

from adapters.email.config import EmailConfig, Server
from adapters.email.dns_records import LookUp, look_at_domain
from adapters.email.oauth import AccessTokens, NoAccess
from adapters.email.parsing.auth_results import server_of
from adapters.email.parsing.parts import Unreadable, header_and_body
from adapters.email.receiving.imap_session import ImapSession, MailboxFault
from adapters.email.sending.smtp import SmtpSender
from core.channel import SendError
from core.channel_abilities import Finding, Gravity

_SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class _Newest:
    """The last mail of the mailbox, as far as it tells of the servers."""

    at: datetime | None
    headers: bytes


@dataclass(frozen=True, slots=True)
class _Mailbox:
    read_only: bool
    idle: bool
    newest: _Newest | None


async def diagnose(
    config: EmailConfig,
    access: AccessTokens | None,
    smtp: SmtpSender,
    look_up: LookUp,
    now: Callable[[], datetime],
) -> list[Finding]:
    """What was looked at, in the order of looking. Raises nothing."""
    return [
        *(await _reading(config, access, now)),
        *(await _sending(config, smtp)),
        *(await look_at_domain(config, look_up)),
    ]


async def _reading(
    config: EmailConfig, access: AccessTokens | None, now: Callable[[], datetime]
) -> list[Finding]:
    server = config.imap
    if server is None:
        return [Finding(Gravity.OK, "IMAP: mail is posted to us and not fetched.")]
    try:
        token = None if access is None else await access.token()
        found = await asyncio.to_thread(_look, config, server, token)
    except (MailboxFault, NoAccess) as fault:
        return [Finding(Gravity.FAULT, "IMAP: the mailbox cannot be read.", fault.reason)]
    findings = [Finding(Gravity.OK, f"IMAP: {config.mailbox} can be read.")]
    if found.read_only and config.mark_seen:
        findings.append(
            Finding(
                Gravity.FAULT,
                "IMAP: the mailbox is open for reading only, so nothing can be marked as read.",
                "Set mark_seen = false, or give this login the right to change flags",
            )
        )
    if found.idle:
        findings.append(Finding(Gravity.OK, "IMAP: the server tells of new mail (IDLE)."))
    else:
        findings.append(
            Finding(
                Gravity.WARNING,
                f"IMAP: the server has no IDLE, so mail waits up to {config.poll_seconds:g} s.",
                "Set poll_seconds lower if that is too long",
            )
        )
    findings.extend(_of_newest(config, found.newest, now()))
    return findings


def _look(config: EmailConfig, server: Server, token: str | None) -> _Mailbox:
    """One look over a connection of its own. Raises `MailboxFault`."""
    session = ImapSession(server, config.mailbox, config.timeout_seconds, token)
    try:
        opened = session.open(read_only=not config.mark_seen)
        idle = "IDLE" in session.capabilities()
        last = session.uids_after(max(0, opened.next_uid - 2))[-1:]
        newest = None
        for one in session.listed(last):
            newest = _Newest(one.at, session.headers(last).get(one.uid, b""))
        return _Mailbox(opened.read_only, idle, newest)
    finally:
        session.close()


def _of_newest(config: EmailConfig, newest: _Newest | None, now: datetime) -> list[Finding]:
    findings = []
    if newest is not None and newest.at is not None and newest.at - now > _SKEW:
        findings.append(
            Finding(
                Gravity.WARNING,
                "The newest mail arrived in our future: this machine's clock is slow.",
                "Have the clock set by NTP, for example with `timedatectl set-ntp true`",
            )
        )
    findings.append(_trust(config, newest))
    return findings


def _trust(config: EmailConfig, newest: _Newest | None) -> Finding:
    """Whether the server's verdicts would be believed, told by the newest mail."""
    seen = None if newest is None else _authserv_id(newest.headers)
    trusted = {one.lower() for one in config.trusted_authserv_ids}
    if not trusted:
        suggestion = seen or "the id your own server writes into Authentication-Results"
        return Finding(
            Gravity.WARNING,
            "No trusted_authserv_ids are set, so nobody is recognised by mail.",
            f'If your own server wrote it, set trusted_authserv_ids = ["{suggestion}"]',
        )
    if seen is not None and seen.lower() not in trusted:
        return Finding(
            Gravity.WARNING,
            f"The newest mail's verdict is by {seen!r}, which is not in trusted_authserv_ids.",
            "Add it if that is your own server; have your server take foreign ones off",
        )
    return Finding(Gravity.OK, "The verdicts of your own mail server are believed.")


def _authserv_id(headers: bytes) -> str | None:
    try:
        fields, _ = header_and_body(headers)
    except Unreadable:
        return None
    return server_of(fields.first("authentication-results") or "")


async def _sending(config: EmailConfig, smtp: SmtpSender) -> list[Finding]:
    try:
        client = await smtp.greet()
    except SendError as error:
        return [Finding(Gravity.FAULT, "SMTP: mail cannot be handed in.", error.reason)]
    try:
        return _of_server(config, client)
    finally:
        client.close()


def _of_server(config: EmailConfig, client: aiosmtplib.SMTP) -> list[Finding]:
    secured = {"tls": "over TLS", "starttls": "over STARTTLS", "none": "on this machine"}
    findings = [Finding(Gravity.OK, f"SMTP: mail can be handed in, {secured[config.smtp_tls]}.")]
    size = client.esmtp_extensions.get("size", "")
    if size.isdigit() and int(size):
        findings.append(Finding(Gravity.OK, f"SMTP: a mail may have {int(size):,} bytes."))
    if not client.supports_extension("smtputf8"):
        findings.append(
            Finding(
                Gravity.WARNING,
                "SMTP: the server has no SMTPUTF8, so addresses such as jörg@example.com "
                "cannot be written to.",
                "Nothing to do unless you have such customers; then ask the provider for it",
            )
        )
    return findings
