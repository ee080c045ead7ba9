"""The command line: `onethread` and its commands.

It reads options, loads settings and calls one function; it decides nothing. A command that lives in
a module of its own is a row of `LATE`, imported only when it is named, so that `--help` stays fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from gateway.installation import fault_of, locate

if TYPE_CHECKING:
    from core.playbook.fields import PlaybookError
    from gateway.settings.model import Settings
    from gateway.settings.problems import ConfigError

EXIT_CONFIG = 2
EXIT_UNEXPECTED = 1
UNEXPECTED = (
    "This should not have happened, and is a fault of OneThread or of this machine. "
    "What stands above tells where; it holds no data and can be sent to the maintainers."
)


@dataclass(frozen=True, slots=True)
class Late:
    """A command in another module; `target` is `module:attribute`, a function or a `Typer`."""

    name: str
    target: str
    help: str


LATE: tuple[Late, ...] = (
    Late(
        "actions",
        "gateway.commands.actions:app",
        "See what flows do in your own systems, and try it.\n\nExample: onethread actions check",
    ),
    Late(
        "adapters",
        "gateway.commands.adapters:app",
        "See the channels there are, prove one, begin a new one.\n\n"
        "Example: onethread adapters list",
    ),
    Late(
        "channels",
        "gateway.commands.channels:channels",
        "Show the addresses of every enabled account, to be entered at its provider.\n\n"
        "Example: onethread channels --config shop.toml",
    ),
    Late(
        "db",
        "gateway.commands.db:app",
        "Look after the database.\n\nExample: onethread db version",
    ),
    Late(
        "doctor",
        "gateway.commands.doctor:doctor",
        "Look at everything that has to be right, here and at the providers; "
        "exit code 1 if something is not.\n\n"
        "Example: onethread doctor --config shop.toml",
    ),
    Late(
        "erase",
        "gateway.commands.erase:erase",
        "Erase a customer, or one handle, with all that is theirs.\n\n"
        "Example: onethread erase phone:+15550001111",
    ),
    Late(
        "export",
        "gateway.commands.export:export",
        "Write everything that is held of one customer into a file.\n\n"
        "Example: onethread export phone:+15550001111 --out ada.zip",
    ),
    Late(
        "identities",
        "gateway.commands.identities:app",
        "See who is who; join and part handles.\n\n"
        "Example: onethread identities show phone:+15550001111",
    ),
    Late(
        "import-history",
        "gateway.commands.history:import_history",
        "Bring in what customers wrote elsewhere before; or take it back.\n\n"
        'Example: onethread import-history tickets.csv --source zendesk --reason "our export"',
    ),
    Late(
        "init",
        "gateway.commands.init:init",
        "Make the first configuration in a conversation.\n\nExample: onethread init",
    ),
    Late(
        "intents",
        "gateway.commands.intents:app",
        "See how well a playbook's intents are told apart.\n\n"
        "Example: onethread intents evaluate playbook",
    ),
    Late(
        "memory",
        "gateway.commands.memory:app",
        "See what is remembered of a customer, and put it right.\n\n"
        "Example: onethread memory show phone:+15550001111",
    ),
    Late(
        "people",
        "gateway.commands.people:app",
        "Say who may sign in to the console.\n\nExample: onethread people link",
    ),
    Late(
        "playbook",
        "gateway.commands.playbook:app",
        "Check a playbook.\n\nExample: onethread playbook check playbook",
    ),
    Late(
        "replay",
        "gateway.commands.replay:app",
        "Play recorded dialogues, or show one.\n\n"
        "Example: onethread replay talks.jsonl --playbook playbook --out played",
    ),
    Late(
        "retention",
        "gateway.commands.retention:retention",
        "Show for how long each class of what is stored is kept, and what would go now.\n\n"
        "Example: onethread retention",
    ),
    Late(
        "rules",
        "gateway.commands.rules_test:app",
        "Test the rules of a playbook.\n\nExample: onethread rules test playbook",
    ),
    Late(
        "send",
        "gateway.commands.send:send",
        "Send one message through an account, to see that it works.\n\n"
        "Example: onethread send --channel sms --to +447700900123",
    ),
    Late(
        "stages",
        "gateway.commands.stages:app",
        "Use stages of your own in the pipeline.\n\nExample: onethread stages list",
    ),
    Late(
        "tokens",
        "gateway.commands.tokens:app",
        "Let programs use the API.\n\nExample: onethread tokens add shop --right provision",
    ),
    Late(
        "turns",
        "gateway.commands.turns:app",
        "See why a message was answered as it was.\n\n"
        "Example: onethread turns show 1838753721606405057",
    ),
)

CONFIG_HELP = "Look at the settings.\n\nExample: onethread config check"

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
]
HostOption = Annotated[
    str | None, typer.Option("--host", help="The address to listen on.", show_default="127.0.0.1")
]
PortOption = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one."),
]


def serve(config: ConfigOption = None, host: HostOption = None, port: PortOption = None) -> None:
    """Run the gateway until Ctrl-C.

    Example: onethread serve --config shop.toml --port 9000
    """
    settings = _settings(config, overrides={"server": _given(host=host, port=port)})
    from gateway.serving import run_serve

    run_serve(settings)


def demo(
    port: PortOption = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Its own data folder.", show_default="a new one, removed at the end"),
    ] = None,
) -> None:
    """Show it all on this machine: a small shop and four places to write from, without any account.

    Example: onethread demo --port 9000
    """
    from gateway.demo.terminal import run_demo
    from gateway.settings.model import ConfigError
    from gateway.settings.obstacles import COMMAND_LINE, folder_problem

    if data is not None and (problem := folder_problem(data, (COMMAND_LINE, "--data"))):
        raise ConfigError([problem])
    run_demo(**_given(port=port, data=data))


def version() -> None:
    """Say which version this is.

    Example: onethread version
    """
    try:
        print(f"onethread {version_of('onethread')}")  # noqa: T201  # for scripts: no styling
    except PackageNotFoundError:
        print("onethread, not installed")  # noqa: T201


def check(config: ConfigOption = None) -> None:
    """Tell every fault of the settings and of their playbook; exit code 2 if there is one.

    Example: onethread config check --config shop.toml
    """
    from gateway.doctor.config import check_settings

    for line in check_settings(_settings(config)):
        Console().print(line, markup=False)


def build_app(argv: Sequence[str]) -> typer.Typer:
    """The commands. Of those in `LATE`, the ones `argv` names are real, the others only listed."""
    app = typer.Typer(
        name="onethread",
        help="Every channel, one customer, one memory, one thread.\n\nBegin with: onethread demo",
        no_args_is_help=True,
        add_completion=False,
        # `main` tells what nobody expected, without locals and messages: they may hold secrets.
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
    )
    for command in (demo, serve):
        app.command()(command)
    config = typer.Typer(help=CONFIG_HELP, no_args_is_help=True)
    config.command("check")(check)
    app.add_typer(config, name="config")
    for late in LATE:
        _add(app, late, _imported(late.target) if late.name in argv else _only_listed)
    app.command()(version)
    return app


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; a fault of the configuration is told in full, with exit code 2."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if fault := fault_of(locate()):
        Console(stderr=True).print(fault, style="red", markup=False)
        sys.exit(EXIT_CONFIG)
    from core.playbook.fields import PlaybookError
    from gateway.logs import configure_logs, plain_exception
    from gateway.settings.problems import ConfigError
    from gateway.settings.sections import Logging

    # Until the settings are read: nothing may be logged the way structlog does by itself.
    configure_logs(Logging(level="WARNING"))
    errors = Console(stderr=True)
    try:
        build_app(arguments)(arguments)
    except ConfigError as error:
        show_problems(error, errors)
        sys.exit(EXIT_CONFIG)
    except PlaybookError as error:
        show_problems(error, errors, "playbook")
        sys.exit(EXIT_CONFIG)
    except Exception as error:  # noqa: BLE001 - the last one who can say it plainly
        errors.print(Text(f"{plain_exception(error)}\n\n{UNEXPECTED}", style="red"))
        sys.exit(EXIT_UNEXPECTED)


def show_problems(
    error: ConfigError | PlaybookError, console: Console, where: str = "configuration"
) -> None:
    """Print each fault as its place, what is wrong, and what to do."""
    from core.playbook.fields import PlaybookProblem

    count = len(error.problems)
    console.print(f"{count} fault{'s' if count != 1 else ''} in the {where}:", style="bold")
    for problem in error.problems:
        file = problem.place if isinstance(problem, PlaybookProblem) else problem.file
        place = Text(file, style="cyan")
        if problem.key:
            place.append("  ").append(problem.key, style="bold cyan")
        console.print()
        console.print(place)
        console.print(Text(f"  {problem.wrong}", style="red"))
        console.print(Text(f"  {problem.mend}", style="green"))


def _add(app: typer.Typer, late: Late, target: Callable[..., Any] | typer.Typer) -> None:
    if isinstance(target, typer.Typer):
        app.add_typer(target, name=late.name, help=late.help)
    else:
        app.command(late.name, help=late.help)(target)


def _imported(target: str) -> Callable[..., Any] | typer.Typer:
    module, _, attribute = target.partition(":")
    found: Callable[..., Any] | typer.Typer = getattr(import_module(module), attribute)
    return found


def _only_listed() -> None:
    """Stands in the list for a command that this call does not run."""


def _settings(
    config: Path | None, overrides: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """The settings, with the tables of adapters read by the adapters' own models."""
    from adapters.registry import find_spec
    from gateway.settings.model import load_settings

    return load_settings(
        config, overrides=overrides, adapter_model=lambda name: find_spec(name).config
    )


def _given(**options: Any) -> dict[str, Any]:
    """The options that were given, so that the others keep what the file says."""
    return {name: value for name, value in options.items() if value is not None}
