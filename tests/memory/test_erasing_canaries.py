"""Erased to the last copy: no canary of whoever is erased is in any table, index or byte of the
database's files, and every canary of the others still is."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from memory.compacting import compact
from memory.engine import database_url as with_driver
from memory.engine import writer_engine
from memory.units.erasing.whole import START, close_receipt, erase
from tests.layouts import laid_out
from tests.memory.canaries import Person, Plants, all_words, text_columns

NOW = 1_780_000_000_000_000


def plant(engine: Engine, people: int) -> list[Person]:
    """So many people."""
    with engine.begin() as connection:
        plants = Plants(connection, 1_000, NOW)
        return [plants.person(f"p{number:04d}q") for number in range(people)]


def erased(engine: Engine, one: Person) -> None:
    """Every call, each a transaction."""
    ids = count(NOW + one.handle_id * 1_000)
    at, done = START, False
    while not done:
        with engine.begin() as connection:
            call = erase(connection, one.customer_id, "cli:x", NOW + 5, lambda: next(ids), 50, at)
            at, done = call.at, call.done
    with engine.begin() as connection:
        close_receipt(connection, one.customer_id, 0)


def raw_bytes(folder: Path) -> bytes:
    """The database's file with its log and its index, and whatever else is in the folder."""
    return b"\n".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())


def test_every_column_a_customer_can_reach_has_its_canary(engine: Engine) -> None:
    [person] = plant(engine, 1)
    with engine.connect() as connection:
        words = all_words(connection)
    assert text_columns() <= person.planted.keys()
    missing = {name for name, word in person.planted.items() if word not in words}
    assert missing <= {
        "audit.subject",
        "audit.actor",
        "blocked_value.pattern",
        "sighting.handle_key",
    }


def test_of_the_erased_no_column_holds_a_word_and_of_the_others_every_one(engine: Engine) -> None:
    first, second, third = plant(engine, 3)
    with engine.connect() as connection:
        before = all_words(connection)
    erased(engine, second)
    with engine.connect() as connection:
        after = all_words(connection)
    assert second.mark in before and second.mark not in after
    for other in (first, third):
        lost = [
            name for name, word in other.planted.items() if word in before and word not in after
        ]
        assert lost == []


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Person]]:
    """A database of many people, to be copied; what they said at first is superseded long since."""
    file = tmp_path_factory.mktemp("planted") / "onethread.db"
    laid_out(file)
    engine = opened(file)
    people = plant(engine, 16)
    with engine.begin() as connection:
        connection.execute(text("update fact set value = value || 'n'"))
        connection.execute(text("update message set text = 'edited ' || text"))
    # The last connection moves the log into the file.
    engine.dispose()
    return file, people


def opened(file: Path) -> Engine:
    return writer_engine(with_driver(f"sqlite:///{file}"), "NORMAL")


@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(gone=st.sets(st.integers(0, 15), min_size=1, max_size=8))
def test_no_byte_of_the_erased_is_in_any_file(
    tmp_path_factory: pytest.TempPathFactory,
    planted: tuple[Path, list[Person]],
    gone: set[int],
) -> None:
    file, people = planted
    folder = tmp_path_factory.mktemp("canaries")
    here = folder / "onethread.db"
    copy(file, here)
    engine = opened(here)
    for number in sorted(gone):
        erased(engine, people[number])
    done = compact(f"sqlite:///{here}")
    assert done.anew and done.log_emptied
    found = raw_bytes(folder)
    engine.dispose()
    for number, person in enumerate(people):
        assert (person.mark.encode() in found) is (number not in gone), person.mark


@pytest.mark.postgres
def test_on_postgresql_no_file_of_a_table_holds_them_once_it_is_written_anew(
    postgres_database_url: str,
) -> None:
    engine = writer_engine(with_driver(postgres_database_url), "NORMAL")
    people = plant(engine, 4)
    for one in people[:2]:
        erased(engine, one)
    done = compact(postgres_database_url)
    assert done.anew and done.vacuumed
    with engine.connect() as connection:
        words = all_words(connection)
        folder = connection.execute(text("select current_setting('data_directory', true)")).scalar()
        number = connection.execute(
            text("select oid from pg_database where datname = current_database()")
        ).scalar()
    engine.dispose()
    files = Path(folder or "/nowhere") / "base" / str(number)
    # A server elsewhere shows its files to nobody.
    found = raw_bytes(files) if files.is_dir() else words.encode()
    for number, person in enumerate(people):
        assert (person.mark in words) is (number >= 2)
        assert (person.mark.encode() in found) is (number >= 2), person.mark
