"""Whether an answer given to `onethread init` will do, by the models that read the settings later.

Every judgement is pydantic's, told in the words of `gateway.settings.problems`. Nothing is asked or
written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from adapters.registry import find_spec, names
from gateway.channels.addresses import only_here
from gateway.init.questions import variable
from gateway.settings.adapters import adapter_faults
from gateway.settings.problems import ConfigError, Problem, unknown_key, validated
from gateway.settings.sections import Server

ANSWER = "answer"
"""Stands for the file where an answer is at fault."""


def account_problems(
    account: str, options: Mapping[str, object], key: str | None = None
) -> Sequence[Problem]:
    """What is wrong with an account's options, or with one of them while others are missing."""
    found = adapter_faults(
        {"adapters": {account: options}}, ANSWER, lambda name: find_spec(name).config
    )
    if key is None:
        return found
    wanted = {f"adapters.{account}.{key}", variable(account, key)}
    return [one for one in found if _of_option(one.key, wanted)]


def _of_option(key: str, wanted: set[str]) -> bool:
    """Whether it is about that option, or about one item of it."""
    return any(key == one or key.startswith(f"{one}.") for one in wanted)


def channel_problem(name: str) -> Problem | None:
    """What is wrong with a channel's name."""
    if name in names():
        return None
    return Problem(ANSWER, name, *unknown_key(name, sorted(names())))


def public_url_problem(url: str) -> Problem | None:
    """What is wrong with the public address."""
    try:
        validated(Server, {"public_url": url}, file=ANSWER, under=("server",))
    except ConfigError as error:
        return error.problems[0]
    if urlsplit(url).scheme == "http" and not only_here(url):
        wrong = "begins with http:, which providers and browsers refuse"
        return Problem(ANSWER, "server.public_url", wrong, "Give it TLS and write https://")
    return None


def business_problem(name: str) -> Problem | None:
    """What is wrong with the business's name."""
    if name.strip() and name.isprintable():
        return None
    return Problem(ANSWER, "business", "is no name", "Write it as customers know it")


def timezone_problem(name: str) -> Problem | None:
    """What is wrong with a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return Problem(ANSWER, "timezone", "is no time zone", "Write it as Europe/London, or UTC")
    return None
