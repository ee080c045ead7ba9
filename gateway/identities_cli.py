"""The commands `onethread identities`: see why handles are one customer, join them, part them.

They read options and print; what may be joined is decided in `memory.units.identity`, and every
change is in the audit log with the operating system's user as its actor.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.message import Assurance
from gateway.rules_cli import app as rules

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from memory.units.identity import Changed
    from memory.views import CustomerView

app = typer.Typer(
    no_args_is_help=True, help="See why handles are one customer, join them, part them."
)
app.add_typer(rules, name="rules")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
]
_WHO = "A handle, such as phone:+15550001111, or a customer's id."


@app.command()
def show(who: Annotated[str, typer.Argument(help=_WHO)], config: ConfigOption = None) -> None:
    """Show a customer: every handle, and what proves that it is theirs.

    Example: onethread identities show phone:+15550001111
    """
    from memory.pages import customer_page

    with _database(config) as connection:
        page = customer_page(connection, _customer_id(connection, who))
    if page is not None:
        _print(page)


@app.command()
def link(
    handle: Annotated[str, typer.Argument(help="The handle to join, such as login:anna.")],
    to: Annotated[str, typer.Argument(help=f"Whom to. {_WHO}")],
    evidence: Annotated[str, typer.Option(help="What shows that it is the same person.")] = "",
    level: Annotated[
        int, typer.Option(min=1, max=3, help="How well that is proved; 3 needs evidence.")
    ] = int(Assurance.AUTHENTICATED),
    config: ConfigOption = None,
) -> None:
    """Join a handle to a customer, so that they share one memory from then on.

    Example: onethread identities link login:anna phone:+15550001111 --evidence "she called"
    """
    from gateway.database import command_ids, now_micros
    from memory.pages import customer_page
    from memory.units.identity import BY_HAND
    from memory.units.identity import link as join

    new_id = command_ids()
    with _database(config) as connection:
        done = join(
            connection,
            handle,
            _customer_id(connection, to),
            Assurance(level),
            BY_HAND,
            evidence,
            _actor(),
            now_micros(),
            (new_id(), new_id()),
        )
        page = customer_page(connection, done.customer_id)
    _tell(done, f"{handle} is now customer {done.customer_id}.", "They were joined already.")
    if page is not None:
        _print(page)


@app.command()
def unlink(
    handle: Annotated[str, typer.Argument(help="The handle to part, such as login:anna.")],
    of: Annotated[
        str | None, typer.Option("--from", help=f"Whom from, when there are several. {_WHO}")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit log.")] = "not the same",
    config: ConfigOption = None,
) -> None:
    """Part a handle from a customer; each keeps what was said from its own handles.

    Example: onethread identities unlink login:anna --reason "two people"
    """
    from gateway.database import command_ids, now_micros
    from memory.units.identity import unlink as part

    with _database(config) as connection:
        done = part(
            connection,
            handle,
            None if of is None else _customer_id(connection, of),
            _actor(),
            reason,
            now_micros(),
            command_ids()(),
        )
    _tell(done, f"{handle} is customer {done.customer_id} again.", "Nothing changed.")


@contextmanager
def _database(config: Path | None) -> Iterator[Connection]:
    """A transaction on the configured database; what cannot be done is said, with exit code 1."""
    from gateway.database import NoDatabase, transaction
    from gateway.obstacles import reaching_database
    from gateway.settings import load_settings
    from memory.units.identity import IdentityProblem

    settings = load_settings(config)
    try:
        with (
            reaching_database(settings.file),
            transaction(settings.storage.url.get_secret_value()) as connection,
        ):
            yield connection
    except (IdentityProblem, NoDatabase) as error:
        Console(stderr=True).print(f"{error}", style="red", markup=False)
        raise typer.Exit(1) from None


def _customer_id(connection: Connection, who: str) -> int:
    """The customer that a handle or an id names. Raises `IdentityProblem` when there is none."""
    from memory.units.identity import customer_of, resolve_customer

    if who.isascii() and who.isdigit():
        return resolve_customer(connection, int(who))
    return customer_of(connection, who)


def _actor() -> str:
    return f"cli:{getpass.getuser()}"


def _tell(done: Changed, words: str, unchanged: str) -> None:
    Console().print(words if done.changed else unchanged, markup=False)


def _print(page: CustomerView) -> None:
    console = Console()
    console.print(Text(page.name, style="bold").append(f"  customer {page.id}", style="dim"))
    if page.merged_ids:
        merged = ", ".join(str(one) for one in page.merged_ids)
        console.print(Text(f"also known as {merged}", style="dim"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("handle", "level", "because"):
        table.add_column(column)
    for handle in page.handles:
        because = Text("\n".join(one.words for one in handle.links) or "it wrote to us")
        table.add_row(Text(handle.key), str(handle.level), because)
    console.print(table)
