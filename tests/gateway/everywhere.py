"""The demo's shop with all four channels, each with its simulated provider, over real sockets.

The providers outlive the gateway: `closed` and `opened` are a restart of it alone. It says nothing
of its own, and looks into the database only to compare what is stored.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from sqlalchemy import Connection, Table, func, select
from sqlmodel import SQLModel

from adapters.email.simulator.service import MailSimulator
from adapters.slack.simulator import SlackSimulator
from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Line, TwilioSimulator
from adapters.webchat.client import ChatClient
from core.pipeline.contracts import Stages
from core.playbook.model import Playbook
from gateway.app import Parts, build_gateway, utc_now
from gateway.demo.outside import Counter
from gateway.demo.people import ADA, SHOP, WORKSPACE
from gateway.demo.settings import PLAYBOOK
from gateway.running import Gateway
from gateway.settings.model import Settings
from memory.tables.main import Handle, Inbound
from memory.tables.rows import table
from tests.gateway.way import KEY, ORIGIN
from tests.layouts import laid_out

FORM = "form@lampandloom.example"
"""The shop's contact form, which writes to the mailbox."""

SECRETS = ("1042", "1017", "Alder", "on its way", "due on", ADA.phone, ADA.mail)
"""What nobody but Ada may read."""


def secrets_in(text: str) -> list[str]:
    """Which of them stand in a text as words of their own; ids may hold any digits by luck."""
    return [one for one in SECRETS if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)]


Stored = Mapping[str, list[tuple[Any, ...]]]
"""Rows by the name of their table."""

_CHANNELS = ("sms", "webchat", "email", "slack")


@dataclass(frozen=True, slots=True)
class Options:
    """How a shop differs from the demo's: options of three accounts, of turns and other tables."""

    mail: Mapping[str, Any] = field(default_factory=dict)
    slack: Mapping[str, Any] = field(default_factory=dict)
    webchat: Mapping[str, Any] = field(default_factory=dict)
    turns: Mapping[str, Any] = field(default_factory=dict)
    delivery: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    actions: Mapping[str, Any] = field(default_factory=dict)
    embeddings: Mapping[str, Any] = field(default_factory=dict)
    playbook: Playbook | None = None
    stages: Stages | None = None


@dataclass(slots=True)
class Everywhere:
    """The providers, and the gateway while it is open."""

    folder: Path
    models: Path
    options: Options
    port: int
    phones: TwilioSimulator
    mail: MailSimulator
    slack: SlackSimulator
    clients: list[ChatClient] = field(default_factory=list)
    _gateway: Gateway | None = None
    _runner: web.AppRunner | None = None

    @property
    def gateway(self) -> Gateway:
        """The gateway that is open."""
        assert self._gateway is not None, "the gateway is closed"
        return self._gateway

    async def opened(self) -> None:
        """Serve, over what an earlier gateway stored."""
        listening = socket.create_server(("127.0.0.1", self.port))
        parts = Parts(
            playbook=self.options.playbook,
            stages=self.options.stages,
            public_url=f"http://127.0.0.1:{self.port}",
            models=self.models,
        )
        self._gateway = await build_gateway(self._settings(), parts)
        self._runner = web.AppRunner(self._gateway.web_app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()
        await self._gateway.start()

    async def closed(self) -> None:
        """Stop serving, as at a planned restart, if it is open. The providers go on."""
        for client in self.clients:
            await client.close()
        self.clients.clear()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._gateway is not None:
            await self._gateway.stop()
            self._gateway = None

    async def chat(
        self,
        login: str | None = None,
        *,
        jwt: str | None = None,
        token: str | None = None,
        visitor: str | None = None,
        link: str | None = None,
    ) -> ChatClient:
        """A connected visitor of the shop's page, signed in or anonymous."""
        url = f"ws://127.0.0.1:{self.port}/channels/webchat/socket"
        signed = jwt if login is None else _signed(login)
        client = ChatClient(url, ORIGIN, jwt=signed, token=token, visitor=visitor)
        client.link = link
        self.clients.append(client)
        await client.connect()
        return client

    async def handled(self, messages: int, seconds: float = 20.0) -> None:
        """Wait until that many messages were taken in, and nothing is left to do about any."""
        async with asyncio.timeout(seconds):
            while not await self._at_rest(messages):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.02)

    async def know_ada(self) -> None:
        """Ada asks by text for her order and writes a mail; the shop links both, by hand."""
        await self.phones.text(ADA.phone, "Where is my order 1042?")
        answer = await self.phones.wait_for_reply(ADA.phone, 0)
        assert "on its way" in answer.text
        await self.mail.write(ADA.mail, "When are you open?", name=ADA.name)
        await self.mail.wait_for_reply(ADA.mail, 0)
        await self.handled(2)
        await Counter(self.gateway).link()

    async def stored_of(self, key: str) -> Stored:
        """Every row of the customer whose handle this is, in every table."""
        return await self.gateway.store.read(belongings, key)

    async def rows(self, model: type[SQLModel]) -> list[Mapping[str, Any]]:
        """All rows of one table."""
        return await self.gateway.store.read(_rows, model)

    async def _at_rest(self, messages: int) -> bool:
        rows = await self.gateway.store.read(_statuses)
        taken, new = sum(rows.values()), rows.get("new", 0)
        return taken >= messages and not new and await self.gateway.idle()

    def _settings(self) -> Settings:
        turns = {"quiet_seconds": dict.fromkeys(_CHANNELS, 0.0), **self.options.turns}
        quickly = {"backoff_base_seconds": 0.05, "backoff_max_seconds": 0.3}
        tables = {
            "sms": {
                "account_sid": DEMO_ACCOUNT,
                "auth_token": DEMO_TOKEN,
                "from_number": SHOP.number,
                "api_base_url": self.phones.base_url,
            },
            "webchat": {
                "allowed_origins": [ORIGIN],
                "secret": "tests-only-secret-of-the-chat-sessions",
                "jwt_keys": {"k1": {"key": KEY}},
                **self.options.webchat,
            },
            "email": {
                **self.mail.config_table(),
                "poll_seconds": 0.3,
                "form_senders": [FORM],
                **self.options.mail,
            },
            "slack": {
                **self.slack.config_table(),
                "trusted_domains": {WORKSPACE.team: [WORKSPACE.domain]},
                **self.options.slack,
            },
        }
        return Settings.model_validate(
            {
                "storage": {"url": laid_out(self.folder / "shop.db"), "readers": 1},
                "data": {"folder": self.folder},
                "playbook": {"path": PLAYBOOK},
                "turns": turns,
                "delivery": {**quickly, **self.options.delivery},
                "model": self.options.model,
                "actions": self.options.actions,
                "embeddings": self.options.embeddings,
                "adapters": tables,
            }
        )


@asynccontextmanager
async def everywhere(
    folder: Path, models: Path, options: Options | None = None
) -> AsyncIterator[Everywhere]:
    """The shop, open. `models` is where trained models are kept between tests."""
    async with AsyncExitStack() as stack:
        yield await _started(folder, models, options or Options(), stack)


async def _started(
    folder: Path, models: Path, options: Options, stack: AsyncExitStack
) -> Everywhere:
    # Held, but not listened at, for as long as the shop is there: no connection of ours may be
    # given this port while the gateway is closed.
    held = stack.enter_context(socket.socket())
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    port = held.getsockname()[1]
    url = f"http://127.0.0.1:{port}/channels"
    phones = TwilioSimulator(Line(number=SHOP.number), f"{url}/sms", callbacks=0)
    mail = MailSimulator(SHOP.mail)
    slack = SlackSimulator(WORKSPACE.team, webhook_base=f"{url}/slack")
    slack.add_person(ADA.slack, ADA.name, ADA.mail)
    slack.add_channel(WORKSPACE.channel, WORKSPACE.channel_name)
    world = Everywhere(folder, models, options, port, phones, mail, slack)
    for provider in (phones, mail, slack):
        await provider.start()
        stack.push_async_callback(provider.stop)
    stack.push_async_callback(world.closed)
    await world.opened()
    return world


def belongings(connection: Connection, key: str) -> Stored:
    """Every row, in every table, of the customer who has this handle."""
    handle = table(Handle)
    owner = select(handle.c.customer_id).where(handle.c.key == key).scalar_subquery()
    handles = connection.execute(select(handle.c.id).where(handle.c.customer_id == owner))
    ids = tuple(handles.scalars())
    customer = connection.execute(select(owner)).scalar_one()
    found: dict[str, list[tuple[Any, ...]]] = {}
    for one in SQLModel.metadata.sorted_tables:
        where = _whose(one, customer, ids)
        if where is not None:
            rows = connection.execute(select(one).where(where).order_by(*one.primary_key.columns))
            found[one.name] = [tuple(row) for row in rows]
    return found


def beside_threads(stored: Stored) -> Stored:
    """All but the threads themselves, which count whoever writes in them."""
    return {name: rows for name, rows in stored.items() if name != "conversation"}


def _whose(one: Table, customer: int, handles: tuple[int, ...]) -> Any:
    """The rows of a table that are this customer's; nothing when it has none of anybody's."""
    if one.name == "customer":
        return one.c.id == customer
    if "handle_id" in one.c:
        return one.c.handle_id.in_(handles)
    return one.c.customer_id == customer if "customer_id" in one.c else None


def _statuses(connection: Connection) -> Mapping[str, int]:
    inbound = table(Inbound)
    query = select(inbound.c.status, func.count()).group_by(inbound.c.status)
    return {row[0]: row[1] for row in connection.execute(query)}


def _rows(connection: Connection, model: type[SQLModel]) -> list[Mapping[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table(model)))]


def _signed(login: str) -> str:
    claims = {"sub": login, "aud": "onethread", "jti": f"j-{login}"}
    until = int(utc_now().timestamp()) + 1_800
    return jwt.encode({**claims, "exp": until}, KEY, algorithm="HS256", headers={"kid": "k1"})
