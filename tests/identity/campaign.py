"""Runs the machine over a database that exists: each run in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from memory.engine import database_url, writer_engine
from tests.identity.machine import IdentityMachine

STEPS = 60
"""Steps of one run at most."""


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The writing engine of a database with the present layout."""
    engine = writer_engine(database_url(url), "NORMAL")
    try:
        yield engine
    finally:
        engine.dispose()


def run(engine: Engine, runs: int, *, derandomize: bool) -> None:
    """So many runs of the machine. Raises what a step found."""
    run_state_machine_as_test(
        type("Machine", (IdentityMachine,), {"engine": engine}),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
