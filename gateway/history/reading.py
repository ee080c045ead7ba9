"""A history opened: read from its file once, its secrets removed, and put into order.

Whoever imports has it from here, whether a command or the gateway: the same file is the same
history. Nothing is written to the database.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from core.channel import Archived
from core.clock import Micros, to_micros
from core.identity.graph import silent_before
from core.identity.rules import IdentityRules
from core.message import Author
from core.secrets import find_secrets
from gateway.customers.import_files import Fault, Faults
from gateway.history.files import READERS
from gateway.history.lines import Reading, Told
from gateway.history.mail import read_mbox
from gateway.history.sorting import Sorting
from memory.past import PastMessage, Piece
from memory.recall.about import about

FORMS = (*READERS, "mbox")
"""What a file may be."""

LONGEST_TEXT = 100_000
"""Characters kept of a message's text."""
_DIGEST_DIGITS = 32
_BLOCK = 1 << 20
_TOLD_EVERY = 20


class BadOption(ValueError):
    """An option that cannot be; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is to be read, as plain words: one of `FORMS`, what columns of other names mean,
    its encoding, the zone of times without one (IANA), and the business's own mail addresses."""

    form: str
    columns: Mapping[str, str]
    encoding: str | None = None
    zone: str = "UTC"
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preparing:
    """What makes messages of a file fit to be kept, and where they lie while they are sorted.

    `key` is what digests are keyed by; `protected` gives the shapes that are never taken for a card
    number now, and `find_facts` says what a text of a customer's tells by itself. `own`
    are the addresses of our own mailboxes, `channels` the channels there are, and `read_mail`
    reads one mail of an mbox.
    """

    folder: Path
    key: bytes
    protected: Callable[[], tuple[str, ...]]
    find_facts: Callable[[str], Iterable[tuple[str, str, int]]]
    count_tokens: Callable[[str], int]
    rules: Callable[[], IdentityRules]
    own: tuple[str, ...]
    channels: frozenset[str]
    read_mail: Callable[[bytes], Archived]
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """What a file says, in order. `faults` are the first of `fault_count`; `digest` names its
    content and how it was read."""

    sorting: Sorting
    faults: tuple[Fault, ...]
    fault_count: int
    digest: str

    @property
    def total(self) -> int:
        """How many messages there are."""
        return self.sorting.count

    def pieces(self, after: int = 0) -> Iterator[Piece]:
        """The messages in their order, without the first `after`."""
        return self.sorting.pieces(after)


@contextmanager
def opened(
    file: BinaryIO,
    form: Form,
    source: str,
    preparing: Preparing,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[HistoryFile]:
    """The history of a file that can be read twice. `progress` hears how many bytes are read.

    Raises `BadOption`, and `OSError` when there is no room to sort it.
    """
    digest, faults = digest_of_file(file, form), Faults()
    preparing.folder.mkdir(parents=True, exist_ok=True)
    rules = preparing.rules()
    sorting = Sorting(
        preparing.folder,
        lambda kind, at: silent_before(kind, rules, at),
        lambda: progress(file.tell()),
    )
    try:
        for number, told in enumerate(_read(file, form, preparing, faults)):
            sorting.add(_prepared(told, source, preparing))
            if number % _TOLD_EVERY == 0:
                progress(file.tell())
        sorting.finish()
        yield HistoryFile(sorting, tuple(faults.first), faults.count, digest)
    finally:
        sorting.close()


def counted(file: BinaryIO, form: Form, preparing: Preparing) -> tuple[int, str, Faults]:
    """How many messages a file has, its digest, and its faults: what is to be known before it is
    brought in. Raises `BadOption`."""
    digest, faults = digest_of_file(file, form), Faults()
    return sum(1 for _ in _read(file, form, preparing, faults)), digest, faults


def digest_of_file(file: BinaryIO, form: Form) -> str:
    """What names a file's content and how it is read; the file is at its beginning again."""
    file.seek(0)
    found = hashlib.sha256()
    while block := file.read(_BLOCK):
        found.update(block)
    found.update(orjson.dumps(form, option=orjson.OPT_SORT_KEYS))
    file.seek(0)
    return found.hexdigest()


def _read(file: BinaryIO, form: Form, preparing: Preparing, faults: Faults) -> Iterator[Told]:
    reading = _reading(form, preparing)
    if form.form == "mbox":
        return read_mbox(file, preparing.read_mail, reading, faults)
    reader = READERS.get(form.form)
    if reader is None:
        raise BadOption(f"There is no form “{form.form}”. Use one of: {', '.join(FORMS)}.")
    return reader(file, reading, faults)


def _reading(form: Form, preparing: Preparing) -> Reading:
    try:
        zone = ZoneInfo(form.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        words = f"There is no time zone “{form.zone}”. Write one such as Europe/Berlin."
        raise BadOption(words) from None
    own = frozenset((*preparing.own, *form.own))
    if form.form == "mbox" and not own:
        raise BadOption("Say which mail addresses are your own: they tell who is the customer.")
    return Reading(form.columns, form.encoding, zone, own, preparing.channels, preparing.now())


def _prepared(told: Told, source: str, preparing: Preparing) -> PastMessage:
    def clean(words: str) -> tuple[str, Mapping[str, str]]:
        return find_secrets(words, preparing.protected(), preparing.key, None)

    text, secrets = clean(told.text[:LONGEST_TEXT])
    subject = None if told.subject is None else clean(told.subject)[0]
    at = to_micros(told.at)
    return PastMessage(
        told.line,
        told.handle,
        told.channel,
        told.thread,
        at,
        told.author,
        told.author_name,
        subject,
        text,
        preparing.count_tokens(text),
        secrets,
        _digest(told, at, source, preparing.key),
        about(text),
        tuple(preparing.find_facts(text)) if told.author is Author.CUSTOMER else (),
    )


def _digest(told: Told, at: Micros, source: str, key: bytes) -> str:
    """What names a message among all of its source: the id it has there, or else all it says."""
    named: tuple[object, ...] = ("id", told.id)
    if not told.id:
        named = ("said", told.channel, told.handle.key, told.author, at, told.text)
    words = orjson.dumps((source, *named))
    return hmac.digest(key, b"history\0" + words, "sha256").hex()[:_DIGEST_DIGITS]
