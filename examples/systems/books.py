"""What a business keeps and what it is asked, and how it says no. It knows no network.

Times in the sample data are told from the day on which it is loaded ("-5h", "+12d"), so that a
booking made five hours ago stays one.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

SAMPLES = ("maplestead.json", "fernwing.json")

LARGE = {"maplestead": 1000.0, "fernwing": 1500.0}
"""Dollars from which on people decide about a refund."""

_FROM_NOW = re.compile(r"(?P<number>[+-]\d+)(?P<unit>[hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}

Record: TypeAlias = dict[str, Any]
Answer: TypeAlias = dict[str, Any]


class Refused(Exception):
    """The business says no, for a reason that its playbook has words for. `results` fill them.

    Called as a detail of the flow, a reason says that this detail is what is wrong. Without one,
    there is no such thing, or it is not theirs: that must not be told apart.
    """

    def __init__(self, reason: str = "", **results: str) -> None:
        self.reason, self.results = reason, results
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: the details as they were told, those that can be written plainly so
    written, the addresses that are the sender's for sure, and when."""

    told: Mapping[str, str]
    plain: Mapping[str, str]
    proved: frozenset[str]
    now: datetime

    @classmethod
    def read(cls, body: Mapping[str, Any], now: datetime) -> Asked:
        """From the body of a request."""
        return cls(body["values"], body["plain"], frozenset(body["sender"]["proved"]), now)

    def __getitem__(self, name: str) -> str:
        """A detail, plainly if it can be; empty if it was not told."""
        return self.plain.get(name, self.told.get(name, ""))


class Books:
    """The records, within one transaction. `changed` says whether any was written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.changed = False

    def get(self, kind: str, number: str) -> Record | None:
        """One record, however its number is spelled."""
        return next((one for one in self.all(kind) if plain(one["id"]) == plain(number)), None)

    def all(self, kind: str) -> list[Record]:
        """All of a kind, by their numbers."""
        rows = self._connection.execute(
            "SELECT id, body FROM records WHERE kind = ? ORDER BY id", (kind,)
        )
        return [{"id": number, **json.loads(body)} for number, body in rows]

    def owners(self, kind: str, proved: Collection[str]) -> set[str]:
        """Whose of these addresses is one: the numbers of accounts."""
        return {one["id"] for one in self.all(kind) if set(one["addresses"]) & set(proved)}

    def change(self, kind: str, record: Record, **new: object) -> None:
        """Write a record with new values."""
        body = {name: one for name, one in (record | new).items() if name != "id"}
        self._connection.execute(
            "UPDATE records SET body = ? WHERE kind = ? AND id = ?",
            (json.dumps(body), kind, record["id"]),
        )
        self.changed = True


Deed: TypeAlias = Callable[[Books, Asked], Answer]
"""What is looked up or done. Raises `Refused`."""


def plain(text: str) -> str:
    """A value as people vary it: without case, spaces and punctuation."""
    return "".join(one for one in text.casefold() if one.isalnum())


def money(amount: float) -> str:
    """A sum in dollars."""
    return f"${amount:,.2f}"


def listed(things: Collection[str]) -> str:
    """Several things as people list them."""
    *first, last = things
    return f"{', '.join(first)} and {last}" if first else last


def words(text: str) -> set[str]:
    """The words of a text, those of three letters and more, and codes such as sizes."""
    return {one for one in re.findall(r"\w+", text.casefold()) if len(one) > 2 or one in "smlxl"}


def sample(now: datetime) -> Iterator[tuple[str, str, str]]:
    """The records to begin with, as kind, number and body."""
    for name in SAMPLES:
        kinds = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
        for kind, records in kinds.items():
            for number, body in records.items():
                yield kind, number, json.dumps(_from_now(body, now))


def _from_now(value: Any, now: datetime) -> Any:
    if isinstance(value, dict):
        return {name: _from_now(one, now) for name, one in value.items()}
    if isinstance(value, list):
        return [_from_now(one, now) for one in value]
    if isinstance(value, str) and (found := _FROM_NOW.fullmatch(value)):
        return (now + int(found["number"]) * _UNITS[found["unit"]]).isoformat()
    return value
