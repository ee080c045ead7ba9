"""How near the messages of a benchmark are to a question, by the product's own sentence encoder.

Vectors of messages are kept in `build/`, as the product stores them with messages; a question is
encoded whenever it is asked, so that its time counts. It chooses and judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from gateway.recall.encoder_files import open_model
from gateway.settings.memory import Embeddings
from gateway.settings.model import Settings
from memory.recall.columns import Floats
from memory.recall.encoder import Model
from memory.recall.indexed_thread import IndexedThread
from memory.recall.vectors import nearness, pack

FOLDER = Path("build") / "recall"

Meaning = Callable[[IndexedThread, str], Floats | None]
"""How near each message of a thread is to a text; nothing where that is not asked for."""


def add_option(parser: argparse.ArgumentParser) -> None:
    """Whether the sentence encoder of the extra `embeddings` is to help."""
    parser.add_argument("--embeddings", action="store_true", help="with the sentence encoder")


def without(thread: IndexedThread, text: str) -> None:
    """No encoder."""


def meaning_of(threads: Iterable[IndexedThread], wanted: bool, folder: Path = FOLDER) -> Meaning:
    """How near the messages of these threads are to a text, with the encoder if it is wanted.

    Raises `ConfigError` when there is none.
    """
    if not wanted:
        return without
    settings = Settings().model_copy(update={"embeddings": Embeddings(enabled=True)})
    model = asyncio.run(open_model(settings))
    assert model is not None
    some = list(threads)
    texts = sorted({one.said.text for thread in some for one in thread.messages})
    stored = _encoded(model, texts, folder / f"{model.name}.npz")
    packed = {id(one): [stored[each.said.text] for each in one.messages] for one in some}

    def meaning(thread: IndexedThread, text: str) -> Floats:
        return nearness(packed[id(thread)], model.encode([text])[0])

    return meaning


def _encoded(model: Model, texts: Sequence[str], file: Path) -> dict[str, bytes]:
    """Text -> its vector; what is not in the file is encoded, and is there the next time."""
    names = {one: hashlib.sha256(one.encode()).hexdigest()[:32] for one in texts}
    known: dict[str, bytes] = {}
    if file.is_file():
        with np.load(file) as kept:
            known = dict(zip(kept["names"].tolist(), map(bytes, kept["data"])))
    missing = [one for one in texts if names[one] not in known]
    if missing:
        print(f"encoding {len(missing)} messages, kept in {file}", flush=True)
        known |= dict(zip([names[one] for one in missing], pack(model.encode(missing))))
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = [np.frombuffer(one, dtype=np.int8) for one in known.values()]
        part = file.with_name(f"{file.stem}-part.npz")
        np.savez(part, names=np.array(list(known)), data=np.stack(rows))
        part.replace(file)
    return {one: known[names[one]] for one in texts}
