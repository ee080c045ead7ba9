"""Reads a playbook's folder from the disk and has the core make a playbook of it.

It knows which files belong to a playbook and how large they may be; what their texts mean is
`core.playbook.reader`'s. Files it does not know, such as a README, are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.escalation.fixtures import FIXTURES, Fixture, read_fixtures
from core.identity.rule_reader import IDENTITY_FILE
from core.playbook.fields import PlaybookError, PlaybookProblem, Report, parse_toml
from core.playbook.model import Playbook
from core.playbook.reader import read_playbook
from gateway.actions.registry import check_installed
from gateway.playbook.journal import JOURNAL, finish
from gateway.stages.registry import check_stages

FILE_LIMIT = 5_000_000
"""Bytes a file may have: a table of some 50,000 rows."""

FILES_LIMIT = 2_000
"""Files a playbook may have."""

KINDS = ("*.toml", "tables/*.csv", "articles/*.md")

_LOOKS = 3
"""How often files that change while they are read are read again."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What a playbook's folder held when it was read: texts by their path inside of it, the names
    of files that could not be read, and why not."""

    files: Mapping[str, str]
    unread: frozenset[str] = frozenset()
    problems: tuple[PlaybookProblem, ...] = ()

    @property
    def digest(self) -> str:
        """What this content is known by. Unlike a playbook's version it is of every file."""
        return digest_of(self.files)


def digest_of(files: Mapping[str, str]) -> str:
    """The start of a SHA-256 of all names and texts."""
    hashed = hashlib.sha256()
    for name in sorted(files):
        for part in (name, files[name]):
            content = part.encode()
            hashed.update(len(content).to_bytes(8, "big") + content)
    return hashed.hexdigest()[:16]


def load_playbook(path: Path) -> Playbook:
    """The playbook in a folder.

    Raises `PlaybookError` with every fault, those of files that cannot be read among them.
    """
    return playbook_of(read_folder(path))


def read_folder(path: Path) -> Folder:
    """The files of a playbook. Raises `PlaybookError` when there is no such folder, or it holds too
    many of them; what is wrong with a single file is told in what it gives."""
    if not path.is_dir():
        wrong = "is not a folder" if path.exists() else "there is no such folder"
        mend = (
            "Name the playbook's folder: playbook.path in config.toml, or the argument of "
            "`onethread playbook check`; docs/playbook.md tells how to make one"
        )
        raise PlaybookError([PlaybookProblem(str(path), "", wrong, mend)])
    looks = 0
    while True:
        _finish(path)
        seen, looks = signature_of(path), looks + 1
        found = _read_once(path)
        if looks == _LOOKS or signature_of(path) == seen:
            return found


def _finish(path: Path) -> None:
    """Have a change that was broken off put in place, so that no mixture is read."""
    try:
        finish(path)
    except (OSError, ValueError) as error:
        wrong = f"holds a change that was broken off, which cannot be put in place: {error}"
        mend = f"Let this user write there; or remove {JOURNAL}, and look at what the files hold"
        raise PlaybookError([PlaybookProblem(str(path), "", wrong, mend)]) from None


def _read_once(path: Path) -> Folder:
    report = Report()
    paths = list(_paths(path))
    if len(paths) > FILES_LIMIT:
        wrong = f"has {len(paths)} files, more than {FILES_LIMIT}"
        report.add(str(path), "", wrong, "Move what is not in use to another folder")
        raise PlaybookError(report.problems)
    read = {one.relative_to(path).as_posix(): _read(one, path, report) for one in paths}
    files = {name: text for name, text in read.items() if text is not None}
    return Folder(files, frozenset(read.keys() - files.keys()), report.problems)


def playbook_of(folder: Folder) -> Playbook:
    """The playbook that these files describe. Raises `PlaybookError` with every fault."""
    try:
        playbook = read_playbook(folder.files, unread=folder.unread)
    except PlaybookError as error:
        raise PlaybookError((*folder.problems, *error.problems)) from None
    if folder.problems:
        raise PlaybookError(folder.problems)
    check_stages(playbook)
    check_installed(playbook)
    return playbook


def load_fixtures(path: Path, playbook: Playbook) -> tuple[Fixture, ...]:
    """The tests of the folder's rules; none without such a file.

    Raises `PlaybookError` when it cannot be read.
    """
    file = path / FIXTURES
    if not file.is_file():
        return ()
    report = Report()
    text = _read(file, path, report)
    found = read_fixtures(parse_toml(text or "", FIXTURES, report), playbook, report)
    if report.problems:
        raise PlaybookError(report.problems)
    return found


def identity_text(path: Path) -> str | None:
    """The text of the folder's identity rules; nothing without such a file.

    Raises `PlaybookError` when it cannot be read.
    """
    file = path / IDENTITY_FILE
    if not file.is_file():
        return None
    report = Report()
    text = _read(file, path, report)
    if text is None:
        raise PlaybookError(report.problems)
    return text


def signature_of(path: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What shows without reading that a file was changed: each one's name, size, time, number."""
    found = []
    for one in _paths(path):
        try:
            there = one.stat()
        except OSError:
            continue
        found.append((one.name, there.st_size, there.st_mtime_ns, there.st_ino))
    return tuple(found)


def _paths(path: Path) -> Iterator[Path]:
    """The files of a playbook, in an order that is the same everywhere."""
    for kind in KINDS:
        yield from sorted(one for one in path.glob(kind) if not one.name.startswith("."))


def _read(path: Path, folder: Path, report: Report) -> str | None:
    """A file's text; what keeps it from being read is reported."""
    name = path.relative_to(folder).as_posix()
    try:
        size = path.stat().st_size
        if size > FILE_LIMIT:
            wrong = f"has {size:,} bytes, more than {FILE_LIMIT:,}"
            report.add(name, "", wrong, "Split it, or keep such data elsewhere")
            return None
        content = path.read_bytes()
    except OSError as error:
        mend = "Make it a file that this user may read"
        report.add(name, "", f"cannot be read: {error.strerror}", mend)
        return None
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        wrong = f"is not UTF-8: byte {content[error.start]:#04x}"
        report.add(name, f"line {line}", wrong, "Save it with the encoding UTF-8")
        return None
