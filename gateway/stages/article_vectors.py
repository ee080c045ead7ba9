"""The sentence vectors of a playbook's articles: made once for a text, and kept beside the models.

The encoder is only loaded while there is a text that has none. Searching with them is
`core.pipeline.response.articles`'s.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import structlog

from gateway.recall.encoder_files import Found
from gateway.whole_files import write_whole
from memory.recall.encoder import Model, Vectors, load_model

log = structlog.get_logger(__name__)


class ArticleVectors:
    """Encodes the sentences of articles. What `settle` was told is over is kept in the folder."""

    def __init__(self, encoder: Found, folder: Path) -> None:
        self._encoder = encoder
        self._path = folder / f"articles-{encoder.name}.npz"
        self._known = _read(self._path)
        self._used: set[str] = set()
        self._model: Model | None = None

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """A row for each text.

        Raises `memory.recall.encoder.UnusableModel`, `ImportError` and `OSError` as `load_model`
        does.
        """
        names = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        for name, text in zip(names, texts, strict=True):
            if name not in self._known:
                self._known[name] = self._loaded().encode([text])[0]
        self._used.update(names)
        return np.stack([self._known[name] for name in names])

    def settle(self) -> None:
        """All that was wanted is made: keep what was used, and let go of the encoder."""
        made, self._model = self._model is not None, None
        if not made:
            return
        kept = {name: self._known[name] for name in sorted(self._used)}
        target = io.BytesIO()
        np.savez(target, names=np.array(list(kept)), vectors=np.stack(list(kept.values())))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, target.getvalue())
        except OSError as error:
            # They are made anew at the next start: that takes seconds and changes no answer.
            log.warning("article_vectors_not_kept", why=error.strerror)

    def _loaded(self) -> Model:
        if self._model is None:
            found = self._encoder
            self._model = load_model(found.name, found.model, found.vocabulary)
        return self._model


def _read(path: Path) -> dict[str, Vectors]:
    """What is kept; nothing when there is none or it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return dict(zip(kept["names"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError):
        return {}
