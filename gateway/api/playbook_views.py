"""How the API tells of a playbook: what it is, a draft's faults, a talk that was tried.

It only puts into shape; what the things mean is said where they are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.playbook.fields import PlaybookProblem
from core.turn import Escalation, HeldBack
from gateway.api.render import Preview
from gateway.playbook.parts import Part
from gateway.playbook.status import Status
from gateway.playbook.trial import Tried
from gateway.turns.replaying import Pair
from memory.units.playbook_log import PutInForce


@dataclass(frozen=True, slots=True)
class FaultView:
    """One fault: the file, the line from 1 or 0 where it is not known, the key, and the remedy."""

    file: str
    line: int
    key: str
    wrong: str
    mend: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """Which playbook is in force since when, whether another is being learned, and what keeps the
    folder's files from being taken over."""

    version: str
    since: datetime
    learning: bool
    faults: tuple[FaultView, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of the folder: its name, how many lines it has, and whether it is edited here."""

    name: str
    lines: int
    editable: bool


@dataclass(frozen=True, slots=True)
class PlaybookView:
    """The playbook as its page shows it. `base` is what a draft made of it has to name; `turns` is
    how many turns of late the uses were counted over, `channels` where one could write."""

    business: str
    name: str
    base: str
    status: StatusView
    changed_by: str | None
    note: str
    writable: bool
    turns: int
    channels: tuple[str, ...]
    files: tuple[FileView, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of one file, and the `base` that it was read from."""

    name: str
    text: str
    base: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft that was looked at: its faults, or what could be better and what it changes, and its
    parts as they would be."""

    faults: tuple[FaultView, ...]
    hints: tuple[str, ...]
    changes: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TriedView:
    """One turn of a talk that was tried: why, and how the answer looks on each channel."""

    text: str
    intent: str | None
    confidence: float
    slots: Mapping[str, str]
    asked: tuple[str, ...]
    escalation: Escalation | None
    held: HeldBack | None
    silent: str | None
    reply: str | None
    stands_in: tuple[str, ...]
    why: tuple[str, ...]
    previews: tuple[Preview, ...]


@dataclass(frozen=True, slots=True)
class PairView:
    """A turn as it was decided and as the draft would; `differs` names what is otherwise."""

    id: int
    at: datetime
    channel: str
    text: str
    was: Mapping[str, object]
    now: Mapping[str, object]
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparedView:
    """Over how many turns a draft was compared, and what came of it."""

    same: int
    differing: int
    changes: Mapping[str, int]
    skipped: Mapping[str, int]
    pairs: tuple[PairView, ...]
    all_of_them: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """A playbook coming in force. `kept` says whether its files are, so that it can be put back."""

    version: str
    at: datetime
    actor: str
    action: str
    note: str
    changes: tuple[str, ...]
    before: str | None
    kept: bool
    in_force: bool


def fault_view(one: PlaybookProblem) -> FaultView:
    """A fault as it is told."""
    return FaultView(one.file, one.line, one.key, one.wrong, one.mend)


def status_view(status: Status) -> StatusView:
    """How it stands."""
    faults = tuple(map(fault_view, status.faults))
    return StatusView(status.version, status.since, status.learning, faults)


def tried_view(one: Tried, previews: tuple[Preview, ...]) -> TriedView:
    """One turn that was tried."""
    return TriedView(
        one.text,
        one.intent,
        one.confidence,
        dict(one.slots),
        one.asked,
        one.escalation,
        one.held,
        one.silent,
        None if one.reply is None else one.reply.text,
        one.stands_in,
        one.why,
        previews,
    )


def pair_view(one: Pair) -> PairView:
    """A turn that would be decided otherwise."""
    return PairView(one.id, one.at, one.channel, one.text, one.was, one.now, one.differs)


def version_view(one: PutInForce, kept: frozenset[str], *, in_force: bool) -> VersionView:
    """A row of the versions."""
    return VersionView(
        one.version,
        one.at,
        one.actor,
        one.action,
        one.note,
        one.changes,
        one.before,
        one.version in kept,
        in_force,
    )
