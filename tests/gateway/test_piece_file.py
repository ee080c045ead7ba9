"""The table of word-piece vectors: the one we know, read once, and gone without when it is not."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intents import piece_file
from gateway.intents.piece_file import TABLE, TABLE_NAME, TABLE_SHA256, load_pieces, pack, unpack
from gateway.intents.training_child import train
from tests.core.intent.examples import EXAMPLES, TITLES


@pytest.fixture
def another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for another file, which is forgotten afterwards."""
    path = tmp_path / "vectors.npz"
    monkeypatch.setattr(piece_file, "TABLE", path)
    yield path
    piece_file._load.cache_clear()


def test_the_file_is_the_one_we_know_and_small() -> None:
    data = TABLE.read_bytes()
    assert hashlib.sha256(data).hexdigest() == TABLE_SHA256
    assert len(data) < 4_000_000
    assert (TABLE.parent / "NOTICE.txt").is_file()


def test_the_table_is_read_once_and_whole() -> None:
    pieces = load_pieces()
    assert pieces is not None
    assert pieces is load_pieces()
    assert pieces.table.shape == (len(pieces.rows), 256)
    assert len(pieces.rows) == len(pieces.scale) == 26_508
    assert np.isfinite(pieces.scale).all()
    assert (pieces.scale > 0).all()
    assert {"order", "money", "##ing", "0"} <= pieces.rows.keys()


def test_words_alike_in_meaning_are_near() -> None:
    pieces = load_pieces()
    assert pieces is not None

    def near(one: str, other: str) -> float:
        left, right = pieces.of(one), pieces.of(other)
        assert left is not None
        assert right is not None
        return float(left @ right)

    assert near("package", "parcel") > near("package", "music")
    assert near("abort the purchase", "cancel the order") > near("abort the purchase", "play music")


def test_a_name_that_is_not_ours_has_no_table() -> None:
    assert load_pieces(TABLE_NAME + "0") is None


@pytest.mark.parametrize("data", [None, b"", b"another file"])
def test_without_the_right_file_intents_go_by_their_words(
    another: Path, data: bytes | None
) -> None:
    if data is not None:
        another.write_bytes(data)
    assert load_pieces() is None
    model = train(EXAMPLES, TITLES, "en")
    assert model.gist is None
    assert model.classify("has my parcel shipped").name == "order_status"


def test_importing_reads_nothing() -> None:
    code = (
        "import gateway.intents.training, gateway.intents.piece_file as one; "
        "print(one._load.cache_info().currsize)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "0"


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 6), pairs=st.integers(1, 6))
def test_what_is_packed_comes_back_within_half_a_step(seed: int, rows: int, pairs: int) -> None:
    made = np.random.default_rng(seed).normal(size=(rows, 2 * pairs))
    lines = np.arange(rows) + 3
    back = unpack(pack(lines, made), [f"piece {at}" for at in range(20)])
    assert list(back.rows) == [f"piece {at}" for at in lines]
    vectors = back.table * back.scale[:, None]
    assert (np.abs(vectors - made) <= 0.51 * back.scale[:, None]).all()
