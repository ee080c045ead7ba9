"""One IMAP connection, spoken to in plain calls that block: for a thread of its own.

The only module that knows the client library. It reads and never changes the mailbox, but for one
flag when asked. What goes wrong is a `MailboxFault` in words for whoever runs the gateway, which
hold no address and nothing of a mail.
"""

from __future__ import annotations

import logging
import select
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from adapters.email.config import Server

_SLICE_SECONDS = 0.5
_CONNECT_SECONDS = 10.0
"""Nothing can break off a connection that is only being made, and stopping should not wait long."""
_DELETED = b"\\Deleted"
_SEEN = b"\\Seen"


class MailboxFault(Exception):
    """The mailbox cannot be read now; `lasting` means that somebody has to mend it first."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as it is listed, before its content is fetched."""

    uid: int
    size: int
    at: datetime | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """The selected mailbox."""

    uid_validity: int
    next_uid: int
    read_only: bool


@dataclass(slots=True)
class ImapSession:
    """A connection to one mailbox. `access_token`, when given, stands in for the password."""

    server: Server
    mailbox: str
    timeout: float
    access_token: str | None = field(default=None, repr=False)
    _client: IMAPClient | None = None

    def open(self, *, read_only: bool) -> Opened:
        """Connect, log in and select. Raises `MailboxFault`."""
        with _told("reach the IMAP server"):
            self._connect()
        with _told("log in"):
            self._log_in()
        try:
            with _told("open the mailbox"):
                found = self._in.select_folder(self.mailbox, readonly=read_only)
        except MailboxFault as fault:
            if not isinstance(fault.__cause__, IMAPClientError) or fault.lasting:
                raise
            raise MailboxFault(
                f"There is no mailbox {self.mailbox!r}, or it may not be read: correct `mailbox`, "
                "or give this login the right to it.",
                lasting=True,
            ) from fault
        return Opened(
            int(found.get(b"UIDVALIDITY", 0)),
            int(found.get(b"UIDNEXT", 0)),
            b"READ-WRITE" not in found,
        )

    def capabilities(self) -> frozenset[str]:
        """What the server says it can."""
        with _told("ask for its capabilities"):
            return frozenset(one.decode("ascii", "replace") for one in self._in.capabilities())

    def uids_after(self, uid: int) -> list[int]:
        """The UIDs above this one, rising.

        RFC 3501, section 6.4.8: a range up to `*` always holds the last mail, also when its UID is
        lower than the range's start.
        """
        with _told("search the mailbox"):
            found = self._in.search(["UID", f"{uid + 1}:*"])
        return sorted(one for one in found if one > uid)

    def uids_since(self, day: date, *, unseen: bool = False) -> list[int]:
        """The UIDs of mails that came in on this day or later, rising."""
        criteria: list[object] = ["SINCE", day, *(["UNSEEN"] if unseen else [])]
        with _told("search the mailbox"):
            return sorted(self._in.search(criteria))

    def listed(self, uids: Sequence[int]) -> list[Listed]:
        """Size, time and flags of these mails, as far as they are still there, by rising UID."""
        if not uids:
            return []
        with _told("list mails"):
            found = self._in.fetch(uids, ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
        return [_listed(uid, found[uid]) for uid in sorted(found)]

    def contents(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """The whole mails, unmarked as read, as far as they are still there."""
        return self._bytes(uids, "BODY.PEEK[]", b"BODY[]")

    def headers(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """The headers alone."""
        return self._bytes(uids, "BODY.PEEK[HEADER]", b"BODY[HEADER]")

    def mark_seen(self, uids: Sequence[int]) -> None:
        """Mark these as read."""
        if not uids:
            return
        with _told("mark mails as read"):
            self._in.add_flags(uids, [_SEEN], silent=True)

    def wait(self, seconds: float, stopping: Callable[[], bool], *, idle: bool) -> None:
        """Wait for something to happen in the mailbox, at most so long, with IDLE or without.

        RFC 2177 wants IDLE renewed within 29 minutes; whoever calls this waits less.
        """
        if idle:
            with _told("wait for mail"):
                self._in.idle()
        poll = select.poll()
        poll.register(self._in.socket().fileno(), select.POLLIN)
        left = seconds
        while left > 0 and not stopping():
            if poll.poll(1000 * min(left, _SLICE_SECONDS)):
                break
            left -= _SLICE_SECONDS
        with _told("wait for mail"):
            if idle:
                self._in.idle_done()
            else:
                self._in.noop()

    def close(self) -> None:
        """Log out if that still works, and let go of the connection."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.logout()
        except (IMAPClientError, OSError, ValueError):
            # The server is gone already: what is left is the socket.
            with suppress(IMAPClientError, OSError, ValueError):
                client.shutdown()

    def abort(self) -> None:
        """Break the connection from another thread, so that a call that hangs there ends."""
        client = self._client
        if client is not None:
            with suppress(OSError, ValueError):
                client.socket().shutdown(socket.SHUT_RDWR)

    @property
    def _in(self) -> IMAPClient:
        if self._client is None:
            raise MailboxFault("The connection to the IMAP server is closed.")
        return self._client

    def _connect(self) -> None:
        # At its debug level the library writes whole mails and addresses into the log.
        logging.getLogger("imapclient").setLevel(logging.INFO)
        server = self.server
        context = None if server.tls == "none" else ssl.create_default_context()
        client = IMAPClient(
            server.host,
            port=server.port,
            ssl=server.tls == "tls",
            ssl_context=context,
            timeout=SocketTimeout(min(self.timeout, _CONNECT_SECONDS), self.timeout),
        )
        self._client = client
        client.normalise_times = False
        if server.tls == "starttls":
            client.starttls(context)

    def _log_in(self) -> None:
        if self.access_token is None:
            self._in.login(self.server.user, self.server.password)
            return
        answers = iter((f"user={self.server.user}\1auth=Bearer {self.access_token}\1\1",))
        # A refusal comes as one more question, which wants an empty answer.
        self._in.sasl_login("XOAUTH2", lambda _: next(answers, "").encode())

    def _bytes(self, uids: Sequence[int], item: str, key: bytes) -> Mapping[int, bytes]:
        if not uids:
            return {}
        with _told("fetch mails"):
            found = self._in.fetch(uids, [item])
        return {uid: one[key] for uid, one in found.items() if isinstance(one.get(key), bytes)}


def _listed(uid: int, found: Mapping[bytes, Any]) -> Listed:
    at = found.get(b"INTERNALDATE")
    return Listed(
        uid,
        int(found.get(b"RFC822.SIZE", 0)),
        at if isinstance(at, datetime) else None,
        _DELETED in found.get(b"FLAGS", ()),
    )


@contextmanager
def _told(doing: str) -> Iterator[None]:
    """Every way in which the library and the system fail, in words. The server's own words are
    left out: they may repeat who logged in."""
    try:
        yield
    except LoginError as error:
        raise MailboxFault(
            "The IMAP server refuses the login: check imap_user and imap_password. Gmail and "
            "Microsoft 365 take no plain password; use the oauth_ settings, or an app password.",
            lasting=True,
        ) from error
    except IMAPClientReadOnlyError as error:
        raise MailboxFault("The mailbox became read-only.") from error
    except ssl.SSLCertVerificationError as error:
        raise MailboxFault(
            "The certificate of the IMAP server is not trusted here, or not made for this name: "
            "write the name it is made for into imap_host.",
            lasting=True,
        ) from error
    except TimeoutError as error:
        raise MailboxFault(f"The IMAP server did not answer in time (to {doing}).") from error
    except (OSError, EOFError, IMAPClientAbortError) as error:
        raise MailboxFault(f"The connection to the IMAP server failed (to {doing}).") from error
    except (IMAPClientError, ValueError, KeyError, AttributeError) as error:
        raise MailboxFault(f"The IMAP server did not do as asked (to {doing}).") from error
