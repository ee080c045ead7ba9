"""The console's pages: the shell in which every view is shown, and the static files.

It serves documents only; what the pages show they read from the API, which decides who may see it.
Coming in and going out is in `gateway.console.doors`.
"""

from __future__ import annotations

from aiohttp import web

from gateway.access.callers import Keeper
from gateway.access.gate import caller_of
from gateway.access.reception import Reception
from gateway.console.doors import register_doors
from gateway.console.sheets import HERE, page, static_files

_VIEWS = (
    "queue",
    "conversations",
    "customers",
    "identities",
    "playbook",
    "rules",
    "trouble",
    "people",
    "account",
)


def register_console(
    app: web.Application, keeper: Keeper, reception: Reception, *, secure: bool = False
) -> None:
    """Mount the console. `secure` marks the cookie for HTTPS only."""

    async def shell(request: web.Request) -> web.Response:
        return page("shell", csrf=caller_of(request).csrf)

    register_doors(app, keeper, reception, _VIEWS, secure=secure)
    app.router.add_get("/console", shell)
    app.router.add_get("/console/static/{file:.+}", static_files(HERE / "static"))
    for view in _VIEWS:
        app.router.add_get(f"/console/{view}", shell)
        app.router.add_get(f"/console/{view}/{{id}}", shell)
