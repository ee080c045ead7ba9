"""A database with every table, made by the migrations as in production, in each dialect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from memory.engine import database_url as with_driver
from memory.engine import writer_engine
from memory.migrate import upgrade
from tests.memory.world import World


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of the writing connection, on a database with the present layout."""
    upgrade(database_url)
    made = writer_engine(with_driver(database_url), "NORMAL")
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection in one long transaction; nothing of it is kept."""
    with engine.connect() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def world(connection: Connection) -> World:
    """People writing, the bot answering, through the real units."""
    return World(connection)
