"""A database comes to the present layout by its steps, and to exactly what the tables say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlmodel import SQLModel

from memory import migrations
from memory.engine import database_url as with_driver
from memory.migrate import upgrade, version
from memory.tables.main import Conversation, Customer, Handle, Inbound, Message
from memory.tables.rows import table
from memory.units.messages.claims import Claim, claim

_FIRST: dict[str, list[dict[str, object]]] = {
    "customer": [{"id": 1, "created_at": 1}],
    "handle": [
        {
            "id": 2,
            "key": "phone:+15550001111",
            "kind": "phone",
            "address": "+15550001111",
            "customer_id": 1,
            "home_customer_id": 1,
            "seen_at": 1,
            "created_at": 1,
        }
    ],
    "conversation": [
        {
            "id": 3,
            "account": "sms",
            "channel": "sms",
            "key": "+1999|+15550001111",
            "handle_id": 2,
            "reply_address_json": '{"to": "+15550001111"}',
            "assurance": 2,
            "seq": 1,
            "created_at": 1,
            "updated_at": 1,
        }
    ],
    "message": [
        {
            "conversation_id": 3,
            "seq": 1,
            "handle_id": 2,
            "author": "customer",
            "text": "hello",
            "tokens": 1,
            "created_at": 1,
            "level": 2,
            "event_id": "SM1",
        }
    ],
    "inbound": [
        {
            "id": 4,
            "account": "sms",
            "event_id": "SM1",
            "handle_id": 2,
            "conversation_id": 3,
            "seq": 1,
            "assurance": 2,
            "received_at": 1,
            "due_at": 1,
        }
    ],
}
"""A customer whose message waits for a turn, as the first layout held it."""


def _upgrade_to(url: str, step: str) -> None:
    with _stepping(url) as config:
        command.upgrade(config, step)


def _downgrade_to(url: str, step: str) -> None:
    with _stepping(url) as config:
        command.downgrade(config, step)


@contextmanager
def _stepping(url: str) -> Iterator[Config]:
    engine = create_engine(with_driver(url))
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        yield config
    engine.dispose()


def test_the_steps_lead_to_the_tables(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(with_driver(empty_database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    remedy = 'the tables have changed: python -m memory.migrations "what changed"'
    assert differences == [], remedy


def test_running_it_again_changes_nothing(empty_database_url: str) -> None:
    reached = upgrade(empty_database_url)
    assert upgrade(empty_database_url) == reached
    assert version(empty_database_url) == (reached, reached)


def test_a_new_database_has_no_layout_yet(empty_database_url: str) -> None:
    found, needed = version(empty_database_url)
    assert found is None and needed


def test_several_processes_may_start_at_once(empty_database_url: str) -> None:
    start = "import sys; from memory.migrate import upgrade; print(upgrade(sys.argv[1]))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", start, empty_database_url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [one.communicate(timeout=50) for one in started]
    assert {reached.strip() for reached, _ in told} == {version(empty_database_url)[1]}, told


def test_a_database_of_a_newer_release_is_left_alone(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(with_driver(empty_database_url))
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    before = inspect(engine).get_table_names()
    with pytest.raises(ValueError, match="9999 was made by a newer release"):
        upgrade(empty_database_url)
    assert inspect(engine).get_table_names() == before
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_database_we_do_not_support_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        upgrade(url)


def test_a_filled_database_of_the_first_layout_is_brought_on(empty_database_url: str) -> None:
    _upgrade_to(empty_database_url, "0001")
    engine = create_engine(with_driver(empty_database_url))
    tables = (table(Customer), table(Handle), table(Conversation), table(Message), table(Inbound))
    with engine.begin() as connection:
        for one in tables:
            for row in _FIRST[one.name]:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(text(f"insert into {one.name} ({names}) values ({values})"), row)
    upgrade(empty_database_url)
    with engine.begin() as connection:
        (claimed,) = claim(connection, [Claim(1, "worker", 10, 20)])
    engine.dispose()
    assert [one.text for one in claimed.waiting] == ["hello"]
    assert claimed.waiting[0].reply_address_json == '{"to": "+15550001111"}'
    assert claimed.waiting[0].audience == "one"


def test_a_step_can_be_taken_back(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    _downgrade_to(empty_database_url, "0001")
    assert version(empty_database_url)[0] == "0001"
    assert upgrade(empty_database_url) == version(empty_database_url)[1]
