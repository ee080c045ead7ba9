"""Does a full mailbox hold back who texts now? Reply times by SMS, alone and beside many mails.

    python -m benchmarks.mail_flood [--rounds 3] [--mails 1000] [--rate 10]

A real gateway serves in a process of its own; the simulated providers stand in this one. In each
round texts come at a steady rate: first with an empty mailbox, then while it is read and answered.
It prints both reply times, their ratio, and how long the mails took.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from adapters.email.simulator.service import MailSimulator
from adapters.sms.simulator import Line, TwilioSimulator

ROOT = Path(__file__).parents[1]
ACCOUNT, TOKEN, NUMBER = "AC" + "b" * 32, "the-flood-benchmark-s-token", "+15550109999"
SECRET = "the-flood-benchmark-signs-its-mails-with-this"
PHONES = 40
QUIET_SECONDS = 8.0
PATIENCE = 120.0
HISTORY = "> The lamp stands in the hall, where the evening light is best for reading.\n" * 240


@dataclass(frozen=True, slots=True)
class Times:
    """Reply times in milliseconds."""

    p50: float
    p95: float
    count: int

    @classmethod
    def of(cls, seconds: list[float]) -> Times:
        cuts = statistics.quantiles((one * 1000 for one in seconds), n=100)
        return cls(cuts[49], cuts[94], len(seconds))


async def text_while(phones: TwilioSimulator, rate: float, going_on: Callable[[], bool]) -> Times:
    """Texts at a steady rate, for as long as `going_on`; each phone waits for its reply."""
    took: list[float] = []
    tasks: list[asyncio.Task[None]] = []

    async def one(number: int) -> None:
        phone = f"+1555000{number % PHONES:04}"
        before, start = phones.last_seq, time.perf_counter()
        await phones.text(phone, f"When are you open? This is text {number}.")
        await phones.wait_for_reply(phone, before, PATIENCE)
        took.append(time.perf_counter() - start)

    begun = time.perf_counter()
    number = 0
    while going_on() or number < 50:
        tasks.append(asyncio.create_task(one(number)))
        number += 1
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
    await asyncio.gather(*tasks)
    return Times.of(took)


async def fill(mail: MailSimulator, count: int) -> None:
    """Mails of about 20 kB from as many customers, waiting to be read."""
    for number in range(count):
        text = f"When are you open? I am customer {number}.\n\nOn 3 May, Jo wrote:\n{HISTORY}"
        await mail.write(f"customer{number}@example.com", text, subject=f"Opening hours {number}")


@asynccontextmanager
async def serving(
    folder: Path, name: str, port: int, tables: dict[str, str]
) -> AsyncIterator[None]:
    """A gateway over a database of its own; trained models are shared by all rounds."""
    env = {
        **os.environ,
        "ONETHREAD__STORAGE__URL": f"sqlite:///{folder / name}.db",
        "ONETHREAD__DATA__FOLDER": str(folder),
        "ONETHREAD__PLAYBOOK__PATH": str(ROOT / "gateway/demo/shop/playbook"),
        "ONETHREAD__SERVER__PORT": str(port),
        "ONETHREAD__LOGGING__LEVEL": "ERROR",
        "ONETHREAD__TURNS__QUIET_SECONDS": '{"sms": 0}',
        **{f"ONETHREAD__ADAPTERS__{key.upper()}": value for key, value in tables.items()},
    }
    process = subprocess.Popen(  # noqa: ASYNC220 - it is started and stopped between measurements
        [sys.executable, "-m", "gateway", "serve"], env=env, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/health"):
                        break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


async def measure(folder: Path, name: str, mails: int, rate: float) -> tuple[Times, float]:
    """Reply times by SMS while so many mails are read, and the seconds until all are answered."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    phones = TwilioSimulator(
        Line(ACCOUNT, TOKEN, NUMBER), f"http://127.0.0.1:{port}/channels/sms", callbacks=0
    )
    answered: set[str] = set()
    mail = MailSimulator(password="flood", on_outbound=lambda one: answered.add(one.address))
    await phones.start()
    await mail.start()
    try:
        await fill(mail, mails)
        tables = {
            "sms__account_sid": ACCOUNT,
            "sms__auth_token": TOKEN,
            "sms__from_number": NUMBER,
            "sms__api_base_url": phones.base_url,
            **{
                f"email__{key}": ",".join(value) if isinstance(value, list) else str(value)
                for key, value in (mail.config_table() | {"secret": SECRET}).items()
            },
        }
        async with serving(folder, name, port, tables):
            start = time.perf_counter()
            until = start + QUIET_SECONDS
            wanted = (
                (lambda: len(answered) < mails) if mails else lambda: time.perf_counter() < until
            )
            times = await text_while(phones, rate, wanted)
            return times, time.perf_counter() - start
    finally:
        await phones.stop()
        await mail.stop()


async def run(rounds: int, mails: int, rate: float) -> None:
    ratios: list[float] = []
    with tempfile.TemporaryDirectory(prefix="onethread-flood-") as name:
        folder = Path(name)
        for number in range(rounds):
            alone, _ = await measure(folder, f"alone-{number}", 0, rate)
            beside, took = await measure(folder, f"beside-{number}", mails, rate)
            ratios.append(beside.p95 / alone.p95)
            print(
                f"round {number}: SMS alone p50 {alone.p50:.1f} p95 {alone.p95:.1f} ms "
                f"({alone.count}); beside {mails} mails p50 {beside.p50:.1f} p95 {beside.p95:.1f} "
                f"ms ({beside.count}); ratio {ratios[-1]:.2f}; mails answered in {took:.0f} s"
            )
    print(f"median ratio of p95: {statistics.median(ratios):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=10.0, help="texts in a second")
    given = parser.parse_args()
    asyncio.run(run(given.rounds, given.mails, given.rate))


if __name__ == "__main__":
    main()
