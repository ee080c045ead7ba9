"""Measures what is heard in messages that ask for two things, and in those that ask for one.

Run `python -m benchmarks.several --train F --test F [--examples-per-intent K] [--seed S]
[--embeddings]` with JSON lines of `text` and `intent` (CLINC150, for instance, which is not ours to
ship). Two messages of different intents are drawn and joined in four ways. A pair is `both` when
the stage hears these two intents and no other, `one` when one of them, `wrong` when anything else.
The rows of even number are those the stage was developed on; the others are the `unseen` half.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as clock
from pathlib import Path

import numpy as np

from benchmarks.intent_predictions import find_encoder
from benchmarks.intents import Row, Setting, draw, read
from core.message import Assurance, Audience, Author
from core.pipeline.intent.several import hear_several, parts_of
from core.pipeline.intent.stage import IntentModel, stage
from core.playbook.model import Hours, Intent, Playbook
from core.turn import CaseState, Recall, Said, Sender, TurnInput
from gateway.intents.training import model_now
from memory.recall.encoder import Model

JOINED = ("{a}. {b}", "{a}? {b}?", "{a} and {b}", "{a}\n{b}")
PAIRS = 2_000
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def turn_of(text: str) -> TurnInput:
    """A stranger's first message."""
    said = Said("1-1", _NOW, "webchat", Author.CUSTOMER, text, 0, "web:1")
    sender = Sender("web:1", Assurance.NONE)
    return TurnInput(
        "1", _NOW, "webchat", Audience.ONE, sender, (said,), None, CaseState(), Recall()
    )


def playbook_of(names: Sequence[str]) -> Playbook:
    """A playbook that has these intents, and answers each."""
    hours = Hours("UTC", {0: ((clock(9), clock(17)),)})
    intents = tuple(Intent(one, one, (), answer="x") for one in names)
    return Playbook("x", "1", "x", "en", intents, {}, {}, {}, (), (), hours)


def heard(
    model: IntentModel, texts: Sequence[str], encoder: Model | None
) -> tuple[list[set[str]], float]:
    """The intents heard in each text, and the mean microseconds of CPU for one, without that of
    the encoder."""
    playbook, listen = playbook_of(model.intents), hear_several(stage(model), model.classify)
    turns = [turn_of(text) for text in texts]
    if encoder is not None:
        vectors = (np.asarray(encoder.deep([text])[0]) for text in texts)
        turns = [replace(turn, vector=one) for turn, one in zip(turns, vectors, strict=True)]
    started = time.process_time()
    guesses = [listen(one, playbook) for one in turns]
    took = (time.process_time() - started) / max(len(turns), 1) * 1e6
    found = [
        {one.intent for one in guess.others} | ({guess.name} if guess.name else set())
        for guess in guesses
    ]
    return found, took


def judged(found: set[str], wanted: set[str]) -> str:
    """How what was heard stands to what was asked."""
    if found == wanted:
        return "both"
    if not found:
        return "none"
    return "one" if found < wanted else "wrong"


def pairs(rows: Sequence[Row], chance: random.Random) -> list[tuple[str, set[str]]]:
    """Joined messages with their intents, as many of each way of joining."""
    drawn: list[tuple[str, set[str]]] = []
    while len(drawn) < PAIRS:
        one, two = chance.sample(rows, 2)
        if one["intent"] != two["intent"]:
            text = JOINED[len(drawn) % len(JOINED)].format(a=one["text"], b=two["text"])
            drawn.append((text, {one["intent"], two["intent"]}))
    return drawn


def main() -> None:
    """Train on the examples, and print what is heard."""
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--train", type=Path, required=True)
    reads.add_argument("--test", type=Path, required=True)
    reads.add_argument("--examples-per-intent", type=int, default=None)
    reads.add_argument("--seed", type=int, default=0)
    reads.add_argument("--half", choices=("seen", "unseen"), help="of the rows of the test")
    reads.add_argument("--embeddings", action="store_true", help="with the sentence encoder")
    options = reads.parse_args()
    setting = Setting("several", "", options.examples_per_intent, 1)
    known = [one for one in read(options.train) if one["intent"] != "oos"]
    chosen = draw(known, setting, options.seed)
    rows = [one for one in read(options.test) if one["intent"] != "oos"]
    if options.half is not None:
        rows = rows[options.half == "unseen" :: 2]
    found, encoder = find_encoder() if options.embeddings else (None, None)
    with tempfile.TemporaryDirectory() as folder:
        examples = [(one["text"], one["intent"]) for one in chosen]
        model = model_now(examples, Path(folder), encoder=found, time_limit=1_800)
    drawn = pairs(rows, random.Random(options.seed))
    several, took = heard(model, [text for text, _ in drawn], encoder)
    total = Counter(judged(one, wanted) for one, (_, wanted) in zip(several, drawn, strict=True))
    print(f"{len(drawn)} pairs, {took:.0f} us each")
    for name in ("both", "one", "none", "wrong"):
        print(f"  {name:6}{100 * total[name] / len(drawn):6.1f} %")
    beside = [(one, wanted) for one, (_, wanted) in zip(several, drawn) if len(one) > 1]
    right = sum(len(one & wanted) for one, wanted in beside)
    print(
        f"  {100 * right / max(sum(len(one) for one, _ in beside), 1):.1f} % of what is heard right"
    )
    singles, took = heard(replace(model, guessed={}), [one["text"] for one in rows], encoder)
    false = sum(len(one) > 1 for one in singles)
    parted = sum(len(parts_of(one["text"])) > 1 for one in rows)
    print(f"{len(rows)} single messages, {took:.0f} us each: {false} taken for several")
    print(f"  {parted} of them have several parts")


if __name__ == "__main__":
    main()
