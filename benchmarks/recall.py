"""Measures recall on public long conversations: how often all evidence fits a token budget.

Run `python -m benchmarks.recall [--embeddings] [--data FILE] [--scorer FILE] [--out DIR]`.
The conversations (LoCoMo, non-commercial) are not ours to ship and no weight is fitted on them:
without them it says so and does nothing. The public scorer renders, counts and judges by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.encoded import add_option, meaning_of
from benchmarks.locomo import ENCODING, predict, read, timed
from memory.recall.tokens import token_counter

SHARED = Path(__file__).resolve().parents[2] / "shared"
BARS = {500: 0.72, 1000: 0.78, 2000: 0.83, 4000: 0.87}
BARS_WITH_ENCODER = {500: 0.76, 1000: 0.81, 2000: 0.87, 4000: 0.92}
"""Token budget -> the share of questions whose whole evidence should be inside."""


def judge(predictions: Path, budget: int, options: argparse.Namespace) -> dict[str, Any]:
    """What the public scorer makes of them."""
    ran = subprocess.run(
        [
            sys.executable, str(options.scorer), str(predictions), "--json",
            "--data", str(options.data), "--budget", str(budget), "--encoding", ENCODING,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TIKTOKEN_CACHE_DIR": str(options.out / "tokens")},
    )  # fmt: skip
    if not ran.stdout:
        raise RuntimeError(ran.stderr)
    scores: dict[str, Any] = json.loads(ran.stdout)["scores"]
    return scores


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line for each budget; exit status 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "locomo" / "dev.json")
    parser.add_argument("--scorer", type=Path, default=SHARED / "bench" / "locomo_recall.py")
    parser.add_argument("--out", type=Path, default=Path("build") / "recall")
    parser.add_argument("--budgets", type=int, nargs="+", default=list(BARS))
    add_option(parser)
    options = parser.parse_args(arguments)
    bars = BARS_WITH_ENCODER if options.embeddings else BARS
    if not options.data.is_file() or not options.scorer.is_file():
        print(f"skipped: no conversations at {options.data} or no scorer at {options.scorer}")
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    conversations = read(options.data, token_counter(ENCODING, options.out / "tokens"))
    meaning = meaning_of((one.thread for one in conversations), options.embeddings)
    predict(conversations, 500)  # so that no word has to be stemmed within a measured query
    missed = False
    print("budget   full   part  mean tokens  over budget  CPU ms p50  p95   by category")
    for budget in options.budgets:
        rows, spent = predict(conversations, budget, meaning)
        path = options.out / f"{budget}.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        scores = judge(path, budget, options)
        all_of_it = scores["overall"]
        low = all_of_it["full_recall"] < bars.get(budget, 0) or all_of_it["over_budget"] > 0
        missed = missed or low
        kinds = ", ".join(
            f"{name} {one['full_recall']:.3f}" for name, one in scores.items() if name != "overall"
        )
        print(
            f"{budget:6} {all_of_it['full_recall']:6.3f} {all_of_it['mean_evidence_recall']:6.3f} "
            f"{all_of_it['mean_tokens']:12.0f} {all_of_it['over_budget']:12} "
            f"{timed(spent):>17}   "
            f"{kinds}" + ("  BELOW THE BAR" if low else ""),
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
