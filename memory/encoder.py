"""A sentence encoder: texts in, one vector of length 1 for each out; alike in meaning is near.

Runs an ONNX model of the BERT family as all-MiniLM-L6-v2 is run: lower-cased word pieces, 256 at
most, the mean over all of them. It does not know where a model comes from, and stores nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
Encoder: TypeAlias = Callable[[Sequence[str]], Vectors]
"""A row of length 1 for each text. Safe to be called from several threads at once."""

MOST_PIECES = 256
"""`max_seq_length` of sentence-transformers/all-MiniLM-L6-v2; more was not seen in its training."""

VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
"""The vocabulary that comes with us: BERT, uncased, as Google published it."""

VOCABULARY = Path(__file__).parent / "data" / "bert_uncased" / "vocab.txt"

_LONGEST = 4_000
"""Characters of a text that are looked at. So many are always more than the word pieces taken."""

_LEAST_LENGTH = 1e-9


class UnusableModel(ValueError):
    """A file that is no sentence encoder, in words that say why."""


@dataclass(frozen=True, slots=True)
class Model:
    """An encoder that is ready. Vectors of models with different names are never compared."""

    name: str
    dimensions: int
    encode: Encoder


def load_model(name: str, model: Path, vocabulary: Path = VOCABULARY) -> Model:
    """Load an ONNX file; takes about a second.

    Raises `UnusableModel` when it is none, `ImportError` without the extra `embeddings`, and
    `OSError` when a file cannot be read.
    """
    import onnxruntime
    from tokenizers import BertWordPieceTokenizer

    # Said by us: the runtime says of a file that cannot be read what it says of one that is broken.
    model.open("rb").close()
    options = onnxruntime.SessionOptions()
    # The other processors belong to other customers' turns.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Texts are short and come one by one, so that keeping room for more of them is of no use.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        pieces = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        pieces.enable_truncation(MOST_PIECES)
        sentences = _Sentences(session, pieces)
        dimensions = len(sentences.encode_one("Is this a sentence encoder?"))
    except Exception as error:
        # The runtime raises many kinds, none of which tells more than its text.
        raise UnusableModel(f"{model} is no sentence encoder: {error}") from error
    return Model(name, dimensions, sentences)


class _Sentences:
    """The encoder of one model: `session` runs it, `pieces` takes texts apart."""

    def __init__(self, session: Any, pieces: Any) -> None:
        self._session = session
        self._pieces = pieces
        self._inputs = [one.name for one in session.get_inputs()]

    def __call__(self, texts: Sequence[str]) -> Vectors:
        # One by one: in an 8-bit model each text of a batch changes what the others become, and
        # the same text must always become the same.
        return np.stack([self.encode_one(text) for text in texts])

    def encode_one(self, text: str) -> Vectors:
        """The vector of one text."""
        ids = np.array([self._pieces.encode(text[:_LONGEST]).ids], dtype=np.int64)
        known = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        (states, *_) = self._session.run(None, {name: known[name] for name in self._inputs})
        # A model that pools by itself gives one row; the others give one for each word piece.
        vector: Vectors = states[0].mean(axis=0) if states.ndim == 3 else states[0]
        length = max(float(np.linalg.norm(vector)), _LEAST_LENGTH)
        return (vector / length).astype(np.float32)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file. Raises `OSError` when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
