"""The one door: every request passes this middleware, and what no rule names is refused.

It asks `gateway.access.entries` what it takes to enter and `gateway.access.callers` who it is,
checks the right that the route needs, and puts the security headers on whatever goes out. Handlers
below it may rely on `caller_of`; none checks credentials or rights of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from gateway.access.callers import Caller, Keeper, same_secret
from gateway.access.entries import RULES, Entry, Rule, entry_for
from gateway.access.hosts import Hosts
from gateway.access.proxies import FORWARDED_FOR, FORWARDED_PROTO, Client, Networks, seen_through
from gateway.access.roles import Right
from memory.store import Overloaded

log = structlog.get_logger(__name__)

COOKIE = "onethread_session"
CSRF_HEADER = "X-CSRF-Token"
UNATTENDED_HEADER = "X-Unattended"
"""A page sends it with what it reads by itself: that alone keeps no session alive."""

Needs = Mapping[tuple[str, str], Right]
"""The right that a route takes, by method and canonical path."""

_CALLER = web.RequestKey("caller", Caller)
_CLIENT = web.RequestKey("client", Client)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        # A mail's HTML, sealed by a policy of its own.
        "frame-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it a browser sends our own forms with the origin "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_KEPT_HEADERS = (hdrs.LOCATION, hdrs.ALLOW, hdrs.RETRY_AFTER)
_EMBEDDED_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class Problem(Exception):
    """A request that cannot be served: what is wrong, where, and what to do about it."""

    def __init__(self, status: int, error: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.where = where
        self.fix = fix
        self.headers: dict[str, str] = {}

    def response(self) -> web.Response:
        """The problem as the JSON object every error of the API is."""
        body = {"error": self.error, "where": self.where, "fix": self.fix}
        return web.Response(
            status=self.status,
            text=json.dumps(body),
            content_type="application/problem+json",
            headers=self.headers,
        )


def caller_of(request: web.Request) -> Caller:
    """Who makes this request. Only below an `API` or `PAGE` rule."""
    return request[_CALLER]


def remote_of(request: web.Request) -> str:
    """The network address of the other side, for lock-out and limits.

    Behind a trusted proxy that is the address the proxy names.
    """
    client = request.get(_CLIENT)
    return (request.remote or "unknown") if client is None else client.address


def make_gate(
    keeper: Keeper,
    needs: Needs,
    *,
    hosts: Hosts | None = None,
    trusted: Networks = (),
    rules: tuple[Rule, ...] = RULES,
) -> Middleware:
    """The middleware. `needs` is the right that each `API` route takes: one that is not in it is
    refused to everybody. `hosts` are the names pages and API answer to (`None`: any), `trusted` the
    proxies that are believed about who is behind them."""

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        path = request.path if resource is None else resource.canonical
        entry = entry_for(path, rules)
        if trusted:
            request[_CLIENT] = _client(request, trusted)
        try:
            await _admit(request, entry, keeper, needs, hosts)
            response = await handler(request)
        except Problem as problem:
            response = problem.response()
        except web.HTTPException as error:
            response = _plain_error(request, error)
        except Exception as error:
            if entry is Entry.CHANNEL:
                raise
            response = _broken(request, path, error).response()
        if not response.prepared:
            _add_headers(response, entry)
            _keep_cookies_private(request, response)
        return response

    return gate


def _client(request: web.Request, trusted: Networks) -> Client:
    headers = request.headers
    return seen_through(
        Client(request.remote or "unknown", request.scheme),
        headers.getall(FORWARDED_FOR, []),
        headers.getall(FORWARDED_PROTO, []),
        trusted,
    )


async def _admit(
    request: web.Request, entry: Entry | None, keeper: Keeper, needs: Needs, hosts: Hosts | None
) -> None:
    """Return when the request may go on. Raises `Problem`, or a redirect to the sign-in page."""
    _refuse_odd(request, entry, hosts)
    if entry in (Entry.API, Entry.PAGE):
        request[_CALLER] = caller = await _caller(request, entry, keeper)
        if entry is Entry.API:
            _refuse_without_right(request, caller, needs)


def _refuse_odd(request: web.Request, entry: Entry | None, hosts: Hosts | None) -> None:
    """Refuse what no credential could make right. Raises `Problem`."""
    if entry in (Entry.CHANNEL, Entry.PROBE):
        return
    if hosts is not None and not hosts.answer_to(request.host):
        raise Problem(
            421,
            "This server does not answer to that name.",
            where="Host header",
            fix="Use the address printed at start, or set server.public_url.",
        )
    if entry is None:
        raise Problem(404, "There is nothing here.", where=request.path)
    _refuse_foreign_page(request, always=_is_upgrade(request))


def _refuse_without_right(request: web.Request, caller: Caller, needs: Needs) -> None:
    """Refuse whoever has not the right that this route takes, and all where none is named."""
    resource = request.match_info.route.resource
    if resource is None:
        # There is no such route, or not with this method; the router says so.
        return
    method = "GET" if request.method == "HEAD" else request.method
    right = needs.get((method, resource.canonical))
    if right is None:
        raise Problem(403, "Nobody may do this: it names no right.", where=request.path)
    if right not in caller.rights:
        raise Problem(
            403,
            f"This needs the right “{right.value}”.",
            where="role" if caller.token_id is None else "token",
            fix="Ask an owner for it.",
        )


async def _caller(request: web.Request, entry: Entry, keeper: Keeper) -> Caller:
    """Who asks. Raises `Problem`, or a redirect to the sign-in page."""
    by_token = await _bearer(request, keeper) if entry is Entry.API else None
    return by_token or await _session_caller(request, entry, keeper)


def _refuse_foreign_page(request: web.Request, *, always: bool) -> None:
    """Refuse a change, or a socket, that a page of another site asks for."""
    if request.method in _SAFE and not always:
        return
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Problem(
            403,
            "A page of another site may not do this.",
            where="Origin header",
            fix="Use the console of this server.",
        )


async def _bearer(request: web.Request, keeper: Keeper) -> Caller | None:
    header = request.headers.get(hdrs.AUTHORIZATION)
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    remote = remote_of(request)
    caller = None
    if scheme.lower() == "bearer":
        caller = await keeper.by_token(token.strip(), remote)
    if caller is None:
        raise refusal(keeper, remote, "That token is not valid.")
    return caller


async def _session_caller(request: web.Request, entry: Entry, keeper: Keeper) -> Caller:
    attended = UNATTENDED_HEADER not in request.headers
    caller = await keeper.by_session(request.cookies.get(COOKIE, ""), attended=attended)
    if caller is None:
        if entry is Entry.PAGE and request.method in _SAFE:
            raise web.HTTPSeeOther(f"/console/sign-in?{urlencode({'next': request.path})}")
        raise refusal(keeper, remote_of(request), "This needs a token or a session.")
    sent = request.headers.get(CSRF_HEADER, "")
    if request.method not in _SAFE and not same_secret(sent, caller.csrf):
        raise Problem(
            403,
            "This change did not come from the console.",
            where=f"{CSRF_HEADER} header",
            fix="Reload the page and try again.",
        )
    return caller


def refusal(keeper: Keeper, remote: str, error: str) -> Problem:
    """401, or 429 while the address is locked out."""
    wait = keeper.locked_for(remote)
    if wait:
        log.warning("access_locked", seconds=wait)
        problem = Problem(
            429, "Too many wrong attempts.", where="credentials", fix=f"Wait {wait} seconds."
        )
        problem.headers["Retry-After"] = str(wait)
        return problem
    problem = Problem(
        401,
        error,
        where="Authorization header",
        fix="Send 'Authorization: Bearer TOKEN' with a token of 'onethread tokens add'.",
    )
    problem.headers["WWW-Authenticate"] = "Bearer"
    return problem


def _broken(request: web.Request, route: str, error: Exception) -> Problem:
    """What is told of a request that failed here: nothing of how."""
    if isinstance(error, Overloaded):
        problem = Problem(503, "The server is busy.", where="storage", fix="Try again shortly.")
        problem.headers["Retry-After"] = "2"
        return problem
    log.error("request_failed", route=route, error=type(error).__name__, exc_info=error)
    return Problem(500, "Something went wrong here.", where=request.path)


def _plain_error(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    """aiohttp's own errors: redirects and what providers see stay plain, the rest are problems."""
    if error.status < 400 or request.path.startswith("/channels/"):
        kept = {name: error.headers[name] for name in _KEPT_HEADERS if name in error.headers}
        return web.Response(status=error.status, text=error.text, headers=kept)
    problem = Problem(error.status, error.reason, where=request.path)
    if hdrs.ALLOW in error.headers:
        problem.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
    return problem.response()


def _add_headers(response: web.StreamResponse, entry: Entry | None) -> None:
    wanted = _EMBEDDED_HEADERS if entry is Entry.CHANNEL else _HEADERS
    for name, value in wanted.items():
        response.headers.setdefault(name, value)
    if entry in (Entry.API, Entry.PAGE):
        response.headers["Cache-Control"] = "no-store"


def _keep_cookies_private(request: web.Request, response: web.StreamResponse) -> None:
    """A cookie given over HTTPS comes back over HTTPS only."""
    client = request.get(_CLIENT)
    if (request.scheme if client is None else client.scheme) == "https":
        for cookie in response.cookies.values():
            cookie["secure"] = True


def _is_upgrade(request: web.Request) -> bool:
    return request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
