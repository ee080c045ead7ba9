"""The conversation of `onethread init`: each thing is asked until it will do, or taken as given.

What options and environment say is never asked for. With `asking` off nobody is asked at all, and
what is missing is a fault. Nothing is written here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_origin

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from adapters.registry import find_spec, names
from gateway.init.answers import (
    account_problems,
    business_problem,
    channel_problem,
    public_url_problem,
    timezone_problem,
)
from gateway.init.files import Answers
from gateway.init.questions import QUESTIONS, Question, is_secret, variable
from gateway.settings.obstacles import COMMAND_LINE
from gateway.settings.problems import ENVIRONMENT, ConfigError, Problem
from gateway.settings.sections import listed

_TRIES = 20
"""How often a thing is asked: whoever answers wrongly so often is a program."""

Check = Callable[[str], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says. `options` are of accounts, by account and key."""

    channels: tuple[str, ...] = ()
    business: str | None = None
    timezone: str | None = None
    public_url: str | None = None
    port: int | None = None
    options: Mapping[tuple[str, str], str] = field(default_factory=dict)


class Talk:
    """One run of the questions."""

    def __init__(self, given: Given, screen: Console, *, asking: bool) -> None:
        self._given = given
        self._screen = screen
        self._asking = asking

    def answers(self) -> Answers:
        """Everything, judged. Raises `ConfigError` for what was given and will not do."""
        given = self._given
        business = self._text(
            "What is your business called?",
            "--business",
            lambda it: _list(business_problem(it)),
            given.business,
        )
        timezone = self._text(
            "In which time zone are its people?",
            "--timezone",
            lambda it: _list(timezone_problem(it)),
            given.timezone,
            machine_timezone(),
        )
        channels = self._channels()
        server: dict[str, object] = {} if given.port is None else {"port": given.port}
        if url := self._public_url():
            server["public_url"] = url
        accounts: dict[str, Mapping[str, object]] = {}
        own: dict[tuple[str, str], str] = {}
        for name in channels:
            accounts[name], told = self._account(name)
            own |= {(name, key): value for key, value in told.items()}
        return Answers(business, timezone, server, accounts, own)

    def _channels(self) -> Sequence[str]:
        given = ",".join(self._given.channels) or None
        asked = f"Which channels? There are {', '.join(sorted(names()))} (several with commas)"
        text = self._text(asked, "--channel", _channel_problems, given)
        chosen = list(dict.fromkeys(_names(text)))
        for account, key in self._given.options:
            if account not in chosen:
                mend = f"Add --channel {account}, or leave the option out"
                wrong = "is for a channel that is not chosen"
                raise ConfigError([Problem(COMMAND_LINE, f"--set {account}.{key}", wrong, mend)])
        return chosen

    def _public_url(self) -> str:
        def check(url: str) -> Sequence[Problem]:
            return _list(public_url_problem(url)) if url else []

        self._say("Providers and web pages call the gateway at an address of yours, with TLS.")
        asked = "That address, as https://support.example.com (empty: none yet)"
        url = self._text(asked, "--public-url", check, self._given.public_url, "", empty=True)
        return url.rstrip("/")

    def _account(self, name: str) -> tuple[dict[str, object], dict[str, str]]:
        """An account's options and secrets."""
        wrong: Sequence[Problem] = ()
        for _ in range(_TRIES if self._asking else 1):
            options, own = self._options(name)
            wrong = account_problems(name, {**options, **own})
            if not wrong:
                return _typed(name, options, own), own
            if not self._asking:
                raise ConfigError([_of_command(one, name) for one in wrong])
            self._complain(wrong[0])
        raise ConfigError(wrong)

    def _options(self, name: str) -> tuple[dict[str, object], dict[str, str]]:
        model = find_spec(name).config
        asked = QUESTIONS[name].questions if name in QUESTIONS else _needed(model)
        if name in QUESTIONS:
            self._say(f"{find_spec(name).title}: {QUESTIONS[name].intro}")
        options: dict[str, object] = {
            key: listed(value) if _is_list(model, key) else value
            for (account, key), value in self._given.options.items()
            if account == name
        }
        own: dict[str, str] = {}
        for question in asked:
            if question.key in options or (question.without and options.get(question.without)):
                continue
            value = self._option(name, model, question, {**options, **own})
            if value and is_secret(model, question.key):
                own[question.key] = value
            elif value:
                options[question.key] = listed(value) if _is_list(model, question.key) else value
        return options, own

    def _option(
        self,
        name: str,
        model: type[BaseModel],
        question: Question,
        known: Mapping[str, object],
    ) -> str:
        """One answer; empty when the option is to be left out."""
        key, secret = question.key, is_secret(model, question.key)
        if secret and (there := os.environ.get(variable(name, key))):
            self._say(f"{variable(name, key)} is set, and is taken.")
            return there
        if question.made:
            return secrets.token_hex(32)
        optional = not model.model_fields[key].is_required()

        def check(value: str) -> Sequence[Problem]:
            if value:
                return account_problems(name, {**known, key: value}, key)
            return [] if optional else [Problem("", key, "is needed", "Write it, or press Ctrl-C")]

        default = _proposal(question, known) if not secret else ""
        if not self._asking:
            return default if not check(default) else ""
        return self._text(question.ask, key, check, None, default, secret=secret, empty=optional)

    def _text(
        self,
        ask: str,
        option: str,
        check: Check,
        given: str | None,
        default: str = "",
        *,
        secret: bool = False,
        empty: bool = False,
    ) -> str:
        """A text that will do. Raises `ConfigError` for a given one that will not."""
        if given is not None or not self._asking:
            value = default if given is None else given
            if wrong := check(value):
                raise ConfigError(
                    [Problem(COMMAND_LINE, option, one.wrong, one.mend) for one in wrong]
                )
            return value
        wrong = []
        for _ in range(_TRIES):
            answer: str = typer.prompt(
                f"{ask} (not shown)" if secret else ask,
                default=default or ("" if empty else None),
                show_default=bool(default),
                hide_input=secret,
            )
            value = answer.strip()
            if not (wrong := check(value)):
                return value
            # The first tells enough: others may follow from it.
            self._complain(wrong[0])
        raise ConfigError(wrong)

    def _say(self, words: str) -> None:
        if self._asking:
            self._screen.print()
            self._screen.print(Text(words, style="bold"))

    def _complain(self, problem: Problem) -> None:
        self._screen.print(Text(f"  That {problem.wrong}.", style="red"))
        self._screen.print(Text(f"  {problem.mend.rstrip('.')}.", style="green"))


def _typed(
    account: str, options: Mapping[str, object], own: Mapping[str, str]
) -> dict[str, object]:
    """The options, with numbers and truths as what they are and not as they were typed."""
    read = find_spec(account).config.model_validate({**options, **own})
    told = {key: getattr(read, key) for key in options}
    return {
        key: told[key] if isinstance(told[key], bool | int | float) else value
        for key, value in options.items()
    }


def _channel_problems(text: str) -> Sequence[Problem]:
    """What is wrong with a list of channels; without any, the empty name is."""
    return [one for name in _names(text) or [""] for one in _list(channel_problem(name))]


def machine_timezone() -> str:
    """The zone this machine is in, as far as its link tells; else UTC."""
    _, _, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name if name and timezone_problem(name) is None else "UTC"


def _of_command(problem: Problem, account: str) -> Problem:
    """A fault of what options and environment gave, by where it is to be given."""
    key = problem.key.removeprefix(f"adapters.{account}").removeprefix(".")
    if not key or problem.file == ENVIRONMENT:
        return problem
    if is_secret(find_spec(account).config, key):
        return Problem(ENVIRONMENT, variable(account, key), problem.wrong, problem.mend)
    return Problem(COMMAND_LINE, f"--set {account}.{key}", problem.wrong, problem.mend)


def _proposal(question: Question, known: Mapping[str, object]) -> str:
    if question.like is None:
        return ""
    other, old, new = question.like
    value = str(known.get(other, ""))
    return new + value.removeprefix(old) if value.startswith(old) else ""


def _needed(model: type[BaseModel]) -> tuple[Question, ...]:
    """What to ask for a channel that is not ours: whatever its model cannot do without."""
    return tuple(
        Question(name, name) for name, one in model.model_fields.items() if one.is_required()
    )


def _is_list(model: type[BaseModel], key: str) -> bool:
    field_ = model.model_fields.get(key)
    return field_ is not None and get_origin(field_.annotation) in {tuple, list}


def _names(text: str) -> list[str]:
    return [one.strip().lower() for one in text.split(",") if one.strip()]


def _list(problem: Problem | None) -> Sequence[Problem]:
    return [] if problem is None else [problem]
