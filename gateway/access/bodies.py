"""Reads a request's body within bounds of size and time, and forms that are text.

Whatever cannot be read is a `Problem` with its status; what a body means is its reader's affair.
"""

from __future__ import annotations

import asyncio
import codecs
from urllib.parse import parse_qsl

from aiohttp import web
from yarl import URL

from gateway.access.gate import Problem

BODY_SECONDS = 10.0
"""How long a body may take to come in: whoever sends slower would keep others waiting."""

FILE_SECONDS = 120.0
"""How long a file may take to come in."""

FORM = "application/x-www-form-urlencoded"


async def read_whole(request: web.Request) -> bytes:
    """The body. Raises `Problem` when it is too large, breaks off or does not come in time."""
    try:
        if request.content.is_eof():
            # It came with the headers, as nearly all do, and there is nothing to wait for.
            return await request.read()
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        error, fix = "The body did not come in time.", f"Send it within {BODY_SECONDS:g} seconds."
        raise Problem(408, error, where="body", fix=fix) from None
    except web.HTTPRequestEntityTooLarge:
        raise Problem(413, "The body is too large.", where="body", fix="Send less.") from None
    except (web.RequestPayloadError, ValueError):
        raise Problem(400, "The body cannot be decoded.", where="body") from None


async def read_up_to(request: web.Request, limit: int) -> bytes:
    """A body that may be larger than others are: at most `limit` bytes. Raises `Problem` as
    `read_whole` does."""
    received = bytearray()
    try:
        async with asyncio.timeout(FILE_SECONDS):
            async for piece in request.content.iter_any():
                received += piece
                if len(received) > limit:
                    fix = f"At most {limit // 1024 // 1024} MiB."
                    raise Problem(413, "The file is too large.", where="body", fix=fix)
    except TimeoutError:
        error, fix = "The file did not come in time.", f"Send it within {FILE_SECONDS:g} seconds."
        raise Problem(408, error, where="body", fix=fix) from None
    except (web.RequestPayloadError, ValueError):
        raise Problem(400, "The body cannot be decoded.", where="body") from None
    return bytes(received)


async def read_form(request: web.Request) -> list[tuple[str, str]]:
    """The fields of a form, none of another kind of body. Raises `Problem` as `read_whole` does,
    and for a form that is not UTF-8."""
    body = await read_whole(request)
    if request.content_type != FORM:
        return []
    try:
        _refuse_odd_charset(request.charset)
        return form_fields(body.decode())
    except (LookupError, ValueError):
        raise Problem(400, "The body cannot be decoded.", where="body", fix="Use UTF-8.") from None


def form_fields(text: str) -> list[tuple[str, str]]:
    """The fields of a form, in order, blank ones too.

    A URL's query has the same form and is taken apart in C; only a text that could not be a query
    goes the long way.
    """
    if "#" in text:
        return parse_qsl(text, keep_blank_values=True)
    return list(URL(f"?{text}", encoded=True).query.items())


def _refuse_odd_charset(charset: str | None) -> None:
    """Forms are UTF-8; others could smuggle in halves of characters that nothing can sign or store.
    Raises `LookupError` for a name that is none, `ValueError` for another charset."""
    if charset is not None and codecs.lookup(charset).name != "utf-8":
        raise ValueError(charset)
