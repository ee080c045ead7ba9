"""The Bot API in small: one person who writes to the bot, and what the bot sends to them.

For trying a gateway without an account: `python -m onethread_telegram.simulator --help`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count

import aiohttp
from aiohttp import web

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ADA = 1001


def update(number: int, person: int, at: datetime, **message: object) -> Mapping[str, object]:
    """An update with a message of this person to the bot alone, or wherever `message` says."""
    return {
        "update_id": 70_000 + number,
        "message": {
            "message_id": number,
            "date": int(at.timestamp()),
            "chat": {"id": person, "type": "private"},
            "from": {"id": person, "is_bot": False, "first_name": "Ada"},
            **message,
        },
    }


def taken(number: int, chat: object) -> Mapping[str, object]:
    """The answer to a message that was taken."""
    return {"ok": True, "result": {"message_id": number, "chat": {"id": chat}}}


class TelegramSimulator:
    """One bot at Telegram. `shown` is called with each text that Ada gets."""

    def __init__(self, token: str, secret: str, shown: Callable[[str], None]) -> None:
        self._token = token
        self._secret = secret
        self._shown = shown
        self._numbers = count(1)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on this machine, and tell the address: the account's `api_url`."""
        app = web.Application()
        app.router.add_post(f"/bot{self._token}/sendMessage", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def write(self, webhook: str, text: str) -> int:
        """Ada writes to the bot; the status with which the gateway answered."""
        body = update(next(self._numbers), ADA, datetime.now(UTC), text=text)
        limit = aiohttp.ClientTimeout(total=10)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(webhook, json=body, headers={SECRET_HEADER: self._secret}) as answer,
        ):
            return answer.status

    async def _take(self, request: web.Request) -> web.Response:
        told = await request.json()
        self._shown(str(told["text"]))
        return web.json_response(taken(next(self._numbers), told["chat_id"]))


async def _talk(options: argparse.Namespace) -> None:
    simulator = TelegramSimulator(
        options.token, options.secret, lambda text: print("<", text, flush=True)
    )
    await simulator.start(options.port)
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print("gateway:", await simulator.write(options.webhook, line.strip()), flush=True)
    finally:
        await simulator.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Type as a customer, and see what is answered.")
    parser.add_argument("--webhook", required=True, help=".../channels/telegram/update")
    parser.add_argument("--token", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--port", type=int, default=8092)
    asyncio.run(_talk(parser.parse_args()))
