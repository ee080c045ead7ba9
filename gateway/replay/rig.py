"""A gateway set up for a replay: on loopback, in a folder of its own, between simulators.

It is the real gateway with the real adapters; only quiet windows are 0, and the playbook and its
intent model are handed in. It is also the desk of `gateway.replay.player`.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import jwt
from aiohttp import web

from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, TwilioSimulator
from adapters.sms.simulator import Line as Number
from adapters.webchat.client import ChatClient
from core.clock import to_micros
from core.message import Assurance, Handle
from core.pipeline.articles import ArticleIndex
from core.pipeline.contracts import Stages
from core.pipeline.decide import default_stages
from core.playbook import Playbook
from gateway.app import Gateway, Parts, build_gateway
from gateway.replay.first_contact import confirm_first
from gateway.replay.lines import CHAT_ACCOUNT, SMS_ACCOUNT, Chat, Phones
from gateway.replay.people import Person
from gateway.replay.player import Line
from gateway.replay.records import Ledger, Progress, find_handoffs, find_progress, read_ledger
from gateway.replay.wire import Wire
from gateway.settings import Settings
from gateway.training import model_for, playbook_rows
from memory.units.handles import introduce
from memory.units.identity import BY_HAND, link
from memory.units.people import hand_back

ORIGIN = "http://replay.invalid"
_KEY_ID = "replay"
_KEY = "replay-only-key-of-the-business-server"
_SECRET = "replay-only-secret-of-the-chat-sessions"
_NUMBER = "+15550109999"
_LOGIN_SECONDS = 3600
_ADMIN = "replay"
_WHY = "One customer of the file, who changes the channel."


def handle_of(channel: str, person: Person) -> Handle:
    """The handle with which a person writes on a channel."""
    if channel == "sms":
        return Handle("phone", person.phone)
    return Handle("login", person.login)


class Rig:
    """A running gateway with phones and chats around it."""

    def __init__(
        self,
        gateway: Gateway,
        phones: Phones,
        chats: aiohttp.ClientSession,
        base_url: str,
        wire: Wire,
    ) -> None:
        self._gateway = gateway
        self._phones = phones
        self._chats = chats
        self._base_url = base_url
        self._wire = wire

    async def open_line(self, channel: str, dialogue_id: str, person: Person) -> Line:
        """The far side of a channel for one customer."""
        if channel == "sms":
            return self._phones.give(dialogue_id, person.phone)
        client = ChatClient(
            f"{self._base_url.replace('http', 'ws', 1)}/channels/{CHAT_ACCOUNT}/socket",
            ORIGIN,
            jwt=self._login(person.login),
            session=self._chats,
        )
        return Chat(client, dialogue_id, person.login, self._wire)

    def _login(self, subject: str) -> str:
        """A login as the business's own server would sign it; it claims no mail address."""
        expires = self._gateway.now() + timedelta(seconds=_LOGIN_SECONDS - 60)
        claims = {
            "sub": subject,
            "aud": "onethread",
            "jti": f"replay-{subject}",
            "exp": int(expires.timestamp()),
        }
        return jwt.encode(claims, _KEY, algorithm="HS256", headers={"kid": _KEY_ID})

    async def link(self, first: Handle, second: Handle) -> None:
        """Join two handles, as an admin who was shown that they are one person."""
        store, now, new_id = (
            self._gateway.store,
            to_micros(self._gateway.now()),
            self._gateway.new_id,
        )
        owners = []
        for handle in (first, second):
            ids = (new_id(), new_id(), new_id(), new_id())
            owners.append(await store.run(introduce, handle, _WHY, _ADMIN, now, ids))
        if first.key == second.key:
            return
        await store.run(
            link,
            second.key,
            owners[0],
            Assurance.PROVED,
            BY_HAND,
            _WHY,
            _ADMIN,
            now,
            (new_id(), new_id()),
        )

    async def hand_back(self, turn_id: int) -> None:
        """Give the turn's case back to the bot, when people have it."""
        store, now = self._gateway.store, to_micros(self._gateway.now())
        for handoff in await store.read(find_handoffs, turn_id):
            await store.run(hand_back, handoff, _ADMIN, now, self._gateway.new_id())

    async def progress(self, account: str, event_id: str) -> Progress | None:
        """How far a message is."""
        return await self._gateway.store.read(find_progress, account, event_id)

    async def ledger(self) -> Ledger:
        """Everything that was decided."""
        return await self._gateway.store.read(read_ledger)


@asynccontextmanager
async def open_rig(
    playbook: Playbook, folder: Path, wire: Wire, models: Path, threshold: float | None
) -> AsyncIterator[Rig]:
    """A gateway with this playbook, started; it is stopped at the end.

    `models` caches trained intent models. With `threshold`, which replaces the probability below
    which they abstain, a stranger's want is confirmed before details are asked for.
    """
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        number = Number(DEMO_ACCOUNT, DEMO_TOKEN, _NUMBER)
        simulator = TwilioSimulator(number, f"{base_url}/channels/{SMS_ACCOUNT}", callbacks=0)
        await simulator.start()
        stack.push_async_callback(simulator.stop)
        settings = _settings(folder, simulator.base_url)
        stages = await _stages(playbook, models, threshold)
        parts = Parts(playbook=playbook, stages=stages, public_url=base_url)
        gateway = await build_gateway(settings, parts)
        stack.push_async_callback(gateway.stop)
        runner = web.AppRunner(gateway.web_app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()
        await gateway.start()
        chats = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        yield Rig(gateway, Phones(simulator, wire), chats, base_url, wire)


def _settings(folder: Path, sms_api: str) -> Settings:
    return Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{folder / 'replay.db'}"},
            "data": {"folder": folder},
            "turns": {"quiet_seconds": {"sms": 0.0, "webchat": 0.0}},
            "adapters": {
                SMS_ACCOUNT: {
                    "adapter": "sms",
                    "account_sid": DEMO_ACCOUNT,
                    "auth_token": DEMO_TOKEN,
                    "from_number": _NUMBER,
                    "api_base_url": sms_api,
                },
                CHAT_ACCOUNT: {
                    "adapter": "webchat",
                    "allowed_origins": [ORIGIN],
                    "secret": _SECRET,
                    "jwt_keys": {_KEY_ID: {"key": _KEY}},
                },
            },
        }
    )


async def _stages(playbook: Playbook, models: Path, threshold: float | None) -> Stages:
    examples, titles = playbook_rows(playbook)
    model = await model_for(examples, models, titles=titles, language=playbook.language)
    index = ArticleIndex(playbook.articles, playbook.language)
    if threshold is None:
        return default_stages(model, index)
    return confirm_first(default_stages(replace(model, threshold=threshold), index))
