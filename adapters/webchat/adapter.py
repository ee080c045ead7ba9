"""Web chat: frames to messages and back. The gateway owns sockets, resume log and fan-out.

An anonymous browser is its own handle, held by its token; a visitor the business signed in is a
login. The two are never joined here, and a typed address is nothing but text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.webchat.config import WebchatConfig
from adapters.webchat.diagnosis import diagnose
from adapters.webchat.protocol import Ping, Say, SeenFrame, TypingFrame, read_hello, read_later
from adapters.webchat.tokens import Login, Session, Tokens, UsedLogins
from core.channel import AdapterContext, Refused
from core.channel_abilities import Finding
from core.message import Assurance, Author, Claim, Handle, InboundMessage
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
    True: "The business's own server signed this visitor in.",
    False: "An anonymous browser, known again by its token.",
}


class WebchatAdapter:
    """One web chat account."""

    def __init__(self, config: WebchatConfig, context: AdapterContext) -> None:
        self._config = config
        self._context = context
        self._tokens = Tokens(config)
        self._used = UsedLogins()
        self._origins = frozenset(config.allowed_origins)

    def open(self, first: Mapping[str, object], request: SocketRequest) -> SocketSession:
        """Check the origin, then the proof. Raises `Refused`.

        The origin is compared whole: browsers do not apply the same-origin policy to sockets.
        """
        if (request.origin or "").lower() not in self._origins:
            raise Refused(403, "this page's origin is not allowed to open the chat")
        hello = read_hello(first)
        now = self._context.now()
        known = self._tokens.read_session(hello.token, now) if hello.token else None
        login = self._tokens.read_login(hello.jwt, now) if hello.jwt else None
        session = self._settle(known, login)
        if login is not None:
            self._used.use(login, session.id, now)
        kind = "login" if session.login else "visitor"
        key = f"{kind}:{session.subject}"
        return SocketSession(
            conversation_key=key,
            sender=Handle(kind, session.subject),
            assurance=Assurance.LOGGED_IN if session.login else Assurance.ASSERTED,
            evidence=_EVIDENCE[session.login],
            welcome={
                "type": "welcome",
                "token": self._tokens.make_session(session, now),
                "conversation": key,
                "logged_in": session.login,
                "name": login.name if login else None,
                "title": self._config.title,
                "greeting": self._config.greeting,
                "colour": self._config.colour,
            },
            resume_from=hello.last_seq if session == known else 0,
            reply_address={"conversation": key},
            claims=_claims(login),
        )

    def _settle(self, known: Session | None, login: Login | None) -> Session:
        """Who is here: a login always wins, and is never joined to the anonymous session.

        A login's session without a fresh login is not believed either: otherwise a browser would
        stay signed in after the person signed out of the business's page. Every change of who is
        there draws a new session, so that a token known before it is worth nothing after it.
        """
        if login is not None:
            if known is not None and known.login and known.subject == login.subject:
                return known
            return Session(self._context.new_id(), login.subject, True)
        if known is not None and not known.login:
            return known
        return Session(self._context.new_id(), self._context.new_id(), False)

    def read(self, session: SocketSession, frame: Mapping[str, object]) -> SocketEvent:
        """One later frame. Raises `Refused`."""
        event = read_later(frame)
        if isinstance(event, Say):
            return self._message(session, event)
        if isinstance(event, TypingFrame):
            return Typing(event.active)
        if isinstance(event, SeenFrame):
            return Seen(event.seq)
        assert isinstance(event, Ping)
        return Keepalive({"type": "pong", "n": event.n})

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
            "at": message.at.isoformat(),
            "client_id": message.client_id,
        }

    def write_stored(self, client_id: str, seq: int) -> Mapping[str, object]:
        """The message is durable."""
        return {"type": "stored", "client_id": client_id, "seq": seq}

    def write_typing(self, active: bool, author: Author) -> Mapping[str, object]:
        """An answer is being written."""
        return {"type": "typing", "active": active, "author": author.value}

    def write_refusal(
        self, reason: str, client_id: str | None, status: int = 400
    ) -> Mapping[str, object]:
        """What was not accepted; the client decides by the status what to do about it."""
        return {"type": "refused", "reason": reason, "client_id": client_id, "status": status}


def _claims(login: Login | None) -> tuple[Claim, ...]:
    """Name and address in a login are hints like any other: a login does not prove a mailbox."""
    if login is None:
        return ()
    told = (("name", login.name), ("email", login.email))
    return tuple(Claim(kind, value, "login") for kind, value in told if value)
