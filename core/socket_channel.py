"""The contract of a socket channel: who is on a socket, what its frames mean, what to answer.

The gateway owns upgrade, resume log, limits and fan-out; an adapter only translates frames. What a
socket channel may do besides is here too, one more protocol each. The rest of a channel's contract
is `core.channel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.message import Assurance, Attachment, Author, Claim, Handle, InboundMessage, Vouched


@dataclass(frozen=True, slots=True)
class SocketRequest:
    """What is known of a socket before its first frame: all of it untrusted but `remote`."""

    origin: str | None
    remote: str | None
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SocketSession:
    """Who is on a socket, once its first frame was verified.

    `conversation_key` names the resumable thread; several sockets (tabs) may share it.
    `resume_from` is the last sequence number the client has. `welcome` is the frame to answer
    with; it carries the token with which this client can come back, and the gateway adds `resume`:
    the number after which it tells the thread, 0 when the client has to forget what it shows.
    `network` is where the socket comes from, as far as we see it. `link` is a one-time token that
    the client brought along, to show that this person reads the address it was sent to.
    `standing` is the last change of identity that the client's token knows of; nothing where no
    token alone lets anybody in.
    """

    conversation_key: str
    sender: Handle
    assurance: Assurance
    evidence: str
    welcome: Mapping[str, object]
    resume_from: int = 0
    reply_address: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    standing: int | None = None
    read_only: bool = False
    network: str | None = None
    vouched: tuple[Vouched, ...] = ()
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Typing:
    """The person on the socket started or stopped typing."""

    active: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """The client has shown everything up to this sequence number."""

    seq: int


@dataclass(frozen=True, slots=True)
class Keepalive:
    """What the adapter itself answers, with `answer`: a ping, the request for an upload."""

    answer: Mapping[str, object]


SocketEvent = InboundMessage | Typing | Seen | Keepalive


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """One entry of a thread's resume log, numbered from 1 without gaps that matter."""

    seq: int
    author: Author
    author_name: str | None
    payload: Mapping[str, object]
    at: datetime
    client_id: str | None = None


class SocketAdapter(Protocol):
    """A socket channel. The gateway owns upgrade, resume log, limits and fan-out."""

    def open(self, first: Mapping[str, object], request: SocketRequest) -> SocketSession:
        """Verify the first frame and the origin. Raises `Refused`."""

    def read(self, session: SocketSession, frame: Mapping[str, object]) -> SocketEvent:
        """Translate one later frame. Raises `Refused` for a frame that is not of the protocol."""

    def write_message(self, message: LoggedMessage) -> Mapping[str, object]:
        """The frame that shows one entry of the resume log."""

    def write_stored(self, client_id: str, seq: int) -> Mapping[str, object]:
        """The frame that tells the client its message is durable, and under which number."""

    def write_typing(self, active: bool, author: Author) -> Mapping[str, object]:
        """The frame that shows or hides that an answer is being written."""

    def write_refusal(
        self, reason: str, client_id: str | None, status: int = 400
    ) -> Mapping[str, object]:
        """The frame that tells the client, in words for a person, what was not accepted.

        `status` is what HTTP would say (RFC 9110): 401 asks for another proof of who this is, 503
        to send it again, 400 and 403 not to.
        """


@runtime_checkable
class Rotates(Protocol):
    """Optional: a token that lets its holder in ends when what is known of the person changes."""

    def open_anew(self, first: Mapping[str, object], request: SocketRequest) -> SocketSession:
        """As `open`, but the token in the first frame is worth nothing. Raises `Refused`."""

    def write_token(self, session: SocketSession, standing: int) -> Mapping[str, object]:
        """The frame that gives the client another token in place of its own, for this standing."""


@runtime_checkable
class TakesLinks(Protocol):
    """Optional: a page of the business can bring a one-time token along (`SocketSession.link`)."""

    def page_of(self, token: str) -> str | None:
        """The address that brings this token; nothing when no page is configured."""


@runtime_checkable
class ShowsReading(Protocol):
    """Optional: can show that a person of the business has the thread before them."""

    def write_reading(self, active: bool) -> Mapping[str, object]:
        """The frame that shows or hides it; the client forgets it unless it is told again."""


@runtime_checkable
class CarriesFiles(Protocol):
    """Optional: files come and go over HTTP, at addresses that the adapter signed."""

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages may send files, as a browser writes them."""

    def read_upload(self, ticket: str) -> InboundMessage:
        """The message that this upload is: its one attachment has no content yet, and is to have
        `size` bytes at most. Raises `Refused`."""

    def read_download(self, ticket: str) -> Attachment:
        """Which file this address gives out. Raises `Refused`."""
