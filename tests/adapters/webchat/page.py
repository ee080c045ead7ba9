"""The shop's page that embeds the widget in browser tests: the example's, on the server's address.

It forbids whatever a content security policy can forbid, so that every test proves that the widget
needs none of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from tests.adapters.webchat.chat_server import ACCOUNT

EXAMPLE = Path(__file__).parents[3] / "examples" / "webchat"
STRICT = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


def shop_page(port: int) -> str:
    """The example page, embedding the widget of the server on this port."""
    source = (EXAMPLE / "index.html").read_text(encoding="utf-8")
    return source.replace("127.0.0.1:8080", f"127.0.0.1:{port}")


def scripted_page(script: str = "/page.js", attributes: str = 'lang="en"') -> str:
    """A page that loads the widget and then its own script, with an element to fill."""
    return f"""<!doctype html><html {attributes}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Page</title>
<link rel="stylesheet" href="/page.css">
<script src="/channels/{ACCOUNT}/widget.js" defer></script><script src="{script}" defer></script>
</head><body><div id="here"></div></body></html>"""


def opening(port: int, **options: object) -> str:
    """A script that opens a chat with these options."""
    given = {"endpoint": f"ws://127.0.0.1:{port}/channels/{ACCOUNT}/socket", **options}
    return f"window.chat = OneThread.open({json.dumps(given)});"


def pages(port: int, **more: str) -> dict[str, Callable[[], web.Response]]:
    """The routes of the page; `more` are scripts by name, each with a page of that name."""
    routes = {
        "/": _answer(shop_page(port), "text/html"),
        "/page.css": _answer((EXAMPLE / "page.css").read_text(encoding="utf-8"), "text/css"),
    }
    for name, script in more.items():
        routes[f"/{name}"] = _answer(scripted_page(f"/{name}.js"), "text/html")
        routes[f"/{name}.js"] = _answer(script, "text/javascript")
    return routes


def _answer(text: str, content_type: str) -> Callable[[], web.Response]:
    headers = {"Content-Security-Policy": STRICT, "Cache-Control": "no-store"}

    def make() -> web.Response:
        return web.Response(text=text, content_type=content_type, headers=headers)

    return make
