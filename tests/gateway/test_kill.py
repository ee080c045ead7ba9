"""Killed at any point and started again: nothing accepted is lost, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import create_engine, func, select

from adapters.sms.simulator import DEMO_ACCOUNT, Line, TwilioSimulator
from memory.tables.main import Delivery, Inbound
from memory.tables.rows import table

TOKEN = "a-real-looking-token-of-the-kill-test"
OURS = "+15550109999"
PHONES = [f"+1555000{number:04}" for number in range(24)]
EACH = 12
KILLS = 3


def environment(folder: Path, port: int, api: str) -> Mapping[str, str]:
    """The settings of a served gateway, as an operator would give them."""
    options = {
        "STORAGE__URL": f"sqlite:///{folder / 'onethread.db'}",
        "DATA__FOLDER": str(folder),
        "SERVER__PORT": str(port),
        "SERVER__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PIPELINE__STAGES": "trivial",
        "PLAYBOOK__PATH": "gateway/demo/shop/playbook",
        "TURNS__QUIET_SECONDS": '{"sms": 0}',
        "DELIVERY__BACKOFF_BASE_SECONDS": "0.2",
        "ADAPTERS__SMS__ACCOUNT_SID": DEMO_ACCOUNT,
        "ADAPTERS__SMS__AUTH_TOKEN": TOKEN,
        "ADAPTERS__SMS__FROM_NUMBER": OURS,
        "ADAPTERS__SMS__API_BASE_URL": api,
    }
    return {**os.environ, **{f"ONETHREAD__{key}": value for key, value in options.items()}}


async def serve(env: Mapping[str, str], port: int, log: Path) -> asyncio.subprocess.Process:
    """A started gateway, once it answers."""
    with log.open("ab") as words:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "serve", env=env, stdout=words, stderr=words
        )
    async with aiohttp.ClientSession() as web:
        # Half a minute and more: a busy machine is slow to import and to learn.
        for _ in range(800):
            try:
                async with web.get(f"http://127.0.0.1:{port}/health"):
                    return process
            except aiohttp.ClientError:
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
    raise AssertionError(f"the gateway did not start: {log.read_text()}")


async def write(sim: TwilioSimulator, phone: str, accepted: dict[str, list[str]]) -> None:
    """One person writes, the next text after the last one was taken, through every outage."""
    for number in range(EACH):
        text = f"text {number} of {phone[-4:]}."
        sid = None
        while True:
            try:
                if sid is None:
                    sid = sim._new_sid()
                    await sim.text(phone, text, sid)
                else:
                    await sim.deliver_again(phone, text, sid)
                break
            except RuntimeError:
                await asyncio.sleep(0.1)
        accepted[phone].append(text)


@pytest.mark.timeout(120)
async def test_kills_lose_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    dice = random.Random(os.environ.get("ONETHREAD_KILL_SEED", "1"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    line = Line(DEMO_ACCOUNT, TOKEN, OURS)
    sim = TwilioSimulator(
        line, f"http://127.0.0.1:{port}/channels/sms", callbacks=0, webhook_retries=0
    )
    await sim.start()
    env, log = environment(tmp_path, port, sim.base_url), tmp_path / "gateway.log"
    process = await serve(env, port, log)
    accepted: dict[str, list[str]] = defaultdict(list)
    try:
        writers = [asyncio.create_task(write(sim, phone, accepted)) for phone in PHONES]
        for _ in range(KILLS):
            await asyncio.sleep(dice.uniform(0.05, 0.5))
            process.send_signal(signal.SIGKILL)
            await process.wait()
            process = await serve(env, port, log)
        await asyncio.gather(*writers)
        wanted = len(PHONES) * EACH
        async with asyncio.timeout(60):
            while (  # noqa: ASYNC110 - the gateway is another process
                sum(len(sim.texts_to(phone)) for phone in PHONES) < wanted or _open(tmp_path)
            ):
                await asyncio.sleep(0.1)
    finally:
        process.terminate()
        await process.wait()
        await sim.stop()
    for phone in PHONES:
        said = [one.text for one in sim.texts_to(phone)]
        twice = [text for text, times in Counter(said).items() if times > 1]
        assert twice == [], "sent twice"
        assert len(said) == EACH
        order = [next(n for n in range(EACH) if f"text {n} of" in text) for text in said]
        assert order == list(range(EACH)), "out of order"


def _open(folder: Path) -> int:
    """Messages without a turn and parts on their way, read from the database itself."""
    engine = create_engine(f"sqlite:///{folder / 'onethread.db'}")
    inbox, part = table(Inbound), table(Delivery)
    with engine.connect() as connection:
        waiting = select(func.count()).select_from(inbox).where(inbox.c.status == "new")
        unsent = (
            select(func.count()).select_from(part).where(part.c.status.in_(("pending", "sending")))
        )
        number = connection.execute(waiting).scalar_one() + connection.execute(unsent).scalar_one()
    engine.dispose()
    return int(number)
