"""Reads the table of word-piece vectors that comes with us: once, when the first model asks for it.

A file that is not byte for byte the one we know is not used: what was learned over one table says
nothing over another. How the file is made says `scripts/distil_pieces.py`. It knows no intents.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path

import numpy as np
import structlog

from core.pipeline.intent.piece_vectors import PieceVectors
from memory.recall.encoder import VOCABULARY

log = structlog.get_logger(__name__)

TABLE = Path(__file__).parent / "piece_vectors" / "vectors.npz"
TABLE_SHA256 = "4b52ddcd909ea273a5eef8a358875a9ab6d6f90ca1efec21592fd0d757ee5cea"
TABLE_NAME = f"minilm-pieces-{TABLE_SHA256[:8]}"

HALF = 8
"""A number of 4 bits is stored with this added to it."""


def load_pieces(name: str = TABLE_NAME) -> PieceVectors | None:
    """The table of this name; nothing when it is not ours, or the file is missing or another.

    Models are then trained and asked without it. The log says so once.
    """
    return _load(TABLE) if name == TABLE_NAME else None


@lru_cache(maxsize=1)
def _load(path: Path) -> PieceVectors | None:
    try:
        data, vocabulary = path.read_bytes(), VOCABULARY.read_text(encoding="utf-8")
    except OSError as error:
        _warn(f"it cannot be read ({error.strerror})")
        return None
    if hashlib.sha256(data).hexdigest() != TABLE_SHA256:
        _warn("it is not the file that we know")
        return None
    return unpack(data, vocabulary.split("\n"))


def _warn(why: str) -> None:
    log.warning(
        "word_pieces_unusable", why=why, remedy="install onethread anew; intents go by words alone"
    )


def pack(pieces: np.ndarray, vectors: np.ndarray) -> bytes:
    """The file of a table: `pieces` are lines of the vocabulary, `vectors` has a row for each.

    Every number takes 4 bits, and every row has a scale of its own.
    """
    scale = (np.abs(vectors).max(axis=1) / (HALF - 1)).astype(np.float16)
    scale = np.maximum(scale, np.finfo(np.float16).tiny)
    whole = np.rint(vectors / scale.astype(np.float32)[:, None]).clip(1 - HALF, HALF - 1)
    halves = (whole + HALF).astype(np.uint8)
    target = io.BytesIO()
    np.savez(
        target,
        pieces=pieces.astype(np.uint16),
        vectors=halves[:, ::2] << 4 | halves[:, 1::2],
        scale=scale,
        allow_pickle=False,
    )
    return target.getvalue()


def unpack(data: bytes, vocabulary: list[str], name: str = TABLE_NAME) -> PieceVectors:
    """The table in a file that `pack` wrote; `vocabulary` has a piece in each line."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        pieces, packed, scale = (archive[key] for key in ("pieces", "vectors", "scale"))
    table = np.empty((packed.shape[0], 2 * packed.shape[1]), dtype=np.int8)
    table[:, ::2] = (packed >> 4).astype(np.int8) - HALF
    table[:, 1::2] = (packed & 15).astype(np.int8) - HALF
    rows = {vocabulary[line]: row for row, line in enumerate(pieces.tolist())}
    return PieceVectors(name, rows, table, scale.astype(np.float32))
