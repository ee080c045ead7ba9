"""Watches what must not happen while an adapter is tried: it writes to logs, it speaks to others.

For the time of one rule everything logged or printed is kept, at every level, and no socket reaches
anything but loopback. Afterwards all is as it was. It judges nothing.
"""

from __future__ import annotations

import io
import logging
import socket
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import structlog


class OutsideWorld(ConnectionRefusedError):
    """Something tried to reach another host while an adapter was being tried."""


@dataclass(slots=True)
class Watched:
    """What was logged, printed and raised, and which other hosts were looked for."""

    written: list[str] = field(default_factory=list, repr=False)
    reached: list[str] = field(default_factory=list)

    def raised(self, error: BaseException) -> None:
        """Keep an error as a log would show it, with all that caused it."""
        self.written.extend(traceback.format_exception(error))
        self.written.append(repr(error))


@contextmanager
def watching() -> Iterator[Watched]:
    """Watch until the end of the block."""
    watched = Watched()
    printed = io.StringIO()
    with _logging(watched), _structlog(watched), _guard(watched):
        with redirect_stdout(printed), redirect_stderr(printed):
            yield watched
        watched.written.append(printed.getvalue())


@contextmanager
def _logging(watched: Watched) -> Iterator[None]:
    """Every record that is made, whichever handlers its logger has."""
    make = logging.getLogRecordFactory()
    root = logging.getLogger()
    level = root.level
    shown = logging.Formatter("%(message)s %(args)s")

    def keep(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        watched.written.append(shown.format(record))
        return record

    logging.setLogRecordFactory(keep)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        logging.setLogRecordFactory(make)


@contextmanager
def _structlog(watched: Watched) -> Iterator[None]:
    """Every event. The list of processors is changed in place: loggers may have kept it."""

    def keep(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Any:
        told = structlog.processors.format_exc_info(_logger, _name, event)
        watched.written.append(repr(dict(told)))
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    before = list(processors)
    processors[:] = [keep]
    try:
        yield
    finally:
        processors[:] = before


@contextmanager
def _guard(watched: Watched) -> Iterator[None]:
    """No look-up of a name, no connection and no datagram to another host."""
    plain = socket.socket
    guarded: list[tuple[Any, str, Any, bool]] = []

    def put(owner: Any, name: str, check: Callable[..., None]) -> None:
        original = getattr(owner, name)
        guarded.append((owner, name, original, name in vars(owner)))

        def call(*args: Any, **kwargs: Any) -> Any:
            check(*args, **kwargs)
            return original(*args, **kwargs)

        setattr(owner, name, call)

    def refuse(host: object) -> None:
        if not _is_here(host):
            watched.reached.append(str(host))
            raise OutsideWorld(f"{host!r} is another host: only loopback is reached here")

    def address(_self: object, where: Any) -> None:
        refuse(where[0] if isinstance(where, tuple) else None)

    put(plain, "connect", address)
    put(plain, "connect_ex", address)
    put(plain, "sendto", lambda self, _data, *rest: address(self, rest[-1]))
    put(socket, "getaddrinfo", lambda host, *_, **__: refuse(host))
    put(socket, "gethostbyname", refuse)
    try:
        yield
    finally:
        for owner, name, original, own in guarded:
            if own:
                setattr(owner, name, original)
            else:
                delattr(owner, name)


def _is_here(host: object) -> bool:
    """Whether it is this machine; nothing is a socket in the file system."""
    if host is None or host in ("", "localhost", b"localhost"):
        return True
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False
