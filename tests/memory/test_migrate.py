"""A database comes to the present layout by its steps, and to exactly what the tables say."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlmodel import SQLModel

import memory.tables  # noqa: F401  # filling the metadata
from memory.engine import database_url as with_driver
from memory.migrate import upgrade, version


def test_the_steps_lead_to_the_tables(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(with_driver(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    remedy = 'the tables have changed: python -m memory.migrations "what changed"'
    assert differences == [], remedy


def test_running_it_again_changes_nothing(database_url: str) -> None:
    reached = upgrade(database_url)
    assert upgrade(database_url) == reached
    assert version(database_url) == (reached, reached)


def test_a_new_database_has_no_layout_yet(database_url: str) -> None:
    found, needed = version(database_url)
    assert found is None and needed


def test_several_processes_may_start_at_once(database_url: str) -> None:
    start = "import sys; from memory.migrate import upgrade; print(upgrade(sys.argv[1]))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", start, database_url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [one.communicate(timeout=50) for one in started]
    assert {reached.strip() for reached, _ in told} == {version(database_url)[1]}, told


def test_a_database_of_a_newer_release_is_left_alone(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(with_driver(database_url))
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    before = inspect(engine).get_table_names()
    with pytest.raises(ValueError, match="9999 was made by a newer release"):
        upgrade(database_url)
    assert inspect(engine).get_table_names() == before
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_database_we_do_not_support_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        upgrade(url)
