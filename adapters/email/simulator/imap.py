"""A small IMAP4rev1 server on loopback for one user and one mailbox, for the simulator.

It speaks what a mail reader needs (RFC 3501, RFC 2177): log in, select, search, fetch, flags, IDLE.
On demand it misbehaves. It is no server for real mail.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.email.simulator.store import FETCH_FAULTS, IDLE_FAULTS, Mailbox, Stored

CAPABILITIES = "IMAP4rev1 IDLE AUTH=XOAUTH2 AUTH=PLAIN UIDPLUS"
_LONGEST_LINE = 65_536
_LONGEST_LITERAL = 1_000_000
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|([^\s"()]+(?:\[[^\]]*\](?:<[\d.]+>)?)?)')
_BODY = re.compile(r"BODY(?:\.PEEK)?\[(?P<section>[^\]]*)\](?:<(?P<from>\d+)\.(?P<count>\d+)>)?")


class _Gone(Exception):
    """The connection is at its end."""


@dataclass(slots=True)
class ImapServer:
    """The server. `logins` counts, `denied` refuses every login from now on, and while
    `answering` is not set, no command is answered."""

    mailbox: Mailbox
    user: str
    password: str = field(repr=False)
    access_token: str = field(repr=False)
    folder: str = "INBOX"
    denied: bool = False
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    logins: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self.answering.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LONGEST_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.mailbox.connections.add(writer.transport)
        try:
            await _Session(self, reader, writer).run()
        except (_Gone, OSError, asyncio.IncompleteReadError, ValueError):
            pass  # The client went away or talks nonsense: either way there is nobody to answer.
        except asyncio.CancelledError:
            pass  # Stopping.
        finally:
            self.mailbox.connections.discard(writer.transport)
            self._tasks.discard(task)
            writer.transport.abort()


class _Session:
    """One connection."""

    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._mailbox = server.mailbox
        self._reader = reader
        self._writer = writer
        self._inside = False
        self._selected = False
        self._read_only = False
        self._known = 0
        self._commands: dict[str, Callable[[str, list[str]], Awaitable[None]]] = {
            "CAPABILITY": self._capability,
            "LOGIN": self._login,
            "AUTHENTICATE": self._authenticate,
            "SELECT": self._select,
            "EXAMINE": self._select,
            "LIST": self._list,
            "NOOP": self._noop,
            "IDLE": self._idle,
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
            "UID STORE": self._store,
        }

    async def run(self) -> None:
        await self._say("* OK [CAPABILITY " + CAPABILITIES + "] ready")
        while True:
            tag, name, arguments = await self._command()
            if self._mailbox.faults.waiting and self._selected:
                await self._misbehave()
            if name == "LOGOUT":
                await self._say("* BYE logging out", f"{tag} OK LOGOUT completed")
                return
            handle = self._commands.get(name)
            allowed = self._inside or name in ("CAPABILITY", "LOGIN", "AUTHENTICATE", "NOOP")
            chosen = self._selected or not name.startswith("UID ")
            if handle is None or not allowed or not chosen:
                await self._say(f"{tag} BAD not now")
                continue
            await handle(tag, [name, *arguments] if name in ("SELECT", "EXAMINE") else arguments)

    async def _misbehave(self) -> None:
        if self._mailbox.faults.take(frozenset({"uidvalidity"})) is not None:
            self._mailbox.renumber()
            raise _Gone
        fault = self._mailbox.faults.take(FETCH_FAULTS)
        if fault is not None and fault.kind == "disconnect":
            raise _Gone
        if fault is not None:
            await asyncio.sleep(fault.seconds)

    async def _command(self) -> tuple[str, str, list[str]]:
        """The next command: its tag, its name in capitals, its arguments without their quotes."""
        line = await self._line()
        while (literal := re.search(r"\{(\d+)(\+?)\}$", line)) is not None:
            size = min(int(literal[1]), _LONGEST_LITERAL)
            if not literal[2]:
                await self._say("+ go on")
            value = (await self._reader.readexactly(size)).decode("utf-8", "replace")
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            line = line[: literal.start()] + f'"{quoted}"' + await self._line()
        tag, _, rest = line.partition(" ")
        name, _, rest = rest.partition(" ")
        if name.upper() == "UID":
            second, _, rest = rest.partition(" ")
            name = f"UID {second}"
        return tag, name.upper(), [_unquoted(one) for one in _TOKEN.finditer(rest)]

    async def _line(self) -> str:
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise _Gone
        return line.decode("utf-8", "replace").rstrip("\r\n")

    async def _say(self, *lines: str) -> None:
        await self._server.answering.wait()
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()

    async def _capability(self, tag: str, arguments: list[str]) -> None:
        await self._say("* CAPABILITY " + CAPABILITIES, f"{tag} OK done")

    async def _login(self, tag: str, arguments: list[str]) -> None:
        await self._enter(tag, arguments == [self._server.user, self._server.password])

    async def _authenticate(self, tag: str, arguments: list[str]) -> None:
        await self._say("+ ")
        given = b64decode(await self._line()).decode("utf-8", "replace")
        wanted = {
            "XOAUTH2": f"user={self._server.user}\1auth=Bearer {self._server.access_token}\1\1",
            "PLAIN": f"\0{self._server.user}\0{self._server.password}",
        }
        await self._enter(tag, given == wanted.get(arguments[0].upper()))

    async def _enter(self, tag: str, right: bool) -> None:
        if not right or self._server.denied:
            await self._say(f"{tag} NO [AUTHENTICATIONFAILED] invalid credentials")
            return
        self._inside = True
        self._server.logins += 1
        await self._say(f"{tag} OK [CAPABILITY {CAPABILITIES}] logged in")

    async def _select(self, tag: str, arguments: list[str]) -> None:
        name, folder = arguments
        if folder != self._server.folder:
            await self._say(f"{tag} NO [NONEXISTENT] there is no such mailbox")
            return
        self._selected = True
        self._read_only = name == "EXAMINE"
        self._known = self._mailbox.next_uid
        await self._say(
            f"* {len(self._mailbox.mails)} EXISTS",
            "* 0 RECENT",
            r"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)",
            f"* OK [UIDVALIDITY {self._mailbox.uid_validity}] valid",
            f"* OK [UIDNEXT {self._mailbox.next_uid}] next",
            f"{tag} OK [{'READ-ONLY' if self._read_only else 'READ-WRITE'}] selected",
        )

    async def _list(self, tag: str, arguments: list[str]) -> None:
        await self._say(f'* LIST () "/" "{self._server.folder}"', f"{tag} OK done")

    async def _noop(self, tag: str, arguments: list[str]) -> None:
        if self._selected:
            await self._say(f"* {len(self._mailbox.mails)} EXISTS")
        await self._say(f"{tag} OK done")

    async def _idle(self, tag: str, arguments: list[str]) -> None:
        await self._say("+ idling")
        silent = self._mailbox.faults.take(IDLE_FAULTS) is not None
        end = asyncio.ensure_future(self._line())
        try:
            while not end.done():
                news = asyncio.ensure_future(self._mailbox.changed(self._known))
                waiting = {end} if silent else {end, news}
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if news.done() and not end.done():
                    self._known = self._mailbox.next_uid
                    await self._say(f"* {len(self._mailbox.mails)} EXISTS")
                news.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await news
        finally:
            end.cancel()
        await end
        self._known = self._mailbox.next_uid
        await self._say(f"{tag} OK IDLE terminated")

    async def _search(self, tag: str, arguments: list[str]) -> None:
        found = [one.uid for one in self._mailbox.mails if _matches(one, arguments, self._last())]
        await self._say("* SEARCH" + "".join(f" {uid}" for uid in found), f"{tag} OK done")

    async def _fetch(self, tag: str, arguments: list[str]) -> None:
        wanted = _uids(arguments[0], self._last())
        items = " ".join(arguments[1:])
        for number, one in self._mailbox.numbered():
            if one.uid in wanted:
                if one.uid in self._mailbox.withheld and "BODY" in items:
                    raise _Gone
                self._writer.write(_fetched(number, one, items))
                await self._writer.drain()
        await self._say(f"{tag} OK done")

    async def _store(self, tag: str, arguments: list[str]) -> None:
        if self._read_only:
            await self._say(f"{tag} NO the mailbox is open for reading only")
            return
        wanted = _uids(arguments[0], self._last())
        flags = set(arguments[2].strip("()").split())
        for one in self._mailbox.mails:
            if one.uid in wanted:
                one.flags = one.flags - flags if arguments[1][0] == "-" else one.flags | flags
        await self._say(f"{tag} OK done")

    def _last(self) -> int:
        return self._mailbox.mails[-1].uid if self._mailbox.mails else 0


def _unquoted(token: re.Match[str]) -> str:
    quoted, listed, atom = token.groups()
    return re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else listed or atom


def _uids(text: str, last: int) -> frozenset[int]:
    """The UIDs of a set such as 3,5:9,12:* (RFC 3501, section 9, sequence-set)."""
    found: set[int] = set()
    for one in text.split(","):
        ends = [last if end == "*" else int(end) for end in one.split(":")]
        found.update(range(min(ends), max(ends) + 1))
    return frozenset(found)


def _matches(mail: Stored, criteria: Sequence[str], last: int) -> bool:
    """Whether a mail meets all of the criteria; those that are not known are met by none."""
    words = iter(criteria)
    for word in words:
        name = word.upper()
        if name == "UID":
            met = mail.uid in _uids(next(words), last)
        elif name == "SINCE":
            day = datetime.strptime(next(words), "%d-%b-%Y").replace(tzinfo=UTC)
            met = mail.at.date() >= day.date()
        elif name.startswith("UN"):
            met = f"\\{name[2:].capitalize()}" not in mail.flags
        else:
            met = name == "ALL"
        if not met:
            return False
    return True


def _fetched(number: int, mail: Stored, items: str) -> bytes:
    """One FETCH response with what was asked for."""
    date = mail.at.strftime("%d-%b-%Y %H:%M:%S +0000")
    given = [f"UID {mail.uid}".encode()]
    if "FLAGS" in items:
        given.append(f"FLAGS ({' '.join(sorted(mail.flags))})".encode())
    if "INTERNALDATE" in items:
        given.append(f'INTERNALDATE "{date}"'.encode())
    if "RFC822.SIZE" in items:
        given.append(f"RFC822.SIZE {len(mail.raw)}".encode())
    for asked in _BODY.finditer(items):
        content = mail.raw
        if asked["section"].upper() == "HEADER":
            content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        name = f"BODY[{asked['section']}]"
        if asked["from"] is not None:
            start = int(asked["from"])
            content = content[start : start + int(asked["count"])]
            name += f"<{start}>"
        given.append(f"{name} {{{len(content)}}}\r\n".encode() + content)
    return b"* %d FETCH (%s)\r\n" % (number, b" ".join(given))
