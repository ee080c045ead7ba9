"""The program that compares two versions of examples: `gateway.intents.trial` runs it by itself.

Reads both as JSON from standard input and prints counts as JSON. The serving process must never
import this module, which costs it scikit-learn's memory and start-up time.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.languages.features import plain
from core.pipeline.contracts import IntentGuess
from core.pipeline.intent.stage import IntentModel
from gateway.intents.training_child import encoder_told, train
from gateway.intents.training_meaning import EncoderFiles, Vectors, vectors_of
from gateway.intents.trial import PARTS, Compared, part_of

Row = tuple[str, str]
Rows = tuple[Sequence[Row], Sequence[Row]]
Did = tuple[bool, bool, bool]
"""Of one message: whether the best guess was right, sure and right, and not sure and wrong."""


def compared(before: Rows, after: Rows, language: str, encoder: EncoderFiles | None) -> Compared:
    """Both versions on every example of the newer one. Raises what `train` raises."""
    examples = sorted(set(after[0]))
    known = {intent for rows in after for _, intent in rows}
    texts = [text for rows in (*before, *after) for text, _ in rows]
    vectors = None if encoder is None else vectors_of(texts, encoder)
    older: list[Did] = []
    newer: list[Did] = []
    for part in range(PARTS):
        tested = [row for row in examples if part_of(row[0]) == part]
        if not tested:
            continue
        hidden = {plain(text) for text, _ in tested}
        for version, told in ((before, older), (after, newer)):
            rows, titles = ([row for row in its if plain(row[0]) not in hidden] for its in version)
            model = train(rows, titles, language, encoder)
            told.extend(_did(model, row, known, vectors) for row in tested)
    return _counted(older, newer)


def _did(model: IntentModel, row: Row, known: set[str], vectors: Vectors | None) -> Did:
    text, intent = row
    guess = model.classify(text, None if vectors is None else vectors[text])
    name = guess.name if guess.name in known else None
    return (_best(guess) == intent, name == intent, name is None or name == intent)


def _best(guess: IntentGuess) -> str | None:
    if guess.name is not None or not guess.runners_up:
        return guess.name
    return guess.runners_up[0][0]


def _counted(older: Sequence[Did], newer: Sequence[Did]) -> Compared:
    counts: dict[str, int] = {"rows": len(older)}
    for at, name in enumerate(("understood", "answered", "misled")):
        pairs = [(before[at], after[at]) for before, after in zip(older, newer, strict=True)]
        good_before, good = sum(one for one, _ in pairs), sum(one for _, one in pairs)
        # Of the last, the good ones are those that did not mislead.
        missed = name == "misled"
        counts[f"{name}_before"] = len(pairs) - good_before if missed else good_before
        counts[name] = len(pairs) - good if missed else good
        counts[f"{name}_lost"] = pairs.count((True, False))
        counts[f"{name}_won"] = pairs.count((False, True))
    return Compared(**counts)


def _rows(raw: Any) -> Rows:
    examples, titles = ([(str(text), str(intent)) for text, intent in rows] for rows in raw)
    return examples, titles


def main() -> int:
    """Compare what standard input names; a failure is one line on standard error and status 1."""
    if hasattr(os, "nice"):
        os.nice(10)
    request = json.load(sys.stdin)
    try:
        found = compared(
            _rows(request["before"]),
            _rows(request["after"]),
            str(request["language"]),
            encoder_told(request["encoder"]),
        )
    except (ValueError, ImportError, OSError) as fault:
        sys.stderr.write(f"the versions cannot be compared: {fault}\n")
        return 1
    sys.stdout.write(json.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
