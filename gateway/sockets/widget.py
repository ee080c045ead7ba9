"""The script that a page embeds to open a socket channel: made once a language, then from memory.

Pages of other sites load it, so it is the same for everybody and carries no secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from core.channel import AdapterSpec

_HEADERS = {
    hdrs.CACHE_CONTROL: "public, max-age=300, stale-while-revalidate=86400",
    # A page with an integrity attribute has to ask for it with CORS.
    hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_USUAL = "en"
_MOST_LANGUAGES = 200
_LONGEST_LANGUAGE = 35  # RFC 5646, section 4.4.1


@dataclass(frozen=True, slots=True)
class _Script:
    body: bytes
    tag: str


def widget(spec: AdapterSpec) -> Handler:
    """The handler for `widget.js` of a channel; `?lang=` is the language it speaks.

    Raises `LookupError` when the channel declares none.
    """
    if spec.widget is None:
        raise LookupError(f"the channel {spec.name} has no widget")
    module, _, name = spec.widget.partition(":")
    make: Callable[[str], str] = getattr(import_module(module), name)
    made = {_USUAL: _script(make(_USUAL))}

    def script(language: str) -> _Script:
        if language not in made:
            if len(made) >= _MOST_LANGUAGES or len(language) > _LONGEST_LANGUAGE:
                return made[_USUAL]
            made[language] = _script(make(language))
        return made[language]

    async def serve(request: web.Request) -> web.Response:
        wanted = script(request.query.get("lang", _USUAL))
        known = request.if_none_match
        unchanged = known is not None and any(one.value == wanted.tag for one in known)
        response = web.Response(
            status=304 if unchanged else 200,
            body=None if unchanged else wanted.body,
            content_type="text/javascript",
            charset="utf-8",
            headers=_HEADERS,
        )
        response.etag = wanted.tag
        if not unchanged:
            response.enable_compression()
        return response

    return serve


def _script(text: str) -> _Script:
    body = text.encode()
    return _Script(body, hashlib.sha256(body).hexdigest()[:32])
