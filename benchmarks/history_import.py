"""How fast a history comes in, whether memory stays flat, and what it costs those who write now.

    python -m benchmarks.history_import [--small 10000] [--large 100000] [--rounds 3] [--rate 10]

First a small and a large file are brought in, each by a process of its own, from CSV into an empty
SQLite file: messages for each second of CPU time, and the most memory that was held. Then a real
gateway answers texts at a steady rate: alone, while it brings a file in behind a request, and while
a command does so beside it. It prints the reply times and their ratios. The bar is memory: the
large file may take at most a quarter more than the small one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from adapters.email.archive import read_archived
from adapters.sms.simulator import Line, TwilioSimulator
from benchmarks.mail_flood import ACCOUNT, NUMBER, ROOT, TOKEN, Times, serving, text_while
from core.clock import id_source, to_micros
from core.facts.learning import told_in
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance
from gateway.customers.importing import Step, Tools, drive
from gateway.history.importing import apply
from gateway.history.reading import Form, Preparing, opened
from gateway.playbook.reader import load_playbook
from memory.engine import database_url, writer_engine
from memory.migrate import upgrade
from memory.recall.tokens import token_counter
from memory.units.identity.bringing import Source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BAR = 1.25
ALONE_SECONDS = 12.0
EACH = 20
"""Messages of one customer."""
_WARM = 8
"""Transactions in which statements are made that are kept from then on."""
TEXTS = (
    "Hello, I would like to ask where my order {number} is, it should have been here on Friday.",
    "It left our workshop on Monday with the number TRK{number}, and takes three days at most.",
)


def write_history(path: Path, messages: int) -> None:
    """A file in which customers take turns, as a desk's export is ordered by time."""
    customers = max(1, messages // EACH)
    with path.open("w", encoding="utf-8") as file:
        file.write("when,phone,author,text,id\n")
        for number in range(messages):
            at = NOW - timedelta(days=300) + timedelta(seconds=200 * number * 100_000 // messages)
            author = "out" if number // customers % 2 else "in"
            text = TEXTS[number // customers % 2].format(number=100_000 + number)
            phone = f"+1555{number % customers + 1:07}"
            file.write(f'{at.isoformat()},{phone},{author},"{text}",m{number}\n')


def bring_in(folder: Path, messages: int) -> None:
    """Bring one file in within this process, and print what it took."""
    path = folder / f"{messages}.csv"
    write_history(path, messages)
    url = f"sqlite:///{folder / str(messages)}.db"
    upgrade(url)
    engine = writer_engine(database_url(url), "NORMAL")
    playbook = load_playbook(ROOT / "gateway/demo/shop/playbook")
    preparing = Preparing(
        folder,
        b"k" * 32,
        tuple,
        lambda text: told_in(text, playbook, DEFAULT_RULES.levels.personal),
        token_counter("o200k_base", folder),
        lambda: DEFAULT_RULES,
        (),
        frozenset({"sms"}),
        read_archived,
        lambda: NOW,
    )
    preparing.count_tokens("warm")
    connection, lengths = engine.connect(), list[float]()

    def run(step: Step) -> object:
        began = time.thread_time()
        with connection.begin():
            result = step.run(connection)
        lengths.append(time.thread_time() - began)
        return result

    at = to_micros(NOW)
    tools = Tools(lambda: at, id_source(lambda: at, 1), time.perf_counter, lambda: DEFAULT_RULES)
    source = Source("desk", Assurance.ASSERTED, "benchmark", "benchmark")
    began = time.process_time()
    with path.open("rb") as file, opened(file, Form("csv", {}), "desk", preparing) as read:
        sorted_at = time.process_time()
        report = drive(apply(read, source, tools), run)
    took = time.process_time() - began
    connection.close()
    assert report.messages == messages, report
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(took, sorted_at - began, held, max(lengths[_WARM:]))


def measured(folder: Path, messages: int) -> tuple[float, float, int, float]:
    """Seconds of CPU time, of which for reading; most memory in kB; the longest transaction."""
    command = [sys.executable, "-m", "benchmarks.history_import", "--alone", str(messages)]
    told = subprocess.run([*command, "--folder", str(folder)], check=True, stdout=subprocess.PIPE)
    took, reading, held, longest = told.stdout.split()
    return float(took), float(reading), int(held), float(longest)


def environment(folder: Path, name: str) -> dict[str, str]:
    """The settings of the gateway that `serving` runs, for a command beside it."""
    return {
        **os.environ,
        "ONETHREAD__STORAGE__URL": f"sqlite:///{folder / name}.db",
        "ONETHREAD__DATA__FOLDER": str(folder),
        "ONETHREAD__PLAYBOOK__PATH": str(ROOT / "gateway/demo/shop/playbook"),
    }


async def command(folder: Path, name: str, *words: str) -> bytes:
    """Run a command of ours to its end, and give what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway",
        *words,
        env=environment(folder, name),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"onethread {words[0]} ended with {process.returncode}")
    return told


async def import_by(way: str, folder: Path, name: str, port: int, file: Path) -> None:
    """Bring the file in by a command, or by the gateway itself; or only let some time pass."""
    if way == "alone":
        await asyncio.sleep(ALONE_SECONDS)
    elif way == "command":
        reason = ("--source", "desk", "--reason", "benchmark")
        await command(folder, name, "import-history", str(file), *reason, "--yes")
    else:
        made = await command(folder, name, "tokens", "add", "b", "--right", "provision", "--json")
        await by_gateway(port, json.loads(made)["token"], file)


async def by_gateway(port: int, token: str, file: Path) -> None:
    """Give the file over the API, and wait until all of it is in."""
    url = f"http://127.0.0.1:{port}/api/v1/imports"
    query = {"source": "desk", "reason": "benchmark"}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        content = file.read_bytes()
        async with session.post(f"{url}/history", params=query, data=content) as answer:
            assert answer.status == 202, await answer.text()
            batch = await answer.json()
        while batch["under_way"]:
            await asyncio.sleep(0.5)
            async with session.get(f"{url}/{batch['id']}") as answer:
                batch = await answer.json()


async def reply_times(
    folder: Path, name: str, way: str, file: Path, rate: float
) -> tuple[Times, float]:
    """Reply times by SMS while a file comes in this `way`, and the seconds until it is in."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    line, hook = Line(ACCOUNT, TOKEN, NUMBER), f"http://127.0.0.1:{port}/channels/sms"
    phones = TwilioSimulator(line, hook, callbacks=0)
    await phones.start()
    tables = {
        "sms__account_sid": ACCOUNT,
        "sms__auth_token": TOKEN,
        "sms__from_number": NUMBER,
        "sms__api_base_url": phones.base_url,
    }
    try:
        async with serving(folder, name, port, tables):
            began = time.perf_counter()
            going = asyncio.create_task(import_by(way, folder, name, port, file))
            times = await text_while(phones, rate, lambda: not going.done())
            await going
            return times, time.perf_counter() - began
    finally:
        await phones.stop()


async def replies(folder: Path, file: Path, rounds: int, rate: float) -> None:
    """Print the reply times of each round, and how they compare."""
    ratios: dict[str, list[float]] = {}
    for number in range(rounds):
        alone, _ = await reply_times(folder, f"alone-{number}", "alone", file, rate)
        print(f"round {number}: SMS alone p50 {alone.p50:.1f} p95 {alone.p95:.1f} ms")
        for way in ("gateway", "command"):
            beside, took = await reply_times(folder, f"{way}-{number}", way, file, rate)
            ratios.setdefault(way, []).append(beside.p95 / alone.p95)
            print(
                f"  beside the {way}: p50 {beside.p50:.1f} p95 {beside.p95:.1f} ms "
                f"({beside.count}), ratio {ratios[way][-1]:.2f}, in after {took:.0f} s"
            )
    for way, found in ratios.items():
        print(f"median ratio of p95 beside the {way}: {statistics.median(found):.2f}")


def main() -> None:
    """Measure and print; the exit code says whether memory stayed flat."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=10.0, help="texts in a second")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone is not None:
        bring_in(given.folder, given.alone)
        return
    with tempfile.TemporaryDirectory(prefix="onethread-history-") as name:
        folder = Path(name)
        held = []
        for messages in (given.small, given.large):
            took, reading, memory, longest = measured(folder, messages)
            held.append(memory)
            print(
                f"{messages:,} messages: {messages / took:,.0f} for each second of CPU time, of "
                f"which {reading / took:.0%} for reading; {memory / 1024:.0f} MB; the longest "
                f"transaction {longest * 1000:.0f} ms of CPU time"
            )
        ratio = held[1] / held[0]
        print(f"memory: ratio {ratio:.2f} of at most {BAR}")
        file = folder / f"{given.small}.csv"
        asyncio.run(replies(folder, file, given.rounds, given.rate))
    raise SystemExit(int(ratio > BAR))


if __name__ == "__main__":
    main()
