"""The memory of a customer at the command line: as tables and as JSON, and with a way back."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from core.clock import to_micros
from gateway.cli import main
from memory.pages.lists import audit_log
from memory.units.remembering.facts import Telling, tell
from tests.memory.world import CHAT, PHONE, START, World

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


def test_what_a_turn_would_be_given_is_tried_without_what_is_personal(
    settled: Engine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONETHREAD__DATA__FOLDER", str(tmp_path))
    with settled.begin() as connection:
        world = World(connection, START + timedelta(days=1), count(5001))
        place = world.say(CHAT, "hello again")
        told = Telling(place.handle_id, "safe_place", LANE, place.message_id, 4, needs=3)
        tell(connection, told, to_micros(world.now), lambda: 9001)
    tried = answered(capsys, "context", PHONE, "--text", "Where do I live?")
    assert tried["tokens"] <= tried["budget"]
    said = {one["text"]: one["message"] for one in tried["lines"]}
    assert any(STREET in text for text in said) and "1-1" not in said
    assert run("context", CHAT, "--text", "Where is it?") == 0
    shown = capsys.readouterr().out
    assert "safe place: hidden" in shown and LANE not in shown
