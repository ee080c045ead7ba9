"""`onethread token reset`: another admin token in place of one that was lost or got out.

It reads options and prints the token, once; only its hash is stored, and the change is in the audit
log with the operating system's user as its actor. A running gateway finds out by itself.
"""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Replace the admin token.")

TOKEN_BYTES = 32


@app.callback()
def token() -> None:
    """Replace the admin token."""


@app.command()
def reset(
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
    ] = None,
) -> None:
    """Make a new admin token, show it once, and end the old one with every session.

    Example: onethread token reset --config shop.toml
    """
    from gateway.access import replace_token
    from gateway.database import NoDatabase, command_ids, now_micros, transaction
    from gateway.obstacles import reaching_database
    from gateway.settings import load_settings

    settings = load_settings(config)
    fresh = secrets.token_urlsafe(TOKEN_BYTES)
    url = settings.storage.url.get_secret_value()
    try:
        with reaching_database(settings.file), transaction(url) as connection:
            actor = f"cli:{getpass.getuser()}"
            replace_token(connection, fresh, actor, now_micros(), command_ids()())
    except NoDatabase as error:
        Console(stderr=True).print(f"{error}", style="red", markup=False)
        raise typer.Exit(1) from None
    # Plain, so that it can be copied whole from any terminal.
    typer.echo(f"The new admin token, shown only now: {fresh}")
    typer.echo("The old one and every session have ended; a running gateway needs a few seconds.")
