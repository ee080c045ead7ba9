"""What the doctor says of secrets: known or guessable ones, and files that others may read.

It compares and never repeats: a finding names the key, never its value.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, SecretStr

from adapters.registry import find_spec
from core.channel_abilities import Finding, Gravity
from gateway.access.safety import simulator_problems
from gateway.doctor.machine import fault_of
from gateway.settings.env_file import beside
from gateway.settings.model import Settings, adapter_config
from gateway.settings.obstacles import place
from gateway.settings.problems import ENVIRONMENT
from memory.engine import database_url

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LEAST_DIFFERENT = 8
"""Different characters: 32 random hexadecimal digits have fewer once in some ten thousand times."""
_PLACEHOLDER = re.compile(
    r"change.?me|example|password|placeholder|secret|your[-_ ]|qwert|letmein|[x.*]{4}|1234567",
    re.IGNORECASE,
)


def secret_findings(settings: Settings) -> list[Finding]:
    """Every secret of an enabled account, and the files that hold secrets."""
    known = simulator_problems(settings)
    found = [fault_of(one.key, one.wrong, one.mend) for one in known]
    told = {one.key for one in known}
    secrets = list(_secrets(settings))
    for path, secret in secrets:
        key = place(settings, *path)[1]
        if key not in told and _guessable(secret.get_secret_value()):
            what = f"{key}: looks like a placeholder, or like something that can be guessed."
            mend = "Take the provider's; where you choose it, take: openssl rand -hex 32"
            found.append(Finding(Gravity.WARNING, what, mend))
    files = {where for where, _ in (place(settings, *path) for path, _ in secrets)} - {ENVIRONMENT}
    found += _readable(Path(one) for one in sorted(files))
    found += _readable([beside(Path(settings.file))])
    return found or [Finding(Gravity.OK, "No secret is known, guessable or open to others.")]


def _secrets(settings: Settings) -> Iterator[tuple[tuple[str, ...], SecretStr]]:
    if password := database_url(settings.storage.url.get_secret_value()).password:
        yield ("storage", "url"), SecretStr(password)
    for account, table in settings.adapters.items():
        if table.enabled:
            config = adapter_config(settings, account, find_spec(table.adapter).config)
            yield from _within(config, ("adapters", account))


def _within(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], SecretStr]]:
    """The secrets anywhere in an adapter's configuration, with the path to each."""
    if isinstance(value, SecretStr):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _within(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _within(one, (*path, str(name)))


def _guessable(secret: str) -> bool:
    return bool(_PLACEHOLDER.search(secret)) or len(set(secret)) < _LEAST_DIFFERENT


def _readable(files: Iterable[Path]) -> Iterator[Finding]:
    """Files with secrets that somebody else on this machine may read."""
    for file in files:
        if os.name == "posix" and file.is_file() and file.stat().st_mode & _OTHERS:
            what = f"{file} holds secrets, and others on this machine may read it."
            yield Finding(Gravity.WARNING, what, f"chmod 600 {file}")
