"""A database with every table and no row, in each dialect, and who works on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, event

from memory.engine import database_url as with_driver
from memory.engine import writer_engine
from tests.layouts import DIALECTS, laid_out
from tests.memory.world import World
from tests.services import fresh_postgres_database


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of the writing connection, on a database of the test's own."""
    made = writer_engine(with_driver(database_url), "NORMAL")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def sqlite_without_rows(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The same on a database in which no test leaves anything."""
    return _keeping_nothing(laid_out(tmp_path_factory.mktemp("memory") / "onethread.db"))


@pytest.fixture(scope="session")
def postgres_without_rows(postgres_url: str, postgres_template: str) -> Iterator[Engine]:
    """The same on PostgreSQL."""
    name = f"test_{uuid.uuid4().hex}"
    with fresh_postgres_database(postgres_url, name, postgres_template) as url:
        yield _keeping_nothing(url)


@pytest.fixture(params=DIALECTS)
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A connection in one long transaction; nothing of it is kept."""
    engine: Engine = request.getfixturevalue(f"{request.param}_without_rows")
    with engine.connect() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def world(connection: Connection) -> World:
    """People writing, the bot answering, through the real units."""
    return World(connection)


def _keeping_nothing(url: str) -> Engine:
    engine = writer_engine(with_driver(url), "NORMAL")

    @event.listens_for(engine, "commit")
    def refuse(_: Connection) -> None:
        raise AssertionError("other tests would find this: take the fixture `engine` to commit")

    return engine
