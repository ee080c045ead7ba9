"""What the product recalls for the questions about public long conversations, for their scorer.

Run `python -m benchmarks.locomo --data FILE --budget B [--embeddings] --out PRED`. The
conversations (LoCoMo, non-commercial) are not ours to ship, and no weight is fitted on them. It
chooses by the product's own recall alone and judges nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.encoded import Meaning, add_option, meaning_of, without
from core.message import Author
from core.turn import Said
from memory.recall.choosing import Packing, recall
from memory.recall.indexed_thread import IndexedThread, index
from memory.recall.standing_block import NOTHING
from memory.recall.tokens import token_counter

ENCODING = "cl100k_base"
TOKENS = Path("build") / "recall" / "tokens"
"""Where the encoding is unpacked."""


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


def choose(one: Conversation, question: str, budget: int, meaning: Meaning = without) -> list[str]:
    """The ids of the messages recalled for a question, from the whole conversation."""
    packing = Packing(line=0, header=one.header, exchanges=0)
    near = meaning(one.thread, question)
    found = recall(one.thread, question, NOTHING, one.end, budget, packing, near)
    return [said.id for said in found.exchanges] + [each.said.id for each in found.recalled]


def predict(
    conversations: Sequence[Conversation], budget: int, meaning: Meaning = without
) -> tuple[list[dict[str, object]], list[float]]:
    """What is recalled for every question, and the milliseconds of CPU time each took."""
    rows: list[dict[str, object]] = []
    spent: list[float] = []
    for one in conversations:
        for number, question in enumerate(one.questions):
            started = time.process_time_ns()
            chosen = choose(one, question["question"], budget, meaning)
            spent.append((time.process_time_ns() - started) / 1e6)
            rows.append(
                {
                    "conversation_id": one.id,
                    "question_index": number,
                    "selected_turn_ids": chosen,
                }
            )
    return rows, spent


def timed(spent: Sequence[float]) -> str:
    """The median and the 95th percentile of some times in milliseconds."""
    return f"{statistics.median(spent):.2f} {statistics.quantiles(spent, n=20)[-1]:.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the selections, and print what a query took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--budget", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    add_option(parser)
    options = parser.parse_args(arguments)
    conversations = read(options.data, token_counter(ENCODING, TOKENS))
    meaning = meaning_of((one.thread for one in conversations), options.embeddings)
    rows, spent = predict(conversations, options.budget, meaning)
    options.out.write_text(json.dumps(rows), encoding="utf-8")
    print(f"{len(rows)} questions, CPU ms p50 and p95: {timed(spent)}")


if __name__ == "__main__":
    main()
