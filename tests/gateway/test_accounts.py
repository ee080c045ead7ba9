"""A command sees what the gateway's accounts keep, and makes no database for looking."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.channels.keeping import StoreKeep
from gateway.commands.accounts import CommandKeep
from gateway.commands.database import NoDatabase
from memory.store import Store
from tests.memory.world import START


async def test_what_a_running_gateway_keeps_is_seen_and_the_other_way_round(
    database_url: str,
) -> None:
    store = Store(database_url)
    await store.open()
    try:
        kept = StoreKeep(store, "slack", lambda: START)
        await kept.put("team:T1", "one")
        beside = CommandKeep(database_url, "slack")
        assert await beside.get("team:T1") == "one"
        await beside.put("team:T2", "two")
        assert await kept.get("team:T2") == "two"
        assert await beside.names("team:") == ["team:T1", "team:T2"]
        await beside.put("team:T1", None)
        assert await kept.get("team:T1") is None
        assert await CommandKeep(database_url, "other").names() == []
    finally:
        await store.close()


async def test_without_a_database_nothing_is_kept_and_none_is_made(tmp_path: Path) -> None:
    keep = CommandKeep(f"sqlite:///{tmp_path / 'none.db'}", "slack")
    assert await keep.get("team:T1") is None
    assert await keep.names() == ()
    with pytest.raises(NoDatabase, match="onethread db upgrade"):
        await keep.put("team:T1", "one")
    assert list(tmp_path.iterdir()) == []
