"""Puts several files of a playbook's folder in place as one change, over a crash too.

Every new text lies beside its place first; then a journal names them all, and with it the change is
made: whoever reads the folder from then on has what is left of it put in place before. It moves
files of a playbook and no others; what stands in them is judged elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import structlog

from gateway.whole_files import beside, settle

log = structlog.get_logger(__name__)

JOURNAL = ".publishing"

_PLACE = re.compile(r"(?:(?:articles|tables)/)?\w[\w.-]*")
"""Where a journal may lead: whoever can write into the folder must not reach others by it."""

_BOM = b"\xef\xbb\xbf"


def put_in_place(
    folder: Path, before: Mapping[str, str], changes: Mapping[str, str | None]
) -> None:
    """Change these files, all of them or none; without a text, a file is to go.

    A file that is not as `before` has it any more is left to whoever changed it. Raises `OSError`,
    and then nothing was changed.
    """
    rows: dict[str, dict[str, str | None]] = {}
    laid: list[Path] = []
    try:
        for name, text in changes.items():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            was = _digest(before[name].encode()) if name in before else _there(target)
            rows[name] = {"was": was, "new": None}
            if text is not None:
                laid.append(beside(target, text.encode()))
                rows[name]["new"] = laid[-1].name
        journal = beside(folder / JOURNAL, orjson.dumps(rows))
        laid.append(journal)
        _settle(folder, rows)
        journal.replace(folder / JOURNAL)
    except OSError:
        for one in laid:
            one.unlink(missing_ok=True)
        raise
    try:
        settle(folder)
        finish(folder)
    except OSError as error:
        # The change is made: whoever reads the folder tries again, and tells what is in the way.
        log.warning("playbook_files_not_moved", why=error.strerror)


def finish(folder: Path) -> None:
    """Put in place what a change that was broken off had left to do; nothing where there is none.

    It may run in several processes at once: a text can be moved to its place only once. Raises
    `OSError`, and `ValueError` where the journal is none of ours.
    """
    journal = folder / JOURNAL
    try:
        rows = _rows(journal.read_bytes())
    except FileNotFoundError:
        return
    for name, row in rows.items():
        target, new = folder / name, row["new"]
        laid = None if new is None else target.with_name(new)
        if _there(target) == row["was"]:
            _move(laid, target)
        elif laid is not None and laid.exists():
            log.warning("playbook_file_left", file=name, why="changed by hand meanwhile")
            laid.unlink(missing_ok=True)
    _settle(folder, rows)
    journal.unlink(missing_ok=True)
    settle(folder)


def _move(laid: Path | None, target: Path) -> None:
    if laid is None:
        target.unlink(missing_ok=True)
        return
    try:
        laid.replace(target)
    except FileNotFoundError:
        # Another process was faster, and somebody has put the text of before back since.
        return


def _rows(content: bytes) -> Mapping[str, Mapping[str, str | None]]:
    rows: Any = orjson.loads(content)
    if not isinstance(rows, dict) or not all(map(_is_ours, rows, rows.values())):
        raise ValueError(f"{JOURNAL} was not written by OneThread")
    found: Mapping[str, Mapping[str, str | None]] = rows
    return found


def _is_ours(name: str, row: object) -> bool:
    if not isinstance(row, dict) or row.keys() != {"was", "new"} or not _PLACE.fullmatch(name):
        return False
    laid = rf"\.{re.escape(Path(name).name)}\.\d+\.new"
    return row["new"] is None or re.fullmatch(laid, str(row["new"])) is not None


def _there(path: Path) -> str | None:
    """What a file holds, by its digest; nothing where there is none."""
    try:
        return _digest(path.read_bytes())
    except FileNotFoundError:
        return None


def _digest(content: bytes) -> str:
    """Of a text as it is read: line ends and a mark of byte order are none of it."""
    plain = content.removeprefix(_BOM).replace(b"\r\n", b"\n")
    return hashlib.sha256(plain).hexdigest()


def _settle(folder: Path, names: Mapping[str, object]) -> None:
    for parent in sorted({(folder / name).parent for name in names}):
        settle(parent)
