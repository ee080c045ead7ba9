"""What the doctor sees on this machine: data folder, disk, database, playbook.

It looks and writes nothing but a file without a name in a folder that is there. What providers and
the public address say is asked elsewhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from core.channel_abilities import Finding, Gravity
from core.playbook.fields import PlaybookError
from gateway.commands.database import missing_file
from gateway.playbook.kept import kept_of
from gateway.playbook.reader import load_playbook
from gateway.playbook.status import told_status
from gateway.settings.model import ConfigError, Settings
from gateway.settings.obstacles import folder_problem, place, reaching_database, tls_context
from memory.engine import database_url
from memory.migrate import version

_DISK_FAULT = 200 * 1024**2
_DISK_WARNING = 2 * 1024**3
"""Bytes free: below the first, a busy day may fill it before somebody looks."""


def machine_findings(settings: Settings) -> list[Finding]:
    """The data folder, the disk under it, and the certificate, if the gateway speaks TLS itself."""
    folder = settings.data.folder
    found = [_folder(settings, folder), _disk(_existing(folder))]
    try:
        if tls_context(settings.server) is not None:
            found.append(Finding(Gravity.OK, "The certificate and its key belong together."))
    except (OSError, ValueError):
        what = "server.tls_cert is not a certificate with the key that belongs to it."
        mend = "Write both as PEM: the certificate with its chain, and its key without a password."
        found.append(Finding(Gravity.FAULT, what, mend))
    return found


def database_findings(settings: Settings) -> list[Finding]:
    """Whether the database is there, can be written, and has this release's layout."""
    url = settings.storage.url.get_secret_value()
    if (missing := missing_file(url)) is not None:
        what = f"There is no database at {missing} yet: the first start makes it."
        found = [Finding(Gravity.OK, what)]
        if not os.access(_existing(missing.parent), os.W_OK):
            what = f"{missing} cannot be made by this user."
            mend = "Let this user write that folder, or set storage.url to a file elsewhere."
            found = [Finding(Gravity.FAULT, what, mend)]
        return found
    try:
        with reaching_database(settings.file):
            there, needed = version(url)
    except ConfigError as error:
        return [fault_of(one.key or one.file, one.wrong, one.mend) for one in error.problems]
    found = list(_sqlite_file(url))
    if there == needed:
        found.append(Finding(Gravity.OK, f"The database has layout {there}, as needed."))
    elif there is None or there < needed:
        what = f"The database has layout {there or 'none'}; this release needs {needed}."
        mend = "Make a backup, then start the gateway, or run: onethread db upgrade"
        found.append(Finding(Gravity.WARNING, what, mend))
    else:
        what = f"The database has layout {there}, of a newer release; this one knows {needed}."
        mend = "Install that release, or restore a backup from before it."
        found.append(Finding(Gravity.FAULT, what, mend))
    return found


def playbook_findings(settings: Settings) -> list[Finding]:
    """Whether the playbook can be read."""
    try:
        playbook = load_playbook(settings.playbook.path)
    except PlaybookError as error:
        return [
            fault_of(" ".join(filter(None, (one.file, one.key))), one.wrong, one.mend)
            for one in error.problems
        ]
    what = f"{settings.playbook.path} is the playbook of {playbook.business}, and is in order."
    found = [Finding(Gravity.OK, what)]
    status = told_status(kept_of(settings.data.folder).folder)
    if status is not None and status.version != playbook.version:
        what = (
            f"The gateway went by version {status.version} last; the files are {playbook.version}."
        )
        mend = (
            "If it runs, it takes them over within seconds; at once with: onethread playbook reload"
        )
        found.append(Finding(Gravity.WARNING, what, mend))
    return found


def fault_of(where: str, wrong: str, mend: str) -> Finding:
    """A fault that was found as place, what is wrong, and remedy."""
    return Finding(Gravity.FAULT, f"{where}: {wrong}.", f"{mend.rstrip('.')}.")


def _folder(settings: Settings, folder: Path) -> Finding:
    """Looking must not make the folder."""
    if folder.is_dir():
        problem = folder_problem(folder, place(settings, "data", "folder"))
        if problem is not None:
            return fault_of(problem.key, problem.wrong, problem.mend)
    elif not os.access(_existing(folder), os.W_OK) or not _existing(folder).is_dir():
        mend = "Set data.folder to one that this user may make and write"
        return fault_of("data.folder", f"{folder} cannot be made by this user", mend)
    return Finding(Gravity.OK, f"The data folder {folder} can be written.")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    gravity = Gravity.OK
    if free < _DISK_WARNING:
        gravity = Gravity.FAULT if free < _DISK_FAULT else Gravity.WARNING
    what = f"The disk of the data folder has {free / 1024**3:.1f} GB free."
    mend = "Make room: a full disk stops everything." if gravity is not Gravity.OK else ""
    return Finding(gravity, what, mend)


def _sqlite_file(url: str) -> Iterator[Finding]:
    """A database that can be read and not written shows only with the first message."""
    parsed = database_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    file = Path(parsed.database or "")
    locked = [one for one in (file, file.parent) if not os.access(one, os.W_OK)]
    for one in locked:
        what = f"{one} cannot be written by this user."
        mend = f"Give it to the user that the gateway runs as: sudo chown USER {one}"
        yield Finding(Gravity.FAULT, what, mend)


def _existing(path: Path) -> Path:
    """The path, or the nearest above it that is there."""
    return next(one for one in (path, *path.absolute().parents) if one.exists())
