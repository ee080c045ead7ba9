"""The script that a page embeds to open a socket channel: made once, then served from memory.

Pages of other sites load it, so it is the same for everybody and carries no secret.
"""

from __future__ import annotations

import hashlib
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


def widget(spec: AdapterSpec) -> Handler:
    """The handler for `widget.js` of a channel. Raises `LookupError` when it declares none."""
    if spec.widget is None:
        raise LookupError(f"the channel {spec.name} has no widget")
    module, _, name = spec.widget.partition(":")
    script: str = getattr(import_module(module), name)()
    body = script.encode()
    tag = hashlib.sha256(body).hexdigest()[:32]

    async def serve(request: web.Request) -> web.Response:
        known = request.if_none_match
        unchanged = known is not None and any(one.value == tag for one in known)
        response = web.Response(
            status=304 if unchanged else 200,
            body=None if unchanged else body,
            content_type="text/javascript",
            charset="utf-8",
            headers=_HEADERS,
        )
        response.etag = tag
        if not unchanged:
            response.enable_compression()
        return response

    return serve
