"""`onethread channels`: the addresses of every enabled account, to be entered at its provider.

It reads the settings and prints; it opens no connection and loads no adapter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text


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
    from gateway.addresses import addresses, only_here, public_url_of
    from gateway.settings import load_settings

    settings = load_settings(config, adapter_model=lambda name: find_spec(name).config)
    public_url = public_url_of(settings)
    found = addresses(settings, public_url)
    console = Console()
    if not found:
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
