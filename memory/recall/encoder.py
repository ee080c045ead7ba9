"""A sentence encoder: texts in, one vector of length 1 for each out; alike in meaning is near.

Runs an ONNX model of the BERT family as all-MiniLM-L6-v2 is run: lower-cased word pieces, 256 at
most, the mean over all of them. Of a model whose inner layers are known by name it gives the mean
of one of them, too. It does not know where a model comes from, and stores nothing.
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

_GRAPH, _OUTPUT, _NAME = 7, 12, 1
"""Fields of ONNX's `ModelProto`, `GraphProto` and `ValueInfoProto` (onnx.proto3)."""


class UnusableModel(ValueError):
    """A file that is no sentence encoder, in words that say why."""


@dataclass(frozen=True, slots=True)
class Model:
    """An encoder that is ready. Vectors of models with different names are never compared."""

    name: str
    dimensions: int
    encode: Encoder
    deep: Encoder
    """What `encode` gives and, behind its `dimensions`, a vector of length 1 of an inner layer; the
    same as `encode` where none is known. It takes no longer: the layer is worked out anyway."""


def load_model(
    name: str, model: Path, vocabulary: Path = VOCABULARY, layer: str | None = None
) -> Model:
    """Load an ONNX file; takes about a second. `layer` is the name that it has for what comes out
    of an inner layer, a row for each word piece.

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
    # A model that keeps its weights in a file beside it can only be loaded from its place.
    source = str(model) if layer is None else model.read_bytes() + _naming(layer)
    try:
        session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        pieces = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        pieces.enable_truncation(MOST_PIECES)
        sentences = _Sentences(session, pieces, layer)
        dimensions = len(sentences.one("Is this a sentence encoder?"))
    except Exception as error:
        # The runtime raises many kinds, none of which tells more than its text.
        raise UnusableModel(f"{model} is no sentence encoder: {error}") from error
    return Model(name, dimensions, sentences.usual, sentences.deep)


class _Sentences:
    """The encoder of one model: `session` runs it, `pieces` takes texts apart, `layer` is the
    output that is of an inner layer."""

    def __init__(self, session: Any, pieces: Any, layer: str | None) -> None:
        self._session = session
        self._pieces = pieces
        self._inputs = [one.name for one in session.get_inputs()]
        self._last = [session.get_outputs()[0].name]
        self._both = self._last if layer is None else [*self._last, layer]

    def usual(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text."""
        # One by one: in an 8-bit model each text of a batch changes what the others become, and
        # the same text must always become the same.
        return np.stack([self.one(text) for text in texts])

    def deep(self, texts: Sequence[str]) -> Vectors:
        """The same, and that of the inner layer behind it."""
        return np.stack([np.concatenate(self._run(text, self._both)) for text in texts])

    def one(self, text: str) -> Vectors:
        """The vector of one text."""
        (vector,) = self._run(text, self._last)
        return vector

    def _run(self, text: str, outputs: Sequence[str]) -> list[Vectors]:
        """A vector of length 1 for each of these outputs."""
        ids = np.array([self._pieces.encode(text[:_LONGEST]).ids], dtype=np.int64)
        known = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        given = {name: known[name] for name in self._inputs}
        return [_pooled(states) for states in self._session.run(outputs, given)]


def _pooled(states: Vectors) -> Vectors:
    # A model that pools by itself gives one row; the others give one for each word piece.
    vector: Vectors = states[0].mean(axis=0) if states.ndim == 3 else states[0]
    length = max(float(np.linalg.norm(vector)), _LEAST_LENGTH)
    return (vector / length).astype(np.float32)


def _naming(layer: str) -> bytes:
    """Bytes that, put behind those of an ONNX model, make one more tensor an output of it: what is
    appended to a protobuf message is merged with it. The name has fewer than 120 characters."""
    told = layer.encode()
    for field in (_NAME, _OUTPUT, _GRAPH):
        told = bytes((field << 3 | 2, len(told))) + told
    return told


def digest_of(path: Path) -> str:
    """The SHA-256 of a file. Raises `OSError` when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
