"""The console's pages: the shell, signing in by one-time link or token, and the static files.

It serves documents and sessions only; what the pages show they read from the API. No page is put
together from stored text, so nothing a customer wrote is ever part of a document.
"""

from __future__ import annotations

import math
import re
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.access import SESSION_LIFE, Keeper
from gateway.bodies import read_form
from gateway.gate import COOKIE, Problem, remote_of

HERE = Path(__file__).parent
_MEDIA = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_VIEWS = ("queue", "conversations", "customers", "trouble")
_PLACE = re.compile(rf"/console/(?:{'|'.join(_VIEWS)})(?:/[0-9]{{1,19}})?")
_HOME = "/console/queue"
_AFTER_ENTERING = {"": _HOME, "demo": "/demo"}
_USED_LINK = "This link does not work: it was used already, or it is too old."
_WRONG_TOKEN = "That is not the admin token."
_ENDED = "Your session has ended. Sign in again to go on where you were."


def register_console(app: web.Application, keeper: Keeper, *, secure: bool = False) -> None:
    """Mount the console. `secure` marks the cookie for HTTPS only."""

    async def shell(request: web.Request) -> web.Response:
        session = keeper.session(request.cookies.get(COOKIE, ""))
        return page("shell", csrf="" if session is None else session.csrf)

    async def enter(request: web.Request) -> web.Response:
        cookie = keeper.use_link(request.query.get("once", ""), remote_of(request))
        if cookie is None:
            return _sign_in_page(keeper, request, _USED_LINK)
        # A page of our own goes on, not a redirect: a Strict cookie set after a click on another
        # site would not be sent along with it.
        target = _AFTER_ENTERING.get(request.query.get("to", ""), _HOME)
        response = page("entered", words="Signed in.", target=target)
        _set_cookie(response, cookie, secure=secure)
        return response

    async def sign_out(request: web.Request) -> web.Response:
        keeper.end_session(request.cookies.get(COOKIE, ""))
        response = web.Response(status=303, headers={"Location": "/console/sign-in"})
        response.del_cookie(COOKIE, path="/")
        return response

    app.router.add_get("/console", shell)
    app.router.add_get("/console/enter", enter)
    _register_sign_in(app, keeper, secure=secure)
    app.router.add_post("/console/sign-out", sign_out)
    app.router.add_get("/console/static/{file:.+}", static_files(HERE / "static"))
    for view in _VIEWS:
        app.router.add_get(f"/console/{view}", shell)
        app.router.add_get(f"/console/{view}/{{id}}", shell)


def _register_sign_in(app: web.Application, keeper: Keeper, *, secure: bool) -> None:
    async def sign_in_form(request: web.Request) -> web.Response:
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            # Coming from another site, a Strict cookie stays at home. Ask once more from here.
            return page("entered", words="One moment.", target=request.path_qs)
        cookie = request.cookies.get(COOKIE, "")
        after = request.query.get("next")
        if keeper.session(cookie) is not None:
            raise web.HTTPSeeOther(_place(after))
        note = _ENDED if cookie or "ended" in request.query else ""
        return _sign_in_page(keeper, request, note, after=after, status=200)

    async def sign_in(request: web.Request) -> web.Response:
        form = dict(await read_form(request))
        actor = keeper.check_token(form.get("token", "").strip(), remote_of(request))
        if actor is None:
            return _sign_in_page(keeper, request, _WRONG_TOKEN, after=form.get("next"))
        response = page("entered", words="Signed in.", target=_place(form.get("next")))
        _set_cookie(response, keeper.open_session(actor), secure=secure)
        return response

    app.router.add_get("/console/sign-in", sign_in_form)
    app.router.add_post("/console/sign-in", sign_in)


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


def _sign_in_page(
    keeper: Keeper, request: web.Request, note: str, *, after: object = None, status: int = 401
) -> web.Response:
    """The form, with what went wrong; `after` is where signing in leads."""
    wait = keeper.locked_for(remote_of(request))
    if wait:
        note, status = f"Too many wrong attempts. Wait {_span(wait)}, then try again.", 429
    return page("sign_in", note=note, next=_place(after), status=status)


def _span(seconds: int) -> str:
    """A wait in words: "40 seconds", "3 minutes"."""
    if seconds < 2:
        return "a second"
    return f"{seconds} seconds" if seconds <= 90 else f"{math.ceil((seconds - 1) / 60)} minutes"


def _place(wanted: object) -> str:
    """Where to go after signing in: a page of the console, whatever was asked for."""
    return wanted if isinstance(wanted, str) and _PLACE.fullmatch(wanted) else _HOME


def _set_cookie(response: web.Response, cookie: str, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=secure,
        path="/",
    )
