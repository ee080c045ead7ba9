"""An import that goes on by itself is one process's at a time, until it is through or stopped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine

from memory.units.identity.pending_imports import (
    CalledOff,
    Pending,
    call_off,
    claim,
    finish,
    hold,
    put_off,
    under_way,
)

ONE = Pending(7, "file:x", {"Nr": "external_id"}, "latin-1", "person:ada")


def test_of_several_processes_one_has_it(engine: Engine) -> None:
    with engine.begin() as connection:
        put_off(connection, ONE, 1)
    ready = Barrier(4)

    def ask(number: int) -> bool:
        ready.wait(timeout=20)
        with engine.begin() as connection:
            return claim(connection, ONE.batch_id, f"process {number}", 10, 20) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(4))) == 1


def test_it_passes_to_another_when_nothing_is_heard_of_the_one_who_had_it(
    connection: Connection,
) -> None:
    put_off(connection, ONE, 1)
    first = claim(connection, 7, "first", 10, 20)
    assert first is not None and first.columns == ONE.columns and first.actor == ONE.actor
    hold(connection, first, 15, 25)
    assert claim(connection, 7, "second", 24, 34) is None
    assert claim(connection, 7, "second", 25, 35) is not None
    with pytest.raises(CalledOff):
        hold(connection, first, 26, 36)


def test_what_is_called_off_goes_on_no_more_and_is_there_until_it_is_cleared_away(
    connection: Connection,
) -> None:
    put_off(connection, ONE, 1)
    mine = claim(connection, 7, "first", 10, 20)
    assert mine is not None
    call_off(connection, 7, 12)
    call_off(connection, 8, 12)
    with pytest.raises(CalledOff):
        hold(connection, mine, 13, 23)
    again = claim(connection, 7, "first", 14, 24)
    assert again is not None and again.stopped and under_way(connection) == [7]
    finish(connection, 7, 15)
    assert under_way(connection) == [] and claim(connection, 7, "first", 16, 26) is None
