"""Files of socket channels over HTTP: a page sends one, and fetches those of its thread.

The adapter says what an address is good for; here is what it costs: bytes, time, how often and how
many at once. What comes in takes the same door as every message, and what goes out is a download
that no browser takes for a page.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog
from aiohttp import hdrs, web

from core.channel import Refused
from core.message import InboundMessage
from core.socket_channel import CarriesFiles
from gateway.access.bodies import read_up_to
from gateway.access.gate import Problem, remote_of
from gateway.api.dispatch import as_answer
from gateway.api.files import FileAnswer, clean_type
from gateway.channels.enclosures import clean_name
from gateway.sockets.hub import SocketHub
from gateway.sockets.limits import Allowance
from memory.store import Overloaded

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_BUSY = "We are very busy. Please send the file again in a moment."
_FAILED = "The file could not be taken. Please try again."
_RETRY_SECONDS = "5"
_PREFLIGHT_SECONDS = "600"


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How often one thread and one network address may send a file, a second and with a burst, and
    how many files may be coming in at the same moment, from all and from each address."""

    rate: float = 1 / 20
    burst: int = 10
    remote_rate: float = 1.0
    remote_burst: int = 60
    at_once: int = 16
    at_once_each: int = 4


class _Counted:
    """An allowance for each name; those that are full again are forgotten."""

    _MOST = 4_096

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._known: dict[str, Allowance] = {}

    def wait(self, name: str, now: float) -> float:
        """Seconds until it may be done once more; 0 when it may be done now, and is counted."""
        if name not in self._known and len(self._known) >= self._MOST:
            self._known = {key: one for key, one in self._known.items() if not one.full(now)}
        known = self._known.setdefault(name, Allowance(self._rate, self._burst, now))
        return known.take_if_free(now)


class Uploads:
    """Takes files in for every account. `clock` is seconds of any steady clock."""

    def __init__(
        self,
        hub: SocketHub,
        limits: UploadLimits = UploadLimits(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hub = hub
        self._limits = limits
        self._clock = clock
        self._threads = _Counted(limits.rate, limits.burst)
        self._remotes = _Counted(limits.remote_rate, limits.remote_burst)
        self._coming: Counter[str] = Counter()

    def handler(self, adapter: CarriesFiles) -> Handler:
        """The handler of one account's `/upload`, for the file and for a browser's preflight."""

        async def serve(request: web.Request) -> web.StreamResponse:
            origin = request.headers.get(hdrs.ORIGIN, "").lower()
            if origin not in adapter.origins:
                return web.Response(status=403, text="this page may not send files here")
            answer = await self._answer(adapter, request)
            # Whoever may send has to be able to read what became of it.
            answer.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            answer.headers[hdrs.VARY] = hdrs.ORIGIN
            return answer

        return serve

    async def _answer(self, adapter: CarriesFiles, request: web.Request) -> web.Response:
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(
                status=204,
                headers={
                    hdrs.ACCESS_CONTROL_ALLOW_METHODS: hdrs.METH_POST,
                    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: hdrs.CONTENT_TYPE,
                    hdrs.ACCESS_CONTROL_MAX_AGE: _PREFLIGHT_SECONDS,
                },
            )
        try:
            message = adapter.read_upload(request.query.get("ticket", ""))
            self._count(request, message)
            return await self._take(message, request)
        except Refused as refused:
            log.warning("upload_refused", why=refused.reason, status=refused.status)
            return web.Response(status=refused.status, text=refused.reason, headers=refused.headers)
        except Problem as problem:
            return web.Response(status=problem.status, text=problem.error)

    def _count(self, request: web.Request, message: InboundMessage) -> None:
        """Raises `Refused` for whoever sends too many files."""
        now = self._clock()
        place = f"{message.account}/{message.conversation_key}"
        wait = self._threads.wait(place, now) or self._remotes.wait(remote_of(request), now)
        if wait > 0:
            raise Refused(
                429, "Too many files at once.", headers={hdrs.RETRY_AFTER: f"{wait + 1:.0f}"}
            )
        limits = self._limits
        if (
            self._coming.total() >= limits.at_once
            or self._coming[remote_of(request)] >= limits.at_once_each
        ):
            raise Refused(503, _BUSY, headers={hdrs.RETRY_AFTER: _RETRY_SECONDS})

    async def _take(self, message: InboundMessage, request: web.Request) -> web.Response:
        """Read the bytes and admit them. Raises `Problem` and `Refused`."""
        [file] = message.attachments
        remote = remote_of(request)
        self._coming[remote] += 1
        try:
            content = await read_up_to(request, file.size or 0)
            if not content:
                raise Refused(400, "The file is empty.")
            whole = replace(file, content=content, size=len(content))
            await self._hub.take(replace(message, attachments=(whole,)))
        except Overloaded:
            raise Refused(503, _BUSY, headers={hdrs.RETRY_AFTER: _RETRY_SECONDS}) from None
        except (Problem, Refused):
            raise
        except Exception:
            log.exception("upload_failed", account=message.account)
            raise Refused(500, _FAILED) from None
        finally:
            self._coming[remote] -= 1
            self._coming += Counter()  # forgets those that have none
        return web.Response(status=204)


def download(adapter: CarriesFiles, read: Callable[[str], Awaitable[bytes]]) -> Handler:
    """The handler of one account's `/file/{name}`. `read` gives a kept file by its reference."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            file = adapter.read_download(request.query.get("ticket", ""))
            content = await read(file.reference)
        except Refused as refused:
            return web.Response(status=refused.status, text=refused.reason)
        except LookupError:
            return web.Response(status=404, text="this file is not kept here any more")
        kept = FileAnswer(content, clean_type(file.media_type), clean_name(file.name))
        answer = as_answer(kept)
        answer.headers[hdrs.CACHE_CONTROL] = "private, no-store"
        return answer

    return serve
