"""What a page shows of the memory of a customer, as frozen data without behaviour.

Values that are kept back are already empty here; who may see what is decided where they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WasView:
    """What a fact was before, until when; or, with no `until`, what is told beside it."""

    id: int
    value: str
    hidden: bool
    verified: bool
    source: str
    message: str | None
    handle: str
    teller: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class KnownView:
    """One thing that is remembered of a customer.

    `group` is "about", "number", "preference" or "promise"; `message` the message that told it,
    where one did, and `teller` says how. It has been so since `since`, and until `until` where it
    is so no more; we know it since `recorded_at` and were last told so at `touched_at`. `value` is
    empty where it is `hidden`, and of a secret says only that there is one. `state` is a promise's:
    "open", "overdue", "kept" or "broken". `also` are other tellings of the same thing, `history`
    what it was before, the latest first.
    """

    id: int
    key: str
    group: str
    label: str
    value: str
    hidden: bool
    secret: bool
    verified: bool
    pinned: bool
    level: int
    handle: str
    source: str
    message: str | None
    channel: str | None
    told_by: str
    teller: str
    since: datetime
    until: datetime | None
    recorded_at: datetime
    touched_at: datetime
    due_at: datetime | None = None
    state: str | None = None
    retired_at: datetime | None = None
    retired_by: str | None = None
    retired_because: str | None = None
    also: tuple[WasView, ...] = ()
    history: tuple[WasView, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotView:
    """What was told in the open case, and by which message."""

    name: str
    label: str
    value: str
    hidden: bool
    message: str | None


@dataclass(frozen=True, slots=True)
class OpenCaseView:
    """What is going on now. What is `withheld` drew on somebody who is another customer now."""

    id: int
    status: str
    intent: str | None
    channel: str
    conversation_id: int
    opened_at: datetime
    slots: tuple[SlotView, ...]
    withheld: bool


@dataclass(frozen=True, slots=True)
class ContactView:
    """Whether somebody may be written to at an address of theirs, and what speaks against it."""

    id: int
    handle: str
    opted_out: bool
    dead: bool
    shared: bool
    blocked: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class EpisodeEntry:
    """One stretch of talk. `line` tells it in one line, `message` is where it can be read."""

    id: int
    kind: str
    channels: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    first_words: str
    outcome: str | None
    line: str
    summary: str | None
    summary_by: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class MemoryView:
    """All that is remembered of a customer beside the messages themselves, which `counts` counts.

    `facts` are those about them and their numbers; of `past` nothing holds any more, and `retired`
    were wrong and are told to nobody.
    """

    id: int
    name: str
    preferences: tuple[KnownView, ...]
    facts: tuple[KnownView, ...]
    promises: tuple[KnownView, ...]
    past: tuple[KnownView, ...]
    retired: tuple[KnownView, ...]
    case: OpenCaseView | None
    contact: tuple[ContactView, ...]
    episodes: tuple[EpisodeEntry, ...]
    counts: Mapping[str, int]
