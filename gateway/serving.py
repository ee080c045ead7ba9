"""`onethread serve`: a gateway on its socket until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import ssl

import structlog
import typer
from aiohttp import web

from gateway.app import Gateway, build_gateway
from gateway.logs import configure_logs
from gateway.safety import refuse_simulators
from gateway.settings import Settings

log = structlog.get_logger(__name__)


def run_serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises `ConfigError` and `PlaybookError` before it listens."""
    refuse_simulators(settings)
    configure_logs(settings.logging)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    gateway = await build_gateway(settings)
    runner = await listen(gateway)
    if gateway.first_token is not None:
        typer.echo(f"The admin token, shown only now: {gateway.first_token}")
    log.info("serving", url=gateway.public_url, channels=sorted(gateway.channels))
    await stopped()
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
    tls = None
    if server.tls_cert is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(server.tls_cert, server.tls_key)
    await web.TCPSite(runner, server.host, server.port, ssl_context=tls, backlog=1024).start()
    await gateway.start()
    return runner


async def stopped() -> None:
    """Returns when the process is asked to stop."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
