"""A small served world for the tests of API and console: a real store, real doors, one SMS case."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.email.archive import read_archived
from adapters.sms import SPEC
from adapters.sms.parts import parts
from core.channel import AdapterSpec
from core.clock import from_micros
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, Attachment, Handle, OutboundMessage, RenderedPart
from core.turn import CaseState
from gateway.access.callers import Keeper
from gateway.access.gate import make_gate
from gateway.access.reception import Reception
from gateway.access.roles import Right
from gateway.api.dispatch import NEEDS, ApiServices, register_api
from gateway.api.lines import Lines
from gateway.api.socket import NEEDS as SOCKET_NEEDS
from gateway.api.socket import register_console_socket
from gateway.console.pages import register_console
from gateway.events import Bus
from gateway.files import FileStore
from gateway.history.reading import Preparing
from memory.codec import dump_case
from memory.store import Store
from memory.units.messages.admission import admit
from memory.units.messages.deliveries import NotSent, mark_not_sent
from memory.units.messages.turns import commit
from tests.gateway.credentials import enter_link, keep_token, quick_passwords
from tests.memory.hot import NOW, admission, admitted, claimed, ids, inbound, opened, reply

TOKEN = "ot_a-token-for-tests"
PHONE = "+447700900142"
Client = TestClient[web.Request, web.Application]
Render = Callable[[OutboundMessage], Sequence[RenderedPart]]
Fetch = Callable[[Attachment], Awaitable[bytes]]


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = from_micros(NOW)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class World:
    """What a test holds on to. `woken` are the conversations the delivery worker was told of."""

    client: Client
    store: Store
    bus: Bus
    keeper: Keeper
    reception: Reception
    lines: Lines
    clock: Clock
    files: Path
    renderers: dict[str, Render]
    fetchers: dict[str, Fetch]
    woken: list[int] = field(default_factory=list)
    customer_id: int = 0
    conversation_id: int = 0
    handoff_id: int = 0
    turn_id: int = 0
    delivery_id: int = 0
    login_customer_id: int = 0
    preparing: Preparing | None = None

    async def get(self, path: str, **query: str) -> Any:
        """The answer to an authorised read."""
        answer = await self.client.get(f"/api/v1{path}", params=query, headers=bearer())
        return await answer.json(content_type=None)

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """Status and answer of an authorised change."""
        answer = await self.client.post(f"/api/v1{path}", json=body, headers=bearer())
        return answer.status, await answer.json(content_type=None)


def bearer() -> dict[str, str]:
    """The header of whoever has the token."""
    return {"Authorization": f"Bearer {TOKEN}"}


@asynccontextmanager
async def served(
    url: str,
    files: Path,
    *,
    renderers: Mapping[str, Render] | None = None,
    fetchers: Mapping[str, Fetch] | None = None,
    specs: Mapping[str, AdapterSpec] | None = None,
) -> AsyncIterator[World]:
    """The world, served on loopback over an own database and an own folder of files."""
    new_id, clock = ids(), Clock()
    numbers = iter(range(10_000))

    def new_secret() -> str:
        return f"secret-{next(numbers):032d}"

    async with opened(url) as store:
        await keep_token(store, TOKEN)
        passwords = quick_passwords()
        keeper = Keeper(
            store, now=clock, new_secret=new_secret, passwords=passwords, refusal_seconds=0
        )
        reception = Reception(
            store, keeper, passwords, now=clock, new_id=new_id, new_secret=new_secret
        )
        woken: list[int] = []
        render: dict[str, Render] = {"sms": partial(parts, mms=False), **(renderers or {})}
        fetch: dict[str, Fetch] = dict(fetchers or {})
        preparing = Preparing(
            files.parent / "sorting", b"k" * 32, tuple, lambda text: (),
            lambda text: len(text.split()), lambda: DEFAULT_RULES, ("help@shop.test",),
            frozenset({"email", "sms"}), read_archived, clock,
        )  # fmt: skip
        services = ApiServices(
            store=store,
            bus=Bus(),
            keeper=keeper,
            reception=reception,
            now=clock,
            new_id=new_id,
            count_tokens=lambda text: len(text.split()),
            renderers=render,
            wake=woken.append,
            files=FileStore(files),
            specs={"sms": SPEC, **(specs or {})},
            fetchers=fetch,
            preparing=preparing,
        )
        lines = Lines(store, clock, Right.SEE)
        app = web.Application(middlewares=[make_gate(keeper, {**NEEDS, **SOCKET_NEEDS})])
        register_api(app, services)
        register_console(app, keeper, reception)
        register_console_socket(app, services.bus, lines)
        async with TestClient(TestServer(app)) as client:
            doors = (keeper, reception, lines, clock)
            world = World(client, store, services.bus, *doors, files, render, fetch, woken)
            world.preparing = preparing
            await _fill(world, new_id)
            yield world


async def _fill(world: World, new_id: Any) -> None:
    """One customer by SMS whose case is with people and whose last part failed; one login."""
    first = await admitted(world.store, new_id, "SM1", PHONE)
    got = await claimed(world.store, first.customer_id)
    change = reply(got, new_id, text="A person takes over.")
    case_id = new_id()
    case = {
        "id": case_id,
        "customer_id": first.customer_id,
        "handle_id": first.handle_id,
        "conversation_id": first.conversation_id,
        "status": "handed",
        "intent": "talk_to_human",
        "state_json": dump_case(CaseState()),
        "opened_at": NOW,
        "updated_at": NOW,
        "outcome": None,
    }
    world.handoff_id = new_id()
    handoff = {
        "id": world.handoff_id,
        "case_id": case_id,
        "customer_id": first.customer_id,
        "conversation_id": first.conversation_id,
        "handle_id": first.handle_id,
        "turn_id": change.turn["id"],
        "rule": "human",
        "reason": "The customer asked for a person.",
        "queue": "service",
        "urgency": "high",
        "packet_json": "{}",
        "opened_at": NOW,
    }
    await world.store.write(commit, replace(change, new_case=case, handoff=handoff))
    world.delivery_id = int(str(change.deliveries[0]["id"]))
    lost = NotSent(world.delivery_id, NOW, 6, None, NOW, False, "30003", "The phone is off.")
    await world.store.write(mark_not_sent, lost)
    login = replace(
        inbound("W1", text="hello from the web"),
        sender=Handle("login", "ada"),
        assurance=Assurance.LOGGED_IN,
        conversation_key="web|ada",
    )
    second = await world.store.write(admit, admission(login, new_id))
    world.customer_id, world.conversation_id = first.customer_id, first.conversation_id
    world.turn_id = int(str(change.turn["id"]))
    world.login_customer_id = second.customer_id


async def enter(world: World) -> str:
    """Sign the client in by a one-time link; the CSRF token of its session."""
    once = await enter_link(world.store, world.keeper)
    await world.client.get("/console/enter", params={"once": once})
    shell = await (await world.client.get("/console")).text()
    found = re.search(r'name="csrf-token" content="([^"]+)"', shell)
    assert found is not None
    return found[1]
