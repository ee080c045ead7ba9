"""What an API endpoint is, and what its handler is given: data, without a web server.

The table of endpoints (`gateway.api.routes`), the serving (`gateway.api.dispatch`) and the
description (`gateway.api.openapi`) share these; nothing here reads a request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import BaseModel

from core.channel import AdapterSpec
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Attachment, OutboundMessage, RenderedPart
from gateway.access.callers import Caller, Keeper
from gateway.access.gate import Problem
from gateway.access.reception import Reception
from gateway.access.roles import Right
from gateway.events import Bus
from gateway.history.reading import Preparing
from gateway.playbook.desk import PlaybookDesk
from gateway.recall.trial import Trial
from memory.store import Store

PREFIX = "/api/v1"
M = TypeVar("M", bound=BaseModel)


class Files(Protocol):
    """Where files are kept, as the API needs it."""

    async def keep(self, content: bytes) -> str:
        """Keep the bytes durably; returns their reference."""

    async def read(self, reference: str) -> bytes:
        """The bytes of a file that is kept. Raises `LookupError` when there is none."""

    async def drop(self, reference: str) -> None:
        """Forget a file, for whoever else names it as well."""


@dataclass(frozen=True, slots=True)
class ApiServices:
    """What the API needs of the process. `renderers`, `specs` and `fetchers` (of what was attached
    to messages, for channels that have to be asked) are keyed by account.

    `new_id` gives row ids, `count_tokens` the tokens of a text, and `wake` tells the delivery
    worker that something new is due in a conversation. `show_presence` shows in an account's thread
    that a person is "reading", "typing" or "away", and says whether anybody sees it. `rules` gives
    the identity rules in force, and `forget` drops what this process remembers of a customer.
    `trial` tries what a turn would remember, and `preparing` makes messages of a history fit to be
    kept. `playbook` is where people see to the playbook, if it is a folder.
    """

    store: Store
    bus: Bus
    keeper: Keeper
    reception: Reception
    now: Callable[[], datetime]
    new_id: Callable[[], int]
    count_tokens: Callable[[str], int]
    renderers: Mapping[str, Callable[[OutboundMessage], Sequence[RenderedPart]]]
    wake: Callable[[int], None]
    files: Files
    show_presence: Callable[[str, str, str], bool] = lambda account, key, doing: False
    specs: Mapping[str, AdapterSpec] = field(default_factory=dict)
    fetchers: Mapping[str, Callable[[Attachment], Awaitable[bytes]]] = field(default_factory=dict)
    rules: Callable[[], IdentityRules] = lambda: DEFAULT_RULES
    preparing: Preparing | None = None
    trial: Trial | None = None
    playbook: PlaybookDesk | None = None
    forget: Callable[[int], None] = lambda customer_id: None


@dataclass(frozen=True, slots=True)
class Call:
    """One checked request: who asks, and the path, query and body already of their types.

    Where the endpoint takes a file, `content` is the body as it is, and `media_type` what the
    caller says it is.
    """

    services: ApiServices
    caller: Caller
    path: Mapping[str, str]
    query: BaseModel | None = None
    body: BaseModel | None = None
    content: bytes = b""
    media_type: str = ""

    @property
    def actor(self) -> str:
        """Who asks, as recorded with a change."""
        return self.caller.actor

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
class Accepted:
    """What a handler answers when the work goes on after the answer (RFC 9110, 15.3.3, status 202);
    `value` says where it stands."""

    value: object


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. `path` is below `PREFIX`; `gives` is the type its handler returns, `needs`
    what its caller must be allowed to do.

    `takes_file` is how many bytes of a file the body may be; nothing where it is no file. `later`
    is the type of the value of `Accepted`, where its handler may answer that. `body_limit` is how
    many bytes a JSON body may have.
    """

    method: str
    path: str
    summary: str
    gives: object
    handle: Callable[[Call], Awaitable[object]]
    needs: Right
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    errors: Mapping[int, str] = field(default_factory=dict)
    takes_file: int | None = None
    later: object | None = None
    body_limit: int = 64 * 1024


def parse_id(text: str, where: str) -> int:
    """A row id out of its decimal text. Raises `Problem` when it is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) >= 1 << 63:
        raise Problem(404, "There is nothing with this id.", where=where, fix="Ids are digits.")
    return int(text)


def is_id(name: str) -> bool:
    """Whether a field of this name holds a row id. So does every whole number in a list."""
    return name == "id" or name.endswith(("_id", "_ids"))
