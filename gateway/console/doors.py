"""The doors of the console: signing in and out, and the pages that a one-time link opens.

Documents and cookies only; what opens a door is decided in `gateway.access.callers` and
`gateway.access.reception`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from aiohttp import web

from gateway.access.bodies import read_form
from gateway.access.callers import Keeper
from gateway.access.gate import COOKIE, remote_of
from gateway.access.passwords import Crowded
from gateway.access.reception import WELCOME, Reception
from gateway.console.sheets import page
from memory.pages.people import Invited
from memory.units.people.actors import ActorProblem
from memory.units.people.sessions import SESSION_LIFE

HOME = "/console/queue"
_AFTER_ENTERING = {"": HOME, "demo": "/demo"}

_USED_LINK = "This link does not work: it was used already, or it is too old."
_REFUSED = "Name and password do not fit, or this name has to wait after too many attempts."
_ENDED = "Your session has ended. Sign in again to go on where you were."
_CHANGED = "Your password is changed. Sign in with the new one."
_CROWDED = "Too many people sign in just now. Try again in a moment."


class Doors:
    """What all of them have in common: the form, the cookie, and where they lead."""

    def __init__(self, keeper: Keeper, views: Sequence[str], *, secure: bool) -> None:
        self._keeper = keeper
        self._secure = secure
        self._place = re.compile(rf"/console/(?:{'|'.join(views)})(?:/[0-9]{{1,19}})?")

    def place(self, wanted: object) -> str:
        """Where to go after signing in: a page of the console, whatever was asked for."""
        return wanted if isinstance(wanted, str) and self._place.fullmatch(wanted) else HOME

    def closed(
        self,
        request: web.Request,
        note: str,
        *,
        after: object = None,
        status: int = 401,
        login: str = "",
    ) -> web.Response:
        """The form to sign in with, and what went wrong; `after` is where signing in leads."""
        wait = self._keeper.locked_for(remote_of(request))
        if wait:
            note, status = f"Too many wrong attempts. Wait {_span(wait)}, then try again.", 429
        return page("sign_in", note=note, next=self.place(after), login=login, status=status)

    async def let_in(self, request: web.Request, cookie: str, target: str) -> web.Response:
        """Give the cookie; a session that this browser had before ends.

        A page of our own goes on, not a redirect: a Strict cookie set after a click on another site
        would not be sent along with it.
        """
        if before := request.cookies.get(COOKIE):
            await self._keeper.sign_out(before)
        response = page("entered", words="Signed in.", target=target)
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=SESSION_LIFE // 1_000_000,
            httponly=True,
            samesite="Strict",
            secure=self._secure,
            path="/",
        )
        return response


def register_doors(
    app: web.Application,
    keeper: Keeper,
    reception: Reception,
    views: Sequence[str],
    *,
    secure: bool,
) -> None:
    """Mount them. They lead to `views` only; `secure` marks the cookie for HTTPS only."""
    doors = Doors(keeper, views, secure=secure)
    _register_sign_in(app, keeper, doors)
    _register_welcome(app, reception, doors)

    async def enter(request: web.Request) -> web.Response:
        cookie = await keeper.use_link(request.query.get("once", ""), remote_of(request))
        if cookie is None:
            return doors.closed(request, _USED_LINK)
        target = _AFTER_ENTERING.get(request.query.get("to", ""), HOME)
        return await doors.let_in(request, cookie, target)

    async def sign_out(request: web.Request) -> web.Response:
        await keeper.sign_out(request.cookies.get(COOKIE, ""))
        response = web.Response(status=303, headers={"Location": "/console/sign-in"})
        response.del_cookie(COOKIE, path="/")
        return response

    app.router.add_get("/console/enter", enter, allow_head=False)
    app.router.add_post("/console/sign-out", sign_out)


def _register_sign_in(app: web.Application, keeper: Keeper, doors: Doors) -> None:
    async def sign_in_form(request: web.Request) -> web.Response:
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            # Coming from another site, a Strict cookie stays at home. Ask once more from here.
            return page("entered", words="One moment.", target=request.path_qs)
        cookie = request.cookies.get(COOKIE, "")
        after = request.query.get("next")
        if await keeper.by_session(cookie) is not None:
            raise web.HTTPSeeOther(doors.place(after))
        note = _ENDED if cookie or "ended" in request.query else ""
        if "changed" in request.query:
            note = _CHANGED
        return doors.closed(request, note, after=after, status=200)

    async def sign_in(request: web.Request) -> web.Response:
        form = dict(await read_form(request))
        login, after = form.get("login", ""), form.get("next")
        try:
            cookie = await keeper.sign_in(login, form.get("password", ""), remote_of(request))
        except Crowded:
            return doors.closed(request, _CROWDED, after=after, status=503)
        if cookie is None:
            return doors.closed(request, _REFUSED, after=after, login=login)
        return await doors.let_in(request, cookie, doors.place(after))

    app.router.add_get("/console/sign-in", sign_in_form)
    app.router.add_post("/console/sign-in", sign_in)


def _register_welcome(app: web.Application, reception: Reception, doors: Doors) -> None:
    async def show(request: web.Request) -> web.Response:
        # Looking uses nothing up: programs that check links in mails look, too.
        once = request.query.get("once", "")
        found = await reception.look_at(once, remote_of(request))
        if found is None:
            return doors.closed(request, _USED_LINK)
        return _welcome_page(found, {"once": once}, "", 200)

    async def come_in(request: web.Request) -> web.Response:
        form, remote = dict(await read_form(request)), remote_of(request)
        once, wanted = form.get("once", ""), form.get("password", "")
        found = await reception.look_at(once, remote)
        if found is None:
            return doors.closed(request, _USED_LINK)
        if wanted != form.get("again", ""):
            return _welcome_page(found, form, "The two passwords are not the same.", 422)
        try:
            cookie = await reception.come_in(
                once, wanted, remote, form.get("login", ""), form.get("name", "")
            )
        except ActorProblem as problem:
            return _welcome_page(found, form, _sentence(problem), 422)
        except Crowded:
            return _welcome_page(found, form, _CROWDED, 503)
        if cookie is None:
            return doors.closed(request, _USED_LINK)
        return await doors.let_in(request, cookie, HOME)

    app.router.add_get(WELCOME, show)
    app.router.add_post(WELCOME, come_in)


def _welcome_page(found: Invited, given: Mapping[str, str], note: str, status: int) -> web.Response:
    once = given.get("once", "")
    if found.login is not None:
        return page(
            "password", once=once, login=found.login, who=found.name, note=note, status=status
        )
    return page(
        "first_owner",
        once=once,
        login=given.get("login", ""),
        who=given.get("name", ""),
        note=note,
        status=status,
    )


def _span(seconds: int) -> str:
    """A wait in words: "40 seconds", "3 minutes"."""
    if seconds < 2:
        return "a second"
    return f"{seconds} seconds" if seconds <= 90 else f"{math.ceil((seconds - 1) / 60)} minutes"


def _sentence(problem: Exception) -> str:
    words = str(problem)
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
