"""The command line for intents: `onethread intents evaluate FOLDER`, and its neighbours.

It prints; what the examples are worth is found by `gateway.commands.intents_report`. By `evaluate`
nothing is changed, no customer's message is read, and a gateway that runs beside does not notice.
The commands on versions are in `gateway.commands.intents_versions`, `suggest` in
`gateway.commands.intents_suggest`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.commands import intents_suggest as intents_suggest_cli
from gateway.commands import intents_versions as intents_versions_cli
from gateway.commands.identity_desk import ConfigOption, JsonOption, refuse, tell_json

if TYPE_CHECKING:
    from gateway.commands.intents_report import IntentsReport
    from gateway.intents.training_meaning import EncoderFiles

_SHOWN = 15

app = typer.Typer(no_args_is_help=True)


@app.callback()
def intents() -> None:
    """See how well a playbook's intents are told apart, and which version of them is in force."""


@app.command("evaluate")
def evaluate(
    path: Annotated[Path, typer.Argument(help="The playbook's folder.")] = Path("playbook"),
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Guess every example from the others, and tell what is mixed up or looks misplaced.

    Example: onethread intents evaluate playbook
    """
    from gateway.commands.intents_report import TooFew
    from gateway.commands.intents_report import evaluate as evaluated
    from gateway.playbook.reader import load_playbook

    playbook = load_playbook(path)
    with _encoder(config) as encoder:
        try:
            report = evaluated(playbook, encoder)
        except TooFew as few:
            refuse(str(few))
    if as_json:
        tell_json(json.loads(json.dumps(asdict(report))))
        return
    _tell(report, Console())


@contextmanager
def _encoder(config: Path | None) -> Iterator[EncoderFiles | None]:
    """The sentence encoder that the settings ask for, its vectors kept for this command alone."""
    from gateway.intents.training_meaning import EncoderFiles
    from gateway.recall.encoder_files import find_model
    from gateway.settings.model import load_settings

    settings = load_settings(config)
    found = find_model(settings) if settings.embeddings.enabled else None
    with tempfile.TemporaryDirectory(prefix="intents-") as folder:
        yield (
            None
            if found is None
            else EncoderFiles(
                found.deep_name,
                found.model,
                found.vocabulary,
                Path(folder) / "vectors.npz",
                found.layer,
            )
        )


def _tell(report: IntentsReport, console: Console) -> None:
    console.print(
        Text(f"{report.examples} examples, {report.accuracy:.0%} understood from the others alone.")
    )
    table = Table("intent", "examples", "understood")
    for name, (count, share) in sorted(report.by_intent.items(), key=lambda one: one[1][1]):
        table.add_row(name, str(count), f"{share:.0%}")
    console.print(table)
    if report.confusions:
        pairs = Table("intent", "taken for", "times", "such as", title="Mixed up")
        for one in report.confusions[:_SHOWN]:
            pairs.add_row(one.intent, one.taken_for, str(one.times), Text(one.example))
        console.print(pairs)
    for guess in report.doubtful[:_SHOWN]:
        words = f'"{guess.text}" stands under {guess.intent}, and looks like {guess.guess}'
        console.print(Text(f"  {words} ({guess.confidence:.0%})", style="yellow"))
    steps = ", ".join(f"{most}: {share:.0%}" for most, share in report.curve)
    console.print(Text(f"Understood with so many examples of each intent at most: {steps}"))


app.command("suggest")(intents_suggest_cli.suggest)
app.command("train")(intents_versions_cli.train)
app.command("versions")(intents_versions_cli.versions)
app.command("promote")(intents_versions_cli.promote)
app.command("rollback")(intents_versions_cli.rollback)
