"""Pictures on the provider's side of the wire: those of phones, kept for us; ours, loaded from us.

Like Twilio, it gives a picture out to the account alone, by a redirect to another address. It is
part of the simulator, and must never be enabled by `serve`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

Guard = Callable[[Handler], Handler]


@dataclass(frozen=True, slots=True)
class Picture:
    """One file of a message."""

    content: bytes
    media_type: str = "image/jpeg"


@dataclass(slots=True)
class SimulatedMedia:
    """The pictures of an account: `kept` of phones, `loaded` of our messages, by message id."""

    kept: dict[str, Sequence[Picture]] = field(default_factory=dict)
    loaded: dict[str, Sequence[Picture]] = field(default_factory=dict)
    authorised: list[tuple[str, bool]] = field(default_factory=list)
    """Each request for a picture: its path, and whether credentials came along."""

    def mount(self, app: web.Application, account_sid: str, guarded: Guard) -> None:
        """Serve the kept ones."""
        root = f"/2010-04-01/Accounts/{account_sid}/Messages/{{sid}}/Media"
        app.router.add_get(f"{root}.json", guarded(self._list))
        app.router.add_get(f"{root}/{{number}}", guarded(self._redirect))
        app.router.add_get("/stored/{sid}/{number}", self._stored)

    def form(self, base_url: str, account_sid: str, sid: str) -> dict[str, str]:
        """The fields of an inbound form that tell of a message's pictures."""
        pictures = self.kept.get(sid, ())
        root = f"{base_url}/2010-04-01/Accounts/{account_sid}/Messages/{sid}/Media"
        fields = {"NumMedia": str(len(pictures))}
        for number, one in enumerate(pictures):
            fields[f"MediaUrl{number}"] = f"{root}/{number}"
            fields[f"MediaContentType{number}"] = one.media_type
        return fields

    async def load(self, web: aiohttp.ClientSession, sid: str, urls: Sequence[str]) -> bool:
        """Load what a message of ours names; false when any of it is not there."""
        pictures = []
        for url in urls:
            async with web.get(url, allow_redirects=False) as answer:
                if answer.status != 200:
                    return False
                pictures.append(Picture(await answer.read(), answer.content_type))
        if pictures:
            self.loaded[sid] = pictures
        return True

    def number_of(self, sid: str) -> int:
        """How many a message has."""
        return len(self.kept.get(sid, self.loaded.get(sid, ())))

    async def _list(self, request: web.Request) -> web.Response:
        sid = request.match_info["sid"]
        root = request.path.removesuffix(".json")
        items = [
            {"sid": str(number), "content_type": one.media_type, "uri": f"{root}/{number}.json"}
            for number, one in enumerate(self.kept.get(sid, ()))
        ]
        return web.json_response({"media_list": items})

    async def _redirect(self, request: web.Request) -> web.Response:
        self._note(request)
        place = request.match_info
        raise web.HTTPTemporaryRedirect(f"/stored/{place['sid']}/{place['number']}")

    async def _stored(self, request: web.Request) -> web.Response:
        self._note(request)
        pictures = self.kept.get(request.match_info["sid"], ())
        number = int(request.match_info["number"])
        if number >= len(pictures):
            raise web.HTTPNotFound
        one = pictures[number]
        return web.Response(body=one.content, content_type=one.media_type)

    def _note(self, request: web.Request) -> None:
        self.authorised.append((request.path, "Authorization" in request.headers))
