"""Reads a playbook's folder from the disk and has the core make a playbook of it.

It knows which files belong to a playbook and how large they may be; what their texts mean is
`core.playbook_reader`'s. Files it does not know, such as a README, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.identity_rules_reader import IDENTITY_FILE
from core.playbook import Playbook
from core.playbook_fields import PlaybookError, PlaybookProblem, Report, parse_toml
from core.playbook_reader import read_playbook
from core.rule_fixtures import FIXTURES, Fixture, read_fixtures
from gateway.stage_registry import check_stages

FILE_LIMIT = 5_000_000
"""Bytes a file may have: a table of some 50,000 rows."""

FILES_LIMIT = 2_000
"""Files a playbook may have."""

KINDS = ("*.toml", "tables/*.csv", "articles/*.md")


def load_playbook(path: Path) -> Playbook:
    """The playbook in a folder.

    Raises `PlaybookError` with every fault, those of files that cannot be read among them.
    """
    if not path.is_dir():
        wrong = "is not a folder" if path.exists() else "there is no such folder"
        mend = (
            "Name the playbook's folder: playbook.path in config.toml, or the argument of "
            "`onethread playbook check`; docs/playbook.md tells how to make one"
        )
        raise PlaybookError([PlaybookProblem(str(path), "", wrong, mend)])
    report = Report()
    paths = list(_paths(path))
    if len(paths) > FILES_LIMIT:
        wrong = f"has {len(paths)} files, more than {FILES_LIMIT}"
        report.add(str(path), "", wrong, "Move what is not in use to another folder")
        raise PlaybookError(report.problems)
    read = {one.relative_to(path).as_posix(): _read(one, path, report) for one in paths}
    files = {name: text for name, text in read.items() if text is not None}
    try:
        playbook = read_playbook(files, unread=read.keys() - files.keys())
    except PlaybookError as error:
        raise PlaybookError((*report.problems, *error.problems)) from None
    if report.problems:
        raise PlaybookError(report.problems)
    check_stages(playbook)
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
