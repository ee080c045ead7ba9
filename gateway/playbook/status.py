"""How it stands with the playbook of a gateway that runs, in two small files beside the versions
kept: `status` is the gateway's, and `asked` is touched by whoever wants it to look at once.

Only reading and writing of them. What is in force, and why, is `gateway.playbook.reload`'s.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson

from core.playbook.fields import PlaybookProblem
from gateway.whole_files import write_whole

_STATUS, _ASKED = "status", "asked"


@dataclass(frozen=True, slots=True)
class Status:
    """Which version is in force since when; whether the examples of another are being learned just
    now; the `faults` that keep the folder's files out, and when it was last looked."""

    version: str
    since: datetime
    faults: tuple[PlaybookProblem, ...] = ()
    learning: bool = False
    looked_at: datetime | None = None


def tell_status(folder: Path, status: Status) -> None:
    """Write it down. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / _STATUS, orjson.dumps(asdict(status)))


def told_status(folder: Path) -> Status | None:
    """What a gateway wrote down last; nothing when none ever did."""
    try:
        raw = orjson.loads((folder / _STATUS).read_bytes())
        looked = raw["looked_at"]
        return Status(
            raw["version"],
            datetime.fromisoformat(raw["since"]),
            tuple(PlaybookProblem(**one) for one in raw["faults"]),
            raw["learning"],
            None if looked is None else datetime.fromisoformat(looked),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ask_for_look(folder: Path) -> None:
    """Have the gateway that keeps its versions here look at once. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / _ASKED, b"")


def asked_at(folder: Path) -> int:
    """When somebody asked last; 0 when nobody did."""
    try:
        return (folder / _ASKED).stat().st_mtime_ns
    except OSError:
        return 0
