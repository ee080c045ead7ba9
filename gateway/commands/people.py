"""The commands `onethread people`: who may sign in, with which role, and the links to come in by.

They read options and print. What may be done is decided in `memory.units.people.actors`; every
change is in the audit log with the operating system's user as its actor.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.access.roles import Role
from gateway.commands.identity_desk import ConfigOption, JsonOption, tell_json, who_types

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.settings.model import Settings

app = typer.Typer(no_args_is_help=True, help="Say who may sign in to the console.")

Login = Annotated[str, typer.Argument(help="The login of an account.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: one transaction, and in whose name."""

    connection: Connection
    settings: Settings
    actor: str
    now: int


@app.command("list")
def show_all(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show everybody who may sign in.

    Example: onethread people list
    """
    from memory.pages.people import people_list

    with at_desk(config) as desk:
        found = people_list(desk.connection, desk.now)
    if as_json:
        tell_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("login", "name", "role", "last seen", ""):
        table.add_column(column)
    for one in found:
        states = {"has to come by a link": one.waits, "disabled": one.disabled}
        state = ", ".join(words for words, holds in states.items() if holds)
        seen = "never" if one.seen_at is None else f"{one.seen_at:%Y-%m-%d %H:%M} UTC"
        table.add_row(Text(one.login), Text(one.name), one.role, seen, state)
    Console().print(table)


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="What they sign in with, such as ada.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    name: Annotated[str, typer.Option(help="What colleagues see.", show_default="the login")] = "",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make an account, and a link by which its owner sets the password.

    Example: onethread people add ada --name "Ada Byron" --role agent
    """
    from gateway.commands.database import command_ids
    from memory.units.people.actors import NewPerson, add_person

    new_id = command_ids()
    with at_desk(config) as desk:
        one = NewPerson(new_id(), login, name.strip() or login, role.value)
        add_person(desk.connection, one, desk.actor, desk.now, new_id())
        url = _make_link(desk, one.id)
    _say_link(url, as_json)


@app.command()
def link(
    login: Annotated[str | None, typer.Argument(help="Whose; none for the first owner's.")] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make a one-time link: for the first owner's account, or to set somebody's password anew.

    Example: onethread people link ada
    """
    with at_desk(config) as desk:
        url = _make_link(desk, None if login is None else _person_id(desk, login))
    _say_link(url, as_json)


@app.command()
def role(
    login: Login,
    role: Annotated[Role, typer.Argument(help="What they may do from now on.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Give another role; they have to sign in again.

    Example: onethread people role ada identity-admin
    """
    from gateway.commands.database import command_ids
    from memory.units.people.actors import change_role

    with at_desk(config) as desk:
        person_id = _person_id(desk, login)
        change_role(desk.connection, person_id, role.value, desk.actor, desk.now, command_ids()())
    _say({"login": login, "role": role.value}, f"{login} is {role.value} now.", as_json)


@app.command()
def disable(login: Login, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Keep somebody out from now on.

    Example: onethread people disable ada
    """
    from gateway.commands.database import command_ids
    from memory.units.people.actors import disable as keep_out

    with at_desk(config) as desk:
        keep_out(desk.connection, _person_id(desk, login), desk.actor, desk.now, command_ids()())
    _say({"login": login, "disabled": True}, f"{login} is kept out.", as_json)


@app.command()
def enable(login: Login, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Let somebody in again who was kept out, or locked out.

    Example: onethread people enable ada
    """
    from gateway.commands.database import command_ids
    from memory.units.people.actors import enable as let_in

    with at_desk(config) as desk:
        let_in(desk.connection, _person_id(desk, login), desk.actor, desk.now, command_ids()())
    _say({"login": login, "disabled": False}, f"{login} may sign in.", as_json)


@app.command("sign-out")
def sign_out(login: Login, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """End all sessions of somebody.

    Example: onethread people sign-out ada
    """
    from gateway.commands.database import command_ids
    from memory.units.people.actors import sign_out_everywhere

    with at_desk(config) as desk:
        person_id = _person_id(desk, login)
        ended = sign_out_everywhere(
            desk.connection, person_id, desk.actor, desk.now, command_ids()()
        )
    words = f"{ended} session{'' if ended == 1 else 's'} of {login} ended."
    _say({"login": login, "ended": ended}, words, as_json)


@contextmanager
def at_desk(config: Path | None) -> Iterator[Desk]:
    """One transaction on the configured database; what cannot be done is said, exit code 1."""
    from adapters.registry import find_spec
    from gateway.commands.database import NoDatabase, now_micros, transaction
    from gateway.settings.model import load_settings
    from gateway.settings.obstacles import reaching_database
    from memory.units.people.actors import ActorProblem

    settings = load_settings(config, adapter_model=lambda name: find_spec(name).config)
    url = settings.storage.url.get_secret_value()
    try:
        with reaching_database(settings.file), transaction(url) as connection:
            yield Desk(connection, settings, who_types(), now_micros())
    except (ActorProblem, NoDatabase) as error:
        Console(stderr=True).print(f"{error}", style="red", markup=False)
        raise typer.Exit(1) from None


def _person_id(desk: Desk, login: str) -> int:
    from memory.pages.people import person_of
    from memory.units.people.actors import ActorProblem, clean_login

    found = person_of(desk.connection, clean_login(login))
    if found is None:
        raise ActorProblem(f"nobody has the login {login}; see: onethread people list")
    return found


def _make_link(desk: Desk, person_id: int | None) -> str:
    """The address of a new one-time link."""
    from core.clock import to_micros
    from gateway.access.callers import LINK_LIFE, hash_secret
    from gateway.access.reception import welcome_path
    from gateway.channels.addresses import public_url_of
    from gateway.commands.database import command_ids
    from memory.units.people.actors import Invite, invite

    once = secrets.token_urlsafe(32)
    until = to_micros(datetime.now(UTC) + LINK_LIFE)
    kept = Invite(hash_secret(once), until, person_id)
    invite(desk.connection, kept, desk.actor, desk.now, command_ids()())
    return f"{public_url_of(desk.settings)}{welcome_path(once)}"


def _say_link(url: str, as_json: bool) -> None:
    # Plain, so that it can be copied whole from any terminal.
    words = f"This link works once, within 15 minutes; whoever has it can come in:\n{url}"
    _say({"url": url}, words, as_json)


def _say(outcome: Mapping[str, object], words: str, as_json: bool) -> None:
    tell_json(outcome) if as_json else typer.echo(words)
