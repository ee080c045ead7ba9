"""The commands `onethread db`: bring the database to the present layout, or say which one it has.

They read options and print; the work is `memory.migrate`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Look after the database.")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
]


@app.command()
def upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the layout this release needs; the gateway does so at every start."""
    from memory.migrate import upgrade as migrate

    url = _url(config)
    try:
        reached = migrate(url)
    except ValueError as error:
        Console(stderr=True).print(f"{error}", style="red", markup=False)
        raise typer.Exit(1) from None
    Console().print(f"The database has layout {reached}.", markup=False)


@app.command()
def version(config: ConfigOption = None) -> None:
    """Say which layout the database has, and which one this release needs."""
    from memory.migrate import version as layout

    found, needed = layout(_url(config))
    Console().print(f"layout {found or 'none'}, this release needs {needed}", markup=False)


def _url(config: Path | None) -> str:
    from gateway.settings import load_settings

    return load_settings(config).storage.url.get_secret_value()
