"""The command line for playbooks: `onethread playbook check FOLDER`, and what has its own module.

It prints; every judgement is the reader's. The fault of a playbook is left to `gateway.cli`, which
tells it as it tells one of the configuration.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.identity.rule_reader import read_identity_rules
from core.playbook.hints import hints
from core.playbook.model import Playbook
from gateway.commands.playbook_schema import schema
from gateway.commands.playbook_versions import diff, reload, rollback, versions
from gateway.playbook.reader import identity_text, load_playbook

app = typer.Typer(no_args_is_help=True)


app.command("schema")(schema)
for _command in (reload, versions, diff, rollback):
    app.command()(_command)


@app.callback()
def playbooks() -> None:
    """Look at playbooks, take over their changes, and go back."""


@app.command("check")
def check(
    path: Annotated[Path, typer.Argument(help="The playbook's folder.")] = Path("playbook"),
) -> None:
    """Tell every fault of a playbook, each with its remedy; exit code 2 if there is one.

    Example: onethread playbook check playbook
    """
    playbook = load_playbook(path)
    console = Console()
    console.print(_summary(playbook))
    for hint in (*hints(playbook), *_loose_rules(path)):
        console.print(Text(f"  {hint}", style="yellow"))
    console.print(Text(f"{path} is in order.", style="green"))


def _loose_rules(path: Path) -> tuple[str, ...]:
    """Where the rules of who is who beside the playbook are weaker than the product's own."""
    text = identity_text(path)
    return () if text is None else read_identity_rules(text).warnings


def _summary(playbook: Playbook) -> Table:
    table = Table(title=f"{playbook.business} ({playbook.name}, {playbook.version})")
    table.add_column("What")
    table.add_column("How many", justify="right")
    table.add_column("Which")
    parts: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("intents", tuple(one.name for one in playbook.intents)),
        ("flows", tuple(playbook.flows)),
        ("slots", tuple(playbook.slots)),
        ("own answers", tuple(playbook.answers)),
        ("articles", tuple(one.name for one in playbook.articles)),
        ("tables", tuple(playbook.tables)),
        ("rules", tuple(one.id for one in playbook.rules)),
    )
    for name, members in parts:
        table.add_row(name, str(len(members)), ", ".join(members))
    return table
