"""By command: taking over files at once, what was in force, what is otherwise, and going back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from gateway.app import Parts, build_gateway
from gateway.commands.playbook import app
from gateway.commands.turns import app as turns
from gateway.playbook.kept import needed
from gateway.running import Gateway
from gateway.settings.sections import Playbook
from memory.units.playbook_log import PutInForce
from tests.gateway.test_playbook_api import FILES
from tests.gateway.way import settings_for


@dataclass
class Desk:
    """A gateway that looks often, its folder, and commands beside it."""

    folder: Path
    gateway: Gateway
    config: Path

    async def run(self, *words: str) -> Result:
        """A command, as another process would run it."""
        line = [*words, "--config", str(self.config)]
        return await asyncio.to_thread(CliRunner().invoke, app, line)

    async def reaches(self, version: str) -> None:
        async with asyncio.timeout(30):
            while self.gateway.playbook.version != version:  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0.02)


@pytest.fixture
async def desk(tmp_path: Path, sqlite_database_url: str, models: Path) -> AsyncIterator[Desk]:
    folder, data = tmp_path / "playbook", tmp_path / "data"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(
        f'[storage]\nurl = "{sqlite_database_url}"\n[data]\nfolder = "{data}"\n'
        f'[playbook]\npath = "{folder}"\n',
        encoding="utf-8",
    )
    settings = settings_for(data, "http://127.0.0.1:9", url=sqlite_database_url)
    often = Playbook(path=folder, reload_seconds=0.05)
    settings = settings.model_copy(update={"playbook": often})
    # What the gateway logs must not stand among what a command prints in the same process.
    with structlog.testing.capture_logs():
        gateway = await build_gateway(settings, Parts(models=models, public_url="http://shop.test"))
        await gateway.start()
        try:
            yield Desk(folder, gateway, config)
        finally:
            await gateway.stop()


async def test_files_are_taken_over_told_and_put_back_by_command(desk: Desk) -> None:
    first = desk.gateway.playbook.version
    (desk.folder / "answers.toml").write_text('greeting = ["Welcome."]\n', encoding="utf-8")
    done = await desk.run("reload")
    second = desk.gateway.playbook.version
    assert (done.exit_code, second != first) == (0, True), done.output
    assert f"Version {second} is in force." in done.output

    listed = json.loads((await desk.run("versions", "--json")).output)
    assert [(one["version"], one["kept"]) for one in listed] == [(second, True), (first, True)]
    assert listed[0]["changes"] == ["Answer greeting: wording changed (1 new, 1 gone)"]
    assert second in (await desk.run("versions")).output
    told = await desk.run("diff", first[:6], second[:6], "--text")
    assert "Answer greeting: wording changed" in told.output
    assert '+greeting = ["Welcome."]' in told.output

    replay = ["replay", "--with", first[:6], "--json", "--config", str(desk.config)]
    anew = await asyncio.to_thread(CliRunner().invoke, turns, replay)
    assert json.loads(anew.output[anew.output.index("{") :])["playbook"] == first

    assert (await desk.run("rollback", "0000", "--why", "x", "--yes")).exit_code == 1
    kept = (desk.gateway.settings.data.folder / "playbooks").glob("*.json")
    assert all("+15550001111" not in one.read_text(encoding="utf-8") for one in kept)
    back = await desk.run("rollback", first[:8], "--why", "too warm", "--yes")
    assert back.exit_code == 0, back.output
    await desk.reaches(first)
    assert (desk.folder / "answers.toml").read_text(encoding="utf-8") == FILES["answers.toml"]
    orders = desk.folder / "tables" / "orders.csv"
    assert orders.read_text(encoding="utf-8") == FILES["tables/orders.csv"]
    (newest, *_) = json.loads((await desk.run("versions", "--json")).output)
    assert (newest["action"], newest["note"]) == ("roll back playbook", "too warm")
    assert newest["actor"].startswith("cli:")
    assert "Nothing that decides is otherwise." in (await desk.run("diff", first)).output


async def test_a_fault_ends_the_command_and_leaves_what_is_in_force(desk: Desk) -> None:
    before = desk.gateway.playbook
    (desk.folder / "answers.toml").write_text("greeting = 1\n", encoding="utf-8")
    done = await desk.run("reload")
    assert done.exit_code != 0
    assert desk.gateway.playbook is before


def put(version: str, day: int) -> PutInForce:
    """A version that came in force on that day."""
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day)
    return PutInForce(day, at, "a", "b", version, None, "", ())


def test_a_version_is_needed_while_turns_of_its_time_are_kept() -> None:
    rows = [put("c", 20), put("b", 10), put("a", 0)]
    assert needed(rows, None) == {"a", "b", "c"}
    assert needed(rows, datetime(2026, 3, 9, tzinfo=UTC)) == {"a", "b", "c"}
    assert needed(rows, datetime(2026, 3, 12, tzinfo=UTC)) == {"b", "c"}
    assert needed(rows, datetime(2027, 3, 12, tzinfo=UTC)) == {"c"}
