"""Another admin token: shown once, in force at once, recorded, and nobody stays signed in."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, select

from gateway import token_watch
from gateway.cli import main
from gateway.gate import COOKIE
from memory.pages import audit_log
from memory.people_tables import Secret
from memory.units.rows import table
from tests.gateway.way import Way, running

_SHOWN = re.compile(r"The new admin token, shown only now: (\S+)")


def reset(capsys: pytest.CaptureFixture[str]) -> str:
    """Run the command; the token that it showed."""
    with pytest.raises(SystemExit) as ended:
        main(["token", "reset"])
    said = capsys.readouterr()
    assert (ended.value.code, said.err) == (0, "")
    [token] = _SHOWN.findall(said.out)
    return str(token)


async def status(way: Way, token: str) -> int:
    """What the API answers to whoever has this token."""
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{way.base_url}/api/v1/customers"
    async with aiohttp.ClientSession() as web, web.get(url, headers=headers) as answer:
        return answer.status


def _stored(connection: Connection) -> list[str]:
    return [str(row[0]) for row in connection.execute(select(table(Secret).c.value))]


async def test_another_token_ends_the_old_one_and_every_session_while_the_gateway_runs(
    tmp_path: Path,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", database_url)
    monkeypatch.setattr(token_watch, "EVERY_SECONDS", 0.02)
    async with (
        running(tmp_path, url=database_url) as way,
        aiohttp.ClientSession(way.base_url) as browser,
    ):
        gateway = way.gateway
        old = gateway.first_token
        assert old is not None and await status(way, old) == 200
        cookie = {"Cookie": f"{COOKIE}={gateway.keeper.open_session('admin')}"}
        link = gateway.keeper.make_link()
        async with browser.ws_connect("/console/socket", headers=cookie) as line:
            fresh = await asyncio.to_thread(reset, capsys)
            # The open page hears of it: its line ends.
            async with asyncio.timeout(10):
                assert (await line.receive()).type is aiohttp.WSMsgType.CLOSE
        assert (await status(way, old), await status(way, fresh)) == (401, 200)
        async with browser.get("/api/v1/customers", headers=cookie) as answer:
            assert answer.status == 401
        assert gateway.keeper.use_link(link, "127.0.0.1") is None
        [entry] = [one for one in await gateway.store.read(audit_log) if one.action == "reset"]
        assert entry.actor.startswith("cli:") and entry.subject == "admin token"
        assert fresh not in str(await gateway.store.read(_stored)) and entry.detail == {}


async def test_it_is_in_force_after_a_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONETHREAD__STORAGE__URL", f"sqlite:///{tmp_path / 'onethread.db'}")
    async with running(tmp_path) as way:
        old = str(way.gateway.first_token)
    fresh = await asyncio.to_thread(reset, capsys)
    async with running(tmp_path) as way:
        assert way.gateway.first_token is None
        assert (await status(way, old), await status(way, fresh)) == (401, 200)


def test_without_a_database_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["token", "reset"])
    said = capsys.readouterr()
    assert ended.value.code == 1 and said.out == ""
    assert "start the gateway once" in " ".join(said.err.split())
