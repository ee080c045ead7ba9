"""A small real server for web chat: hub and adapter over aiohttp, with the thread in memory.

Its log stands in for the database; everything else is what a gateway runs. It can be stopped, and
started again on its port with what it knew, or with nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import secrets
import socket
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from aiohttp import web

from adapters.webchat import SPEC
from adapters.webchat.adapter import WebchatAdapter
from adapters.webchat.config import JwtKey, WebchatConfig
from core.channel import AdapterContext
from core.message import Attachment, Author, InboundMessage, OutboundMessage, QuickReply
from core.rendering import renderer
from core.socket_channel import LoggedMessage, SocketRequest
from gateway.sockets.files import Uploads, download
from gateway.sockets.hub import SocketHub
from gateway.sockets.limits import SocketLimits
from gateway.sockets.widget import widget
from memory.store import Overloaded
from tests.adapters.keep import MemoryKeep, no_file

ACCOUNT = "webchat"
ORIGIN = "https://shop.example.com"
SECRET = "test-secret-of-the-chat-sessions-0123456789"
KEY = "test-key-of-the-business-server-0123456789"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FROM_SHOP = SocketRequest(ORIGIN, "192.0.2.1")


def make_config(**changes: Any) -> WebchatConfig:
    """A web chat that takes logins signed with `KEY`."""
    return WebchatConfig.model_validate(
        {
            "allowed_origins": (ORIGIN,),
            "secret": SECRET,
            "jwt_keys": {"k1": JwtKey.model_validate({"key": KEY})},
            "title": "Tidewater Outfitters",
            **changes,
        }
    )


def make_adapter(
    config: WebchatConfig | None = None,
    now: Callable[[], datetime] = lambda: NOW,
    base: str = f"https://gateway.example/channels/{ACCOUNT}",
) -> WebchatAdapter:
    """An adapter with ids that count up, on a clock of the caller's."""
    numbers = itertools.count(1)
    context = AdapterContext(
        ACCOUNT,
        base,
        now,
        lambda: f"id{next(numbers)}",
        MemoryKeep(),
        no_file,
    )
    return WebchatAdapter(config or make_config(), context)


def login(
    subject: str = "cust-1",
    *,
    jti: str = "j1",
    at: datetime = NOW,
    key: Any = KEY,
    algorithm: str = "HS256",
    kid: str | None = "k1",
    **claims: object,
) -> str:
    """A login as the business's own server would sign it."""
    body = {"sub": subject, "aud": "onethread", "jti": jti, "exp": at + timedelta(minutes=5)}
    return jwt.encode(
        {**body, **claims}, key, algorithm=algorithm, headers={"kid": kid} if kid else None
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a message."""

    seq: int
    duplicate: bool
    text: str


@dataclass
class MemoryThreads:
    """Threads in memory: numbered, unique per event. `gate` holds reads of the log back."""

    logs: defaultdict[tuple[str, str], list[LoggedMessage]] = field(
        default_factory=lambda: defaultdict(list)
    )
    events: dict[str, Kept] = field(default_factory=dict)
    seen_up_to: dict[tuple[str, str], int] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    overloaded: int = 0
    broken: bool = False
    page: int = 500
    gate: asyncio.Event | None = None
    on_admit: Callable[[InboundMessage], None] | None = None

    async def admit(self, message: InboundMessage) -> Kept:
        if self.overloaded:
            self.overloaded -= 1
            raise Overloaded
        if self.broken:
            raise RuntimeError("the disk is full")
        known = self.events.get(message.event_id)
        if known is not None:
            return Kept(known.seq, True, known.text)
        place = (message.account, message.conversation_key)
        payload: dict[str, object] = {"text": message.text}
        if message.attachments:
            payload["attachments"] = [self.keep(one) for one in message.attachments]
        entry = self.append(*place, Author.CUSTOMER, payload, client_id=message.client_id)
        kept = self.events[message.event_id] = Kept(entry.seq, False, message.text)
        await asyncio.sleep(0)
        if self.on_admit is not None:
            self.on_admit(message)
        return kept

    def keep(self, file: Attachment) -> dict[str, object]:
        """A file as the log names it once it is kept."""
        reference = f"file:{hashlib.sha256(file.content or b'').hexdigest()}"
        self.files[reference] = file.content or b""
        told = {"name": file.name, "media_type": file.media_type, "size": file.size}
        return {**told, "reference": reference}

    async def read_file(self, reference: str) -> bytes:
        return self.files[reference]

    def append(
        self,
        account: str,
        key: str,
        author: Author,
        payload: Mapping[str, object],
        *,
        name: str | None = None,
        client_id: str | None = None,
    ) -> LoggedMessage:
        log = self.logs[account, key]
        log.append(LoggedMessage(len(log) + 1, author, name, payload, datetime.now(UTC), client_id))
        return log[-1]

    async def log_after(self, account: str, key: str, seq: int) -> Sequence[LoggedMessage]:
        newer = [one for one in self.logs[account, key] if one.seq > seq]
        entries = newer[: self.page] if seq else newer[-self.page :]
        if self.gate is not None:
            await self.gate.wait()
        return entries

    async def prove(self, handle_key: str, link: str) -> None:
        self.links.append((handle_key, link))

    async def standing(self, handle_key: str) -> int:
        return self.changes.get(handle_key, 0)

    async def seen(self, account: str, key: str, seq: int) -> None:
        self.seen_up_to[account, key] = seq


class ChatServer:
    """One gateway as far as a chat can tell. `pages` are routes of the page that embeds it."""

    def __init__(
        self,
        config: WebchatConfig | None = None,
        *,
        limits: SocketLimits = SocketLimits(),  # noqa: B008 - frozen
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pages: Mapping[str, Callable[[], web.Response]] | None = None,
        port: int = 0,
    ) -> None:
        self.threads = MemoryThreads()
        self.config = config or make_config()
        self._limits = limits
        self._now = now
        self._pages = pages or {}
        self._runner: web.AppRunner | None = None
        self.hub = SocketHub(self.threads, limits)
        self.port = port
        self.adapter = make_adapter(self.config, now)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/channels/{ACCOUNT}/socket"

    async def start(self) -> None:
        """Listen; on the port it had before, if it had one."""
        self.hub = SocketHub(self.threads, self._limits)
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        base = f"/channels/{ACCOUNT}"
        adapter = self.adapter = make_adapter(self.config, self._now, self.base_url + base)
        uploads = Uploads(self.hub)
        app = web.Application()
        app.router.add_get(f"/channels/{ACCOUNT}/socket", self.hub.handler(ACCOUNT, adapter))
        app.router.add_get(f"/channels/{ACCOUNT}/widget.js", widget(SPEC))
        for method in ("POST", "OPTIONS"):
            app.router.add_route(method, f"{base}/upload", uploads.handler(adapter))
        app.router.add_get(f"{base}/file/{{name}}", download(adapter, self.threads.read_file))
        for path, page in self._pages.items():
            app.router.add_get(path, _serving(page))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self, *, ask: bool = True) -> None:
        """Stop listening. `ask` tells clients to come back, as a planned restart would; otherwise
        every connection ends without a word, as in a crash."""
        if ask:
            await self.hub.close()
        elif self._runner is not None and self._runner.server is not None:
            for one in self._runner.server.connections:
                if one.transport is not None:
                    one.transport.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def post(
        self,
        key: str,
        text: str,
        *,
        author: Author = Author.BOT,
        name: str | None = None,
        choices: Sequence[str] = (),
        publish: bool = True,
    ) -> LoggedMessage:
        """Write into a thread as the gateway does: durable, then published."""
        replies = tuple(QuickReply(one, one) for one in choices)
        [part] = renderer(SPEC.capabilities)(OutboundMessage(text, replies))
        entry = self.threads.append(ACCOUNT, key, author, part.payload, name=name)
        if publish:
            self.hub.publish(ACCOUNT, key, entry)
        return entry


async def until(happened: Callable[[], bool]) -> None:
    """Wait for what another task or page does."""
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - what is looked at tells nobody of its changes
            await asyncio.sleep(0.005)


def free_port() -> int:
    """A port nobody listens on, for a page whose origin has to be known before it is served.

    Not one that the system hands out by itself: it may give that to anybody until it is used, and
    while a gateway is restarted.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _serving(page: Callable[[], web.Response]) -> Callable[[web.Request], Any]:
    async def serve(_request: web.Request) -> web.Response:
        return page()

    return serve
