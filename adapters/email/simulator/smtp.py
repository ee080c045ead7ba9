"""A small SMTP submission server on loopback for the simulator (RFC 5321, RFC 6409).

It takes a mail from whoever logs in and hands it on; on demand it misbehaves. Where the mail goes
then is its owner's affair.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from adapters.email.simulator.store import DATA_FAULTS, Fault, Faults

MAX_SIZE = 30 * 1024 * 1024
_LONGEST_LINE = 65_536
_PATH = re.compile(r"<([^<>\r\n]*)>(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail as it was handed in."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    options: str = ""


class _Gone(Exception):
    """The connection is at its end."""


@dataclass(slots=True)
class SmtpServer:
    """The server; `accept` is given each mail it took. `logins` counts, `denied` refuses them, and
    an `open_relay` wants and offers none; `refused_sender` is the answer to every sender."""

    faults: Faults
    accept: Callable[[Envelope], Awaitable[None]]
    user: str
    password: str = field(repr=False)
    access_token: str = field(repr=False)
    utf8: bool = True
    max_size: int = MAX_SIZE
    denied: bool = False
    open_relay: bool = False
    refused_sender: str = ""
    logins: int = 0
    connected: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._writers)

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LONGEST_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drop_all(self) -> None:
        """Drop every connection, as after a time without use."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connected += 1
        try:
            await _Session(self, reader, writer).run()
        except (_Gone, OSError, asyncio.IncompleteReadError, ValueError):
            pass  # The client went away or talks nonsense: either way there is nobody to answer.
        except asyncio.CancelledError:
            pass  # Stopping.
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()


class _Session:
    """One connection."""

    def __init__(
        self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._inside = False
        self._sender: str | None = None
        self._options = ""
        self._recipients: list[str] = []

    async def run(self) -> None:
        await self._say("220 simulated.example ESMTP")
        while True:
            line = await self._line()
            verb, _, rest = line.partition(" ")
            handle = {
                "EHLO": self._ehlo,
                "AUTH": self._auth,
                "MAIL": self._mail,
                "RCPT": self._rcpt,
                "DATA": self._data,
                "RSET": self._rset,
                "NOOP": self._noop,
            }.get(verb.upper())
            if verb.upper() == "QUIT":
                await self._say("221 2.0.0 bye")
                return
            if handle is None:
                await self._say("500 5.5.1 not known here")
            else:
                await handle(rest)

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()

    async def _line(self) -> str:
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise _Gone
        return line.decode("utf-8", "replace").rstrip("\r\n")

    async def _ehlo(self, rest: str) -> None:
        offered = [
            "simulated.example",
            f"SIZE {self._server.max_size}",
            "8BITMIME",
            "ENHANCEDSTATUSCODES",
        ]
        offered += ["SMTPUTF8"] if self._server.utf8 else []
        lines = [f"250-{one}" for one in offered]
        last = "HELP" if self._server.open_relay else "AUTH PLAIN LOGIN XOAUTH2"
        await self._say(*lines, f"250 {last}")

    async def _auth(self, rest: str) -> None:
        method, _, first = rest.partition(" ")
        user, password, token = self._server.user, self._server.password, self._server.access_token
        wanted = {
            "PLAIN": f"\0{user}\0{password}",
            "XOAUTH2": f"user={user}\1auth=Bearer {token}\1\1",
        }
        if method.upper() == "LOGIN":
            name = first or await self._ask("334 VXNlcm5hbWU6")
            secret = await self._ask("334 UGFzc3dvcmQ6")
            right = (_decoded(name), _decoded(secret)) == (user, password)
        else:
            right = _decoded(first or await self._ask("334 ")) == wanted.get(method.upper())
        if not right or self._server.denied:
            await self._say("535 5.7.8 authentication failed")
            return
        self._inside = True
        self._server.logins += 1
        await self._say("235 2.7.0 welcome")

    async def _ask(self, question: str) -> str:
        await self._say(question)
        return await self._line()

    async def _mail(self, rest: str) -> None:
        path = _PATH.search(rest)
        if not (self._inside or self._server.open_relay) or path is None:
            await self._say("530 5.7.0 log in first" if path else "501 5.5.4 no address")
            return
        if self._server.refused_sender:
            await self._say(self._server.refused_sender)
            return
        if await self._refuses(frozenset({"throttle"})):
            raise _Gone
        self._sender, self._options, self._recipients = path[1], path[2].strip(), []
        await self._say("250 2.1.0 ok")

    async def _rcpt(self, rest: str) -> None:
        path = _PATH.search(rest)
        if self._sender is None or path is None or not path[1]:
            await self._say("503 5.5.1 not now")
            return
        if await self._refuses(frozenset({"greylist", "refuse"})):
            return
        self._recipients.append(path[1])
        await self._say("250 2.1.5 ok")

    async def _rset(self, rest: str) -> None:
        self._sender = None
        await self._say("250 2.0.0 ok")

    async def _noop(self, rest: str) -> None:
        await self._say("250 2.0.0 ok")

    async def _data(self, rest: str) -> None:
        if self._sender is None or not self._recipients:
            await self._say("503 5.5.1 not now")
            return
        fault = self._server.faults.take(DATA_FAULTS)
        await self._say("354 go on")
        raw = await self._content(fault)
        envelope = Envelope(self._sender, tuple(self._recipients), raw, self._options)
        self._sender = None
        if fault is not None and fault.kind == "garbage":
            await self._say("<html>not what you asked for</html>")
            raise _Gone
        await self._server.accept(envelope)
        if fault is not None:
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            raise _Gone
        await self._say("250 2.0.0 taken")

    async def _refuses(self, kinds: frozenset[str]) -> bool:
        """Whether a fault of these kinds is due; its answer is then given."""
        fault = self._server.faults.take(kinds)
        if fault is None:
            return False
        answers = {
            "greylist": "450 4.7.1 greylisted, come back later",
            "refuse": f"{fault.code} {fault.status} refused on purpose",
            "throttle": "421 4.7.0 too many mails, closing",
        }
        await self._say(answers[fault.kind])
        return True

    async def _content(self, fault: Fault | None) -> bytes:
        """Everything up to the lone dot, with doubled dots made single again."""
        lines: list[bytes] = []
        size = 0
        while (line := await self._reader.readline()) != b".\r\n":
            if not line.endswith(b"\n") or size > self._server.max_size:
                raise _Gone
            if fault is not None and fault.kind == "drop":
                raise _Gone
            lines.append(line[1:] if line.startswith(b".") else line)
            size += len(line)
        return b"".join(lines)


def _decoded(text: str) -> str:
    return b64decode(text).decode("utf-8", "replace")
