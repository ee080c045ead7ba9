"""Socket Mode: the app opens a socket to Slack, for where Slack cannot reach the gateway.

An envelope is acknowledged only once what it brought is durable. What is under way is bounded:
beyond it nothing more is read, and Slack waits. A socket that Slack is about to close is replaced
before it is (https://docs.slack.dev/apis/events-api/using-socket-mode). The SDK's own client queues
without a bound, which is why it is not used.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from adapters.slack.api import SlackApi
from adapters.slack.listening import Listeners
from core.channel import Refused, SendError
from core.channel_abilities import Sink

log = logging.getLogger(__name__)

_AT_ONCE = 16
_HEARTBEAT_SECONDS = 30.0
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_LAST_WORDS_SECONDS = 15.0
_FRAME_LIMIT = 4_000_000


@dataclass(slots=True)
class _Connection:
    """One open socket; `leaving` is set when the next one is wanted."""

    socket: aiohttp.ClientWebSocketResponse
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    greeted: bool = False


class Socket:
    """The sockets of one app: one, and while it is replaced two."""

    def __init__(self, api: SlackApi, token: str, listeners: Listeners) -> None:
        self._api = api
        self._token = token
        self._listeners = listeners
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._runner: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, sink: Sink) -> None:
        """Connect in a task of its own."""
        self._runner = asyncio.create_task(self._run(sink))

    async def stop(self) -> None:
        """Read no more, and return when what was read is handed over or given up."""
        if self._runner is None:
            return
        self._runner.cancel()
        await asyncio.gather(self._runner, return_exceptions=True)
        self._runner = None
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_LAST_WORDS_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, sink: Sink) -> None:
        """One socket after the other, with growing waits while none can be had."""
        wait = _FIRST_WAIT
        serving: set[asyncio.Task[None]] = set()
        try:
            while True:
                why = "it was closed before it said hello"
                try:
                    one = _Connection(await self._connect())
                    task = asyncio.create_task(self._serve(one, sink))
                    serving.add(task)
                    task.add_done_callback(serving.discard)
                    await one.leaving.wait()
                    if one.greeted:
                        wait = _FIRST_WAIT
                        continue
                except SendError as error:
                    why = error.reason
                except (aiohttp.ClientError, TimeoutError, OSError) as error:
                    why = type(error).__name__
                log.warning("slack: no socket, next try in %.0f s: %s", wait, why)
                await asyncio.sleep(wait)
                wait = min(_LONGEST_WAIT, wait * 2)
        finally:
            for task in list(serving):
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        told = await self._api.call("apps.connections.open", self._token, "socket")
        url = told.get("url")
        if not isinstance(url, str):
            raise SendError("Slack gave no address for a socket.", retryable=True)
        return await self._api.session.ws_connect(
            url, heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_FRAME_LIMIT
        )

    async def _serve(self, one: _Connection, sink: Sink) -> None:
        """Read one socket until it is closed."""
        try:
            async for message in one.socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                frame = _frame(message.data)
                if frame.get("type") == "hello":
                    one.greeted = True
                elif frame.get("type") == "disconnect":
                    one.leaving.set()
                elif frame.get("envelope_id"):
                    await self._room.acquire()
                    self._spawn(self._take(one.socket, frame, sink))
        finally:
            one.leaving.set()
            await one.socket.close()

    async def _take(
        self, socket: aiohttp.ClientWebSocketResponse, frame: dict[str, Any], sink: Sink
    ) -> None:
        """One envelope: translated, made durable, and only then acknowledged."""
        try:
            payload = frame.get("payload")
            if isinstance(payload, dict) and frame.get("type") in ("events_api", "interactive"):
                await sink(await self._listeners.read(payload))
        except Refused as refused:
            log.warning("slack: an envelope was refused: %s", refused.reason)
            if refused.status >= 500:
                return
        except Exception as error:  # noqa: BLE001 - not acknowledged, so Slack brings it again
            log.warning("slack: an envelope was not taken: %s", type(error).__name__)
            return
        finally:
            self._room.release()
        if not socket.closed:
            await _acknowledge(socket, str(frame["envelope_id"]))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _acknowledge(socket: aiohttp.ClientWebSocketResponse, envelope_id: str) -> None:
    """A socket that closed meanwhile takes nothing; Slack brings the envelope again."""
    try:
        await socket.send_str(orjson.dumps({"envelope_id": envelope_id}).decode())
    except (aiohttp.ClientError, ConnectionError) as error:
        log.info("slack: an acknowledgement was lost: %s", type(error).__name__)


def _frame(data: str) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        log.warning("slack: a frame of the socket is no JSON")
        return {}
    return found if isinstance(found, dict) else {}
