"""Runs the machine over a database that exists: each run in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, seed, settings
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


def run(engine: Engine, runs: int, *, chance: int | None = None) -> None:
    """So many runs of the machine, always the same ones for a number given as `chance`. Raises what
    a step found."""
    machine = type("Machine", (IdentityMachine,), {"engine": engine})
    run_state_machine_as_test(
        machine if chance is None else seed(chance)(machine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
