"""The machine, for ten thousand steps at least, on SQLite; and shorter on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from memory.engine import database_url as with_driver
from memory.engine import writer_engine
from memory.migrate import upgrade
from tests.identity.machine import IdentityMachine, Tally

STEPS = 10_000


@pytest.fixture
def engine(sqlite_database_url: str) -> Iterator[Engine]:
    upgrade(sqlite_database_url)
    made = writer_engine(with_driver(sqlite_database_url), "NORMAL")
    yield made
    made.dispose()


@pytest.mark.timeout(600)
def test_nobody_reads_what_is_not_theirs_over_ten_thousand_steps(engine: Engine) -> None:
    machine = type("Machine", (IdentityMachine,), {"engine": engine})
    before = Tally.steps
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=200,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Tally.steps - before >= STEPS
    assert Tally.shown > Tally.steps, "a machine in which nobody reads anything proves nothing"
