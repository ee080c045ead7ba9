"""What of this machine keeps a gateway from starting, told as faults of the configuration.

The port, the certificate, the data folder and the database: each with the key that names it and
what to do. It repeats no value, for a database's address holds a password, and repairs nothing.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from gateway.settings.model import ConfigError, Problem, Settings
from gateway.settings.problems import place_of
from gateway.settings.sections import Server
from memory.migrate import NewerLayout

COMMAND_LINE = "command line"
"""Stands for the file where an option of a command is at fault."""

_IN_USE = (
    "is in use by another program",
    "Stop that program, or take another port here or with --port; 0 takes any free one",
)
_NO_ADDRESS = ("is no address of this machine", "Name one that it has, such as 127.0.0.1")
_LISTENING = {
    errno.EADDRINUSE: ("port", *_IN_USE),
    errno.EACCES: ("port", "may not be opened by this user", "Take a port from 1024 up"),
    errno.EADDRNOTAVAIL: ("host", *_NO_ADDRESS),
}

_DATABASE = (
    ("connection refused", "does not answer there", "Start the database, or correct the address"),
    ("no such file or directory", "does not answer there", "Start it, or correct the address"),
    ("timeout", "does not answer in time", "Correct the address, or let this machine reach it"),
    ("resolve host", "is on a machine of unknown name", "Correct the name in the address"),
    ("translate host", "is on a machine of unknown name", "Correct the name in the address"),
    ("authentication failed", "refuses the user or the password", "Correct them in the address"),
    ("no password supplied", "asks for a password", "Put USER:PASSWORD@ into the address"),
    ("role", "does not know the user", "Correct the address, or make the user"),
    ("permission denied", "does not let this user work", "Give the user the rights to its tables"),
    ("database", "has no database of that name", "Make it with createdb, or correct the address"),
)
_SQLITE = (
    ("unable to open", "cannot be opened", "Name a file in a folder that this user may write"),
    ("not a database", "is not a SQLite database", "Name another file, or restore a backup"),
    ("readonly", "cannot be written", "Let this user write the file and its folder"),
    ("locked", "is held by another process", "Stop the other gateway, or use PostgreSQL"),
    ("full", "has no room left on its disk", "Make room on the disk"),
)
_UNKNOWN = ("cannot be used", "Correct the address, or look into the database's own log")


def machine_problems(settings: Settings) -> list[Problem]:
    """What keeps these settings from being served here, but for the database."""
    found = [folder_problem(settings.data.folder, place(settings, "data", "folder"))]
    try:
        tls_context(settings.server)
    except (OSError, ValueError):
        wrong = "is not a certificate with the key that belongs to it"
        mend = "Write both as PEM: the certificate with its chain, and its key without a password"
        found.append(Problem(*place(settings, "server", "tls_cert"), wrong, mend))
    try:
        _probe(settings.server.host, settings.server.port)
    except OSError as error:
        found.append(_listening_problem(error, settings))
    return [one for one in found if one is not None]


def folder_problem(folder: Path, where: tuple[str, str]) -> Problem | None:
    """What keeps this folder from being made and written; `where` says who named it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        words = (error.strerror or "unknown reason").lower()
        wrong = f"cannot be written: {words}"
        return Problem(*where, wrong, "Name a folder that this user may make and write")


def tls_context(server: Server) -> ssl.SSLContext | None:
    """What the gateway speaks TLS with, if it does. Raises `OSError` when the files do not fit."""
    if server.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # Without a password of ours, OpenSSL would ask for one on the terminal.
    context.load_cert_chain(server.tls_cert, server.tls_key, password=lambda: "")
    return context


@contextmanager
def reaching_database(file: str) -> Iterator[None]:
    """Tells a database that cannot be used, or was made by a newer release, as `ConfigError`."""
    where = place_of(("storage", "url"), file, os.environ)
    try:
        yield
    except NewerLayout as error:
        wrong, _, mend = str(error).partition(": ")
        raise ConfigError([Problem(*where, wrong, f"{mend[:1].upper()}{mend[1:]}")]) from None
    except (DBAPIError, OSError) as error:
        raise ConfigError([Problem(*where, *_database_words(error))]) from None


@contextmanager
def listening(settings: Settings) -> Iterator[None]:
    """Tells a socket that cannot be opened as `ConfigError`."""
    try:
        yield
    except OSError as error:
        raise ConfigError([_listening_problem(error, settings)]) from None


def place(settings: Settings, *path: str) -> tuple[str, str]:
    """The file and key, or the variable, that these settings have an option from."""
    return place_of(path, settings.file, os.environ)


def _database_words(error: DBAPIError | OSError) -> tuple[str, str]:
    if isinstance(error, OSError):
        return _SQLITE[0][1:]
    table = _SQLITE if "sqlite3" in type(error.orig).__module__ else _DATABASE
    said = str(error.orig).lower()
    return next(((wrong, mend) for words, wrong, mend in table if words in said), _UNKNOWN)


def _listening_problem(error: OSError, settings: Settings) -> Problem:
    key, wrong, mend = _LISTENING.get(error.errno or 0, ("host", *_NO_ADDRESS))
    return Problem(*place(settings, "server", key), wrong, mend)


def with_port(settings: Settings) -> Settings:
    """The same settings with a port that can be named to others: a free one in place of 0."""
    if settings.server.port:
        return settings
    server = settings.server.model_copy(update={"port": _probe(settings.server.host, 0)})
    return settings.model_copy(update={"server": server})


def _probe(host: str, port: int) -> int:
    """Open the port and let it go; which one it was. Raises `OSError` when it cannot be opened."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        # As the server does: a port that was just let go is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        opened: int = probe.getsockname()[1]
        return opened
