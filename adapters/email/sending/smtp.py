"""Hands mail in by SMTP, over a few connections that are kept.

One call, one attempt: what went wrong is told as a `SendError` that says whether the mail can have
been taken. Neither addresses nor the server's words are in it.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib

from adapters.email.config import EmailConfig
from adapters.email.oauth import AccessTokens, NoAccess
from adapters.email.sending.answers import refusal
from adapters.email.sending.compose import Composed
from core.channel import SendError

_FRESH_SECONDS = 2.0
"""A connection not used for longer is asked before it is relied on."""
_STALE_SECONDS = 60.0
"""A connection not used for longer is not used again: servers close them."""
_PATIENCE = 10
"""So many times longer the answer to a whole mail may take: servers look through it first, and who
gives up early sends it twice (RFC 5321, section 4.5.3.2.6)."""
_MOST_MAILS = 100
"""Mails over one connection; several providers close it after about so many."""


@dataclass(slots=True)
class _Connection:
    client: aiosmtplib.SMTP
    used_at: float
    mails: int = 0


class SmtpSender:
    """One submission server and the login there."""

    def __init__(self, config: EmailConfig, access: AccessTokens | None) -> None:
        self._server = config.smtp
        self._own_login = config.smtp_password is not None
        self._access = access
        self._timeout = config.timeout_seconds
        # Asking the system for its name may take long, and a submission server does not use it.
        domain = config.address.rpartition("@")[2]
        self._name = domain if domain.isascii() else "localhost"
        self._retry_seconds = config.retry_seconds
        self._slots = asyncio.Semaphore(config.connections)
        self._idle: list[_Connection] = []

    async def send(self, mail: Composed) -> None:
        """Hand one mail in. Raises `SendError`."""
        async with self._slots:
            connection = await self._take()
            try:
                await self._hand_in(connection.client, mail)
            except BaseException:
                connection.client.close()
                raise
            connection.mails += 1
            self._give_back(connection)

    async def greet(self) -> aiosmtplib.SMTP:
        """A connection that is logged in, for its owner to close. Raises `SendError`."""
        return (await self._opened()).client

    async def check(self) -> None:
        """Whether the server takes our login; the connection is kept. Raises `SendError`."""
        async with self._slots:
            self._give_back(await self._take())

    async def close(self) -> None:
        """Let go of the kept connections."""
        while self._idle:
            await self._quit(self._idle.pop())

    async def _hand_in(self, client: aiosmtplib.SMTP, mail: Composed) -> None:
        options = _size_option(client, len(mail.raw))
        encoding = "ascii"
        if mail.needs_utf8:
            if not client.supports_extension("smtputf8"):
                raise SendError(
                    "The mail server cannot send to an address with characters outside ASCII "
                    "(it has no SMTPUTF8)."
                )
            options, encoding = [*options, "SMTPUTF8", "BODY=8BITMIME"], "utf-8"
        try:
            await client.mail(mail.sender, options=options, encoding=encoding)
            await client.rcpt(mail.recipient, encoding=encoding)
        except aiosmtplib.SMTPSenderRefused as error:
            # Whatever is wrong with our own address says nothing about theirs.
            raise self._refused(error, dead=False) from None
        except aiosmtplib.SMTPResponseException as error:
            raise self._refused(error) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError, UnicodeError) as error:
            raise SendError(
                "The connection to the mail server was lost before the mail was handed in.",
                retryable=True,
            ) from error
        try:
            await client.data(mail.raw, timeout=self._timeout * _PATIENCE)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            if isinstance(error, aiosmtplib.SMTPDataError) and error.code >= 400:
                raise self._refused(error) from None
            # RFC 5321, section 4.5.3.2.6: without the answer to the final dot nobody knows.
            raise SendError(
                "The connection was lost while the mail was handed in; it may have been taken.",
                retryable=True,
                ambiguous=True,
            ) from error

    def _refused(self, error: aiosmtplib.SMTPResponseException, *, dead: bool = True) -> SendError:
        if error.code < 400:
            return SendError("The mail server did not answer as mail servers do.", retryable=True)
        meant = refusal(error.code, error.message, self._retry_seconds)
        meant.dead = meant.dead and dead
        return meant

    async def _take(self) -> _Connection:
        """A kept connection that still answers, or a new one. Raises `SendError`."""
        while self._idle:
            connection = self._idle.pop()
            age = time.monotonic() - connection.used_at
            if age < _STALE_SECONDS and await self._answers(connection, age):
                return connection
            await self._quit(connection)
        return await self._opened()

    async def _answers(self, connection: _Connection, age: float) -> bool:
        if not connection.client.is_connected:
            return False
        if age < _FRESH_SECONDS:
            return True
        try:
            await connection.client.noop()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return False
        return True

    def _give_back(self, connection: _Connection) -> None:
        if connection.mails >= _MOST_MAILS or not connection.client.is_connected:
            connection.client.close()
            return
        connection.used_at = time.monotonic()
        self._idle.append(connection)

    async def _quit(self, connection: _Connection) -> None:
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            if connection.client.is_connected:
                await connection.client.quit(timeout=1.0)
        connection.client.close()

    async def _opened(self) -> _Connection:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            timeout=self._timeout,
            local_hostname=self._name,
        )
        try:
            await client.connect()
            await client.ehlo()
            await self._log_in(client)
        except BaseException as error:
            client.close()
            raise self._unreached(error) from error
        return _Connection(client, time.monotonic())

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        if self._access is not None:
            try:
                await client.auth_xoauth2(self._server.user, await self._access.token())
            except aiosmtplib.SMTPAuthenticationError:
                self._access.forget()
                raise
        elif self._server.password and (self._own_login or client.supports_extension("auth")):
            # Without one of its own, the login of IMAP is only offered to who asks for one: a relay
            # on this machine may well let everybody in.
            await client.login(self._server.user, self._server.password)

    def _unreached(self, error: BaseException) -> BaseException:
        """Why there is no connection, where somebody can do something about it."""
        if _is_distrust(error):
            return SendError(
                "The certificate of the mail server is not trusted here, or not made for this "
                "name: write the name it is made for into smtp_host."
            )
        if isinstance(error, NoAccess):
            return SendError(error.reason, retryable=not error.lasting)
        if isinstance(error, aiosmtplib.SMTPAuthenticationError) and self._access is not None:
            # The token was dropped: the next attempt has a new one.
            return SendError(
                "The mail server refuses our access token: check smtp_user, and that the access "
                "that was granted covers sending.",
                retryable=True,
                provider_code=str(error.code),
            )
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._refused(error)
        if isinstance(error, aiosmtplib.SMTPException | OSError | TimeoutError):
            return SendError("The mail server could not be reached.", retryable=True)
        return error


def _is_distrust(error: BaseException | None) -> bool:
    """Whether it was the certificate, which the client library reports as any lost connection."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _size_option(client: aiosmtplib.SMTP, size: int) -> list[str]:
    """What tells the size beforehand (RFC 1870). Raises `SendError` when the server says no."""
    if not client.supports_extension("size"):
        return []
    most = client.esmtp_extensions.get("size", "")
    if most.isdigit() and 0 < int(most) < size:
        raise SendError(f"The mail is larger than the {int(most):,} bytes the mail server takes.")
    return [f"SIZE={size}"]
