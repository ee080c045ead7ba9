"""The messages that a turn recalled, as its record stores them: short, since every turn has dozens.

A row for each message: its id, its score, and by pairs the numbers of its strongest reasons in the
record's list of them and what they were worth. Records of before have an object for each message,
with reasons that are not said to be worth anything; both forms are read. It decides nothing and
keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from core.turn import Recalled

REASONS = 2
"""Reasons kept for each message, the strongest ones."""


def rows_of(recalled: Sequence[Recalled]) -> dict[str, object]:
    """The part of a record that tells what was recalled: `recalled`, and the `reasons` in it."""
    numbers: dict[str, int] = {}
    rows: list[list[object]] = []
    for said, score, why in recalled:
        row: list[object] = [said.id, score]
        for name, worth in islice(why.items(), REASONS):
            row += (numbers.setdefault(name, len(numbers)), worth)
        rows.append(row)
    return {"recalled": rows, "reasons": list(numbers)} if rows else {"recalled": rows}


def unfolded(record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record with an object for each message that was recalled: `id`, `score`, and `why`,
    which names the reasons with what they were worth, or None where that was not stored."""
    plain = {name: value for name, value in record.items() if name != "reasons"}
    if "recalled" in record:
        reasons = record.get("reasons", ())
        plain["recalled"] = [_object(one, reasons) for one in record["recalled"]]
    return plain


def _object(row: Any, reasons: Sequence[str]) -> dict[str, Any]:
    if isinstance(row, Mapping):
        why = row["why"]
        return {**row, "why": why if isinstance(why, Mapping) else dict.fromkeys(why)}
    pairs = zip(row[2::2], row[3::2], strict=True)
    return {"id": row[0], "score": row[1], "why": {reasons[at]: worth for at, worth in pairs}}
