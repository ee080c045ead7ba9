"""A handle can be made known, and linked, before it ever writes."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from core.message import Assurance, Handle
from memory.units.identity.handles import introduce
from memory.units.identity.linking import BY_HAND, link

PHONE = Handle("phone", "+12025550143")
LOGIN = Handle("login", "ada")


def test_an_introduced_handle_is_made_once_and_can_be_linked(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'h.db'}")
    SQLModel.metadata.create_all(engine)
    with engine.begin() as connection:
        ada = introduce(connection, PHONE, "a list", "admin", 1, (1, 2, 3, 4))
        assert introduce(connection, PHONE, "a list", "admin", 2, (5, 6, 7, 8)) == ada == 2
        other = introduce(connection, LOGIN, "a list", "admin", 3, (11, 12, 13, 14))
        assert other != ada
        ids = (21, 22)
        changed = link(
            connection, LOGIN.key, ada, Assurance.PROVED, BY_HAND, "seen", "admin", 4, ids
        )
        assert changed.customer_id == ada
        assert introduce(connection, LOGIN, "a list", "admin", 5, (31, 32, 33, 34)) == ada
        assert connection.execute(text("select count(*) from handle")).scalar() == 2
    engine.dispose()
