"""Puts the messages of a history into order without having all of them in memory: by handle, then
by time.

Sorted pieces are written to files without a name and merged as they are read (an external merge
sort). In that order a chunk touches few customers, a conversation grows as it was held, and what
the whole file says of a handle is known before its first message is brought in. What customers
wrote is in those files: they are gone with the process, however it ends.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

import orjson

from core.clock import Micros
from core.message import Author, Handle
from memory.past import PastMessage, Piece, Span

IN_MEMORY = 4_000
"""Messages that are sorted at once."""
_MERGED_AT_ONCE = 64
_RESTED_EVERY = 200

_Key = tuple[str, Micros, int]
_Row = tuple[_Key, bytes]


class Sorting:
    """Takes messages in any order, and gives them back in theirs, as often as is asked, but not
    twice at a time.

    Its files lie in `folder` as long as it is open. `silent_before` says of a kind of handle and a
    moment, how long before it a message must have come so that it is still the same person's; 0
    when that never matters. `rest` is called again and again where all are gone over at once.
    """

    def __init__(
        self,
        folder: Path,
        silent_before: Callable[[str, Micros], Micros],
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder
        self._silent_before = silent_before
        self._rest = rest
        self._waiting: list[_Row] = []
        self._runs: list[IO[bytes]] = []
        self._spans = self._file()
        self.count = 0

    def add(self, message: PastMessage) -> None:
        """One more. Raises `OSError` when there is no room."""
        self._waiting.append(((message.handle.key, message.at, message.line), _dump(message)))
        self.count += 1
        if len(self._waiting) >= IN_MEMORY:
            self._write_waiting()

    def finish(self) -> None:
        """No other comes: work out what is known of each handle."""
        self._write_waiting()
        for span in self._found_spans():
            self._spans.write(orjson.dumps(astuple(span)) + b"\n")

    def close(self) -> None:
        """Let go of the files, and so of what is in them."""
        for file in (*self._runs, self._spans):
            file.close()

    def pieces(self, after: int = 0) -> Iterator[Piece]:
        """The messages in their order, without the first `after`."""
        self._spans.seek(0)
        span, key, number = Span(0, 0, 0, 0), "", 0
        messages = self._messages()
        following = next(messages, None)
        while following is not None:
            message, following = following, next(messages, None)
            if message.handle.key != key:
                key, span = message.handle.key, Span(*orjson.loads(self._spans.readline()))
            number += 1
            if number <= after:
                self._rest_after(number)
            else:
                yield Piece(message, span, following is None or following.handle.key != key)

    def _messages(self) -> Iterator[PastMessage]:
        return (_load(data) for _, data in _merged(self._runs))

    def _found_spans(self) -> Iterator[Span]:
        key, kind = "", ""
        begins = written = newest = count = 0
        for number, message in enumerate(self._messages()):
            self._rest_after(number)
            if message.handle.key != key:
                if key:
                    yield Span(begins, written, newest, count)
                key, kind = message.handle.key, message.handle.kind
                begins = written = count = 0
            newest, count = message.at, count + 1
            if message.author is Author.CUSTOMER:
                if written and written < self._silent_before(kind, message.at):
                    begins = message.at
                written = message.at
        if key:
            yield Span(begins, written, newest, count)

    def _rest_after(self, number: int) -> None:
        if number % _RESTED_EVERY == 0:
            self._rest()

    def _write_waiting(self) -> None:
        if self._waiting:
            self._waiting.sort(key=itemgetter(0))
            self._runs.append(self._write(self._waiting))
            self._waiting.clear()
        if len(self._runs) >= _MERGED_AT_ONCE:
            one = self._write(_merged(self._runs))
            for run in self._runs:
                run.close()
            self._runs = [one]

    def _write(self, rows: Iterable[_Row]) -> IO[bytes]:
        file = self._file()
        for key, data in rows:
            file.write(orjson.dumps(key) + b"\t" + data + b"\n")
        return file

    def _file(self) -> IO[bytes]:
        return tempfile.TemporaryFile(dir=self._folder)


def _merged(runs: Iterable[IO[bytes]]) -> Iterator[_Row]:
    return heapq.merge(*map(_read, runs), key=itemgetter(0))


def _read(file: IO[bytes]) -> Iterator[_Row]:
    file.seek(0)
    for line in file:
        # JSON has its tabs escaped.
        key, _, data = line.rstrip(b"\n").partition(b"\t")
        handle, at, number = orjson.loads(key)
        yield (handle, at, number), data


def _dump(one: PastMessage) -> bytes:
    return orjson.dumps(
        (
            one.line,
            one.handle.kind,
            one.handle.address,
            one.channel,
            one.thread,
            one.at,
            one.author,
            one.author_name,
            one.subject,
            one.text,
            one.tokens,
            one.secrets,
            one.digest,
            None if one.about is None else one.about.hex(),
            one.tells,
        )
    )


def _load(data: bytes) -> PastMessage:
    found: list[Any] = orjson.loads(data)
    line, kind, address, channel, thread, at, author, name, subject, text, *rest = found
    tokens, secrets, digest, about, tells = rest
    return PastMessage(
        line,
        Handle(kind, address),
        channel,
        thread,
        at,
        Author(author),
        name,
        subject,
        text,
        tokens,
        secrets,
        digest,
        None if about is None else bytes.fromhex(about),
        tuple((key, value, needs) for key, value, needs in tells),
    )
