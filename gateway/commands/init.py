"""`onethread init`: the first configuration, in a conversation or by options.

It asks, shows, and has the files written at the very end, so that whoever stops before has changed
nothing. It never writes over a file: what is there is put aside, and only when asked to.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from gateway.init.files import Answers

_STEPS = (
    "Teach it what you know and sell: docs/playbook.md. Then: onethread playbook check",
    "Start it: onethread serve",
    "See whether all is right, in another terminal: onethread doctor",
)


class Secrets(StrEnum):
    """Where secrets go."""

    FILE = "file"
    SHOW = "show"
    CONFIG = "config"


def init(
    channel: Annotated[list[str] | None, typer.Option(help="A channel; may be repeated.")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--set", help="An option of a channel, as sms.from_number=+15550100123."),
    ] = None,
    business: Annotated[str | None, typer.Option(help="What customers call you.")] = None,
    timezone: Annotated[str | None, typer.Option(help="As Europe/London.")] = None,
    public_url: Annotated[
        str | None, typer.Option(help="How the world reaches the gateway, with https://.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port it has.")] = None,
    secrets: Annotated[
        Secrets,
        typer.Option(help="Into onethread.env, shown for your own keeping, or into config.toml."),
    ] = Secrets.FILE,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; secrets come from the environment.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put files aside that are there already.")
    ] = False,
) -> None:
    """Make the first configuration in a conversation.

    Example: onethread init
    """
    from gateway.init.talk import Given, Talk

    screen = Console(highlight=False)
    given = Given(
        tuple(channel or ()), business, timezone, public_url, port, _options(option or [])
    )
    try:
        aside = _may_replace(screen, asking=not yes, replace=replace)
        answers = Talk(given, screen, asking=not yes).answers()
        if not yes:
            _show_plan(answers, secrets, screen)
            typer.confirm("Write them?", default=True, abort=True)
    except typer.Abort:
        screen.print(Text("\nStopped. Nothing was written.", style="yellow"))
        if not yes and not os.isatty(0):
            screen.print("Where nobody answers, give options and --yes: onethread init --help")
        raise typer.Exit(1) from None
    _write(answers, secrets, aside, screen)
    _tell_next(answers, screen)
    if not yes:
        _offer_doctor(screen)


def _options(pairs: Sequence[str]) -> Mapping[tuple[str, str], str]:
    """What `--set` says. Raises `ConfigError`; a secret is refused, since others see commands."""
    from adapters.registry import find_spec, names
    from gateway.init.questions import is_secret, variable
    from gateway.settings.model import ConfigError, Problem
    from gateway.settings.obstacles import COMMAND_LINE

    found: dict[tuple[str, str], str] = {}
    problems = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        account, dot, key = name.partition(".")
        if not (equals and dot and key):
            mend = "Write it as sms.from_number=+15550100123"
            problems.append(Problem(COMMAND_LINE, "--set", "is not CHANNEL.OPTION=VALUE", mend))
        elif account in names() and is_secret(find_spec(account).config, key):
            wrong = "is a secret, and everybody on this machine can read a command"
            mend = f"Put it into the environment: {variable(account, key)}"
            problems.append(Problem(COMMAND_LINE, f"--set {name}", wrong, mend))
        else:
            found[account, key] = value
    if problems:
        raise ConfigError(problems)
    return found


def _may_replace(screen: Console, *, asking: bool, replace: bool) -> Sequence[Path]:
    """Which files are to be put aside. Raises `ConfigError` when nobody said that they may be."""
    from gateway.init.files import there_already
    from gateway.settings.model import ConfigError, Problem

    there = there_already()
    if not there or replace:
        return there
    if not asking:
        mend = "Add --replace to have it put aside, or start in another folder"
        raise ConfigError([Problem(str(one), "", "is there already", mend) for one in there])
    named = " and ".join(str(one) for one in there)
    screen.print(f"In this folder there is {named} already. It will be kept, under another name.")
    typer.confirm("Make it anew?", default=False, abort=True)
    return there


def _show_plan(answers: Answers, secrets: Secrets, screen: Console) -> None:
    from gateway.init.files import PLAYBOOK

    files = ["config.toml"]
    if secrets is Secrets.FILE and answers.secrets:
        files.append("onethread.env (the secrets, for you alone)")
    if not PLAYBOOK.exists():
        files.append(f"{PLAYBOOK}/ (a first playbook)")
    screen.print()
    screen.print(f"These will be made in {Path.cwd()}: {', '.join(files)}", markup=False)


def _write(answers: Answers, secrets: Secrets, aside: Sequence[Path], screen: Console) -> None:
    from gateway.init.files import env_text, make_playbook, put_aside, settings_text, write_file
    from gateway.init.questions import variable
    from gateway.settings.env_file import NAME

    names = {(account, key): variable(account, key) for account, key in answers.secrets}
    env = env_text(answers, names)
    for kept in put_aside(aside, datetime.now().astimezone()):
        screen.print(f"Kept: {kept}", markup=False)
    private = secrets is Secrets.CONFIG
    write_file(Path("config.toml"), settings_text(answers, secrets.value), private=private)
    if answers.secrets and secrets is Secrets.FILE:
        write_file(Path(NAME), env, private=True)
    if make_playbook(answers):
        screen.print("A first playbook is in playbook/: it hands every question to your people.")
    if answers.secrets and secrets is Secrets.SHOW:
        screen.print("Put these into the environment of the gateway; they are shown only now:")
        for (account, key), value in answers.secrets.items():
            screen.print(Text(f"  export {names[account, key]}='{value}'"), soft_wrap=True)
    for (account, key), value in answers.secrets.items():
        if os.environ.get(names[account, key], value) != value:
            words = f"{names[account, key]} is set otherwise, and wins."
            screen.print(Text(words, style="yellow"), soft_wrap=True)


def _tell_next(answers: Answers, screen: Console) -> None:
    """The addresses to enter at providers, and what to do now."""
    from gateway.commands.channels import show_addresses
    from gateway.settings.model import Settings

    settings = Settings.model_validate({"server": answers.server, "adapters": answers.accounts})
    screen.print(Text("\nThese addresses are to be entered at the providers:", style="bold"))
    show_addresses(settings, screen)
    screen.print(Text("\nWhat is next:", style="bold"))
    for number, step in enumerate(_STEPS, 1):
        screen.print(f"  {number}. {step}", markup=False)


def _offer_doctor(screen: Console) -> None:
    from adapters.registry import find_spec
    from gateway.commands.doctor import examined, show
    from gateway.settings.model import ConfigError, load_settings

    screen.print()
    try:
        if not typer.confirm("Have the doctor look at it now?", default=True):
            return
    except typer.Abort:
        return
    try:
        settings = load_settings(adapter_model=lambda name: find_spec(name).config)
    except ConfigError as error:
        from gateway.cli import show_problems

        show_problems(error, screen)
        return
    show(examined(settings), screen)
