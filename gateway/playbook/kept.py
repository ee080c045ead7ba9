"""The playbooks that were in force, kept by their version in the data folder, to be named, compared
and put back: `playbooks/VERSION.json` holds the texts of all their files.

The rows of tables are no part of it, for they are data of customers and not words of the business;
nor is who is who, which has versions of its own. It keeps, finds and prunes; which version is in
force, since when and why is written down elsewhere (`memory.units.playbook_log`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import orjson

from core.identity.rule_reader import IDENTITY_FILE
from gateway.whole_files import write_whole
from memory.units.playbook_log import PutInForce

KEPT_AT_LEAST = 50
"""How many versions are kept however old they are, newest first."""

_SUFFIX = ".json"


class KeptVersions:
    """The versions kept in a folder, which is made when the first is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, version: str, files: Mapping[str, str]) -> None:
        """Keep the files under this version, durably, unless they are. Raises `OSError`."""
        path = self._path(version)
        if path.is_file() and self.find(version) is not None:
            # The one in force last is the last to be pruned.
            os.utime(path)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        wording = {name: text for name, text in files.items() if is_wording(name)}
        text = orjson.dumps(wording, option=orjson.OPT_SORT_KEYS)
        content = orjson.dumps({"sha256": hashlib.sha256(text).hexdigest()})
        write_whole(path, content + b"\n" + text)

    def find(self, version: str) -> Mapping[str, str] | None:
        """The files of a version; nothing when it is not kept, or its file is damaged."""
        try:
            head, _, text = self._path(version).read_bytes().partition(b"\n")
            if orjson.loads(head)["sha256"] != hashlib.sha256(text).hexdigest():
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        found: Mapping[str, str] = orjson.loads(text)
        return found

    def versions(self) -> frozenset[str]:
        """The versions that are kept."""
        return frozenset(one.name.removesuffix(_SUFFIX) for one in self._all())

    def prune(self, needed: Collection[str], least: int = KEPT_AT_LEAST) -> int:
        """Drop what is neither `needed` nor among the `least` newest; says how many were."""
        old = sorted(self._all(), key=lambda one: one.stat().st_mtime_ns, reverse=True)[least:]
        gone = [one for one in old if one.name.removesuffix(_SUFFIX) not in needed]
        for one in gone:
            one.unlink(missing_ok=True)
        return len(gone)

    def _all(self) -> list[Path]:
        return [one for one in self.folder.glob(f"*{_SUFFIX}") if not one.name.startswith(".")]

    def _path(self, version: str) -> Path:
        if not version or not all(one in "0123456789abcdef" for one in version):
            # A version comes from people, too; it must not lead out of the folder.
            version = hashlib.sha256(version.encode()).hexdigest()
        return self.folder / f"{version}{_SUFFIX}"


def is_wording(name: str) -> bool:
    """Whether a file is kept with a version."""
    return name != IDENTITY_FILE and not name.startswith("tables/")


def put_back(kept: Mapping[str, str], there: Mapping[str, str]) -> dict[str, str]:
    """The files of a version, with what is not kept as it is there now."""
    rest = {name: text for name, text in there.items() if not is_wording(name)}
    return {**{name: text for name, text in kept.items() if is_wording(name)}, **rest}


def kept_of(data: Path) -> KeptVersions:
    """The versions that an installation keeps in its data folder."""
    return KeptVersions(data / "playbooks")


def needed(rows: Sequence[PutInForce], since: datetime | None) -> frozenset[str]:
    """The versions that turns may name which are kept: those in force since then, or all.

    `rows` are newest first.
    """
    ends = [None, *(one.at for one in rows)]
    return frozenset(
        one.version
        for one, end in zip(rows, ends, strict=False)
        if since is None or end is None or end >= since
    )
