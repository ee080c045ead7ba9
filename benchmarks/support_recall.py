"""Measures recall on our own support corpus: how often all evidence fits a token budget.

Run `python -m benchmarks.support_recall [--half tuning|held-out] [--embeddings] [--budgets B ...]
[--customers ID ...]`. What is recalled is chosen by the product's own recall, with the settings it
has when nobody chose any.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.encoded import Meaning, add_option, meaning_of, without
from benchmarks.locomo import ENCODING, TOKENS, timed
from benchmarks.support.judging import (
    Row,
    Verdict,
    header,
    judge,
    load,
    parted,
    speaker,
    summary,
)
from benchmarks.support.scenes import HERE
from core.message import Author
from core.turn import Said
from memory.recall.choosing import Packing, recall
from memory.recall.indexed_thread import IndexedThread, index
from memory.recall.standing_block import NOTHING
from memory.recall.tokens import token_counter

HALVES = ("tuning", "held-out")
FLOORS = {250: 0.83, 500: 0.87, 1000: 0.91}
FLOORS_WITH_ENCODER = {250: 0.83, 500: 0.89, 1000: 0.93}
"""Token budget -> the share of questions of either half below which recall has become worse; not an
aim."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, and what may be recalled of them when they ask, indexed."""

    row: Row
    thread: IndexedThread
    header: int


def customers(
    rows: Sequence[Row], asked: Sequence[Row], count: Callable[[str], int]
) -> dict[str, Customer]:
    """Id -> the customer as they are when their questions come, which is at one time for all."""
    moments = {one["customer"]: one["at"] for one in asked}
    return {
        row["id"]: _customer(row, moments[row["id"]], count) for row in rows if row["id"] in moments
    }


def _customer(row: Row, moment: str, count: Callable[[str], int]) -> Customer:
    away = parted(row, moment)
    sessions = [one for one in row["sessions"] if one["handle"] not in away]
    said = [
        Said(
            id=turn["id"],
            at=_at(session["at"]) + timedelta(minutes=number),
            channel=session["channel"],
            author=Author(turn["by"]),
            text=turn["text"],
            tokens=count(f"{speaker(turn)}: {' '.join(turn['text'].split())}\n"),
            handle=session["handle"],
            author_name=turn.get("name"),
        )
        for session in sessions
        for number, turn in enumerate(session["turns"])
    ]
    return Customer(row, index(said), max(count(header(one) + "\n") for one in sessions))


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def choose(one: Customer, question: Row, budget: int, meaning: Meaning = without) -> list[str]:
    """The ids of the turns recalled for a question, from all that may be."""
    packing = Packing(line=0, header=one.header, exchanges=0)
    near, at = meaning(one.thread, question["text"]), _at(question["at"])
    found = recall(one.thread, question["text"], NOTHING, at, budget, packing, near)
    return [said.id for said in found.exchanges] + [each.said.id for each in found.recalled]


def measure(
    known: dict[str, Customer],
    asked: Sequence[Row],
    budget: int,
    count: Callable[[str], int],
    meaning: Meaning = without,
) -> tuple[list[Verdict], list[float]]:
    """The verdict on each question, and the milliseconds of CPU time each took."""
    verdicts: list[Verdict] = []
    spent: list[float] = []
    for question in asked:
        one = known[question["customer"]]
        started = time.process_time_ns()
        chosen = choose(one, question, budget, meaning)
        spent.append((time.process_time_ns() - started) / 1e6)
        verdicts.append(judge(one.row, question, chosen, budget, count))
    return verdicts, spent


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each half and budget; exit status 1 when something leaked or is below its
    floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--budgets", type=int, nargs="+", default=list(FLOORS))
    parser.add_argument("--customers", nargs="+", help="of these customers only")
    add_option(parser)
    options = parser.parse_args(arguments)
    count = token_counter(ENCODING, TOKENS)
    failed = False
    for half in HALVES if options.half is None else (options.half,):
        rows, asked = load(options.data, half)
        asked = [
            one for one in asked if one["customer"] in (options.customers or [one["customer"]])
        ]
        if asked:
            failed |= _tell(half, customers(rows, asked, count), asked, count, options)
    return 1 if failed else 0


def _tell(
    half: str,
    known: dict[str, Customer],
    asked: Sequence[Row],
    count: Callable[[str], int],
    options: argparse.Namespace,
) -> bool:
    """Print a line for each budget; whether one of them failed."""
    floors = FLOORS_WITH_ENCODER if options.embeddings else FLOORS
    meaning = meaning_of((one.thread for one in known.values()), options.embeddings)
    failed = False
    for budget in options.budgets:
        verdicts, spent = measure(known, asked, budget, count, meaning)
        shares = summary(verdicts)
        low = shares["all"] < floors.get(budget, 0)
        failed |= low or any(one.over or one.leaked for one in verdicts)
        print(
            f"{half}, {budget:5} tokens: {shares.pop('all'):.3f} of {len(verdicts)} questions, "
            f"{sum(one.over for one in verdicts)} over budget, "
            f"{sum(one.leaked for one in verdicts)} leaked, CPU ms p50 and p95 {timed(spent)}; "
            + ", ".join(f"{kind} {share:.2f}" for kind, share in shares.items())
            + ("  BELOW ITS FLOOR" if low else ""),
            flush=True,
        )
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
