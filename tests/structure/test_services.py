"""The databases that other tests rely on: fresh, with no row of anybody's, and gone afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, func, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from memory.migrate import needed_version, version
from memory.tables.main import Customer
from memory.tables.rows import table


@pytest.mark.parametrize("again", [False, True])
def test_an_empty_database_is_empty_each_time(empty_database_url: str, again: bool) -> None:
    engine = create_engine(empty_database_url)
    assert inspect(engine).get_table_names() == [], f"left over, second round: {again}"
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_over (id INTEGER)"))
    engine.dispose()


@pytest.mark.parametrize("again", [False, True])
def test_a_database_has_the_present_layout_and_no_row_each_time(
    database_url: str, again: bool
) -> None:
    assert version(database_url) == (needed_version(), needed_version())
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for one in SQLModel.metadata.sorted_tables:
            rows = connection.scalar(select(func.count()).select_from(one))
            assert rows == 0, f"{one.name}, second round: {again}"
        connection.execute(insert(table(Customer)), {"id": 1, "created_at": 1})
    engine.dispose()


@pytest.mark.postgres
def test_postgres_opens_no_folder_of_ours(postgres_url: str) -> None:
    url = make_url(postgres_url)
    host = url.query.get("host")
    if not isinstance(host, str) or os.environ.get("TEST_PG_DSN"):
        return
    assert Path(host).is_relative_to("/tmp") or os.geteuid() != 0
    assert Path(host).stat().st_mode & 0o077 == 0
    with psycopg.connect(f"postgresql://postgres@/postgres?host={host}") as connection:
        (address,) = connection.execute("SHOW listen_addresses").fetchone() or ("?",)
    assert address == "", "the test server listens on a Unix socket only"


@pytest.mark.valkey
def test_valkey_keeps_streams_and_keys_with_a_time_to_live(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.xadd("wakeups", {"turn": 1})
        client.expire("wakeups", 10)
        assert client.xlen("wakeups") == 1


def test_a_browser_path_can_be_run(chromium_path: str) -> None:
    assert os.access(chromium_path, os.X_OK)
