"""Writes a channel of one's own: the templates beside this, with its name put in.

It writes new folders only, and nothing of ours is changed by it. What the channel says is in the
templates.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

TEMPLATES = "adapter_skeleton"
"""The folder of the templates. Their names end in `.tmpl`, so that no tool takes them for code."""

_NAME = re.compile(r"[a-z][a-z0-9]{1,19}")
_PLACE = re.compile(r"@(name|Name)@")


class CannotWrite(Exception):
    """The skeleton was not written; the text says why and what to do instead."""


def write_skeleton(name: str, directory: Path) -> Path:
    """Write `onethread-<name>` into the directory, and tell where it is. Raises `CannotWrite`."""
    _check(name)
    folder = directory / f"onethread-{name}"
    words = {"name": name, "Name": name.capitalize()}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        _write(files("gateway") / TEMPLATES, folder, words)
    except FileExistsError:
        raise CannotWrite(
            f"{folder} is there already, and nothing was changed. Take another name, or --dir."
        ) from None
    except OSError as error:
        why = (error.strerror or "it cannot be written").lower()
        raise CannotWrite(f"{error.filename or folder}: {why}. Choose a place by --dir.") from None
    return folder


def filled(template: str, words: Mapping[str, str]) -> str:
    """The template with each @word@ replaced."""
    return _PLACE.sub(lambda found: words[found[1]], template)


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CannotWrite(
            f"{name!r} is no name for a channel: it has 2 to 20 small letters and digits, and "
            "begins with a letter."
        )
    # The package is onethread_<name>, so that only our own channels are in the way.
    from adapters.registry import names

    if name in names():
        raise CannotWrite(f"{name} is a channel already: take another name.")


def _write(source: Traversable, target: Path, words: Mapping[str, str]) -> None:
    for one in source.iterdir():
        name = filled(one.name, words)
        if one.is_dir():
            (target / name).mkdir()
            _write(one, target / name, words)
        elif name.endswith(".tmpl"):
            text = filled(one.read_text(encoding="utf-8"), words)
            (target / name.removesuffix(".tmpl")).write_text(text, encoding="utf-8")
