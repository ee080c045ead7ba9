"""The commands `onethread actions`: what a playbook's flows end with, and whether that works.

They print; carrying an action out is `gateway.actions.performing`'. `try` really does it: nothing
of it is stored here, and no customer hears of it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.commands.identity_desk import (
    ConfigOption,
    JsonOption,
    YesOption,
    ask,
    refuse,
    say,
    tell_json,
)

if TYPE_CHECKING:
    from core.actions import Call
    from core.playbook.model import Action, Playbook
    from gateway.settings.model import Settings

app = typer.Typer(no_args_is_help=True, help="See what flows do in your own systems, and try it.")

PlaybookOption = Annotated[
    Path | None,
    typer.Option("--playbook", help="The playbook's folder.", show_default="the one in use"),
]
NameArgument = Annotated[str, typer.Argument(help="An action's name, as in actions.toml.")]


@app.command("list")
def list_actions(
    playbook: PlaybookOption = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Show the actions of a playbook, and those that are installed for playbooks to name.

    Example: onethread actions list
    """
    from gateway.actions.registry import action_names

    _, found = _read(config, playbook)
    rows = [
        {
            "name": one.name,
            "title": one.title,
            "by": one.url or f"the installed action {one.run}",
            "flows": [flow.name for flow in found.flows.values() if flow.action == one.name],
            "before": [flow.name for flow in found.flows.values() if flow.look_up == one.name],
            "needs": int(one.needs),
            "confirm": one.confirm,
        }
        for one in found.actions.values()
    ]
    if as_json:
        tell_json({"actions": rows, "installed": action_names()})
        return
    for row in rows:
        say(f"{row['name']}: {row['by']}; {_use(row)}, from level {row['needs']}")
    if not rows:
        say("No flow of this playbook does anything; docs/add-an-action.md tells how one does.")
    if installed := action_names():
        say(f"Installed: {', '.join(installed)}")


def _use(row: Mapping[str, object]) -> str:
    """When an action is carried out, in words."""
    ends, before = row["flows"], row["before"]
    assert isinstance(ends, list)
    assert isinstance(before, list)
    if before:
        return f"looked up in {', '.join(before)}"
    return f"ends {', '.join(ends)}, {'after a yes' if row['confirm'] else 'without asking'}"


@app.command()
def check(
    name: Annotated[str | None, typer.Argument(help="One of them; else all.")] = None,
    playbook: PlaybookOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell whether each action could be carried out, without doing it; exit code 1 if one cannot.

    Example: onethread actions check
    """
    from gateway.actions.check import fault_of

    settings, found = _read(config, playbook)
    wanted = list(found.actions.values()) if name is None else [_named(name, found)]

    async def look() -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for one in wanted:
            fault = await fault_of(one, settings)
            wrong, mend = (fault.wrong, fault.mend) if fault is not None else (None, None)
            rows.append({"name": one.name, "wrong": wrong, "mend": mend})
        return rows

    rows = asyncio.run(look())
    if as_json:
        tell_json(rows)
    else:
        for row in rows:
            told = f"{row['wrong']}. {row['mend']}" if row["wrong"] else "in order"
            say(f"{row['name']}: {told}")
    if any(row["wrong"] for row in rows):
        raise typer.Exit(1)


@app.command("try")
def try_action(
    name: NameArgument,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", help="What goes along, as NAME=VALUE.", metavar="NAME=VALUE"),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="The request's key.", show_default="a new one")
    ] = None,
    sender: Annotated[
        str, typer.Option(help="As whose request, such as phone:+447700900142.")
    ] = "login:tester",
    yes: YesOption = False,
    playbook: PlaybookOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Carry an action out, as if a logged-in customer had agreed to it; exit code 1 if it fails.

    Example: onethread actions try book_visit --value day=Friday --value "trouble=flat tyre"
    """
    settings, found = _read(config, playbook)
    action = _named(name, found)
    values = _values(value or [])
    ask(f"This really asks for “{action.title}”. Go on?", yes)
    drawn = key or secrets.token_hex(16)
    call = _call(action.name, drawn, values, sender)
    outcome = asyncio.run(_carry_out(action, settings, call))
    if as_json:
        tell_json({"key": drawn, **outcome})
    else:
        for word, said in {"key": drawn, **outcome}.items():
            say(f"{word}: {said}")
    if outcome["outcome"] == "failed":
        raise typer.Exit(1)


def _call(name: str, key: str, values: Mapping[str, str], sender: str) -> Call:
    from core.actions import Call
    from core.message import Assurance

    level = Assurance.LOGGED_IN
    return Call(name, key, values, {}, sender, level, "test", proved=(sender,))


async def _carry_out(action: Action, settings: Settings, call: Call) -> Mapping[str, str]:
    from gateway.actions.opening import open_actions

    actions = open_actions(settings, now=lambda: datetime.now(UTC))
    try:
        return await actions.run(action, call)
    finally:
        await actions.close()


def _read(config: Path | None, playbook: Path | None) -> tuple[Settings, Playbook]:
    from gateway.playbook.reader import load_playbook
    from gateway.settings.model import load_settings

    settings = load_settings(config)
    return settings, load_playbook(playbook or settings.playbook.path)


def _named(name: str, playbook: Playbook) -> Action:
    if name not in playbook.actions:
        known = ", ".join(playbook.actions) or "none"
        refuse(f"There is no action {name} in this playbook; there are {known}.")
    return playbook.actions[name]


def _values(pairs: list[str]) -> dict[str, str]:
    values = {}
    for one in pairs:
        name, equals, value = one.partition("=")
        if not equals or not name:
            refuse(f"{one!r} is no NAME=VALUE.")
        values[name] = value
    return values
