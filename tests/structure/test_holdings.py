"""Every table is on one of the two lists of what is held of customers."""

from __future__ import annotations

from sqlmodel import SQLModel

import memory.tables.channels
import memory.tables.identity
import memory.tables.main
import memory.tables.people
import memory.tables.remembered  # noqa: F401 - they make the tables known
from memory.tables.holdings import HELD, NOT_THEIRS


def test_every_table_is_on_one_of_the_two_lists() -> None:
    tables = set(SQLModel.metadata.tables)
    assert tables == HELD.keys() | NOT_THEIRS.keys()
    assert not HELD.keys() & NOT_THEIRS.keys()


def test_each_list_says_why() -> None:
    assert all(len(words) > 5 for words in (*HELD.values(), *NOT_THEIRS.values()))
