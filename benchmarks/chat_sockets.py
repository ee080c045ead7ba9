"""What open chats cost: how fast a first message is acknowledged, and memory of those that idle.

    python -m benchmarks.chat_sockets [--chats 1000] [--idle 5000]

A gateway is served as a process of its own, with SQLite on disk and trivial stages. First messages
come one after another at 50 a second while all chats are open, then all at once. For the memory a
bare aiohttp server, which only opens sockets and reads them, holds as many in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import os
import resource
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import orjson

ORIGIN = "http://shop.test"
PATH = "/channels/webchat/socket"
PER_ADDRESS = 400  # sockets of one network address; the gateway takes 500
PATIENCE = 60.0
LIMIT_MS = 100.0
LIMIT_RATIO = 2.0
PACE = 1 / 50
BARE = f"""
import asyncio, sys
from aiohttp import web
async def read(request):
    socket = web.WebSocketResponse(heartbeat=25.0, compress=False)
    await socket.prepare(request)
    async for _ in socket:
        await socket.send_str('{{"type":"welcome"}}')
    return socket
app = web.Application()
app.router.add_get("{PATH}", read)
app.router.add_get("/health", lambda request: web.Response())
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None, backlog=4096)
"""


class Chat(asyncio.Protocol):
    """One visitor's socket: it says hello, and notes when what it waits for has come."""

    def __init__(self, hello: bytes) -> None:
        self._hello = hello
        self._buffer = b""
        self._awaited = b'"type":"welcome"'
        self._came: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = (
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {ORIGIN}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        transport.write(head.encode() + self._hello)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._awaited in self._buffer and not self._came.done():
            self._came.set_result(time.perf_counter())
            self._buffer = b""

    async def welcomed(self) -> None:
        """Return once the chat is open."""
        await asyncio.wait_for(self._came, PATIENCE)

    async def say(self, number: int) -> float:
        """Send a first message; milliseconds until it was acknowledged as stored."""
        assert self.transport is not None
        self._buffer = b""
        self._awaited = b'"type":"stored"'
        self._came = asyncio.get_running_loop().create_future()
        text = "Hi, where is my order? I ordered it last week."
        said = {"type": "say", "client_id": str(UUID(int=number)), "text": text}
        begun = time.perf_counter()
        self.transport.write(frame(said))
        return (await asyncio.wait_for(self._came, PATIENCE) - begun) * 1000


def frame(said: object) -> bytes:
    """A masked text frame (RFC 6455, section 5.2)."""
    payload = orjson.dumps(said)
    size = len(payload)
    head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    mask = secrets.token_bytes(4)
    return head + mask + bytes(byte ^ mask[at & 3] for at, byte in enumerate(payload))


async def open_chats(port: int, count: int) -> list[Chat]:
    """Open so many, from as many loopback addresses as it takes."""
    loop = asyncio.get_running_loop()
    chats: list[Chat] = []
    hello = frame({"type": "hello"})
    for number in range(count):
        here = (f"127.0.1.{number // PER_ADDRESS + 1}", 0)
        _, chat = await loop.create_connection(
            lambda: Chat(hello), "127.0.0.1", port, local_addr=here
        )
        await chat.welcomed()
        chats.append(chat)
    return chats


async def close(chats: Sequence[Chat]) -> None:
    for one in chats:
        assert one.transport is not None
        one.transport.abort()
    await asyncio.sleep(0)


async def first_messages(port: int, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds until first messages are stored: one after another, and of the rest at once."""
    chats = await open_chats(port, count)
    numbers = itertools.count(1)
    paced: list[asyncio.Task[float]] = []
    for chat in chats[: count // 2]:
        paced.append(asyncio.create_task(chat.say(next(numbers))))
        await asyncio.sleep(PACE)
    one_by_one = list(await asyncio.gather(*paced))
    at_once = list(await asyncio.gather(*(one.say(next(numbers)) for one in chats[count // 2 :])))
    await close(chats)
    return one_by_one, at_once


async def memory(port: int, pid: int, count: int) -> float:
    """KiB of resident memory for each idle socket."""
    warm = await open_chats(port, 100)
    await close(warm)
    before = resident(pid)
    chats = await open_chats(port, count)
    after = resident(pid)
    await close(chats)
    return (after - before) / count


def resident(pid: int) -> int:
    """The resident memory of a process, in KiB (proc(5))."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(pid)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def serving(command: Sequence[str], port: int, env: dict[str, str]) -> Iterator[int]:
    """A server process that answers on this port; its process id."""
    process = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def gateway() -> Iterator[tuple[int, int]]:
    """A served gateway with a chat: its port and process id."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "STORAGE__URL": f"sqlite:///{folder}/onethread.db",
            "DATA__FOLDER": folder,
            "SERVER__PORT": str(port),
            "PIPELINE__STAGES": "trivial",
            "PLAYBOOK__PATH": "gateway/demo/shop/playbook",
            "LOGGING__LEVEL": "ERROR",
            "ADAPTERS__WEBCHAT__ALLOWED_ORIGINS": ORIGIN,
            "ADAPTERS__WEBCHAT__SECRET": secrets.token_hex(32),
        }
        env = {f"ONETHREAD__{name}": value for name, value in options.items()}
        with serving([sys.executable, "-m", "gateway", "serve"], port, env) as pid:
            yield port, pid


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    """Measure, print, and end with a fault when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=1_000)
    parser.add_argument("--idle", type=int, default=5_000)
    asked = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with gateway() as (port, _):
        one_by_one, at_once = asyncio.run(first_messages(port, asked.chats))
    first = p95(one_by_one)
    print(f"first message stored, {asked.chats} chats open (limit {LIMIT_MS:.0f} ms at p95)")
    for name, values in (("50 a second", one_by_one), (f"{len(at_once)} at once", at_once)):
        middle, last = statistics.median(values), max(values)
        print(f"  {name:14} p50 {middle:6.1f}  p95 {p95(values):6.1f}  max {last:6.1f} ms")
    with gateway() as (port, pid):
        ours = asyncio.run(memory(port, pid, asked.idle))
    port = free_port()
    with serving([sys.executable, "-c", BARE, str(port)], port, {}) as pid:
        bare = asyncio.run(memory(port, pid, asked.idle))
    ratio = ours / bare
    print(f"memory of an idle socket, {asked.idle} open (limit {LIMIT_RATIO:g} times bare aiohttp)")
    print(f"  gateway {ours:6.1f} KiB  bare {bare:6.1f} KiB  ratio {ratio:.2f}")
    if first > LIMIT_MS or ratio > LIMIT_RATIO:
        raise SystemExit("a limit is missed")


if __name__ == "__main__":
    main()
