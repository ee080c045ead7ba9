"""Measures recall on public long conversations: how often all evidence fits a token budget.

Run `python -m benchmarks.recall [--data FILE] [--scorer FILE] [--out DIR]`. The conversations
(LoCoMo, non-commercial) are not ours to ship and no weight is fitted on them: without them it says
so and does nothing. The public scorer renders, counts and judges by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.message import Author
from core.turn import Said
from memory.recall import IndexedThread, Packing, index, recall
from memory.tokens import token_counter

SHARED = Path(__file__).resolve().parents[2] / "shared"
ENCODING = "cl100k_base"
BARS = {500: 0.72, 1000: 0.78, 2000: 0.83, 4000: 0.87}
"""Token budget -> the share of questions whose whole evidence should be inside."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One long conversation, indexed; its headers' cost and its questions."""

    id: str
    thread: IndexedThread
    header: int
    questions: Sequence[Mapping[str, Any]]
    end: datetime


def read(path: Path, count: Callable[[str], int]) -> list[Conversation]:
    """The conversations, each message with the tokens of its line as the scorer renders it."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return [_conversation(one, count) for one in data["conversations"]]


def _conversation(data: Mapping[str, Any], count: Callable[[str], int]) -> Conversation:
    said: list[Said] = []
    for session in data["sessions"]:
        start = datetime.strptime(session["date"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        for number, turn in enumerate(session["turns"]):
            line = f"{turn['speaker']}: {' '.join(turn['text'].split())}\n"
            first = turn["speaker"] == data["speakers"][0]
            said.append(
                Said(
                    id=turn["id"],
                    at=start + timedelta(minutes=number),
                    channel="sms",
                    author=Author.CUSTOMER if first else Author.AGENT,
                    text=turn["text"],
                    tokens=count(line),
                    handle="",
                    author_name=turn["speaker"],
                )
            )
    header = max(count(f"[{session['date']}]\n") for session in data["sessions"])
    end = said[-1].at + timedelta(days=1)
    return Conversation(data["id"], index(said), header, data["questions"], end)


def choose(one: Conversation, question: str, budget: int) -> list[str]:
    """The ids of the messages recalled for a question, from the whole conversation."""
    packing = Packing(line=0, header=one.header, exchanges=0)
    found = recall(one.thread, question, (), one.end, budget, packing)
    return [said.id for said in found.exchanges] + [each.said.id for each in found.recalled]


def predict(
    conversations: Sequence[Conversation], budget: int
) -> tuple[list[dict[str, object]], list[float]]:
    """What is recalled for every question, and the milliseconds of CPU time each took."""
    rows: list[dict[str, object]] = []
    spent: list[float] = []
    for one in conversations:
        for number, question in enumerate(one.questions):
            started = time.process_time_ns()
            chosen = choose(one, question["question"], budget)
            spent.append((time.process_time_ns() - started) / 1e6)
            rows.append(
                {
                    "conversation_id": one.id,
                    "question_index": number,
                    "selected_turn_ids": chosen,
                }
            )
    return rows, spent


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
    options = parser.parse_args(arguments)
    if not options.data.is_file() or not options.scorer.is_file():
        print(f"skipped: no conversations at {options.data} or no scorer at {options.scorer}")
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    conversations = read(options.data, token_counter(ENCODING, options.out / "tokens"))
    predict(conversations, 500)  # so that no word has to be stemmed within a measured query
    missed = False
    print("budget   full   part  mean tokens  over budget  CPU ms p50  p95   by category")
    for budget in options.budgets:
        rows, spent = predict(conversations, budget)
        path = options.out / f"{budget}.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        scores = judge(path, budget, options)
        all_of_it = scores["overall"]
        low = all_of_it["full_recall"] < BARS.get(budget, 0) or all_of_it["over_budget"] > 0
        missed = missed or low
        kinds = ", ".join(
            f"{name} {one['full_recall']:.3f}" for name, one in scores.items() if name != "overall"
        )
        print(
            f"{budget:6} {all_of_it['full_recall']:6.3f} {all_of_it['mean_evidence_recall']:6.3f} "
            f"{all_of_it['mean_tokens']:12.0f} {all_of_it['over_budget']:12} "
            f"{statistics.median(spent):11.2f} {statistics.quantiles(spent, n=20)[-1]:5.2f}   "
            f"{kinds}" + ("  BELOW THE BAR" if low else ""),
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
