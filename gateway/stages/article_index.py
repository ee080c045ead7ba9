"""The index of a playbook's articles, with what knows what words and sentences mean.

It only puts them together; searching is `core.pipeline.response.articles`'s.
"""

from __future__ import annotations

import structlog

from core.pipeline.response.articles import ArticleIndex
from core.playbook.model import Playbook
from gateway.intents.piece_file import load_pieces
from gateway.stages.article_vectors import ArticleVectors
from memory.recall.encoder import UnusableModel

log = structlog.get_logger(__name__)


def article_index(playbook: Playbook, sentences: ArticleVectors | None = None) -> ArticleIndex:
    """The playbook's articles, ready to be searched; with `sentences`, by a sentence encoder, too,
    if that can be used."""
    if sentences is not None:
        try:
            made = ArticleIndex(playbook.articles, playbook.language, load_pieces(), sentences)
        except (UnusableModel, ImportError, OSError) as error:
            log.warning("articles_not_encoded", why=str(error))
        else:
            sentences.settle()
            return made
    return ArticleIndex(playbook.articles, playbook.language, load_pieces())
