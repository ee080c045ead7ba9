"""`onethread channels`: the addresses of every enabled account, to be entered at its provider.

It also shows the pages that a channel has for whoever runs it, such as the one that installs an
app. It reads the settings and prints; it asks no provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from core.channel_abilities import Link
    from gateway.settings.model import Settings


def channels(
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
    ] = None,
) -> None:
    """Show the addresses of every enabled account, to be entered at its provider.

    Example: onethread channels --config shop.toml
    """
    from adapters.registry import find_spec
    from gateway.settings.model import load_settings

    settings = load_settings(config, adapter_model=lambda name: find_spec(name).config)
    console = Console()
    show_addresses(settings, console)
    for account, links in asyncio.run(_links(settings)):
        for link in links:
            console.print(Text(account, style="bold").append(f"  {link.title}", style="not bold"))
            console.print(Text(f"  {link.url}", style="cyan"), soft_wrap=True)


def show_addresses(settings: Settings, console: Console) -> None:
    """Print every address with where to enter it, and what is wrong with all of them."""
    from gateway.channels.addresses import addresses, only_here, public_url_of

    public_url = public_url_of(settings)
    found = addresses(settings, public_url)
    if not any(one.enabled for one in settings.adapters.values()):
        words = "No channel is enabled: nobody can write. Add a table such as [adapters.webchat]."
        console.print(words, markup=False)
        return
    for one in found:
        console.print(Text(one.account, style="bold").append(f"  {one.enter}", style="not bold"))
        # An address stays on one line, so that it can be copied.
        console.print(Text(f"  {one.url}", style="cyan"), soft_wrap=True)
    if only_here(public_url):
        words = (
            "Only this machine reaches these. Set server.public_url to the address of the world."
        )
        console.print(Text(words, style="yellow"))


async def _links(settings: Settings) -> Sequence[tuple[str, Sequence[Link]]]:
    """The pages of every account that has some."""
    from core.channel_abilities import Links
    from gateway.commands.accounts import opened_accounts

    async with opened_accounts(settings) as accounts:
        return [
            (name, one.adapter.links())
            for name, one in accounts.items()
            if isinstance(one.adapter, Links)
        ]
