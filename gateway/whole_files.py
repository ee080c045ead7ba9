"""Files that are written wholly or not at all: a text lies on the disk before it takes its place.

Only writing; what stands in a file, and why, is the business of whoever writes it.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put the content in place of a file's. Raises `OSError`, and then nothing was changed."""
    new = beside(path, content)
    try:
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    settle(path.parent)


def beside(path: Path, content: bytes) -> Path:
    """A file with this content, durable, that is ready to take the place of another and is hidden
    until then. Raises `OSError`, and then there is none."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    return new


def settle(folder: Path) -> None:
    """Make what took its place in a folder durable."""
    if not folder.is_dir():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
