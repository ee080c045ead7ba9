"""The command `onethread rules test PLAYBOOK`: the business's own tests of its rules.

It reads a folder and prints; it needs no settings, no database and no network. A test that fails is
exit code 1, a playbook with a fault exit code 2, as `onethread playbook check` has it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.commands.identity_desk import JsonOption, refuse, tell_json

if TYPE_CHECKING:
    from core.pipeline.contracts import Stages
    from core.playbook.model import Playbook
    from gateway.playbook.rules_fixture import Played

app = typer.Typer(no_args_is_help=True, help="Test the rules of a playbook.")


@app.callback()
def rules() -> None:
    """Test the rules of a playbook."""


@app.command("test")
def play_tests(
    path: Annotated[Path, typer.Argument(help="The playbook's folder.")] = Path("playbook"),
    as_json: JsonOption = False,
) -> None:
    """Play the talks of tests.toml; exit code 1 if a rule decides otherwise than expected there.

    Example: onethread rules test playbook
    """
    from gateway.playbook.reader import load_fixtures, load_playbook
    from gateway.playbook.rules_fixture import play

    playbook = load_playbook(path)
    fixtures = load_fixtures(path, playbook)
    if not fixtures:
        refuse(f"{path} has no tests: write some into tests.toml, as docs/playbook.md tells")
    stages = _stages(playbook)
    played = [play(one, playbook, stages) for one in fixtures]
    untested = sorted({one.id for one in playbook.rules} - {one.fixture.rule for one in played})
    if as_json:
        tell_json({"tests": played, "untested": untested})
    else:
        _tell(played, untested)
    if any(one.wrong for one in played):
        raise typer.Exit(1)


def _stages(playbook: Playbook) -> Stages:
    """The stages that this playbook decides with, with a model trained for the occasion."""
    from core.pipeline.decide import default_stages
    from gateway.intents.training import TrainingFailed, model_now, playbook_rows
    from gateway.stages.article_index import article_index
    from gateway.stages.registry import with_own

    examples, titles = playbook_rows(playbook)
    with tempfile.TemporaryDirectory(prefix="onethread-rules-") as folder:
        try:
            model = model_now(examples, Path(folder), titles=titles, language=playbook.language)
        except TrainingFailed as failed:
            refuse(f"no model could be learned from the intents' examples: {failed}")
    return with_own(default_stages(model, article_index(playbook)), playbook)


def _tell(played: Sequence[Played], untested: Sequence[str]) -> None:
    console = Console()
    for one in played:
        mark, style = ("✗", "red") if one.wrong else ("✓", "green")
        console.print(Text(f"{mark} {one.fixture.name}", style=style))
        for wrong in one.wrong:
            console.print(Text(f"    {wrong}", style="red"))
        if one.wrong:
            console.print(Text(f"    said: {one.fixture.say[-1]}", style="dim"))
            console.print(Text(f"    answered: {one.outcome.reply}", style="dim"))
    failed = sum(bool(one.wrong) for one in played)
    if untested:
        console.print(Text(f"Without a test: {', '.join(untested)}", style="yellow"))
    passed = f"{len(played) - failed} of {len(played)} tests are as expected."
    console.print(Text(passed, style="red" if failed else "green"))
