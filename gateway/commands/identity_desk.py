"""What the commands on identities share: the database with the rules in force, whom words mean, how
an outcome is told.

Each command has one short transaction; whoever is asked for a yes is asked outside of it, for a
gateway beside is waiting for the same database. Nothing about customers is decided here.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.clock import Micros
    from core.identity.rules import IdentityRules

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON, for scripts.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]
DryOption = Annotated[
    bool, typer.Option("--dry-run", help="Only show what would happen; nothing is changed.")
]
_LARGEST = (1 << 63) - 1
WHO = "A handle, such as phone:+15550001111, or a customer's id."


@dataclass(frozen=True, slots=True)
class Desk:
    """One transaction of a command: who types, when, and under which rules."""

    connection: Connection
    rules: IdentityRules
    actor: str
    now: Micros
    new_id: Callable[[], int]

    def customer(self, who: str) -> int:
        """The customer a handle or an id names. Raises `IdentityProblem` when there is none."""
        from memory.units.identity.linking import customer_of, resolve_customer

        if who.isascii() and who.isdigit():
            return resolve_customer(self.connection, min(int(who), _LARGEST))
        return customer_of(self.connection, who)

    def linked(self, who: str) -> int:
        """Whom a link with this handle or customer is with: with a handle, its own customer alone,
        not all whom it is joined to. Raises `IdentityProblem` when there is none."""
        from memory.units.identity.linking import home_of

        if who.isascii() and who.isdigit():
            return self.customer(who)
        return home_of(self.connection, who)


@contextmanager
def desk(config: Path | None, *, trying: bool = False) -> Iterator[Desk]:
    """A transaction on the configured database; what cannot be done is said, with exit code 1.

    A join that may not be is told to people too, unless whoever asked was only `trying`.
    """
    from core.identity.rule_reader import read_identity_rules
    from core.identity.rules import DEFAULT_RULES
    from gateway.commands.database import NoDatabase, command_ids, now_micros, transaction
    from gateway.settings.model import load_settings
    from gateway.settings.obstacles import reaching_database
    from memory.units.identity.alarms import sound_refusal
    from memory.units.identity.linking import IdentityProblem
    from memory.units.identity.rule_versions import in_force
    from memory.units.identity.undoing import CannotUndo

    settings = load_settings(config)
    url, actor, new_id = (
        settings.storage.url.get_secret_value(),
        who_types(),
        command_ids(),
    )
    try:
        with reaching_database(settings.file), transaction(url) as connection:
            version = in_force(connection)
            rules = DEFAULT_RULES if version is None else read_identity_rules(version.text).rules
            yield Desk(connection, rules, actor, now_micros(), new_id)
    except NoDatabase as error:
        refuse(str(error))
    except (IdentityProblem, CannotUndo) as error:
        if not trying:
            with transaction(url) as connection:
                sound_refusal(connection, error, actor, now_micros(), new_id())
        refuse(str(error))


def who_types() -> str:
    """Whose change a command makes: the system's user."""
    return f"cli:{getpass.getuser()}"


def refuse(words: str) -> NoReturn:
    """Say what cannot be done. Raises the exit with code 1."""
    Console(stderr=True).print(words, style="red", markup=False)
    raise typer.Exit(1) from None


def ask(question: str, yes: bool) -> None:
    """Wait for a yes, unless it was given with the command. Raises the exit with code 1 on a no."""
    if not yes and not typer.confirm(question):
        raise typer.Exit(1)


def tell_json(value: object) -> None:
    """Print data as the API would answer it."""
    import json

    from gateway.api.dispatch import to_json

    typer.echo(json.dumps(to_json(value), ensure_ascii=False, indent=2))


def say(words: str, style: str = "") -> None:
    """Print one line, with nothing in it taken for markup."""
    Console().print(Text(words, style=style))
