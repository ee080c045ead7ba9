"""`onethread serve`: a gateway on its socket until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal

import structlog
import typer
from aiohttp import web

from gateway.access.safety import simulator_problems
from gateway.app import build_gateway
from gateway.channels.addresses import addresses
from gateway.logs import configure_logs
from gateway.running import Gateway
from gateway.settings.model import ConfigError, Settings
from gateway.settings.obstacles import listening, machine_problems, tls_context, with_port

_COLLECT_EVERY = 100_000
"""New objects after which the youngest generation is collected."""

log = structlog.get_logger(__name__)


def run_serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises `ConfigError` and `PlaybookError` before it listens."""
    configure_logs(settings.logging)
    if problems := [*simulator_problems(settings), *machine_problems(settings)]:
        raise ConfigError(problems)
    asyncio.run(_serve(with_port(settings)))


def _settle_memory() -> None:
    """Take what was built at start out of the collector's sight, and let it look less often.

    Playbook, models and statements live as long as the process; going through them for every few
    hundred messages' worth of new objects is wasted.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 20)


async def _serve(settings: Settings) -> None:
    gateway = await build_gateway(settings)
    _settle_memory()
    if (path := await gateway.reception.first_link()) is not None:
        typer.echo("Make the first account with this link, within 15 minutes and once:")
        typer.echo(f"  {gateway.public_url}{path}")
        typer.echo("Another link at any time: onethread people link")
    # Whoever reaches the socket may also ask us to stop.
    asked = stop_asked()
    try:
        with listening(settings):
            runner = await listen(gateway)
    except ConfigError:
        await gateway.stop()
        raise
    log.info("serving", url=gateway.public_url, channels=sorted(gateway.channels))
    for one in addresses(settings, gateway.public_url):
        log.info("address", account=one.account, enter=one.enter, url=one.url)
    await asked.wait()
    log.info("stopping")
    await runner.cleanup()
    await gateway.stop()


async def listen(gateway: Gateway) -> web.AppRunner:
    """Open the socket, then take up unfinished work; the runner is to be cleaned up by the caller.

    The socket opens first, so that the provider's status reports find us while we catch up.
    """
    server = gateway.settings.server
    runner = web.AppRunner(gateway.web_app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    tls = tls_context(server)
    await web.TCPSite(runner, server.host, server.port, ssl_context=tls, backlog=1024).start()
    await gateway.start()
    return runner


async def stopped() -> None:
    """Returns when the process is asked to stop."""
    await stop_asked().wait()


def stop_asked() -> asyncio.Event:
    """Is set when the process is asked to stop, instead of its being ended at once."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    return asked
