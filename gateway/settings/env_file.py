"""`onethread.env`: the secrets beside the settings file, one variable a line, for this user only.

The same file can be read by a shell and by systemd (`EnvironmentFile=`), so its lines are of the
plain kind that all of them understand. It knows no setting, and repeats no value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path

from gateway.settings.problems import PREFIX, ConfigError, Problem

NAME = "onethread.env"
MODE = 0o600
"""For its owner alone."""

_LINE = re.compile(rf"(?P<name>{PREFIX}\w+)=(?P<value>.*)", re.ASCII | re.IGNORECASE)
# What a shell, systemd and we read alike: bare, or between quotes without anything to expand.
_VALUE = re.compile(
    r"""(?P<bare>[^\s'"\\$`#;&|<>()]*)|'(?P<single>[^']*)'|"(?P<double>[^"\\$`]*)\"""", re.ASCII
)


def beside(file: Path) -> Path:
    """Where the secrets of that settings file are."""
    return file.with_name(NAME)


def take_env_file(file: Path, environ: MutableMapping[str, str]) -> None:
    """Put the file's variables, if there is one, under those of the environment.

    Raises `ConfigError` with every line that cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        words = (getattr(error, "strerror", None) or "is not UTF-8").lower()
        mend = "Make it a text file that this user may read"
        raise ConfigError([Problem(str(file), "", f"cannot be read: {words}", mend)]) from None
    problems: list[Problem] = []
    known = {name.upper() for name in environ}
    for name, value in _variables(text, str(file), problems):
        if name.upper() not in known:
            environ[name] = value
    if problems:
        raise ConfigError(problems)


def written(variables: Mapping[str, str]) -> str:
    """The file's text. Raises `ValueError` for a value that no plain line can hold."""
    lines = ["# Secrets of OneThread. Keep this file from others: chmod 600 onethread.env"]
    for name, value in variables.items():
        if any(not one.isprintable() for one in value) or "'" in value:
            raise ValueError("has a quote or a line break, which the file of secrets cannot hold")
        lines.append(f"{name}='{value}'")
    return "\n".join(lines) + "\n"


def write_private(file: Path, text: str) -> None:
    """Write a new file that only this user can read, from its first byte on.

    Raises `FileExistsError`, and `OSError` as the disk does.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)


def _variables(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        where = f"line {number}"
        found = _LINE.fullmatch(bare.removeprefix("export ").lstrip())
        if found is None:
            mend = f"Write one variable a line, such as {PREFIX}ADAPTERS__SMS__AUTH_TOKEN='...'"
            problems.append(Problem(file, where, "is no setting of ours", mend))
            continue
        value = _VALUE.fullmatch(found["value"])
        if value is None:
            mend = "Put the value between single quotes, without any in it"
            problems.append(Problem(file, where, "has a value that shells read otherwise", mend))
            continue
        yield found["name"], next(one for one in value.groups() if one is not None)
