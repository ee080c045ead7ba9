"""Export over the API: for whoever may, written down, and as a file to be saved."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from memory.pages.lists import audit_log
from tests.gateway.console_world import PHONE, World, bearer, served


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(sqlite_database_url, tmp_path / "files") as one:
        yield one


async def test_a_customer_is_given_out_as_a_file_and_that_is_written_down(world: World) -> None:
    path = f"/api/v1/customers/{world.customer_id}/export"
    answer = await world.client.get(path, headers=bearer())
    assert answer.status == 200 and answer.content_type == "application/zip"
    assert f"customer-{world.customer_id}.zip" in answer.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(await answer.read())) as zipped:
        receipt = json.loads(zipped.read("receipt.json"))
        assert PHONE in zipped.read("index.html").decode()
    assert receipt["rows"]["message"] > 0
    newest = (await world.store.read(audit_log))[0]
    assert (newest.action, newest.subject) == ("export", f"customer:{world.customer_id}")


async def test_who_is_not_there_is_not_given_out(world: World) -> None:
    answer = await world.client.get("/api/v1/customers/5/export", headers=bearer())
    assert answer.status == 404
