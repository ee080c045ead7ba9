"""The index of a playbook's articles, with the table that knows which words mean nearly the same.

It only puts the two together; searching is `core.pipeline.articles`'s.
"""

from __future__ import annotations

from core.pipeline.articles import ArticleIndex
from core.playbook import Playbook
from gateway.piece_file import load_pieces


def article_index(playbook: Playbook) -> ArticleIndex:
    """The playbook's articles, ready to be searched."""
    return ArticleIndex(playbook.articles, playbook.language, load_pieces())
