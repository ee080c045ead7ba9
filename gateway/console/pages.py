"""The console's pages: the shell, signing in by one-time link or token, and the static files.

It serves documents and sessions only; what the pages show they read from the API. No page is put
together from stored text, so nothing a customer wrote is ever part of a document.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.access import SESSION_LIFE, Keeper
from gateway.gate import COOKIE, Problem, remote_of

HERE = Path(__file__).parent
_MEDIA = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_AFTER_ENTERING = {"": "/console", "demo": "/demo"}


def register_console(
    app: web.Application, keeper: Keeper, *, secure: bool = False, simulated: bool = False
) -> None:
    """Mount the console. `secure` marks the cookie for HTTPS only; `simulated` labels a demo."""

    async def shell(request: web.Request) -> web.Response:
        session = keeper.session(request.cookies.get(COOKIE, ""))
        csrf = "" if session is None else session.csrf
        mark = "demo" if simulated else ""
        return page("shell", csrf=csrf, mark=mark)

    async def enter(request: web.Request) -> web.Response:
        cookie = keeper.use_link(request.query.get("once", ""), remote_of(request))
        if cookie is None:
            note = "This link was used already or is too old. A new one is printed in the terminal."
            return _sign_in_page(keeper, request, note)
        # A page of our own goes on, not a redirect: a Strict cookie set after a click on another
        # site would not be sent along with it.
        response = page(
            "entered", target=_AFTER_ENTERING.get(request.query.get("to", ""), "/console")
        )
        _set_cookie(response, cookie, secure=secure)
        return response

    async def sign_in_form(request: web.Request) -> web.Response:
        return _sign_in_page(keeper, request, "", status=200)

    async def sign_in(request: web.Request) -> web.Response:
        form = await request.post()
        token = form.get("token")
        actor = (
            keeper.check_token(token.strip(), remote_of(request))
            if isinstance(token, str)
            else None
        )
        if actor is None:
            return _sign_in_page(keeper, request, "That is not the admin token.")
        response = page("entered", target="/console")
        _set_cookie(response, keeper.open_session(actor), secure=secure)
        return response

    async def sign_out(request: web.Request) -> web.Response:
        keeper.end_session(request.cookies.get(COOKIE, ""))
        response = web.json_response({})
        response.del_cookie(COOKIE, path="/")
        return response

    app.router.add_get("/console", shell)
    app.router.add_get("/console/enter", enter)
    app.router.add_get("/console/sign-in", sign_in_form)
    app.router.add_post("/console/sign-in", sign_in)
    app.router.add_post("/console/sign-out", sign_out)
    app.router.add_get("/console/static/{file:.+}", static_files(HERE / "static"))
    for view in ("queue", "conversations", "customers", "trouble"):
        app.router.add_get(f"/console/{view}", shell)
        app.router.add_get(f"/console/{view}/{{id}}", shell)


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
        path = (root / request.match_info["file"]).resolve()
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
    keeper: Keeper, request: web.Request, note: str, status: int = 401
) -> web.Response:
    wait = keeper.locked_for(remote_of(request))
    if wait:
        return page("sign_in", note=f"Too many wrong attempts. Wait {wait} seconds.", status=429)
    return page("sign_in", note=note, status=status)


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
