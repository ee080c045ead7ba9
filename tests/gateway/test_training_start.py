"""A start whose training fails: with the model of the playbook's earlier version, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Intent, Playbook
from gateway.app import Parts, build_gateway
from memory.tables.main import Turn
from memory.tables.rows import table
from tests.gateway.test_way import PHONE, settled
from tests.gateway.way import empty_playbook, running, settings_for


def playbook(**examples: tuple[str, ...]) -> Playbook:
    """A playbook of these intents."""
    intents = tuple(Intent(name, "", texts) for name, texts in examples.items())
    return replace(empty_playbook(), intents=intents)


EARLIER = playbook(
    cancel_order=("cancel my order", "please cancel order 12", "I want to cancel the order"),
    opening_hours=("when are you open", "opening hours", "are you open on Sunday"),
)
FAULTY = playbook(cancel_order=("?!",), opening_hours=("...",), new_things=("!!",))
"""Its next version, with examples that nothing can be learned from."""


def _intents(connection: Connection) -> list[str | None]:
    return [row[0] for row in connection.execute(select(table(Turn).c.intent))]


async def test_the_model_of_an_earlier_version_goes_on_answering(tmp_path: Path) -> None:
    async with running(tmp_path, playbook=EARLIER):
        pass
    with capture_logs() as logs:
        async with running(tmp_path, playbook=FAULTY) as way:
            await way.sms.text(PHONE, "please cancel my order")
            await way.sms.wait_for_reply(PHONE, 1)
            await settled(way)
            assert await way.gateway.store.read(_intents) == ["cancel_order"]
    [told] = [one for one in logs if one["event"] == "training_failed"]
    assert told["log_level"] == "warning"
    assert told["unknown_intents"] == ["new_things"]
    assert "empty vocabulary" in told["reason"]


async def problems(folder: Path, faulty: Playbook) -> tuple[PlaybookProblem, ...]:
    """What a start with this playbook ends in."""
    with pytest.raises(PlaybookError) as told:
        await build_gateway(settings_for(folder, "http://127.0.0.1:9"), Parts(playbook=faulty))
    return tuple(told.value.problems)


async def test_without_one_the_start_ends_in_plain_words(tmp_path: Path) -> None:
    [problem] = await problems(tmp_path, FAULTY)
    assert problem.file.endswith("intents.toml")
    assert "no model could be learned" in problem.wrong and "empty vocabulary" in problem.wrong
    assert "examples" in problem.mend


async def test_the_model_of_another_business_is_not_taken(tmp_path: Path) -> None:
    other = replace(EARLIER.intents[0], name="book_a_room")
    async with running(tmp_path, playbook=replace(EARLIER, intents=(other, EARLIER.intents[1]))):
        pass
    # One of its three intents is a coincidence, not an earlier version.
    assert await problems(tmp_path, FAULTY)
