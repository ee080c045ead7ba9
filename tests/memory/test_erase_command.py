"""The command that erases, as a person types it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from memory.tables.main import Handle
from memory.tables.rows import table
from tests.memory.test_commands import run, settled
from tests.memory.world import CHAT, PHONE

__all__ = ["settled"]


def keys(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(select(table(Handle).c.key)).scalars())


def test_a_handle_is_erased_with_a_receipt_and_is_unknown_then(
    settled: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("identities", "erase", PHONE, "--yes", "--json") == 0
    receipt = capsys.readouterr().out
    assert '"message": 1' in receipt and '"files": 0' in receipt
    assert keys(settled) == [CHAT]
    assert run("identities", "erase", PHONE, "--yes") == 1
    assert "never written" in capsys.readouterr().err
