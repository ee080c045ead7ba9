"""`onethread demo`: the whole product on this machine, with a small shop and simulated providers.

It builds the same gateway that `serve` runs, over data of its own and on loopback only, puts a
simulated Twilio and a page with a phone and a web chat beside it, and prints how to get in.
"""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from rich.console import Console

from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Line, TwilioSimulator
from gateway.app import Gateway, Parts, build_gateway
from gateway.demo_people import ADA, CHAT, SHOP, SMS, Outside
from gateway.demo_web import register_demo
from gateway.logs import configure_logs
from gateway.safety import DEMO_MARK
from gateway.serving import listen, stopped
from gateway.settings import Settings

PLAYBOOK = Path(__file__).parent / "demo_shop" / "playbook"
DEFAULT_PORT = 8080
EXIT_PORT = 2
_LINK_LIFE = timedelta(hours=1)
_CHAT_SECRET = f"{DEMO_MARK}web-chat-session-secret"
_LOGIN_KEY = f"{DEMO_MARK}shop-login-signing-key"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: the gateway, its simulated phone network, and where to find it."""

    gateway: Gateway
    phones: TwilioSimulator
    url: str

    def console_link(self, to: str = "") -> str:
        """A one-time link into the console, or with `to="demo"` into the demo, signed in."""
        return f"{self.url}{enter_path(self.gateway)}" + (f"&to={to}" if to else "")

    def login(self, subject: str, name: str) -> str:
        """A login as the shop's own server would sign it, good for ten minutes."""
        return sign_login(subject, name, self.gateway)


def demo_settings(folder: Path, port: int, api_url: str) -> Settings:
    """The demo's settings. Its secrets are public; `serve` refuses them."""
    origins = [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    tables: dict[str, Mapping[str, Any]] = {
        SMS: {
            "adapter": "sms",
            "account_sid": DEMO_ACCOUNT,
            "auth_token": DEMO_TOKEN,
            "from_number": SHOP.number,
            "api_base_url": api_url,
        },
        CHAT: {
            "adapter": "webchat",
            "allowed_origins": origins,
            "secret": _CHAT_SECRET,
            "jwt_keys": {"shop": {"key": _LOGIN_KEY}},
            "title": SHOP.name,
            "greeting": "Good to have you here. Ask about an order, delivery or returns.",
        },
    }
    return Settings.model_validate(
        {
            "server": {"host": "127.0.0.1", "port": port},
            "storage": {"url": f"sqlite:///{folder / 'demo.db'}"},
            "playbook": {"path": PLAYBOOK},
            "data": {"folder": folder},
            "logging": {"level": "WARNING"},
            "turns": {"quiet_seconds": {"sms": 0.6, "webchat": 0.6}},
            "adapters": tables,
        }
    )


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
    port = port or free_port(0)
    url = f"http://127.0.0.1:{port}"
    phones = TwilioSimulator(Line(number=SHOP.number), f"{url}/channels/{SMS}")
    await phones.start()
    try:
        settings = demo_settings(folder, port, phones.base_url)
        gateway = await build_gateway(settings, Parts(models=models, now=now))
        outside = Outside(
            gateway,
            phones,
            login=lambda: sign_login(ADA.login, ADA.name, gateway),
            enter=lambda: enter_path(gateway),
        )
        register_demo(gateway.web_app, outside.world(), gateway.bus, gateway.now)
        runner = await listen(gateway)
        try:
            yield Demo(gateway, phones, url)
        finally:
            gateway.bus.close()
            await runner.cleanup()
            await gateway.stop()
    finally:
        await phones.stop()


def enter_path(gateway: Gateway) -> str:
    """Where a browser goes, once, to be signed in to the console."""
    return f"/console/enter?once={gateway.keeper.make_link(life=_LINK_LIFE)}"


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
    return jwt.encode(claims, _LOGIN_KEY, algorithm="HS256", headers={"kid": "shop"})


def run_demo(
    port: int | None = None, data: Path | None = None, *, open_browser: bool = False
) -> None:
    """Run until Ctrl-C. Without `data` everything is kept in a new folder, removed at the end.

    Exits with code 2, in words, when `port` cannot be had.
    """
    try:
        chosen = free_port(DEFAULT_PORT if port is None else port, firm=port is not None)
    except OSError as error:
        _say_port_taken(port or 0, error)
        sys.exit(EXIT_PORT)
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(data, chosen, open_browser, f"{data}, kept"))
        return
    with tempfile.TemporaryDirectory(prefix="onethread-demo-") as folder:
        words = f"{folder}, removed at the end"
        asyncio.run(_run(Path(folder), chosen, open_browser, words))


def _say_port_taken(port: int, error: OSError) -> None:
    screen = Console(stderr=True, highlight=False)
    wrong = (
        f"Port {port} is in use by another program."
        if error.errno == errno.EADDRINUSE
        else f"Port {port} cannot be opened: {error.strerror}."
    )
    screen.print(wrong, style="red")
    screen.print(
        "Choose another one with --port, or leave --port out to have a free one found.",
        style="green",
    )


async def _run(folder: Path, port: int, open_browser: bool, kept: str) -> None:
    screen = Console(highlight=False)
    status = screen.status("Getting the shop ready; the first time it learns its phrases …")
    status.start()
    try:
        async with running_demo(folder, port, model_cache()) as demo:
            configure_logs(demo.gateway.settings.logging)
            status.stop()
            end = asyncio.ensure_future(stopped())
            await asyncio.sleep(0)  # now a Ctrl-C is waited for, even while the welcome is printed
            _welcome(demo, kept, screen)
            offer_links(demo, screen)
            if open_browser:
                webbrowser.open(demo.console_link("demo"))
            await end
            screen.print("Closing the shop …", style="dim")
    finally:
        status.stop()


def _welcome(demo: Demo, kept: str, screen: Console) -> None:
    """Say where everything is. An address stays on one line, however narrow the terminal."""
    screen.print(f"\n[bold green]OneThread demo[/]: {SHOP.name} is open.\n")
    again = "; press Enter here for another" if sys.stdin.isatty() else ""
    for label, value, note in (
        ("Demo", f"{demo.url}/demo", "start here"),
        ("Console", demo.console_link(), f"this link works once, within an hour{again}"),
    ):
        screen.print(f"  [bold]{label:<9}[/][cyan]{value}[/]", soft_wrap=True)
        screen.print(f"{'':11}{note}", style="dim")
    screen.print(f"  [bold]{'Data':<9}[/]", end="")
    screen.print(kept, soft_wrap=True, markup=False)
    screen.print(
        "\n  Providers are simulated; nothing leaves this machine. Ctrl-C stops the demo.\n",
        style="dim",
    )


def offer_links(demo: Demo, screen: Console) -> None:
    """Print a new one-time link whenever Enter is pressed, if somebody sits at this terminal."""
    if not sys.stdin.isatty():
        return

    def on_line() -> None:
        if sys.stdin.readline():
            screen.print(demo.console_link(), style="cyan", soft_wrap=True)
        else:
            asyncio.get_running_loop().remove_reader(sys.stdin)

    asyncio.get_running_loop().add_reader(sys.stdin, on_line)


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
