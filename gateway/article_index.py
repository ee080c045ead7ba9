"""The index of a playbook's articles, with what knows what words and sentences mean.

It only puts them together; searching is `core.pipeline.articles`'s.
"""

from __future__ import annotations

import structlog

from core.pipeline.articles import ArticleIndex
from core.playbook import Playbook
from gateway.article_vectors import ArticleVectors
from gateway.piece_file import load_pieces
from memory.encoder import UnusableModel

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
