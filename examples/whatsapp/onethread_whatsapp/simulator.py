"""Twilio in small: one person on WhatsApp who writes, and what is sent to them.

For trying a gateway without an account: `python -m onethread_whatsapp.simulator --help`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from itertools import count

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

ADA = "+447700900111"


def posted(account: str, sid: int, person: str, number: str, **more: str) -> dict[str, str]:
    """The form of a message to our number, as Twilio posts it."""
    return {
        "AccountSid": account,
        "MessageSid": f"SM{sid:032x}",
        "From": f"whatsapp:{person}",
        "To": f"whatsapp:{number}",
        "ProfileName": "Ada",
        "WaId": person.removeprefix("+"),
        "NumMedia": "0",
        **more,
    }


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """What Twilio signs, by its own SDK."""
    return str(RequestValidator(token).compute_signature(url, form))


class WhatsAppSimulator:
    """One account. `shown` is called with each text that Ada gets."""

    def __init__(self, account: str, token: str, number: str, shown: Callable[[str], None]) -> None:
        self._account = account
        self._token = token
        self._number = number
        self._shown = shown
        self._numbers = count(1)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on this machine, and tell the address: the account's `api_url`."""
        app = web.Application()
        app.router.add_post(f"/2010-04-01/Accounts/{self._account}/Messages.json", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def write(self, webhook: str, text: str) -> int:
        """Ada writes; the status with which the gateway answered."""
        form = posted(self._account, next(self._numbers), ADA, self._number, Body=text)
        headers = {"X-Twilio-Signature": signature(self._token, webhook, form)}
        limit = aiohttp.ClientTimeout(total=10)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(webhook, data=form, headers=headers) as answer,
        ):
            return answer.status

    async def _take(self, request: web.Request) -> web.Response:
        form = await request.post()
        self._shown(str(form["Body"]))
        sid = f"SM{next(self._numbers):031x}f"
        return web.json_response({"sid": sid, "status": "queued"}, status=201)


async def _talk(options: argparse.Namespace) -> None:
    simulator = WhatsAppSimulator(
        options.account, options.token, options.number, lambda text: print("<", text, flush=True)
    )
    await simulator.start(options.port)
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print("gateway:", await simulator.write(options.webhook, line.strip()), flush=True)
    finally:
        await simulator.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Type as a customer, and see what is answered.")
    parser.add_argument("--webhook", required=True, help=".../channels/whatsapp/inbound")
    parser.add_argument("--account", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--number", required=True)
    parser.add_argument("--port", type=int, default=8093)
    asyncio.run(_talk(parser.parse_args()))
