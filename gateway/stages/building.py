"""The stages a gateway decides with: trivial ones, or the default ones with a trained model and
those of one's own that the playbook names.

It puts them together at the start; what they decide is `core.pipeline`'s, and how a model is
trained `gateway.intents.training`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from core.pipeline.contracts import Stages
from core.pipeline.decide import default_stages
from core.pipeline.intent.stage import IntentModel
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.trivial import trivial_stages
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Playbook
from gateway.intents.choice import Choosing, Standing
from gateway.intents.training import TrainingFailed
from gateway.recall.encoder_files import find_model
from gateway.settings.model import Settings
from gateway.stages.article_index import article_index
from gateway.stages.article_vectors import ArticleVectors
from gateway.stages.registry import with_own

log = structlog.get_logger(__name__)


async def build_stages(
    settings: Settings,
    playbook: Playbook,
    models: Path | None,
    *,
    go_on: bool = True,
    trial: bool = False,
    index: Callable[[Playbook, ArticleVectors | None], ArticleIndex] | None = None,
) -> Stages:
    """The stages the settings ask for; `models` is where trained models are kept.

    Raises `PlaybookError` when nothing can be learned, and nothing was learned before, and what
    `find_model` raises. With an encoder the intents are learned with it. Unless it is to `go_on`
    with what was learned before, it raises that too where there is an earlier model. For a
    `trial`, no version of what was learned is put in force. `index` makes the articles ready to be
    searched.
    """
    if settings.pipeline.stages == "trivial":
        return trivial_stages()
    encoder = find_model(settings) if settings.embeddings.enabled else None
    folder = models or settings.data.folder / "models"
    choosing = Choosing(folder, _now, "gateway", encoder)
    try:
        standing = await choosing.choose(playbook, trial=trial)
        model, version = standing.model, f".{standing.promotion.model[:8]}"
        _tell(standing, playbook)
    except TrainingFailed as failed:
        model, version = _earlier_model(failed, settings, playbook, go_on), ""
    made = None if encoder is None else encoder.deep_name
    if model.meaning is not None and model.meaning.encoder != made:
        # An earlier model may have learned with vectors that nobody makes any more.
        model = replace(model, meaning=None)
    sentences = None if encoder is None else ArticleVectors(encoder, folder)
    found = await asyncio.to_thread(index or article_index, playbook, sentences)
    usual = default_stages(model, found)
    intent, state, response, rules = usual.versions
    usual = replace(usual, versions=(f"{intent}{version}", state, response, rules))
    return with_own(usual, playbook)


def _tell(standing: Standing, playbook: Playbook) -> None:
    """Which version of the model is gone by, aloud where it is not what the playbook would make."""
    promotion, refusal = standing.promotion, standing.refusal
    told = {"model": promotion.model[:8], "playbook": playbook.version, "why": promotion.why}
    if standing.in_force and not promotion.worse:
        log.info("intents_in_force", **told)
        return
    told_of = promotion if standing.in_force or refusal is None else refusal
    worse = told_of.compared
    log.warning(
        "intents_in_force",
        **told,
        own_model=standing.candidate[:8],
        worse_in=() if worse is None else worse.worse,
        unknown_intents=standing.unknown,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _earlier_model(
    failed: TrainingFailed, settings: Settings, playbook: Playbook, go_on: bool
) -> IntentModel:
    """Go on with what the playbook's earlier version taught, if there is that. Else raises."""
    if failed.previous is None or not go_on:
        where = settings.playbook.path / "intents.toml"
        wrong = f"no model could be learned from its examples: {failed}"
        mend = "Correct the examples; if they are in order, look at the machine and start again"
        raise PlaybookError([PlaybookProblem(str(where), "", wrong, mend)]) from None
    known = set(failed.previous.intents)
    unknown = sorted(one.name for one in playbook.intents if one.name not in known)
    log.warning("training_failed", reason=str(failed), unknown_intents=unknown)
    return failed.previous
