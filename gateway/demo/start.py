"""`onethread demo`: the whole product on this machine, with a small shop and simulated providers.

It builds the same gateway that `serve` runs, over data of its own and on loopback only, and puts
simulated providers and a page with all that Ada writes from beside it.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt

from adapters.email.simulator.service import MailSimulator
from adapters.slack.simulator import SlackSimulator
from adapters.sms.simulator import Line, TwilioSimulator
from core.clock import to_micros
from gateway.access.roles import Role
from gateway.app import Parts, build_gateway, utc_now
from gateway.demo.outside import Counter
from gateway.demo.people import ADA, CHAT, OWNER, SENTENCES, SHOP, SLACK, SMS, WORKSPACE, spaced
from gateway.demo.places import Mailbox, Phone, Workplace
from gateway.demo.settings import LOGIN_KEY, demo_settings
from gateway.demo.web import World, register_demo
from gateway.running import Gateway
from gateway.serving import listen
from memory.pages.people import person_of
from memory.units.people.actors import NewPerson, actor_name, add_person

_LINK_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: the gateway, its simulated providers, and where to find it."""

    gateway: Gateway
    phones: TwilioSimulator
    mail: MailSimulator
    slack: SlackSimulator
    url: str

    def console_link(self, to: str = "") -> str:
        """A one-time link into the console, or with `to="demo"` into the demo, signed in."""
        return f"{self.url}{enter_path(self.gateway)}" + (f"&to={to}" if to else "")

    def login(self, subject: str, name: str) -> str:
        """A login as the shop's own server would sign it, good for ten minutes."""
        return sign_login(subject, name, self.gateway)


@asynccontextmanager
async def running_demo(
    folder: Path,
    port: int = 0,
    models: Path | None = None,
    now: Callable[[], datetime] | None = None,
) -> AsyncIterator[Demo]:
    """The demo, from the open socket to the last thing closed. Port 0 takes a free one.

    `models` is where trained models are kept, so that only the first start has to train. `now` is
    the shop's clock, the machine's unless given.
    """
    held = socket.socket()
    # Held, but not listened on, until all servers have their ports: none of them may be given ours.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    port = held.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    phones = TwilioSimulator(Line(number=SHOP.number), f"{url}/channels/{SMS}")
    mail = MailSimulator(SHOP.mail, now=now or utc_now)
    slack = SlackSimulator(WORKSPACE.team, webhook_base=f"{url}/channels/{SLACK}", now=now)
    slack.add_person(ADA.slack, ADA.name, ADA.mail)
    slack.add_channel(WORKSPACE.channel, WORKSPACE.channel_name)
    async with AsyncExitStack() as stack:
        stack.callback(held.close)
        for provider in (phones, mail, slack):
            await provider.start()
            stack.push_async_callback(provider.stop)
        settings = demo_settings(folder, port, phones, mail, slack)
        gateway = await build_gateway(settings, Parts(models=models, now=now))
        await _make_owner(gateway)
        demo = Demo(gateway, phones, mail, slack, url)
        register_demo(gateway.web_app, _world(demo), gateway.bus, gateway.now)
        runner = await listen(gateway)
        try:
            yield demo
        finally:
            gateway.bus.close()
            await runner.cleanup()
            await gateway.stop()


def _world(demo: Demo) -> World:
    return World(
        facts=_facts(),
        phone=Phone(demo.phones),
        mailbox=Mailbox(demo.mail),
        workplace=Workplace(demo.slack),
        counter=Counter(demo.gateway),
        login=lambda: demo.login(ADA.login, ADA.name),
        enter=lambda: enter_path(demo.gateway),
    )


def _facts() -> Mapping[str, object]:
    """What the page is told once."""
    base = f"/channels/{CHAT}"
    return {
        "shop": {"name": SHOP.name, "number": spaced(SHOP.number), "address": SHOP.address},
        "mail": {"ada": ADA.mail, "shop": SHOP.mail},
        "slack": {
            "workspace": WORKSPACE.name,
            "note": f"Profiles of {WORKSPACE.domain} are trusted",
            "members": "Colleagues read along",
        },
        "sentences": SENTENCES,
        "chat": {"widget": f"{base}/widget.js", "endpoint": f"{base}/socket", "name": ADA.name},
    }


async def _make_owner(gateway: Gateway) -> None:
    """An owner who comes by links alone: without a password nobody can guess it."""
    if await gateway.store.read(person_of, OWNER) is None:
        owner = NewPerson(gateway.new_id(), OWNER, "Demo", Role.OWNER)
        now, actor = to_micros(gateway.now()), actor_name(OWNER)
        await gateway.store.run(add_person, owner, actor, now, gateway.new_id())


def enter_path(gateway: Gateway) -> str:
    """Where a browser goes, once, to be signed in to the console."""
    return f"/console/enter?once={gateway.keeper.make_link(OWNER, _LINK_LIFE)}"


def sign_login(subject: str, name: str, gateway: Gateway) -> str:
    """What the shop's server gives the page of somebody who is logged in (RFC 7519)."""
    now = gateway.now()
    claims = {
        "sub": subject,
        "name": name,
        "aud": "onethread",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=10)).timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, LOGIN_KEY, algorithm="HS256", headers={"kid": "shop"})


def free_port(wanted: int, *, firm: bool = True) -> int:
    """`wanted` when it is free; else, unless the caller is `firm` about it, any free port.

    Raises `OSError` when a firm wish cannot be met.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            if firm:
                raise
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def model_cache() -> Path:
    """This user's folder for what demos can share: trained models."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "onethread" / "models"
