"""The live line of console and demo: what the bus tells, relayed over a web socket.

One way only: what a page sends is read and dropped, so that a socket can never change anything. A
page that cannot keep up is disconnected; it reads its data again when it comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler

from gateway.access.gate import Needs, caller_of
from gateway.access.roles import Right
from gateway.api.dispatch import to_json
from gateway.api.lines import Lines
from gateway.events import CHANGES, Bus, Event

PATH = "/console/socket"
NEEDS: Needs = {("GET", PATH): Right.SEE}
HEARTBEAT_SECONDS = 25.0
_FRAME_LIMIT = 4096


Hold = Callable[[web.Request, Callable[[], None]], AbstractContextManager[None]]


def register_console_socket(app: web.Application, bus: Bus, lines: Lines) -> None:
    """Mount the console's live line, which tells that something changed and where."""

    def hold(request: web.Request, end: Callable[[], None]) -> AbstractContextManager[None]:
        return lines.held(caller_of(request), end)

    def translate(event: Event) -> Mapping[str, object] | None:
        return as_notice(event) if event.kind in CHANGES or event.kind == "delivered" else None

    app.router.add_get(PATH, relay(bus, translate, hold))


def as_notice(event: Event) -> Mapping[str, object]:
    """An event without its data: what a page needs to know what to read again."""
    return {
        "kind": "delivery" if event.kind == "delivered" else event.kind,
        "at": event.at,
        "customer_id": event.customer_id,
        "conversation_id": event.conversation_id,
    }


def _held_by_anybody(_request: web.Request, _end: object) -> AbstractContextManager[None]:
    return nullcontext()


def relay(
    bus: Bus,
    translate: Callable[[Event], Mapping[str, object] | None],
    hold: Hold = _held_by_anybody,
) -> Handler:
    """A handler that sends every event `translate` has something to say about, as JSON.

    `hold(request, end)` is entered while the line is open, and may call `end` to close it.
    """

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=_FRAME_LIMIT)
        with bus.subscribe() as events, hold(request, lambda: bus.leave(events)):
            await socket.prepare(request)
            sending = asyncio.create_task(_send(socket, events, translate))
            async for _ in socket:
                pass
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending
        return socket

    return serve


async def _send(
    socket: web.WebSocketResponse,
    events: AsyncIterable[Event],
    translate: Callable[[Event], Mapping[str, object] | None],
) -> None:
    async for event in events:
        said = translate(event)
        if said is not None:
            await socket.send_str(json.dumps(to_json(said), ensure_ascii=False))
    await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
