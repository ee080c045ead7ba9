"""The HTTP API: a table of endpoints, and the one way in which each of them is served.

A request is checked against its models, handed to its handler, and answered as JSON; ids are
strings there, because JavaScript cannot hold them, and times are ISO 8601 in UTC. Endpoints are
data (`gateway.api_routes`), from which the OpenAPI document is made too.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from core.message import OutboundMessage, RenderedPart
from gateway.access import Keeper
from gateway.events import Bus
from gateway.gate import Problem, actor_of
from memory.store import Overloaded, Store

PREFIX = "/api/v1"
_BODY_LIMIT = 64 * 1024
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ApiServices:
    """What the API needs of the process. `renderers` are keyed by account.

    `new_id` gives row ids, `count_tokens` the tokens of a text, and `wake` tells the delivery
    worker that something new is due in a conversation.
    """

    store: Store
    bus: Bus
    keeper: Keeper
    now: Callable[[], datetime]
    new_id: Callable[[], int]
    count_tokens: Callable[[str], int]
    renderers: Mapping[str, Callable[[OutboundMessage], Sequence[RenderedPart]]]
    wake: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Call:
    """One checked request: who asks, and the path, query and body already of their types."""

    services: ApiServices
    actor: str
    path: Mapping[str, str]
    query: BaseModel | None = None
    body: BaseModel | None = None

    def id(self, name: str) -> int:
        """A path parameter as a row id. Raises `Problem` when it is not one."""
        return parse_id(self.path[name], f"path: {name}")

    def body_as(self, model: type[M]) -> M:
        """The body, which the endpoint declared to be of this model."""
        assert isinstance(self.body, model)
        return self.body

    def query_as(self, model: type[M]) -> M:
        """The query, which the endpoint declared to be of this model."""
        assert isinstance(self.query, model)
        return self.query


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. `path` is below `PREFIX`; `gives` is the type its handler returns."""

    method: str
    path: str
    summary: str
    gives: object
    handle: Callable[[Call], Awaitable[object]]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    errors: Mapping[int, str] = field(default_factory=dict)


def register_api(
    app: web.Application, services: ApiServices, endpoints: Sequence[Endpoint]
) -> None:
    """Mount the endpoints and the document that describes them."""
    from gateway.api_openapi import describe

    document = json.dumps(describe(endpoints))

    async def openapi(_request: web.Request) -> web.Response:
        return web.Response(text=document, content_type="application/json")

    app.router.add_get(f"{PREFIX}/openapi.json", openapi)
    for endpoint in endpoints:
        app.router.add_route(endpoint.method, PREFIX + endpoint.path, _serve(endpoint, services))


def _serve(
    endpoint: Endpoint, services: ApiServices
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        call = Call(
            services,
            actor_of(request),
            dict(request.match_info),
            _read_query(endpoint, request),
            await _read_body(endpoint, request),
        )
        try:
            answer = await endpoint.handle(call)
        except Overloaded:
            problem = Problem(503, "The server is busy.", where="storage", fix="Try again shortly.")
            problem.headers["Retry-After"] = "2"
            raise problem from None
        return web.Response(
            text=json.dumps(to_json(answer), ensure_ascii=False), content_type="application/json"
        )

    return serve


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


async def _read_body(endpoint: Endpoint, request: web.Request) -> BaseModel | None:
    if endpoint.body is None:
        return None
    if request.content_type != "application/json":
        raise Problem(
            415,
            "The body has to be JSON.",
            where="Content-Type header",
            fix="Send application/json.",
        )
    raw = await request.content.read(_BODY_LIMIT + 1)
    if len(raw) > _BODY_LIMIT or not request.content.at_eof():
        raise Problem(
            413, "The body is too large.", where="body", fix=f"At most {_BODY_LIMIT} bytes."
        )
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON.", where="body", fix="Check its syntax.") from None
    return _validate(endpoint.body, given, "body")


def _validate(model: type[BaseModel], given: object, part: str) -> BaseModel:
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


def parse_id(text: str, where: str) -> int:
    """A row id out of its decimal text. Raises `Problem` when it is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) >= 1 << 63:
        raise Problem(404, "There is nothing with this id.", where=where, fix="Ids are digits.")
    return int(text)


def to_json(value: object, name: str = "") -> object:
    """Plain JSON of an answer: ids (fields named `id` or ending in `_id`) become strings."""
    if isinstance(value, BaseModel):
        return {key: to_json(getattr(value, key), key) for key in type(value).model_fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: to_json(getattr(value, one.name), one.name)
            for one in dataclasses.fields(value)
        }
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_json(one, str(key)) for key, one in value.items()}
    if isinstance(value, str | bytes) or value is None:
        return value
    if isinstance(value, Sequence | set | frozenset):
        return [to_json(one, name) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and is_id(name):
        return str(value)
    return value


def is_id(name: str) -> bool:
    """Whether a field of this name holds a row id."""
    return name == "id" or name.endswith(("_id", "_ids"))
