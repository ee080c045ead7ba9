"""Judges what was loaded for the questions of the support corpus: all evidence, within the budget.

It renders and counts by itself and trusts no number it is given. It chooses nothing.

Rendering: a line `[date, channel]` for each session of which something was chosen, and below it
`speaker: text` for each turn, in the order in which they were said. A question counts as answered
when every turn of its evidence is chosen and the rendering has no more tokens than the budget.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.support.scenes import HERE

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question fared."""

    kind: str
    full: bool
    part: float
    tokens: int
    over: bool
    leaked: bool
    """Whether a turn was chosen that was not this customer's when the question came."""


def load(folder: Path = HERE, half: str | None = None) -> tuple[list[Row], list[Row]]:
    """Customers and questions, of one half (`tuning` or `held-out`) or of both."""
    customers = _rows(folder / "customers.jsonl")
    customers = [one for one in customers if half in (None, one["half"])]
    ids = {one["id"] for one in customers}
    return customers, [one for one in _rows(folder / "questions.jsonl") if one["customer"] in ids]


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def parted(customer: Row, moment: str) -> set[str]:
    """Handles that were joined to the customer by mistake and are not theirs at this moment."""
    away: set[str] = set()
    for event in customer["events"]:
        if event["what"] == "unmerged" and event["at"] <= moment:
            away.update(event["handles"])
    return away


def speaker(turn: Row) -> str:
    """Who says a turn, as it is rendered."""
    return str(turn.get("name") or turn["by"])


def header(session: Row) -> str:
    """The line above what is chosen of a session."""
    return f"[{session['at'].replace('T', ' ')}, {session['channel']}]"


def render(customer: Row, chosen: set[str]) -> str:
    """What was chosen, as a text."""
    lines: list[str] = []
    for session in customer["sessions"]:
        picked = [turn for turn in session["turns"] if turn["id"] in chosen]
        if picked:
            lines.append(header(session))
            lines += [f"{speaker(turn)}: {' '.join(turn['text'].split())}" for turn in picked]
    return "\n".join(lines)


def judge(
    customer: Row, question: Row, chosen: Iterable[str], budget: int, count: Callable[[str], int]
) -> Verdict:
    """The verdict on the ids chosen for one question. Raises `ValueError` for an unknown id."""
    ids = set(chosen)
    away = parted(customer, question["at"])
    theirs = {
        turn["id"]: session["handle"] not in away
        for session in customer["sessions"]
        for turn in session["turns"]
    }
    if unknown := ids - theirs.keys():
        raise ValueError(f"{question['id']}: no turns of this customer: {sorted(unknown)}")
    tokens = count(render(customer, ids)) if ids else 0
    over, leaked = tokens > budget, not all(theirs[one] for one in ids)
    found = 0 if over or leaked else len(ids.intersection(question["evidence"]))
    wanted = len(question["evidence"])
    return Verdict(question["kind"], found == wanted, found / wanted, tokens, over, leaked)


def summary(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Share of questions with their whole evidence, over all and by kind."""
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for one in verdicts:
        by_kind[one.kind].append(one.full)
    shares = {kind: sum(some) / len(some) for kind, some in sorted(by_kind.items())}
    return {"all": sum(one.full for one in verdicts) / len(verdicts), **shares}
