"""The commands that give out a customer, show what would go, and write the database anew."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine

from memory.pages.lists import audit_log
from memory.units.identity.linking import customer_of
from tests.memory.test_commands import run, settled
from tests.memory.world import PHONE

__all__ = ["settled"]


def test_a_command_writes_the_file_for_its_owner_alone(
    settled: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ada.zip"
    assert run("export", PHONE, "--out", str(out)) == 0
    assert "Keep it as safe as the rest" in " ".join(capsys.readouterr().out.split())
    assert out.stat().st_mode & 0o777 == 0o600
    with settled.connect() as connection:
        customer = customer_of(connection, PHONE)
        assert audit_log(connection)[0].subject == f"customer:{customer}"
    with ZipFile(out) as zipped:
        assert PHONE in zipped.read("tables/handle.jsonl").decode()
    assert run("export", "phone:+19990000000", "--out", str(out)) == 1


def test_a_command_shows_what_would_go(settled: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("retention", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["name"] for one in found} >= {"messages", "facts", "turns", "files", "changes"}
    assert all(one["goes"] == 0 for one in found), "all is kept for ever by default"
    assert run("db", "compact") == 0
    assert "written anew" in capsys.readouterr().out
