"""The machine, for ten thousand steps at least on SQLite, and for some hundreds on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.identity.campaign import opened, run
from tests.identity.machine import Tally

STEPS = 10_000
_RUNS = 60
"""Runs between two looks at how many steps were taken."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nobody_reads_what_is_not_theirs_over_ten_thousand_steps(sqlite_database_url: str) -> None:
    before, chance = (Tally.steps, Tally.shown), 0
    with opened(sqlite_database_url) as engine:
        # The same ones each time: others are drawn by the campaign.
        while Tally.steps - before[0] < STEPS:
            run(engine, _RUNS, chance=chance)
            chance += 1
    steps, shown = Tally.steps - before[0], Tally.shown - before[1]
    assert shown > steps, "a machine in which nobody reads anything proves nothing"


@pytest.mark.postgres
def test_nobody_reads_what_is_not_theirs_on_postgresql(postgres_database_url: str) -> None:
    with opened(postgres_database_url) as engine:
        run(engine, 3, chance=0)
