"""Twilio's side of the wire, locally: the message API, phones that write, signed callbacks.

It behaves like the provider and, on demand, misbehaves: duplicates, lost answers, 429, 5xx,
garbage, silence. The adapter under it is the real one. It must never be enabled by `serve`.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.sms.signature import sign
from adapters.sms.simulator_account import SimulatedAccount, SimulatedNumber
from adapters.sms.simulator_answers import check_form, drop, misbehave, problem
from adapters.sms.simulator_media import Picture, SimulatedMedia
from core.gsm import segments

DEMO_TOKEN = "simulated-twilio-auth-token"
DEMO_ACCOUNT = "AC" + "0" * 32


@dataclass(frozen=True, slots=True)
class Crossing:
    """One message seen on the wire: `direction` is "in" (from a phone) or "out" (to a phone)."""

    seq: int
    direction: str
    id: str
    phone: str
    ours: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour, used up by one API call.

    `kind` is "throttle" (429), "fail" (500), "refuse" (400 with `code`), "garbage", "hang" (holds
    the connection for `seconds`), "lose" (accepts, then drops the connection) or "drop" (drops the
    connection without accepting).
    """

    kind: str
    code: int = 21211
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """The account as both sides know it. `signed_url` is what signatures are made for."""

    account_sid: str = DEMO_ACCOUNT
    auth_token: str = DEMO_TOKEN
    number: str = "+15550109999"
    signed_url: str = ""


@dataclass(slots=True)
class _Stored:
    sid: str
    to: str
    sender: str
    body: str
    direction: str
    at: datetime
    status: str = "queued"


@dataclass(slots=True)
class TwilioSimulator:
    """A provider on loopback. `webhook_base` is where the gateway really listens.

    `callbacks` is how many status callbacks follow a send: 0, or 2 ("sent", "delivered").
    """

    line: Line
    webhook_base: str
    callbacks: int = 2
    webhook_retries: int = 5
    on_outbound: Callable[[Crossing], None] | None = None
    account: SimulatedAccount = field(default_factory=SimulatedAccount)
    media: SimulatedMedia = field(default_factory=SimulatedMedia)
    faults: deque[Fault] = field(default_factory=deque)
    wire: list[Crossing] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    refused: int = 0
    _stored: list[_Stored] = field(default_factory=list)
    _by_phone: dict[str, list[Crossing]] = field(default_factory=dict)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _sids: count[int] = field(default_factory=lambda: count(1))
    _runner: web.AppRunner | None = None
    _session: aiohttp.ClientSession | None = None
    port: int = 0

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; `base_url` is then where the API is."""
        app = web.Application()
        app.router.add_post(f"{self._root}.json", self._create)
        app.router.add_get(f"{self._root}.json", self._list)
        app.router.add_get(self._root + "/{sid}.json", self._show)
        self.media.mount(app, self.line.account_sid, self._guarded)
        if not self.account.numbers:
            self.account.numbers.append(SimulatedNumber(self.line.number))
        self.account.mount(app, self.line.account_sid, self._guarded)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        server = site._server
        assert isinstance(server, asyncio.Server)
        self.port = server.sockets[0].getsockname()[1]
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))

    async def stop(self) -> None:
        """Stop listening and forget calls in flight."""
        for task in list(self._tasks):
            task.cancel()
        # A call that is cancelled and not waited for would leave its connection open.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def _root(self) -> str:
        return f"/2010-04-01/Accounts/{self.line.account_sid}/Messages"

    @property
    def base_url(self) -> str:
        """Where the adapter's API calls go."""
        return f"http://127.0.0.1:{self.port}"

    async def text(
        self, phone: str, body: str, sid: str | None = None, pictures: Sequence[Picture] = ()
    ) -> str:
        """A phone sends a text, with pictures or without; returns its message id once the gateway
        has taken it.

        Like Twilio asked by our URLs, a 5xx or a lost connection is tried again. Raises
        `RuntimeError` when the gateway refuses it or never takes it.
        """
        sid = sid or self._new_sid("MM" if pictures else "SM")
        if pictures:
            self.media.kept[sid] = pictures
        form = self._inbound_form(sid, phone, body)
        self._remember(_Stored(sid, self.line.number, phone, body, "inbound", _now(), "received"))
        self._cross("in", sid, phone, body)
        await self._post("inbound", form, self.webhook_retries)
        return sid

    async def deliver_again(self, phone: str, body: str, sid: str) -> None:
        """The same message once more, as after a lost answer. Nothing new crosses the wire."""
        await self._post("inbound", self._inbound_form(sid, phone, body), 0)

    def texts_to(self, phone: str) -> list[Crossing]:
        """What this phone received, in order."""
        return [one for one in self._by_phone.get(phone, ()) if one.direction == "out"]

    async def wait_for_reply(self, phone: str, after_seq: int, seconds: float = 30.0) -> Crossing:
        """The first text to this phone after that point of the wire. Raises `TimeoutError`."""

        def found() -> Crossing | None:
            mine = self._by_phone.get(phone, ())
            return next((c for c in mine if c.direction == "out" and c.seq > after_seq), None)

        async with asyncio.timeout(seconds), self._news:
            while (reply := found()) is None:
                await self._news.wait()
            return reply

    @property
    def last_seq(self) -> int:
        """How much has crossed the wire."""
        return len(self.wire)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if not self._authorised(request):
            return problem(401, 20003, "Authenticate")
        fields = parse_qsl(await request.text(), keep_blank_values=True)
        form, media = dict(fields), [url for name, url in fields if name == "MediaUrl"]
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and fault.kind not in ("lose", "hang"):
            return misbehave(fault.kind, fault.code, request)
        refusal = check_form(form.get("Body", ""), form.get("To", ""), media)
        if refusal is not None:
            return refusal
        assert self._session is not None
        sid = self._new_sid("MM" if media else "SM")
        if not await self.media.load(self._session, sid, media):
            return problem(400, 21620, "Invalid media URL(s)")
        stored = _Stored(
            sid,
            form["To"],
            form.get("From", self.line.number),
            form.get("Body", ""),
            "outbound-api",
            _now(),
        )
        self._remember(stored)
        self._cross("out", stored.sid, stored.to, stored.body)
        async with self._news:
            self._news.notify_all()
        if self.callbacks and form.get("StatusCallback"):
            self._spawn(self._report(stored))
        if fault is not None:
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            return drop(request)
        return web.json_response(self._json(stored), status=201)

    async def _list(self, request: web.Request) -> web.Response:
        if not self._authorised(request):
            return problem(401, 20003, "Authenticate")
        query = request.query
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        day = query.get("DateSent>", "")
        found = [
            one
            for one in reversed(self._stored)
            if query.get("To") in (None, one.to)
            and query.get("From") in (None, one.sender)
            and one.at.strftime("%Y-%m-%d") >= day
        ]
        more = found[(page + 1) * size :]
        following = str(request.rel_url.update_query({"Page": str(page + 1)})) if more else None
        items = [self._json(one) for one in found[page * size : (page + 1) * size]]
        return web.json_response({"messages": items, "next_page_uri": following})

    async def _show(self, request: web.Request) -> web.Response:
        if not self._authorised(request):
            return problem(401, 20003, "Authenticate")
        sid = request.match_info["sid"]
        found = next((one for one in self._stored if one.sid == sid), None)
        return (
            problem(404, 20404, "Not found")
            if found is None
            else web.json_response(self._json(found))
        )

    async def _report(self, stored: _Stored) -> None:
        for status in ("sent", "delivered")[: self.callbacks]:
            await asyncio.sleep(0.02)
            stored.status = status
            form = {
                "AccountSid": self.line.account_sid,
                "MessageSid": stored.sid,
                "MessageStatus": status,
                "To": stored.to,
                "From": stored.sender,
            }
            try:
                await self._post("status", form, 2)
            except RuntimeError as error:
                self.failures.append(str(error))

    async def _post(self, route: str, form: Mapping[str, str], retries: int) -> None:
        assert self._session is not None
        url = f"{self.line.signed_url or self.webhook_base}/{route}"
        signature = sign(self.line.auth_token.encode(), url, list(form.items()))
        headers = {"X-Twilio-Signature": signature}
        why = ""
        for attempt in range(retries + 1):
            if attempt:
                await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
            try:
                async with self._session.post(
                    f"{self.webhook_base}/{route}", data=form, headers=headers
                ) as answer:
                    if answer.status < 300:
                        return
                    why = f"{route}: the gateway answered {answer.status}"
                    if answer.status < 500:
                        self.refused += 1
                        break
            except (aiohttp.ClientError, OSError) as error:
                why = f"{route}: {type(error).__name__}"
        raise RuntimeError(why)

    def _inbound_form(self, sid: str, phone: str, body: str) -> dict[str, str]:
        return {
            "ToCountry": "US",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": body,
            "FromCountry": "US",
            "FromCity": "",
            "To": self.line.number,
            "NumSegments": str(segments(body)),
            "MessageSid": sid,
            "AccountSid": self.line.account_sid,
            "From": phone,
            "ApiVersion": "2010-04-01",
            **self.media.form(self.base_url, self.line.account_sid, sid),
        }

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if not self._authorised(request):
                return problem(401, 20003, "Authenticate")
            return await handler(request)

        return handle

    def _authorised(self, request: web.Request) -> bool:
        wanted = f"{self.line.account_sid}:{self.line.auth_token}".encode()
        expected = b"Basic " + base64.b64encode(wanted)
        return hmac.compare_digest(
            request.headers.get("Authorization", "").encode("utf-8", "replace"), expected
        )

    def _json(self, stored: _Stored) -> dict[str, object]:
        date = format_datetime(stored.at)
        return {
            "sid": stored.sid,
            "account_sid": self.line.account_sid,
            "body": stored.body,
            "to": stored.to,
            "from": stored.sender,
            "direction": stored.direction,
            "status": stored.status,
            "date_created": date,
            "date_sent": date,
            "num_segments": str(segments(stored.body)),
            "num_media": str(self.media.number_of(stored.sid)),
            "subresource_uris": {"media": f"{self._root}/{stored.sid}/Media.json"},
            "error_code": None,
            "error_message": None,
        }

    def _cross(self, direction: str, sid: str, phone: str, text: str) -> None:
        crossing = Crossing(
            len(self.wire) + 1, direction, sid, phone, self.line.number, text, _now()
        )
        self.wire.append(crossing)
        self._by_phone.setdefault(phone, []).append(crossing)
        if direction == "out" and self.on_outbound is not None:
            self.on_outbound(crossing)

    def _remember(self, stored: _Stored) -> None:
        self._stored.append(stored)

    def _new_sid(self, kind: str = "SM") -> str:
        return f"{kind}{next(self._sids):032x}"

    def _spawn(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _now() -> datetime:
    return datetime.now(UTC)
