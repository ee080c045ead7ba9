"""Web chat: frames to messages and back. The gateway owns sockets, resume log and fan-out.

An anonymous browser is its own handle, held by its token; a visitor the business signed in is a
login. What a login vouches for is passed on; a typed address is nothing but text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.webchat import SPEC
from adapters.webchat.config import WebchatConfig
from adapters.webchat.diagnosis import diagnose
from adapters.webchat.files import ChatFiles
from adapters.webchat.protocol import (
    Ping,
    Say,
    SeenFrame,
    TypingFrame,
    UploadFrame,
    read_hello,
    read_later,
)
from adapters.webchat.tokens import Login, Session, Tokens, UsedLogins
from core.channel import AdapterContext, Refused
from core.channel_abilities import Finding
from core.message import (
    Assurance,
    Attachment,
    Author,
    Claim,
    Handle,
    InboundMessage,
    OutboundMessage,
    RenderedPart,
    Vouched,
)
from core.rendering import renderer
from core.socket_channel import (
    Keepalive,
    LoggedMessage,
    Seen,
    SocketEvent,
    SocketRequest,
    SocketSession,
    Typing,
)

_EVIDENCE = {
    Assurance.LOGGED_IN: "The business's own server signed this visitor in.",
    Assurance.ASSERTED: "An anonymous browser, known again by its token.",
    Assurance.NONE: "Staff of the business look at this thread on the customer's behalf.",
}

_VERIFIED = "The business's own server says that it has verified this address of the login's."
_SIGNED_IN = "The same browser was signed in by the business's own server."
_FRAGMENT = "onethread"


class WebchatAdapter:
    """One web chat account."""

    def __init__(self, config: WebchatConfig, context: AdapterContext) -> None:
        self._config = config
        self._context = context
        self._tokens = Tokens(config)
        self._used = UsedLogins()
        self._render = renderer(SPEC.capabilities)
        self._files = ChatFiles(config, context)
        self.origins = frozenset(config.allowed_origins)

    def open(self, first: Mapping[str, object], request: SocketRequest) -> SocketSession:
        """Check the origin, then the proof. Raises `Refused`.

        The origin is compared whole: browsers do not apply the same-origin policy to sockets.
        """
        return self._open(first, request, trusted=True)

    def open_anew(self, first: Mapping[str, object], request: SocketRequest) -> SocketSession:
        """As `open`, for a token from before a change of identity. Raises `Refused`."""
        return self._open(first, request, trusted=False)

    def _open(
        self, first: Mapping[str, object], request: SocketRequest, *, trusted: bool
    ) -> SocketSession:
        if (request.origin or "").lower() not in self.origins:
            raise Refused(403, "this page's origin is not allowed to open the chat")
        hello = read_hello(first)
        now = self._context.now()
        known = self._known(hello.token, trusted)
        login = self._tokens.read_login(hello.jwt, now) if hello.jwt else None
        session = self._settle(known, login)
        level = _level(session)
        if login is not None:
            self._used.use(login, session.id, now)
        before = next((one for one in (known, self._known(hello.visitor, trusted)) if one), None)
        kind = "login" if session.login else "visitor"
        key = f"{kind}:{session.subject}"
        return SocketSession(
            conversation_key=key,
            sender=Handle(kind, session.subject),
            assurance=level,
            evidence=_EVIDENCE[level],
            welcome={
                "type": "welcome",
                "token": self._tokens.make_session(session, now),
                "conversation": key,
                "logged_in": session.login,
                "read_only": session.acted,
                "uploads": self._config.upload_megabytes if not session.acted else 0,
                "name": login.name if login else None,
                "title": self._config.title,
                "greeting": self._config.greeting,
                "colour": self._config.colour,
            },
            resume_from=hello.last_seq if session == known else 0,
            reply_address={"conversation": key},
            claims=_claims(login),
            standing=None if session.login else session.standing,
            read_only=session.acted,
            network=request.remote,
            vouched=self._vouched(login, before),
            link=None if session.acted else hello.link,
        )

    def _known(self, token: str | None, trusted: bool) -> Session | None:
        return self._tokens.read_session(token, self._context.now()) if token and trusted else None

    def _vouched(self, login: Login | None, before: Session | None) -> tuple[Vouched, ...]:
        """What the business's login says is this customer's too; nothing while staff look in."""
        if login is None or login.acted:
            return ()
        found = [
            Vouched(one, Assurance.PROVED, _VERIFIED, "login-profile")
            for one in login.verified
            if self._config.login_profiles
        ]
        if before is not None and not before.login:
            browser = Handle("visitor", before.subject)
            found.append(Vouched(browser, Assurance.LOGGED_IN, _SIGNED_IN, "login"))
        return tuple(found)

    def page_of(self, token: str) -> str | None:
        """The configured page, with the token where no server sees it (RFC 3986, section 3.5)."""
        return f"{self._config.page_url}#{_FRAGMENT}={token}" if self._config.page_url else None

    def write_token(self, session: SocketSession, standing: int) -> Mapping[str, object]:
        """Another token for the anonymous browser, of a session drawn anew."""
        renewed = Session(self._context.new_id(), session.sender.address, False, standing)
        return {"type": "token", "token": self._tokens.make_session(renewed, self._context.now())}

    def _settle(self, known: Session | None, login: Login | None) -> Session:
        """Who is here: a login always wins.

        A login's session without a fresh login is not believed either: otherwise a browser would
        stay signed in after the person signed out of the business's page. Every change of who is
        there draws a new session, so that a token known before it is worth nothing after it.

        Another login on top of a session is a conflict, and nothing is guessed: the client forgets
        what it had, and comes again. Raises `Refused`.
        """
        if login is not None:
            if known is None or not known.login:
                return Session(self._context.new_id(), login.subject, True, acted=login.acted)
            if (known.subject, known.acted) != (login.subject, login.acted):
                raise Refused(409, "this browser's session is of another login")
            return known
        if known is not None and not known.login:
            return known
        return Session(self._context.new_id(), self._context.new_id(), False)

    def read(self, session: SocketSession, frame: Mapping[str, object]) -> SocketEvent:
        """One later frame. Raises `Refused`."""
        event = read_later(frame)
        if isinstance(event, Ping):
            return Keepalive({"type": "pong", "n": event.n})
        if session.read_only:
            raise Refused(403, "whoever looks in on somebody's behalf can only read")
        if isinstance(event, Say):
            return self._message(session, event)
        if isinstance(event, TypingFrame):
            return Typing(event.active)
        if isinstance(event, SeenFrame):
            return Seen(event.seq)
        assert isinstance(event, UploadFrame)
        return Keepalive(self._files.offer(session, event))

    def read_upload(self, ticket: str) -> InboundMessage:
        """The message that an upload is. Raises `Refused`."""
        return self._files.read_upload(ticket)

    def read_download(self, ticket: str) -> Attachment:
        """The file an address gives out. Raises `Refused`."""
        return self._files.read_download(ticket)

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """One part: everything a message can have fits a bubble. Files are named by reference."""
        if not message.attachments:
            return self._render(message)
        files = [
            {
                "name": one.name,
                "media_type": one.media_type,
                "reference": one.reference,
                "size": one.size,
            }
            for one in message.attachments
        ]
        bare = replace(message, attachments=())
        [part] = self._render(bare) if bare.text.strip() else [RenderedPart({"text": ""})]
        return [RenderedPart({**part.payload, "attachments": files}, part.notes)]

    def _message(self, session: SocketSession, say: Say) -> InboundMessage:
        text = say.text.replace("\x00", "")  # PostgreSQL stores no NUL
        if not text.strip():
            raise Refused(400, "an empty message")
        return InboundMessage(
            account=self._context.account,
            channel="webchat",
            event_id=f"{session.conversation_key}/{say.client_id}",
            conversation_key=session.conversation_key,
            sender=session.sender,
            assurance=session.assurance,
            evidence=session.evidence,
            text=text,
            reply_address=session.reply_address,
            sent_at=self._context.now(),
            quick_reply=say.quick_reply.replace("\x00", "") if say.quick_reply else None,
            client_id=say.client_id,
            claims=session.claims,
            vouched=session.vouched,
            network=session.network,
        )

    async def diagnose(self) -> Sequence[Finding]:
        """Whether pages can load the script and open the socket."""
        return await diagnose(self._config, self._context.webhook_base)

    def write_message(self, message: LoggedMessage) -> Mapping[str, object]:
        """One entry of the thread."""
        return {
            "type": "message",
            "seq": message.seq,
            "author": message.author.value,
            "name": message.author_name,
            "text": message.payload.get("text", ""),
            "html": message.payload.get("html"),
            "quick_replies": message.payload.get("quick_replies", []),
            "attachments": self._files.shown(_files_of(message)),
            "at": message.at.isoformat(),
            "client_id": message.client_id,
        }

    def write_stored(self, client_id: str, seq: int) -> Mapping[str, object]:
        """The message is durable."""
        return {"type": "stored", "client_id": client_id, "seq": seq}

    def write_typing(self, active: bool, author: Author) -> Mapping[str, object]:
        """An answer is being written."""
        return {"type": "typing", "active": active, "author": author.value}

    def write_reading(self, active: bool) -> Mapping[str, object]:
        """A person reads along; the widget forgets it after 30 seconds."""
        return {"type": "reading", "active": active}

    def write_refusal(
        self, reason: str, client_id: str | None, status: int = 400
    ) -> Mapping[str, object]:
        """What was not accepted; the client decides by the status what to do about it."""
        return {"type": "refused", "reason": reason, "client_id": client_id, "status": status}


def _level(session: Session) -> Assurance:
    if session.acted:
        return Assurance.NONE
    return Assurance.LOGGED_IN if session.login else Assurance.ASSERTED


def _files_of(message: LoggedMessage) -> Sequence[Mapping[str, Any]]:
    found = message.payload.get("attachments")
    return found if isinstance(found, list) else ()


def _claims(login: Login | None) -> tuple[Claim, ...]:
    """Name and address in a login are hints like any other: a login does not prove a mailbox."""
    if login is None:
        return ()
    told = (("name", login.name), ("email", login.email))
    return tuple(Claim(kind, value, "login") for kind, value in told if value)
