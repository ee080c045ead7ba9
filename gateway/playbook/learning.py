"""What a playbook needs to be gone by, or tried, while the gateway runs: its stages, learned anew.

It learns only what is new: models are kept by what they were learned from, articles by themselves.
Which playbook is gone by is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.pipeline.contracts import Stages
from core.pipeline.response.articles import ArticleIndex
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Playbook
from gateway.actions.opening import check_secrets
from gateway.settings.model import ConfigError, Settings
from gateway.stages.article_index import article_index
from gateway.stages.article_vectors import ArticleVectors
from gateway.stages.building import build_stages


class Shelves:
    """The articles of the playbook that was learned last, so that of the next one only those that
    are new are read."""

    def __init__(self) -> None:
        self._last: tuple[str, ArticleIndex] | None = None

    def index(self, playbook: Playbook, sentences: ArticleVectors | None = None) -> ArticleIndex:
        """The playbook's articles, ready to be searched, with vectors of their `sentences` if there
        is an encoder."""
        last = self._last
        if last is not None and last[0] == playbook.language and sentences is None:
            made = last[1].with_changes(playbook.articles)
        else:
            # With an encoder, the vectors of what did not change are kept by their texts.
            made = article_index(playbook, sentences)
        self._last = (playbook.language, made)
        return made


async def learned(
    settings: Settings,
    playbook: Playbook,
    models: Path | None,
    shelves: Shelves,
    *,
    trial: bool = False,
) -> Stages:
    """The stages of a playbook that is to be gone by, or tried, while the gateway runs.

    Raises `PlaybookError` where nothing can be learned of it, or the settings lack what it needs.
    """
    try:
        check_secrets(settings, playbook)
        return await build_stages(
            settings, playbook, models, go_on=False, trial=trial, index=shelves.index
        )
    except ConfigError as error:
        raise PlaybookError(
            PlaybookProblem(one.file, one.key, one.wrong, one.mend) for one in error.problems
        ) from None
    except PlaybookError as error:
        # Where the folder lies on this machine is no business of whoever reads a fault.
        folder = f"{settings.playbook.path}/"
        raise PlaybookError(
            replace(one, file=one.file.removeprefix(folder)) for one in error.problems
        ) from None
