"""Measures the intent stage on public data sets: accuracy, abstention and time, against our bars.

Run `python -m benchmarks.intents [--data DIR] [--scorer FILE] [--out DIR]`. The data sets
(CLINC150, Banking77) are not ours to ship: without them it says so and does nothing. It trains on
in-scope examples only; out-of-scope messages are weighted to 18 %. With `--train F --test F --out
PRED` it only predicts, for a scorer (`benchmarks.intent_predictions`).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.intent_predictions import OUT_OF_SCOPE, predict, predict_file
from gateway.intents.training import model_now

SHARED = Path(__file__).resolve().parents[2] / "shared"
STRANGERS = 0.18
"""Share of out-of-scope messages in CLINC150's own test part."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to measure: a data set, how many examples of each intent, how many intents."""

    name: str
    data: str
    examples: int | None
    seeds: int
    intents: int | None = None
    accuracy: float = 0.0
    """Bars in percent; 0 means that the number is only reported."""
    precision: float = 0.0


SETTINGS = (
    Setting("CLINC150, 5 examples", "clinc150", 5, 3, accuracy=78.0),
    Setting("CLINC150, 10 examples", "clinc150", 10, 3, accuracy=84.0, precision=95.0),
    Setting("CLINC150, all examples", "clinc150", None, 1, accuracy=93.5),
    Setting("8 intents of CLINC150, 12 examples", "clinc150", 12, 10, intents=8),
    Setting("Banking77, 5 examples", "banking77", 5, 3),
    Setting("Banking77, 10 examples", "banking77", 10, 3, accuracy=77.0),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Percentages, and times in the unit their name says."""

    accuracy: float
    precision: float
    coverage: float
    strangers_refused: float
    train_seconds: float
    microseconds: float


def read(path: Path) -> list[Row]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def draw(rows: Sequence[Row], setting: Setting, seed: int) -> list[Row]:
    """As many random rows of each of as many random intents as the setting says."""
    chance = random.Random(seed)
    by_intent: dict[str, list[Row]] = {}
    for row in rows:
        by_intent.setdefault(row["intent"], []).append(row)
    names = sorted(by_intent)
    if setting.intents is not None:
        names = chance.sample(names, setting.intents)
    return [
        row
        for name in names
        for row in (
            by_intent[name]
            if setting.examples is None
            else chance.sample(by_intent[name], min(setting.examples, len(by_intent[name])))
        )
    ]


def measure(setting: Setting, seed: int, options: argparse.Namespace) -> Measured:
    """Train once and score every message of the validation part."""
    training = read(options.data / f"{setting.data}_train.jsonl")
    validation = read(options.data / f"{setting.data}_val.jsonl")
    chosen = draw([row for row in training if row["intent"] != "oos"], setting, seed)
    names = {row["intent"] for row in chosen}
    inside = [row for row in validation if row["intent"] in names]
    strangers = [row for row in (*training, *validation) if row["intent"] == "oos"]
    titles = [(name.replace("_", " "), name) for name in sorted(names)] if options.titles else []
    started = time.perf_counter()
    model = model_now(
        [(row["text"], row["intent"]) for row in chosen],
        options.out / "models",
        titles=titles,
        time_limit=1_800,
    )
    trained = time.perf_counter() - started
    predictions = [predict(model, row) for row in (*inside, *strangers)]
    label = f"{setting.name}, seed {seed}".replace(" ", "-").replace(",", "")
    score = judge(inside + strangers, predictions, label, options)
    answered = sum(bool(one["answered"]) for one in predictions[: len(inside)])
    right = score["in_scope_accuracy_kept"] * len(inside)
    refused = score["oos_recall"] if strangers else 1.0
    weight = STRANGERS / (1 - STRANGERS) * len(inside) if strangers else 0.0
    total_answered = answered + weight * (1 - refused)
    return Measured(
        accuracy=100 * score["in_scope_accuracy"],
        precision=100 * right / total_answered if total_answered else 100.0,
        coverage=100 * total_answered / (len(inside) + weight),
        strangers_refused=100 * refused,
        train_seconds=trained,
        microseconds=statistics.median(float(str(one["ms"])) for one in predictions) * 1e3,
    )


def judge(
    gold: Sequence[Row],
    predictions: Sequence[dict[str, object]],
    label: str,
    options: argparse.Namespace,
) -> dict[str, float]:
    """What the public scorer makes of the predictions; both files are kept in `--out`."""
    paths = [options.out / f"{label}.{kind}.jsonl" for kind in ("gold", "predictions")]
    for path, rows in zip(paths, (gold, predictions), strict=True):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(options.scorer), *map(str, paths), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    scores: dict[str, float] = json.loads(ran.stdout)
    return scores


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every setting and print one line each; exit status 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "intents")
    parser.add_argument("--scorer", type=Path, default=SHARED / "bench" / "intent_score.py")
    parser.add_argument("--out", type=Path, default=Path("build") / "intents")
    parser.add_argument("--only", default="", help="only settings whose name contains this")
    parser.add_argument(
        "--titles", action=argparse.BooleanOptionalAction, default=True, help="use intents' names"
    )
    one = parser.add_argument_group("one file", "predict the messages of a file, and judge nothing")
    one.add_argument("--train", type=Path, help="JSON lines with text and intent")
    one.add_argument("--test", type=Path, help="JSON lines with id and text")
    one.add_argument("--examples-per-intent", type=int, help="how many random rows of each intent")
    one.add_argument("--seed", type=int, default=0, help="which random rows")
    one.add_argument("--embeddings", action="store_true", help="with the sentence encoder")
    options = parser.parse_args(arguments)
    if options.train is not None and options.test is not None:
        options.models = Path("build") / "intents" / "models"
        options.models.mkdir(parents=True, exist_ok=True)
        rows = [row for row in read(options.train) if row["intent"] != OUT_OF_SCOPE]
        chosen = Setting("", "", options.examples_per_intent, 1)
        predict_file(options, draw(rows, chosen, options.seed), read(options.test))
        return 0
    if not options.data.is_dir() or not options.scorer.is_file():
        print(f"skipped: no data sets in {options.data} or no scorer at {options.scorer}")
        return 0
    (options.out / "models").mkdir(parents=True, exist_ok=True)
    missed = False
    print(f"{'':36} accuracy  precision  coverage  strangers refused  train s  CPU us")
    for setting in SETTINGS:
        if options.only not in setting.name:
            continue
        runs = [measure(setting, seed, options) for seed in range(setting.seeds)]
        accuracy, precision, coverage, refused, train, micro = (
            statistics.mean(getattr(one, name) for one in runs) for name in Measured.__slots__
        )
        low = accuracy < setting.accuracy or precision < setting.precision
        missed = missed or low
        print(
            f"{setting.name:36} {accuracy:8.1f} {precision:10.1f} {coverage:9.1f} {refused:18.1f} "
            f"{train:8.1f} {micro:7.0f}" + ("  BELOW THE BAR" if low else ""),
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
