"""How the simulated Slack calls the gateway: signed requests with its retries, or open sockets.

Retries come at once, after a minute and after five (https://docs.slack.dev/apis/events-api), in a
time scaled down. It sends what it is given and knows no posts.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
from aiohttp import web

from adapters.slack.signature import sign
from adapters.slack.simulator_world import World

RETRY_WAITS = (0.0, 60.0, 300.0)
_FRAME_LIMIT = 1_000_000


@dataclass(slots=True)
class Caller:
    """Delivers events and interactions. `faults` are used up one by an event:

    "duplicate" (sent twice), "lose" (sent, and its answer not heard: it is retried) or "reorder"
    (sent after the next one).
    """

    world: World
    signing_secret: str
    webhook_base: str
    scale: float
    ack_seconds: float
    faults: deque[str] = field(default_factory=deque)
    refused: int = 0
    attempts: list[Mapping[str, str]] = field(default_factory=list)
    session: aiohttp.ClientSession | None = None
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _acks: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    _held: list[dict[str, Any]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def event(self, body: dict[str, Any]) -> None:
        """Deliver one event. Raises `RuntimeError` when the gateway never took it."""
        fault = self.faults.popleft() if self.faults else ""
        if fault == "reorder":
            self._held.append(body)
            return
        await self._retried(body, deaf=fault == "lose")
        if fault == "duplicate":
            await self._retried(body)
        held, self._held = self._held, []
        for one in held:
            await self._retried(one)

    async def interaction(self, payload: dict[str, Any]) -> None:
        """Deliver a press of a button, which Slack does not retry. Raises `RuntimeError`."""
        if self._sockets:
            why = await self._by_socket("interactive", payload, 0, "")
        else:
            form = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
            why = await self._by_web("interactivity", form, "application/x-www-form-urlencoded", {})
        if why:
            raise RuntimeError(f"interactivity: {why}")

    async def serve_socket(self, request: web.Request) -> web.WebSocketResponse:
        """One open socket of the app (https://docs.slack.dev/apis/events-api/using-socket-mode)."""
        socket = web.WebSocketResponse(max_msg_size=_FRAME_LIMIT)
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": len(self._sockets) + 1})
        self._sockets.append(socket)
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledged(orjson.loads(message.data))
        finally:
            self._sockets.remove(socket)
        return socket

    async def disconnect(self, *, close: bool = False) -> None:
        """Ask every socket to come anew, as Slack does every few hours, or close it at once."""
        for socket in list(self._sockets):
            if close:
                await socket.close()
            else:
                await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    @property
    def sockets(self) -> int:
        """How many are open."""
        return len(self._sockets)

    @property
    def waiting(self) -> int:
        """How many envelopes are not acknowledged yet."""
        return len(self._acks)

    async def _retried(self, body: dict[str, Any], *, deaf: bool = False) -> None:
        why = reason = ""
        for attempt in range(len(RETRY_WAITS) + 1):
            if attempt:
                await asyncio.sleep(RETRY_WAITS[attempt - 1] * self.scale)
            if self._sockets:
                why = await self._by_socket("events_api", body, attempt, reason)
            else:
                content = orjson.dumps(body)
                why = await self._by_web(
                    "events", content, "application/json", _told(attempt, reason)
                )
            if not why and not (deaf and attempt == 0):
                return
            reason = why if why in ("http_timeout", "http_error") else "connection_failed"
            if why.endswith("no retry"):
                break
        raise RuntimeError(f"events: {why}")

    async def _by_web(
        self, route: str, content: bytes, kind: str, headers: Mapping[str, str]
    ) -> str:
        """Why the gateway did not take it; nothing when it did."""
        assert self.session is not None
        timestamp = str(int(self.world.now().timestamp()))
        signed = {
            **headers,
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.signing_secret.encode(), timestamp, content),
        }
        self.attempts.append(signed)
        try:
            async with self.session.post(
                f"{self.webhook_base}/{route}",
                data=content,
                headers=signed,
                timeout=aiohttp.ClientTimeout(total=self.ack_seconds),
            ) as answer:
                if answer.status < 300:
                    return ""
                self.refused += answer.status < 500
                final = answer.headers.get("X-Slack-No-Retry") == "1"
                return f"the gateway answered {answer.status}, no retry" if final else "http_error"
        except TimeoutError:
            return "http_timeout"
        except (aiohttp.ClientError, OSError) as error:
            return type(error).__name__

    async def _by_socket(
        self, kind: str, payload: Mapping[str, Any], attempt: int, reason: str
    ) -> str:
        number = next(self._numbers)
        socket = self._sockets[number % len(self._sockets)]
        envelope_id = f"envelope-{number}"
        ack: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = ack
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
            "retry_attempt": attempt,
            "retry_reason": reason,
        }
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(self.ack_seconds):
                await ack
        except TimeoutError:
            return "http_timeout"
        except (ConnectionError, aiohttp.ClientError) as error:
            return type(error).__name__
        finally:
            self._acks.pop(envelope_id, None)
        return ""

    def _acknowledged(self, frame: Mapping[str, Any]) -> None:
        ack = self._acks.get(str(frame.get("envelope_id")))
        if ack is not None and not ack.done():
            ack.set_result(None)


def _told(attempt: int, reason: str) -> Mapping[str, str]:
    if not attempt:
        return {}
    return {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
