"""How long each stage took is recorded with its turn, in the unit the record names."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select

from core.pipeline.contracts import IntentGuess
from core.pipeline.trivial import trivial_stages
from core.playbook.model import Playbook
from core.turn import TurnInput
from memory.tables.main import Turn
from memory.tables.rows import table
from tests.gateway.test_way import PHONE
from tests.gateway.way import running

_LEAST = 3_000
"""Microseconds that the slow stage takes at the least, by the clock the gateway measures with."""


def _records(connection: Connection) -> list[str]:
    turn = table(Turn)
    return [str(row[0]) for row in connection.execute(select(turn.c.record_json))]


async def test_the_time_of_a_stage_is_recorded_in_microseconds(tmp_path: Path) -> None:
    swift = trivial_stages()

    def slow(turn: TurnInput, playbook: Playbook) -> IntentGuess:
        end = time.perf_counter_ns() + _LEAST * 1_000
        while time.perf_counter_ns() < end:
            pass
        return swift.intent(turn, playbook)

    began = time.perf_counter_ns()
    async with running(tmp_path, stages=replace(swift, intent=slow)) as way:
        await way.sms.text(PHONE, "hello")
        await way.sms.wait_for_reply(PHONE, 1)
        (record,) = await way.gateway.store.read(_records)
    whole = (time.perf_counter_ns() - began) // 1_000
    took = {one["stage"]: one["us"] for one in json.loads(record)["stages"]}
    assert _LEAST <= took["intent"] <= whole
