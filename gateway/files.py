"""Files that came with messages, kept by what they hold: equal bytes are one file.

A file is durable before its reference is given out. Nothing but a file kept here can be read: a
reference is a digest, never a path. What a file means, and who may see it, is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path

PREFIX = "file:"
"""What the reference of a file that is kept here begins with."""

_REFERENCE = re.compile(rf"{PREFIX}([0-9a-f]{{64}})", re.ASCII)


class FileStore:
    """A folder of files by their SHA-256, in two levels of folders; made when first written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, content: bytes) -> str:
        """Keep the bytes durably; returns their reference. Raises `OSError` as the disk does."""
        return await asyncio.to_thread(self._keep, content)

    async def read(self, reference: str) -> bytes:
        """The bytes of a file that is kept here. Raises `LookupError` when there is none."""
        return await asyncio.to_thread(self._read, reference)

    async def drop(self, reference: str) -> None:
        """Forget a file, for whoever else refers to it as well."""
        await asyncio.to_thread(self._drop, reference)

    def _keep(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        _make_folders(path.parent, self._folder)
        if not path.is_file():
            _write_whole(path, content)
        # Also for a file that was there: whoever wrote it may not have come this far yet.
        _sync_folder(path.parent)
        return f"{PREFIX}{digest}"

    def _read(self, reference: str) -> bytes:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise LookupError("that is no reference of a file that is kept here")
        try:
            content = self._path(match[1]).read_bytes()
        except FileNotFoundError:
            raise LookupError("the file is not kept here (any more)") from None
        if hashlib.sha256(content).hexdigest() != match[1]:
            raise LookupError("the file is damaged: restore it from a backup")
        return content

    def _drop(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if match is not None:
            self._path(match[1]).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest


def _write_whole(path: Path, content: bytes) -> None:
    """Write under another name, and give it its own when every byte is on the disk."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def _make_folders(folder: Path, root: Path) -> None:
    """Make what is missing down to the folder, and each new name durable in the one above it."""
    if folder.is_dir():
        return
    for one in (root, folder.parent, folder):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(one.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
