"""The commands `onethread stages`: which stages of one's own there are, and if they conform.

They print; what a stage has to keep is `gateway.stages.check`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.identity_desk import JsonOption, refuse, say, tell_json

app = typer.Typer(no_args_is_help=True, help="Use stages of your own in the pipeline.")


@app.command("list")
def list_stages(as_json: JsonOption = False) -> None:
    """Show the stages that a playbook can name, with their kinds and versions.

    Example: onethread stages list
    """
    from gateway.stages.registry import find_stage, names

    rows = []
    for name in names():
        try:
            spec = find_stage(name)
            rows.append({"name": name, "kind": spec.kind, "version": spec.version, "wrong": None})
        except Exception as fault:  # noqa: BLE001 - another's code may raise anything when imported
            wrong = f"{type(fault).__name__}: {fault}"
            rows.append({"name": name, "kind": None, "version": None, "wrong": wrong})
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        say(f"{row['name']}: {row['wrong'] or '{kind}, version {version}'.format(**row)}")
    if not rows:
        say("No stage is installed but the usual ones; docs/add-a-stage.md tells how to make one.")


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="A stage's name, as in the playbook.")],
    playbook: Annotated[
        Path | None,
        typer.Option(help="The playbook to try it with.", show_default="the demo's"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Try a stage with many turns, and tell each rule it keeps or breaks; exit code 1 if it does.

    Example: onethread stages check letterhead
    """
    from gateway.playbook.reader import load_playbook
    from gateway.stages.check import check_stage, faults
    from gateway.stages.registry import find_stage

    try:
        spec = find_stage(name)
    except (LookupError, ImportError) as fault:
        refuse(str(fault))
    found = check_stage(spec, None if playbook is None else load_playbook(playbook))
    if as_json:
        tell_json(found)
    else:
        for one in found:
            say(f"failed   {one.rule}: {one.wrong}" if one.wrong else f"proven   {one.rule}")
        say(f"{len(found) - len(faults(found))} proven, {len(faults(found))} failed")
    if faults(found):
        raise typer.Exit(1)
