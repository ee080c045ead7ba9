"""Documents with their few words filled in, and static files, for the console and the demo.

No page is put together from stored text, so nothing a customer wrote is ever part of a document.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.access.gate import Problem

HERE = Path(__file__).parent
_MEDIA = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


def page(
    name: str, *, folder: Path = HERE / "documents", status: int = 200, **words: str
) -> web.Response:
    """A document with its few words filled in, each escaped."""
    text = (folder / f"{name}.html").read_text(encoding="utf-8")
    filled = Template(text).substitute({key: escape(one) for key, one in words.items()})
    return web.Response(
        status=status, text=filled, content_type="text/html", headers={"Cache-Control": "no-store"}
    )


def static_files(folder: Path) -> Handler:
    """A handler for the files below `folder`, named by the route's `file`."""
    root = folder.resolve()

    async def serve(request: web.Request) -> web.Response:
        # No path can hold a NUL; asking for one is an error in itself.
        path = (root / request.match_info["file"].replace("\0", "?")).resolve()
        media = _MEDIA.get(path.suffix)
        if media is None or not path.is_relative_to(root) or not path.is_file():
            raise Problem(404, "There is nothing here.", where=request.path)
        return web.Response(
            text=path.read_text(encoding="utf-8"),
            content_type=media,
            headers={"Cache-Control": "no-cache"},
        )

    return serve
