"""The commands `onethread tokens`: credentials of programs, made, listed and revoked.

They read options and print a token once; only its hash is stored. Every change is in the audit log
with the operating system's user as its actor, and a running gateway goes by it at once.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.access.roles import ROLES, Right, Role
from gateway.commands.identity_desk import ConfigOption, JsonOption, tell_json
from gateway.commands.people import at_desk

app = typer.Typer(no_args_is_help=True, help="Let programs use the API.")

TOKEN_BYTES = 32
_SPAN = re.compile(r"([1-9][0-9]{0,4})([hd])")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is for; it stands in the audit log.")],
    right: Annotated[
        list[Right] | None, typer.Option(help="What it may do; once for each right.")
    ] = None,
    role: Annotated[Role | None, typer.Option(help="All that this role may do.")] = None,
    expires: Annotated[
        str | None, typer.Option(help="For how long, such as 90d or 12h.", show_default="for ever")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make a token and show it, once.

    Example: onethread tokens add shop --right provision --expires 90d
    """
    from gateway.access.callers import TOKEN_MARK, hash_secret
    from gateway.commands.database import command_ids
    from memory.units.people.api_tokens import NewToken, add_token

    rights = {*(right or ()), *(ROLES[role] if role else ())}
    if not rights:
        raise typer.BadParameter("give at least one --right, or a --role")
    life = None if expires is None else _span(expires)
    fresh, new_id = TOKEN_MARK + secrets.token_urlsafe(TOKEN_BYTES), command_ids()
    with at_desk(config) as desk:
        until = None if life is None else desk.now + life // timedelta(microseconds=1)
        kept = NewToken(new_id(), name.strip(), hash_secret(fresh), rights, until)
        add_token(desk.connection, kept, desk.actor, desk.now, new_id())
    if as_json:
        tell_json({"name": name.strip(), "token": fresh})
        return
    # Plain, so that it can be copied whole from any terminal.
    typer.echo(f"The token “{name.strip()}”, shown only now: {fresh}")


@app.command("list")
def show_all(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show every token, without what it opens with.

    Example: onethread tokens list
    """
    from memory.pages.people import token_list

    with at_desk(config) as desk:
        found = token_list(desk.connection, desk.now)
    if as_json:
        tell_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("name", "rights", "state", "until", "last used", "made by"):
        table.add_column(column)
    for one in found:
        until = "for ever" if one.expires_at is None else f"{one.expires_at:%Y-%m-%d}"
        used = "never" if one.used_at is None else f"{one.used_at:%Y-%m-%d %H:%M} UTC"
        rights = Text(" ".join(one.rights))
        table.add_row(Text(one.name), rights, one.state, until, used, Text(one.created_by))
    Console().print(table)


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="The name it was made under.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """End a token for good.

    Example: onethread tokens revoke shop
    """
    from gateway.commands.database import command_ids
    from memory.units.people.api_tokens import revoke_named

    with at_desk(config) as desk:
        revoke_named(desk.connection, name, desk.actor, desk.now, command_ids()())
    if as_json:
        tell_json({"name": name, "state": "revoked"})
        return
    typer.echo(f"The token “{name}” opens nothing any more.")


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise typer.BadParameter("write it as 90d or 12h", param_hint="--expires")
    number = int(found[1])
    return timedelta(days=number) if found[2] == "d" else timedelta(hours=number)
