"""The memory of a customer at the command line: as tables and as JSON, and with a way back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from core.clock import to_micros
from gateway.cli import main
from memory.pages import audit_log
from memory.units.facts import Telling, tell
from tests.memory.world import CHAT, PHONE, World

STREET, LANE = "12 Loom Street", "14 Lamp Lane"


@pytest.fixture
def settled(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Somebody who told where they live, in the database that the settings name."""
    with engine.begin() as connection:
        world = World(connection)
        place = world.say(PHONE, "My address is 12 Loom Street")
        told = Telling(place.handle_id, "address", STREET, place.message_id, 2, channel="sms")
        tell(connection, told, to_micros(world.now), world.id)
        world.say(CHAT, "hello")
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    return engine


def run(*arguments: str) -> int:
    """The exit code of `onethread memory` with these arguments."""
    with pytest.raises(SystemExit) as ended:
        main(("memory", *arguments))
    return int(ended.value.code or 0)


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What the command answers as JSON."""
    assert run(*arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_memory_is_shown_corrected_and_rolled_back(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    (fact,) = answered(capsys, "show", PHONE)["facts"]
    assert (fact["label"], fact["value"], fact["verified"]) == ("Address", STREET, False)
    done = answered(capsys, "correct", fact["id"], LANE, "--because", "she called")
    assert done["changed"] and done["change_id"]
    assert run("pin", done["fact_id"]) == 0
    assert "onethread identities undo" in capsys.readouterr().out
    assert run("show", PHONE) == 0
    shown = capsys.readouterr().out
    assert "verified, pinned" in shown and f"was {STREET} until" in shown and LANE in shown
    assert run("roll-back", fact["message"], "--dry-run") == 0
    assert "Nothing was changed." in capsys.readouterr().out
    assert run("roll-back", fact["message"], "--yes") == 1
    assert "--because" in capsys.readouterr().err
    assert run("roll-back", fact["message"], "--because", "forged", "--yes") == 0
    assert "1 taken back." in capsys.readouterr().out
    (kept,) = answered(capsys, "show", PHONE)["facts"]
    assert kept["value"] == LANE and kept["history"] == []


def test_what_is_told_by_hand_and_promised_is_shown(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ("tell", PHONE, "preference:language", "German", "--because", "she wrote so")
    assert run(*told) == 0
    assert run("promise", PHONE, "A new lamp is sent", "--by", "2026-03-06") == 0
    capsys.readouterr()
    memory = answered(capsys, "show", PHONE)
    (liked,), (promise,) = memory["preferences"], memory["promises"]
    assert liked["value"] == "German" and promise["due_at"].startswith("2026-03-06T23:59:59")
    assert run("keep", promise["id"], "--broken") == 0
    assert answered_after(capsys, "show", PHONE)["promises"][0]["state"] == "broken"
    assert run("retire", promise["id"], "--because", "never said") == 0
    assert run("keep", promise["id"]) == 1
    assert "retired by" in capsys.readouterr().err
    assert run("tell", PHONE, "attribute:tier", "gold", "--because", "x") == 1
    assert run("show", "phone:+15559999999") == 1
    with settled.begin() as connection:
        log = str(audit_log(connection))
    assert "German" not in log and "never said" in log and "cli:" in log


def answered_after(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The same, passing over what was printed before."""
    capsys.readouterr()
    return answered(capsys, *arguments)
