"""Writes a playbook's folder: a change is put in as a whole, and what was there before is kept.

Every new text lies on the disk, complete and durable, before the first takes its place; then they
take their places in one quick row. What the texts mean is judged before, elsewhere.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.playbook.fields import PlaybookError
from gateway.playbook.kept import KeptVersions
from gateway.playbook.reader import Folder, playbook_of
from gateway.whole_files import beside, settle

Changes = Mapping[str, str | None]
"""File -> its new text; nothing for a file that is to go."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps other processes, which name the same folder here, out of this for as long as it takes.

    Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "writing").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def write_changes(folder: Path, changes: Changes) -> None:
    """Put these texts in the place of the files of their names. Raises `OSError`.

    Where a text cannot be written, nothing was changed.
    """
    written: dict[Path, Path] = {}
    try:
        for name, text in changes.items():
            if text is not None:
                target = folder / name
                target.parent.mkdir(exist_ok=True)
                written[target] = beside(target, text.encode())
        for target, new in written.items():
            new.replace(target)
    finally:
        for new in written.values():
            new.unlink(missing_ok=True)
    for name in (one for one, text in changes.items() if text is None):
        (folder / name).unlink(missing_ok=True)
    for parent in sorted({(folder / name).parent for name in changes}):
        settle(parent)


def keep_folder(kept: KeptVersions, folder: Folder) -> None:
    """Keep what is there before it is replaced: it may never have been in force. Raises `OSError`.

    What is no playbook is kept by its digest.
    """
    try:
        version = playbook_of(folder).version
    except PlaybookError:
        version = folder.digest
    kept.keep(version, folder.files)


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    """What makes the files `after` of those `before`."""
    gone: dict[str, str | None] = {name: None for name in before if name not in after}
    return gone | {name: text for name, text in after.items() if before.get(name) != text}
