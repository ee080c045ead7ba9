"""Engines: what goes wrong in the database is told without what was to be written."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import DBAPIError

from memory.engine import database_url as with_driver
from memory.engine import reader_engine
from memory.tables.main import Message
from memory.tables.rows import table

TEXT = "My card is lost, I am ada.lovelace@example.com"


def row(seq: int) -> dict[str, object]:
    return {
        "conversation_id": 1,
        "seq": seq,
        "handle_id": 1,
        "author": "customer",
        "text": TEXT,
        "tokens": 1,
        "created_at": 0,
    }


def failure(engine: Engine, *rows: dict[str, object]) -> str:
    with pytest.raises(DBAPIError) as failed, engine.begin() as connection:
        connection.execute(insert(table(Message)), list(rows))
    return str(failed.value)


def test_a_failed_statement_does_not_tell_the_text_it_carried(
    engine: Engine, database_url: str
) -> None:
    assert TEXT not in failure(engine, row(1), row(1))
    readers = reader_engine(with_driver(database_url), 1)
    assert TEXT not in failure(readers, row(2))
    readers.dispose()
