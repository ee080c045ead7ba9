"""Predicts the intents of a file of messages, after training on another: for a scorer of one's own.

Run `python -m benchmarks.intents --train F --test F --out PRED`, with `--examples-per-intent K
--seed S` to learn from K random rows of each intent, and `--embeddings` to learn and ask with the
sentence encoder. Rows out of scope are never trained on. It judges nothing.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence

import numpy as np

from core.pipeline.intent.stage import IntentModel
from gateway.intents.training import model_now
from gateway.recall.encoder_files import Found, find_model
from gateway.settings.memory import Embeddings
from gateway.settings.model import Settings
from memory.recall.encoder import Model, load_model

OUT_OF_SCOPE = "oos"

Row = dict[str, str]


def find_encoder() -> tuple[Found, Model]:
    """The sentence encoder of the extra `embeddings`. Raises `ConfigError` when there is none."""
    found = find_model(Settings().model_copy(update={"embeddings": Embeddings(enabled=True)}))
    assert found is not None
    return found, load_model(found.name, found.model, found.vocabulary, found.layer)


def predict_file(options: argparse.Namespace, training: Sequence[Row], test: Sequence[Row]) -> None:
    """Train on rows, and write a line for each row of the test in the scorer's format."""
    found, encoder = find_encoder() if options.embeddings else (None, None)
    names = sorted({row["intent"] for row in training})
    began = time.perf_counter()
    model = model_now(
        [(row["text"], row["intent"]) for row in training],
        options.models,
        titles=[(name.replace("_", " "), name) for name in names] if options.titles else [],
        encoder=found,
        time_limit=3_600,
    )
    took = time.perf_counter() - began
    print(f"{len(training)} rows of {len(names)} intents learned in {took:.0f} s")
    for row in test[:20]:
        predict(model, row, encoder)
    lines = [json.dumps(predict(model, row, encoder)) + "\n" for row in test]
    options.out.write_text("".join(lines), encoding="utf-8")


def predict(model: IntentModel, row: Row, encoder: Model | None = None) -> dict[str, object]:
    """One line of the scorer's prediction format; `ms` is CPU time, that of the vector included."""
    model.guessed.clear()
    started = time.process_time_ns()
    vector = None if encoder is None else np.asarray(encoder.deep([row["text"]])[0])
    guess = model.classify(row["text"], vector)
    spent = (time.process_time_ns() - started) / 1e6
    best = guess.name or (guess.runners_up[0][0] if guess.runners_up else None)
    return {
        "id": row["id"],
        "intent": best,
        "confidence": guess.confidence,
        "answered": guess.name is not None,
        "ms": spent,
    }
