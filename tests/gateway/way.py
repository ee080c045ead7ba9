"""A whole gateway between simulators, for tests of the way a message takes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from pathlib import Path

import jwt
from aiohttp import web

from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Line, TwilioSimulator
from adapters.webchat.client import ChatClient
from core.pipeline.contracts import Stages
from core.pipeline.trivial import trivial_stages
from core.playbook.model import Hours, Playbook
from gateway.app import Parts, build_gateway, utc_now
from gateway.running import Gateway
from gateway.settings.model import Settings
from tests.layouts import laid_out

ORIGIN = "http://shop.test"
KEY = "tests-only-key-of-the-business-server"
OURS = "+15550109999"


def empty_playbook() -> Playbook:
    """A playbook that wants nothing: for trivial stages."""
    return Playbook(
        name="empty",
        version="0",
        business="Test",
        language="en",
        intents=(),
        slots={},
        flows={},
        answers={},
        articles=(),
        rules=(),
        hours=Hours("UTC", {day: ((time(9), time(17)),) for day in range(5)}),
    )


def poisoned(word: str) -> Stages:
    """Trivial stages whose intent stage fails on a word."""
    stages = trivial_stages()

    def intent(turn, playbook):  # type: ignore[no-untyped-def]
        if word in turn.text:
            raise ValueError("a poison message")
        return stages.intent(turn, playbook)

    return replace(stages, intent=intent)


@dataclass(slots=True)
class Way:
    """The running parts. `clients` are closed at the end."""

    gateway: Gateway
    sms: TwilioSimulator
    base_url: str
    clients: list[ChatClient] = field(default_factory=list)

    async def chat(self, login: str | None = None, token: str | None = None) -> ChatClient:
        """A connected visitor, signed in as `login` or anonymous."""
        client = ChatClient(
            f"{self.base_url.replace('http', 'ws', 1)}/channels/webchat/socket",
            ORIGIN,
            jwt=None if login is None else login_token(login),
            token=token,
        )
        self.clients.append(client)
        await client.connect()
        return client


def login_token(subject: str, **changes: object) -> str:
    """A login as the business's server signs it, with any claim changed; `None` drops one."""
    claims: dict[str, object] = {
        "sub": subject,
        "aud": "onethread",
        "jti": f"j-{subject}",
        "exp": int((utc_now() + timedelta(minutes=30)).timestamp()),
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, KEY, algorithm="HS256", headers={"kid": "k1"})


def settings_for(
    folder: Path,
    api: str,
    quiet: Mapping[str, float] | None = None,
    url: str | None = None,
    server: Mapping[str, object] | None = None,
    options: Mapping[str, object] | None = None,
) -> Settings:
    """Settings of a gateway below `folder` with both channels. `options` are more for SMS."""
    return Settings(
        server=dict(server or {}),
        storage={"url": url or laid_out(folder / "onethread.db"), "readers": 1},
        data={"folder": folder},
        turns={"quiet_seconds": {"sms": 0, "webchat": 0, **(quiet or {})}},
        delivery={"backoff_base_seconds": 0.05, "backoff_max_seconds": 0.2, "attempts": 5},
        adapters={
            "sms": {
                "account_sid": DEMO_ACCOUNT,
                "auth_token": DEMO_TOKEN,
                "from_number": OURS,
                "api_base_url": api,
                "timeout_seconds": 10.0,
                **(options or {}),
            },
            "webchat": {
                "allowed_origins": [ORIGIN],
                "secret": "tests-only-secret-of-the-chat-sessions",
                "jwt_keys": {"k1": {"key": KEY}},
            },
        },
    )


async def hung_up(sms: TwilioSimulator) -> None:
    """Wait for the status reports under way: a connection that is accepted while the server closes
    is closed by nobody."""
    if sms._tasks:
        await asyncio.wait(sms._tasks, timeout=5)


@asynccontextmanager
async def running(
    folder: Path,
    *,
    playbook: Playbook | None = None,
    stages: Stages | None = None,
    quiet: Mapping[str, float] | None = None,
    url: str | None = None,
    sms: TwilioSimulator | None = None,
    before: Callable[[Gateway], None] | None = None,
    server: Mapping[str, object] | None = None,
    public_url: str | None = None,
    options: Mapping[str, object] | None = None,
) -> AsyncIterator[Way]:
    """A gateway that serves on loopback. `sms` may be a simulator of an earlier life."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        line = Line(DEMO_ACCOUNT, DEMO_TOKEN, OURS)
        own = sms is None
        sms = sms or TwilioSimulator(line, "", webhook_retries=0)
        sms.webhook_base = f"{base_url}/channels/sms"
        if own:
            await sms.start()
        parts = Parts(
            playbook=playbook or empty_playbook(),
            stages=stages or (None if playbook else trivial_stages()),
            public_url=public_url or base_url,
        )
        settings = settings_for(folder, sms.base_url, quiet, url, server, options)
        gateway = await build_gateway(settings, parts)
        if before is not None:
            before(gateway)
        runner = web.AppRunner(gateway.web_app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        await gateway.start()
        way = Way(gateway, sms, base_url)
        try:
            yield way
        finally:
            for client in way.clients:
                await client.close()
            await hung_up(sms)
            await runner.cleanup()
            await gateway.stop()
            if own:
                await sms.stop()
