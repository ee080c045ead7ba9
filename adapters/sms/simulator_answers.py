"""What the simulated API answers when it does not do what it was asked: refusals, and misbehaviour.

Answers only; which of them is due is the simulator's to say.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

_LONGEST = 1600
_MOST_MEDIA = 10


def check_form(body: str, to: str, media: Sequence[str]) -> web.Response | None:
    """Why a message is refused, if it is."""
    if not body and not media:
        return problem(400, 21619, "A text message body or media urls must be specified")
    if len(body) > _LONGEST:
        return problem(400, 21617, "The body exceeds the 1600 character limit")
    if len(media) > _MOST_MEDIA:
        return problem(400, 21623, "Number of media files exceeds allowed limit")
    if not to:
        return problem(400, 21604, "A 'To' phone number is required")
    return None


def problem(status: int, code: int, message: str) -> web.Response:
    """A refusal as the API writes it."""
    return web.json_response({"code": code, "message": message, "status": status}, status=status)


def misbehave(kind: str, code: int, request: web.Request) -> web.StreamResponse:
    """The answer of a fault of that kind."""
    if kind == "throttle":
        return web.json_response(
            {"code": 20429, "message": "Too Many Requests"},
            status=429,
            headers={"Retry-After": "1"},
        )
    if kind == "refuse":
        return problem(400, code, "refused on purpose")
    if kind == "garbage":
        return web.Response(status=200, text="<html>not what you asked for</html>")
    if kind == "drop":
        return drop(request)
    return web.Response(status=500, text="failing on purpose")


def drop(request: web.Request) -> web.StreamResponse:
    """Close the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
