"""`onethread adapters`: the channels there are, whether one keeps its contract, and a new one.

It reads options and prints. What a channel can do is its own declaration, and whether that is true
is said by the conformance kit; nothing here judges a channel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from core.channel import AdapterSpec
    from gateway.channels.loading import Channel
    from gateway.settings.model import Settings

EXIT_FAILED = 1
EXIT_UNKNOWN = 2

_ASK_SECONDS = 20.0
_STYLES = {"proven": "green", "skipped": "dim", "failed": "bold red"}
_KIT = "The conformance kit needs packages of its own: pip install 'onethread[testing]'"

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The channel, as in config.toml.")]


@app.command("list")
def list_channels(
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
    ] = None,
    health: Annotated[
        bool, typer.Option("--health", help="Ask the providers of enabled accounts.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page of the documentation instead.")
    ] = False,
) -> None:
    """Show every channel that is installed, which accounts are enabled, and what each can do.

    Example: onethread adapters list --health
    """
    from adapters.registry import BUILT_IN, find_spec, names
    from gateway.channels.capability_matrix import page
    from gateway.settings.model import load_settings

    if markdown:
        typer.echo(page([find_spec(name) for name in sorted(BUILT_IN)]), nl=False)
        return
    settings = load_settings(config, adapter_model=lambda name: find_spec(name).config)
    specs, faults = _declared(sorted(names()))
    told = asyncio.run(_health(settings)) if health else {}
    console = Console()
    console.print(_table(specs, settings, told))
    for account, words in told.items():
        console.print(Text(account, style="bold").append(f"  {words or 'healthy'}", style="none"))
    for fault in faults:
        console.print(Text(fault, style="red"), soft_wrap=True)


@app.command("check")
def check_channel(name: Name) -> None:
    """Prove that a channel keeps its contract; exit code 1 if a rule does not hold.

    Example: onethread adapters check sms
    """
    console = Console()
    try:
        from adapters.checking import check
    except ModuleNotFoundError as error:
        console.print(Text(f"{_KIT} ({error.name} is missing)", style="red"))
        raise typer.Exit(EXIT_UNKNOWN) from None
    try:
        with Console(stderr=True).status(f"Trying every rule on {name} …"):
            proofs = check(name)
    except (LookupError, ImportError) as error:
        console.print(Text(str(error.args[0]), style="red"), soft_wrap=True)
        raise typer.Exit(EXIT_UNKNOWN) from None
    counts = dict.fromkeys(_STYLES, 0)
    for proof in proofs:
        result = proof.result.value
        counts[result] += 1
        line = Text(f"{result:<8}", style=_STYLES[result]).append(f" {proof.name}", style="none")
        console.print(line, soft_wrap=True)
        if proof.why:
            console.print(Text(f"{'':<8} {proof.why}", style=_STYLES[result]), soft_wrap=True)
    console.print(", ".join(f"{number} {result}" for result, number in counts.items()))
    if counts["failed"]:
        raise typer.Exit(EXIT_FAILED)


@app.command("new")
def new_channel(
    name: Annotated[
        str, typer.Argument(help="Small letters and digits, such as pigeon; it begins the folder.")
    ],
    directory: Annotated[
        Path, typer.Option("--dir", help="Where to make the folder onethread-NAME.")
    ] = Path(),
) -> None:
    """Write a channel of your own: a working, tested distribution to change into what you need.

    Example: onethread adapters new pigeon
    """
    from gateway.skeleton import CannotWrite, write_skeleton

    console = Console()
    try:
        folder = write_skeleton(name, directory)
    except CannotWrite as error:
        console.print(Text(str(error), style="red"), soft_wrap=True)
        raise typer.Exit(EXIT_UNKNOWN) from None
    console.print(Text(f"{folder} is a channel that works. Now:"), soft_wrap=True)
    for line in (f"pip install -e {folder}", f"onethread adapters check {name}"):
        console.print(Text(f"  {line}", style="cyan"), soft_wrap=True)
    console.print("Its README.md says what to change first.")


def _declared(names: Sequence[str]) -> tuple[Sequence[AdapterSpec], Sequence[str]]:
    """The declarations that can be loaded, and in words those that cannot."""
    from adapters.registry import find_spec

    specs, faults = [], []
    for name in names:
        try:
            specs.append(find_spec(name))
        except Exception as error:  # noqa: BLE001 - one broken channel must not hide the others
            why = f"{type(error).__name__}: {error}"
            faults.append(f"{name} cannot be loaded ({why}): mend or uninstall what brought it.")
    return specs, faults


def _table(
    specs: Sequence[AdapterSpec], settings: Settings, told: Mapping[str, str | None]
) -> Table:
    """Channels beside each other; above what they can do, where they are from and in use."""
    from gateway.channels.capability_matrix import rows

    table = Table("", *(one.name for one in specs))
    table.add_row("title", *(one.title for one in specs))
    table.add_row("installed", *(_origin(one.name) for one in specs))
    accounts = [_enabled(settings, one.name) for one in specs]
    table.add_row("enabled", *(", ".join(one) or "no" for one in accounts))
    if told:
        table.add_row("healthy", *(_healthy(one, told) for one in accounts))
    table.add_section()
    for title, *cells in rows(specs):
        table.add_row(title, *cells)
    return table


def _origin(name: str) -> str:
    """Which distribution brought it, with its version."""
    from importlib.metadata import entry_points

    from adapters.registry import BUILT_IN, GROUP

    if name in BUILT_IN:
        return "built in"
    for point in entry_points(group=GROUP):
        if point.name == name and point.dist is not None:
            return f"{point.dist.name} {point.dist.version}"
    return "yes"


def _enabled(settings: Settings, name: str) -> Sequence[str]:
    return [
        account
        for account, table in settings.adapters.items()
        if table.enabled and table.adapter == name
    ]


def _healthy(accounts: Sequence[str], told: Mapping[str, str | None]) -> str:
    if not accounts:
        return ""
    return "yes" if all(told.get(one) is None for one in accounts) else "no, see below"


async def _health(settings: Settings) -> Mapping[str, str | None]:
    """What is wrong with each enabled account, nothing where all is well."""
    from gateway.commands.accounts import opened_accounts

    async with opened_accounts(settings) as channels:
        found = await asyncio.gather(*(_asked(one) for one in channels.values()))
        return dict(zip(channels, found, strict=True))


async def _asked(channel: Channel) -> str | None:
    from core.channel_abilities import Diagnoses, Gravity, ReportsHealth

    try:
        async with asyncio.timeout(_ASK_SECONDS):
            if isinstance(channel.adapter, ReportsHealth):
                health = await channel.adapter.health()
                return None if health.ok else health.detail or "cannot work now"
            if isinstance(channel.adapter, Diagnoses):
                faults = [
                    one.what
                    for one in await channel.adapter.diagnose()
                    if one.gravity is Gravity.FAULT
                ]
                return " ".join([*faults, "See: onethread doctor"]) if faults else None
    except TimeoutError:
        return f"no answer within {_ASK_SECONDS:g} seconds. See: onethread doctor"
    except Exception as error:  # noqa: BLE001 - one broken account must not hide the others
        return f"asking failed: {type(error).__name__}. See: onethread doctor"
    return None
