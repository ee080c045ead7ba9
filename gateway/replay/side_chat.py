"""Web chats: every customer of a replay is logged in to a page and writes there.

The login is signed as the business's own server would, and claims no mail address. It never looks
into the gateway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import aiohttp
import jwt

from adapters.webchat.client import ChatClient, ChatRefused
from gateway.replay.people import Person
from gateway.replay.player import NotPlayed, message_digest
from gateway.replay.wire import Wire

_ORIGIN = "http://replay.invalid"
_KEY_ID = "replay"
_KEY = "replay-only-key-of-the-business-server"
_SECRET = "replay-only-secret-of-the-chat-sessions"
_LOGIN_LIFE = timedelta(minutes=59)
_FOREVER = 86_400.0


class ChatSide:
    """The page, its server that signs logins, and one session for all sockets."""

    account = "webchat"

    def __init__(self, base_url: str, wire: Wire, now: Callable[[], datetime]) -> None:
        self._url = f"{base_url.replace('http', 'ws', 1)}/channels/{self.account}/socket"
        self._wire = wire
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Get ready to connect."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    def table(self) -> Mapping[str, Any]:
        """The account's settings."""
        return {
            "adapter": "webchat",
            "allowed_origins": [_ORIGIN],
            "secret": _SECRET,
            "jwt_keys": {_KEY_ID: {"key": _KEY}},
        }

    async def open_line(self, dialogue_id: str, person: Person) -> Chat:
        """The customer's page. It connects with the first message."""
        client = ChatClient(
            self._url, _ORIGIN, jwt=self._login(person.login), session=self._session
        )
        return Chat(client, dialogue_id, person.login, self._wire)

    async def stop(self) -> None:
        """Close what is left open."""
        if self._session is not None:
            await self._session.close()

    def _login(self, subject: str) -> str:
        claims = {
            "sub": subject,
            "aud": "onethread",
            "jti": f"replay-{subject}",
            "exp": int((self._now() + _LOGIN_LIFE).timestamp()),
        }
        return jwt.encode(claims, _KEY, algorithm="HS256", headers={"kid": _KEY_ID})


class Chat:
    """One customer's web chat, signed in. It connects with its first message."""

    account = ChatSide.account
    channel = "chat"

    def __init__(self, client: ChatClient, dialogue_id: str, login: str, wire: Wire) -> None:
        self._client = client
        self._dialogue_id = dialogue_id
        self._wire = wire
        self._sent = 0
        self._watcher: asyncio.Task[None] | None = None
        self.handle = login

    async def send(self, text: str, crossing: Callable[[str], None]) -> str:
        """Write into the chat."""
        self._sent += 1
        client_id = str(UUID(bytes=message_digest(self._dialogue_id, self.handle, self._sent)[:16]))
        try:
            if self._watcher is None:
                await self._client.connect()
                self._watcher = asyncio.create_task(self._watch())
            event_id = f"{self._client.conversation}/{client_id}"
            crossing(event_id)
            await self._client.say(text, client_id)
        except (ChatRefused, OSError) as error:
            raise NotPlayed(f"the chat message was not taken: {error}") from error
        return event_id

    async def close(self) -> None:
        """Leave the page."""
        if self._watcher is not None:
            self._watcher.cancel()
        await self._client.close()

    async def _watch(self) -> None:
        """Note every message that is shown and that the customer did not write."""
        seen = 0
        while True:
            shown = await self._client.wait_for_reply(seen, _FOREVER)
            seen = shown.seq
            self._wire.note_out(
                self._dialogue_id,
                self.channel,
                self.handle,
                shown.text,
                message_id=shown_id(self._client.conversation, shown.seq),
            )


def shown_id(conversation: str, seq: int) -> str:
    """The id of a message in a chat as its visitor knows it: the thread, and its number there."""
    return f"{conversation}/{seq}"
