"""The HTTP API: a table of endpoints, and the one way in which each of them is served.

A request is checked against its models, handed to its handler, and answered as JSON; ids are
strings there, because JavaScript cannot hold them, and times are ISO 8601 in UTC. Endpoints are
data (`gateway.api.routes`), from which the OpenAPI document is made too.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from gateway.access.bodies import read_up_to, read_whole
from gateway.access.gate import Needs, Problem, caller_of
from gateway.access.roles import Right
from gateway.api.calls import PREFIX, Accepted, ApiServices, Call, Endpoint, M, is_id
from gateway.api.files import FileAnswer
from gateway.api.openapi import describe
from gateway.api.routes import ENDPOINTS

__all__ = ["NEEDS", "ApiServices", "as_answer", "read_body", "register_api", "to_json"]

_BODY_LIMIT = 64 * 1024
_AS_THEY_ARE = frozenset({str, bool, float, type(None)})
_DESCRIPTION = f"{PREFIX}/openapi.json"

NEEDS: Needs = {
    ("GET", _DESCRIPTION): Right.SELF,
    **{(one.method, PREFIX + one.path): one.needs for one in ENDPOINTS},
}
"""What each operation takes, for `gateway.access.gate`."""


def register_api(app: web.Application, services: ApiServices) -> None:
    """Mount the endpoints and the document that describes them."""

    async def openapi(_request: web.Request) -> web.Response:
        document = await asyncio.to_thread(_document)
        return web.Response(text=document, content_type="application/json")

    app.router.add_get(_DESCRIPTION, openapi)
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, PREFIX + endpoint.path, _serve(endpoint, services))


@cache
def _document() -> str:
    # Made when somebody asks for it: it takes longer than all the rest of a start.
    return json.dumps(describe(ENDPOINTS))


def _serve(
    endpoint: Endpoint, services: ApiServices
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        call = Call(
            services,
            caller_of(request),
            dict(request.match_info),
            _read_query(endpoint, request),
            None
            if endpoint.body is None
            else await read_body(endpoint.body, request, endpoint.body_limit),
            b"" if endpoint.takes_file is None else await read_up_to(request, endpoint.takes_file),
            request.content_type,
        )
        return as_answer(await endpoint.handle(call))

    return serve


def as_answer(value: object) -> web.Response:
    """A handler's answer as the response it becomes: a file as its bytes, all else as JSON."""
    if isinstance(value, FileAnswer):
        charset = "utf-8" if value.media_type.startswith("text/") else None
        return web.Response(
            body=value.content,
            content_type=value.media_type,
            charset=charset,
            headers=value.headers(),
        )
    status = 200
    if isinstance(value, Accepted):
        status, value = 202, value.value
    text = json.dumps(to_json(value), ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json")


def _read_query(endpoint: Endpoint, request: web.Request) -> BaseModel | None:
    given: dict[str, str] = {}
    for name, value in request.query.items():
        if name in given or endpoint.query is None:
            raise Problem(
                400,
                "This parameter is not understood.",
                where=f"query: {name}",
                fix="Leave it out.",
            )
        given[name] = value
    return None if endpoint.query is None else _validate(endpoint.query, given, "query")


async def read_body(model: type[M], request: web.Request, limit: int = _BODY_LIMIT) -> M:
    """The request's JSON body as its model. Raises `Problem`, naming the field at fault."""
    if request.content_type != "application/json":
        raise Problem(
            415,
            "The body has to be JSON.",
            where="Content-Type header",
            fix="Send application/json.",
        )
    raw = await read_whole(request)
    if len(raw) > limit:
        raise Problem(413, "The body is too large.", where="body", fix=f"At most {limit} bytes.")
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON.", where="body", fix="Check its syntax.") from None
    return _validate(model, given, "body")


def _validate(model: type[M], given: object, part: str) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        fix = (
            "Leave this field out; its name is not known here."
            if first["type"] == "extra_forbidden"
            else "Give a value the API description allows."
        )
        raise Problem(
            422, first["msg"], where=f"{part}: {where}" if where else part, fix=fix
        ) from None


@lru_cache(maxsize=512)
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind))


def to_json(value: object, name: str = "") -> object:
    """Plain JSON of an answer; ids (see `is_id`) and whole numbers in lists become strings."""
    # Most of what a page holds, so that nothing else is asked of it.
    if type(value) in _AS_THEY_ARE:
        return value
    if type(value) is int:
        return str(value) if is_id(name) else value
    if isinstance(value, BaseModel):
        return {key: to_json(getattr(value, key), key) for key in type(value).model_fields}
    kind: Any = type(value)
    if hasattr(kind, "__dataclass_fields__"):
        return {one: to_json(getattr(value, one), one) for one in _field_names(kind)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_json(one, str(key)) for key, one in value.items()}
    if isinstance(value, str | bytes) or value is None:
        return value
    if isinstance(value, Sequence | set | frozenset):
        return [to_json(one, "id" if type(one) is int else name) for one in value]
    return value
