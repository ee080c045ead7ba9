"""Makes the support corpus out of its scenes and its written customers.

Run `python -m benchmarks.support.generate [FOLDER]`; it writes `customers.jsonl` and
`questions.jsonl` there or beside itself, the same every time. It knows nothing of recall.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.support.asking import ask
from benchmarks.support.lives import MOMENT, Life, Question
from benchmarks.support.scenes import HERE, stock, written

CUSTOMERS = {"en": 24, "de": 12, "fr": 12}
"""Language -> customers made by chance, beside those written as a whole."""


def corpus() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All customers and all questions."""
    customers: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []

    def add(customer: dict[str, Any], asked: Sequence[Question]) -> None:
        last = max(session["at"] for session in customer["sessions"])
        moments = [last, *(event["at"] for event in customer["events"])]
        now = datetime.strptime(max(moments), MOMENT).replace(tzinfo=UTC) + timedelta(
            days=6, hours=2
        )
        # Not one by one: every sixth customer is of one sort, and both halves need all sorts.
        half = ("tuning", "held-out")[(len(customers) + len(customers) // 6) % 2]
        customers.append({**customer, "half": half})
        for number, one in enumerate(asked, 1):
            questions.append(
                {
                    "id": f"{customer['id']}-q{number}",
                    "customer": customer["id"],
                    "kind": one.kind,
                    "at": now.strftime(MOMENT),
                    "text": one.text,
                    "evidence": list(one.evidence),
                }
            )

    for customer, asked in written():
        add(customer, [Question(kind, text, ids) for kind, ids, text in asked])
    for language, count in CUSTOMERS.items():
        for number in range(count):
            life = Life(stock(language), number)
            life.live()
            customer = {
                "id": f"{language}{number + 1:02}",
                "language": language,
                "events": life.events(),
                "sessions": life.sessions(),
            }
            add(customer, ask(life, customer["sessions"]))
    return customers, questions


def lines(rows: Sequence[Mapping[str, Any]]) -> str:
    """JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main(folder: Path = HERE) -> None:
    """Write both files into a folder, and say how much is in them."""
    customers, questions = corpus()
    (folder / "customers.jsonl").write_text(lines(customers), encoding="utf-8")
    (folder / "questions.jsonl").write_text(lines(questions), encoding="utf-8")
    sessions = [len(one["sessions"]) for one in customers]
    print(f"{len(customers)} customers, {sum(sessions)} sessions ({min(sessions)}-{max(sessions)})")
    print(f"{len(questions)} questions: {dict(Counter(one['kind'] for one in questions))}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
