"""Reads the table of guards: what is taken out where, and which tests have to notice."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard. `find` stands exactly once in `file` and becomes `put`; one of `tests` fails."""

    guard: str
    file: str
    find: str
    put: str
    tests: tuple[str, ...]


def mutants(file: Path = HERE / "guards.toml") -> Sequence[Mutant]:
    """All of them, in the order of the file."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["mutant"]
    return [
        Mutant(one["guard"], one["file"], one["find"], one["put"], tuple(one["tests"]))
        for one in rows
    ]
