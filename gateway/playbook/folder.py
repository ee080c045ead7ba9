"""Replaces what a playbook's folder holds: as a whole, and what was there before is kept.

What the texts mean is judged before, elsewhere.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.playbook.fields import PlaybookError
from gateway.playbook.journal import put_in_place
from gateway.playbook.kept import KeptVersions
from gateway.playbook.reader import Folder, playbook_of, read_folder

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


def replace_folder(
    path: Path, kept: KeptVersions, folder: Folder, files: Mapping[str, str], version: str
) -> bool:
    """Put the files of this `version` in the place of those of the `folder` that was read, as a
    whole; says whether it still held the same. Raises `OSError`, and then nothing was changed.

    Both are kept: what is replaced may never have been in force, and of what is new a file may be
    changed by hand before it is read.
    """
    with alone(kept.folder):
        if read_folder(path).digest != folder.digest:
            return False
        keep_folder(kept, folder)
        kept.keep(version, files)
        put_in_place(path, folder.files, difference(folder.files, files))
        return True


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
