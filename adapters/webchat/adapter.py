"""Web chat: frames to messages and back. The gateway owns sockets, resume log and fan-out.

An anonymous browser is its own handle, held by its token; a visitor the business signed in is a
login. The two are never joined here, and a typed address is nothing but text.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.webchat.config import WebchatConfig
from adapters.webchat.protocol import Ping, Say, SeenFrame, TypingFrame, read_hello, read_later
from adapters.webchat.tokens import Login, Session, Tokens
from core.channel import AdapterContext, Refused
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
        resumed = known is not None and known.subject == session.subject
        resumed = resumed and known is not None and known.login == session.login
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
                "name": session.name,
                "title": self._config.title,
                "greeting": self._config.greeting,
                "resumed": resumed,
            },
            resume_from=hello.last_seq if resumed else 0,
            reply_address={"conversation": key},
            claims=_claims(login),
        )

    def _settle(self, known: Session | None, login: Login | None) -> Session:
        """Who is here: a login always wins, and is never joined to the anonymous session.

        A login's session without a fresh login is not believed either: without that, a browser
        would stay signed in after the person signed out of the business's page.
        """
        if login is not None:
            return Session(login.subject, True, login.name)
        if known is not None and not known.login:
            return known
        return Session(self._context.new_id(), False)

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
        if not say.text.strip():
            raise Refused(400, "an empty message")
        return InboundMessage(
            account=self._context.account,
            channel="webchat",
            event_id=f"{session.conversation_key}/{say.client_id}",
            conversation_key=session.conversation_key,
            sender=session.sender,
            assurance=session.assurance,
            evidence=session.evidence,
            text=say.text.replace("\x00", ""),
            reply_address=session.reply_address,
            sent_at=self._context.now(),
            quick_reply=say.quick_reply,
            client_id=str(say.client_id),
            claims=session.claims,
        )

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

    def write_refusal(self, reason: str, client_id: str | None) -> Mapping[str, object]:
        """What was not accepted."""
        return {"type": "refused", "reason": reason, "client_id": client_id}


def _claims(login: Login | None) -> tuple[Claim, ...]:
    """An address in a login is a hint like any other: proof of a login is not proof of a mailbox."""
    if login is None or login.email is None:
        return ()
    return (Claim("email", login.email, "login"),)
