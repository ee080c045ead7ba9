"""The commands `onethread db`: bring the database to the present layout, or say which one it has.

They read options and print; the work is `memory.migrate`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from gateway.settings.model import Settings

app = typer.Typer(no_args_is_help=True, help="Look after the database.")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
]


@app.command()
def upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the layout this release needs; the gateway does so at every start.

    Example: onethread db upgrade --config shop.toml
    """
    from gateway.settings.obstacles import reaching_database
    from memory.migrate import upgrade as migrate

    settings = _settings(config)
    with reaching_database(settings.file):
        reached = migrate(settings.storage.url.get_secret_value())
    Console().print(f"The database has layout {reached}.", markup=False)


@app.command()
def version(config: ConfigOption = None) -> None:
    """Say which layout the database has, and which one this release needs.

    Example: onethread db version --config shop.toml
    """
    from gateway.commands.database import missing_file
    from gateway.settings.obstacles import reaching_database
    from memory.migrate import needed_version
    from memory.migrate import version as layout

    settings = _settings(config)
    url = settings.storage.url.get_secret_value()
    # Looking must not make one.
    found, needed = None, needed_version()
    if missing_file(url) is None:
        with reaching_database(settings.file):
            found, needed = layout(url)
    Console().print(f"layout {found or 'none'}, this release needs {needed}", markup=False)


@app.command()
def compact(config: ConfigOption = None) -> None:
    """Leave nothing in the database's files of what was deleted: everything waits while they are
    written anew.

    Example: onethread db compact --config shop.toml
    """
    from gateway.commands.database import missing_file
    from gateway.settings.obstacles import reaching_database
    from memory.compacting import compact as write_anew

    settings = _settings(config)
    url = settings.storage.url.get_secret_value()
    if (missing := missing_file(url)) is not None:
        Console(stderr=True).print(f"there is no database at {missing}", style="red", markup=False)
        raise typer.Exit(1)
    with reaching_database(settings.file):
        done = write_anew(url)
    log = "is settled" if done.log_emptied else "could not be settled: others still read or hold it"
    Console().print(f"The tables were written anew; the write-ahead log {log}.", markup=False)


def _settings(config: Path | None) -> Settings:
    from gateway.settings.model import load_settings

    return load_settings(config)
