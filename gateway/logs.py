"""How the process writes its log: for people on a console, or as JSON lines.

A line holds what its writer named, and never a text, an address or a secret. Therefore an exception
is told by its kind and its place: what it says, and what was in its variables, may repeat anything.
What libraries say goes the same way, without the values they put into it.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from gateway.settings.sections import Logging

log = structlog.get_logger(__name__)

_CODES = ("sqlstate", "sqlite_errorname")
"""What a database's exception may say of itself."""

_ABOUT_CODE = (AttributeError, ImportError, NameError)
"""Exceptions whose message names parts of the program and nothing else."""


def configure_logs(settings: Logging) -> None:
    """Set up logging for the whole process, its threads and libraries; may be called again."""
    level = logging.getLevelNamesMapping()[settings.level]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_render),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Libraries)]
    root.addHandler(_Libraries(logging.WARNING))
    threading.excepthook = _thread_failed


def plain_exception(error: BaseException) -> str:
    """The kind and the place of an exception and of what led to it, the first cause first."""
    parts = [*traceback.format_tb(error.__traceback__), f"{_name(error)}\n"]
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        parts += ["One of its members:\n", plain_exception(one) + "\n"]
    cause = error.__cause__
    if cause is None and not error.__suppress_context__:
        cause = error.__context__
    if cause is not None:
        parts = [plain_exception(cause) + "\n", "which led to\n", *parts]
    return "".join(parts).rstrip("\n")


def _name(error: BaseException) -> str:
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if isinstance(error, _ABOUT_CODE):
        return f"{name}: {error}"
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number in errno.errorcode:
        # The system's words for the number: an exception's own may hold an address.
        return f"{name}: {os.strerror(number)}"
    codes = [str(code) for code in (getattr(error, one, None) for one in _CODES) if code]
    return f"{name}: {', '.join(codes)}" if codes else name


def _render(exc_info: structlog.typing.ExcInfo) -> str:
    return plain_exception(exc_info[1])


class _Libraries(logging.Handler):
    """Passes on what libraries log, with the place it was said instead of the values in it."""

    def emit(self, record: logging.LogRecord) -> None:
        said: MutableMapping[str, Any] = {
            "logger": record.name,
            "place": f"{record.module}:{record.lineno}",
        }
        # Only with arguments is the message sure to be a template, and not made of values.
        if record.args and isinstance(record.msg, str):
            said["template"] = record.msg
        if record.exc_info and record.exc_info[1] is not None:
            said["exc_info"] = record.exc_info[1]
        log.log(record.levelno, "library_said", **said)


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    name = failed.thread.name if failed.thread is not None else "unknown"
    log.error("thread_failed", thread=name, exc_info=failed.exc_value)
