"""The commands `onethread intents train`, `versions`, `promote` and `rollback`.

They read options and print. Which version may be in force is decided by `gateway.intents.choice`,
and what was decided stands in `gateway.intents.versions`. A gateway that runs takes it over when it
next looks at its playbook, and is asked to look at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from gateway.commands.identity_desk import (
    ConfigOption,
    JsonOption,
    refuse,
    say,
    tell_json,
    who_types,
)

if TYPE_CHECKING:
    from core.playbook.model import Playbook
    from gateway.intents.choice import Choosing, Standing
    from gateway.intents.trial import Compared
    from gateway.intents.versions import Ledger, Promotion, Version
    from gateway.settings.model import Settings

_HOUR = 3_600.0
_SHORT = 8
_FIGURES = (("accuracy", "understood"), ("precision", "right when sure"), ("coverage", "sure"))
_WHAT = {
    "understood": "understood: the best guess is right",
    "answered": "answered: sure, and right",
    "misled": "misled: sure, and wrong",
}

PathArgument = Annotated[Path, typer.Argument(help="The playbook's folder.")]
ReasonOption = Annotated[str, typer.Option(help="Why, for those who read it later.")]


def train(
    path: PathArgument = Path("playbook"),
    force: Annotated[
        bool, typer.Option("--force", help="Put it in force whatever its figures.")
    ] = False,
    reason: ReasonOption = "",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Learn the examples, compare with the version in force, and take the new one if not worse.

    Example: onethread intents train playbook
    """
    from gateway.intents.training import TrainingFailed
    from gateway.playbook.reader import load_playbook

    if force and not reason.strip():
        refuse("--force needs a --reason: whoever reads the versions later wants to know")
    playbook, settings = load_playbook(path), _settings(config)
    choosing = _choosing(settings)
    try:
        standing = asyncio.run(choosing.choose(playbook, force=reason.strip() if force else ""))
    except TrainingFailed as failed:
        refuse(f"nothing was learned: {failed}")
    if standing.new:
        _ask_gateway(settings)
    if as_json:
        tell_json(_standing(standing))
    else:
        _tell_standing(standing)
    if not standing.in_force:
        raise typer.Exit(1)


def versions(
    path: PathArgument = Path("playbook"),
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the versions of the intent model, their figures, and who put which in force.

    Example: onethread intents versions playbook
    """
    from gateway.intents.versions import Ledgers
    from gateway.playbook.reader import load_playbook

    playbook, settings = load_playbook(path), _settings(config)
    ledger = Ledgers(_models(settings)).of(playbook.name)
    if as_json:
        tell_json({"in_force": ledger.in_force and ledger.in_force.model, **asdict(ledger)})
        return
    if not ledger.versions:
        say("No version yet: `onethread intents train` or the next start of the gateway makes one.")
        return
    _tell_versions(ledger, playbook)


def promote(
    version: Annotated[str, typer.Argument(help="How the version's digest begins.")],
    path: PathArgument = Path("playbook"),
    reason: ReasonOption = "",
    force: Annotated[
        bool, typer.Option("--force", help="Also one that was turned down or gone back from.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Put a version in force, until the examples change.

    Example: onethread intents promote 3fa9c1d2 playbook --reason "the new one mixes up returns"
    """
    from gateway.intents.versions import NoVersion
    from gateway.playbook.reader import load_playbook

    playbook, settings = load_playbook(path), _settings(config)
    if not reason.strip():
        refuse("say why with --reason: whoever reads the versions later wants to know")
    try:
        done = _choosing(settings).promote(playbook.name, version, reason.strip(), force=force)
    except NoVersion as wrong:
        refuse(str(wrong))
    _ask_gateway(settings)
    say(f"Version {done.model[:_SHORT]} is in force.")


def rollback(
    path: PathArgument = Path("playbook"),
    reason: ReasonOption = "",
    config: ConfigOption = None,
) -> None:
    """Go back to the version that was in force before, until the examples change.

    Example: onethread intents rollback playbook --reason "returns are mixed up"
    """
    from gateway.intents.versions import NoVersion
    from gateway.playbook.reader import load_playbook

    playbook, settings = load_playbook(path), _settings(config)
    try:
        done = _choosing(settings).roll_back(playbook.name, reason.strip())
    except NoVersion as wrong:
        refuse(str(wrong))
    _ask_gateway(settings)
    say(f"Version {done.model[:_SHORT]} is in force again.")


def _settings(config: Path | None) -> Settings:
    from gateway.settings.model import load_settings

    return load_settings(config)


def _models(settings: Settings) -> Path:
    return settings.data.folder / "models"


def _choosing(settings: Settings) -> Choosing:
    from datetime import UTC, datetime

    from gateway.intents.choice import Choosing
    from gateway.recall.encoder_files import find_model

    encoder = find_model(settings) if settings.embeddings.enabled else None
    return Choosing(
        _models(settings),
        lambda: datetime.now(UTC),
        who_types(),
        encoder,
        training=_HOUR,
        comparing=_HOUR,
    )


def _ask_gateway(settings: Settings) -> None:
    """Have a gateway that runs beside look at its playbook at once."""
    from gateway.playbook.status import ask_for_look

    ask_for_look(settings.data.folder / "playbooks")


def _standing(standing: Standing) -> object:
    compared = _compared(standing)
    return {
        "in_force": standing.promotion.model,
        "why": standing.promotion.why,
        "own": standing.candidate,
        "taken": standing.in_force,
        "worse": list(_worse(standing)),
        "compared": None if compared is None else asdict(compared),
        "unknown_intents": list(standing.unknown),
    }


def _compared(standing: Standing) -> Compared | None:
    if not standing.in_force and standing.refusal is not None:
        return standing.refusal.compared
    return standing.promotion.compared


def _worse(standing: Standing) -> tuple[str, ...]:
    compared = _compared(standing)
    return () if compared is None else compared.worse


def _tell_standing(standing: Standing) -> None:
    own, force = standing.candidate[:_SHORT], standing.promotion.model[:_SHORT]
    compared = _compared(standing)
    if compared is not None:
        _tell_compared(compared)
    if standing.in_force:
        words = f"Version {own} is in force: {standing.promotion.why}."
        say(words if standing.new else f"Version {own} is in force already.")
        return
    worse = ", ".join(_worse(standing))
    why = f"it is worse ({worse})" if worse else "people put it out of force"
    say(f"Version {own} is not in force: {why}. Version {force} goes on.", "yellow")
    say("To put it in force all the same: --force --reason WHY.")
    if standing.unknown:
        say(f"Not known to {force}: {', '.join(standing.unknown)}.", "yellow")


def _tell_compared(compared: Compared) -> None:
    table = Table("on the same messages", "before", "now", "lost", "won")
    rows = asdict(compared)
    for name, words in _WHAT.items():
        figures = (f"{name}_before", name, f"{name}_lost", f"{name}_won")
        table.add_row(words, *(str(rows[one]) for one in figures))
    Console().print(f"{compared.rows} messages that neither version has seen.")
    Console().print(table)


def _tell_versions(ledger: Ledger, playbook: Playbook) -> None:
    table = Table(
        *(Column(name, no_wrap=True) for name in ("version", "made")),
        "examples",
        *(words for _, words in _FIGURES),
        "",
    )
    for one in reversed(ledger.versions):
        own = "these files" if one.playbook == playbook.version else ""
        table.add_row(
            one.model[:_SHORT],
            one.made_at[:16].replace("T", " "),
            str(one.examples),
            *_shares(one),
            ", ".join(filter(None, (_place(ledger, one), own))),
        )
    Console().print(table)
    for promotion in reversed(ledger.promotions):
        Console().print(Text(_told(promotion), style="yellow" if promotion.worse else ""))


def _shares(version: Version) -> list[str]:
    shares = (version.figures.get(name) for name, _ in _FIGURES)
    return ["-" if one is None else f"{one:.0%}" for one in shares]


def _place(ledger: Ledger, version: Version) -> str:
    now = ledger.in_force
    if now is not None and now.model == version.model:
        return "in force"
    refused = ledger.refused(version.model)
    if refused is not None:
        return f"turned down: {', '.join(refused.compared.worse)}"
    return "gone back from" if ledger.put_aside(version.model) else ""


def _told(promotion: Promotion) -> str:
    worse = ", in spite of its figures" if promotion.worse else ""
    undone = f"; gone back from by {promotion.undone}" if promotion.undone else ""
    at = promotion.at[:16].replace("T", " ")
    return f"{at}  {promotion.model[:_SHORT]}  {promotion.by}: {promotion.why}{worse}{undone}"
