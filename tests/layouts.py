"""Databases with the present layout and no row: made by the steps once, and copied from then on.

A copy takes a hundredth of what the steps take. Whoever tests the steps themselves starts from a
database that is empty.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from memory.migrate import upgrade
from tests.services import fresh_postgres_database

DIALECTS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
"""Those that we promise, as parameters of a fixture."""


def laid_out(file: Path) -> str:
    """The URL of a SQLite database in this file, which is made unless it is there."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_sqlite_layout())
    return f"sqlite:///{file}"


@contextmanager
def postgres_layout(server: str, name: str) -> Iterator[str]:
    """The same in a PostgreSQL server, for others to be made after it."""
    with fresh_postgres_database(server, name) as url:
        upgrade(url)
        yield name


@cache
def _sqlite_layout() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "layout.db"
        upgrade(f"sqlite:///{file}")
        return file.read_bytes()
