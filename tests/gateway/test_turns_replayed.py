"""Stored turns come out the same when they are decided anew, and differ where they must."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner

from gateway.commands.turns import app as turns_app
from gateway.demo.people import ADA
from gateway.demo.settings import PLAYBOOK
from gateway.playbook.reader import load_playbook
from gateway.turns.replaying import Pair, Replayed, Replaying, Vector
from memory.pages.lists import turn_page
from memory.stored_turns import StoredTurn, turns_since
from memory.tables.main import Customer, Turn
from memory.tables.remembered import Fact
from tests.gateway.everywhere import Everywhere, everywhere
from tests.gateway.test_remembered import TALK, say


async def talked(world: Everywhere) -> None:
    """Ada is known, and has said all of the talk."""
    await world.know_ada()
    for number, (channel, text) in enumerate(TALK, 3):
        await say(world, channel, text)
        await world.handled(number)


def configured(world: Everywhere, folder: Path) -> list[str]:
    config = folder / "shop.toml"
    url = world.gateway.settings.storage.url.get_secret_value()
    config.write_text(
        f'[storage]\nurl = "{url}"\n[data]\nfolder = "{folder}"\n[playbook]\npath = "{PLAYBOOK}"\n'
    )
    return ["--config", str(config)]


async def run(words: list[str]) -> Any:
    return await asyncio.to_thread(lambda: CliRunner().invoke(turns_app, words))


def answer(told: Any) -> Any:
    """The JSON that a command printed, without what the gateway beside it logged meanwhile."""
    lines = told.stdout.splitlines()
    first = next(at for at, line in enumerate(lines) if line in ("{", "[", "[]"))
    last = max(at for at, line in enumerate(lines) if line in ("}", "]", "[]"))
    return json.loads("\n".join(lines[first : last + 1]))


async def test_history_decided_anew_is_what_it_was(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        await talked(world)
        work = world.gateway.work
        replaying = Replaying(
            work.playbook, work.deciding.stages, world.gateway.rules.current, lambda: 0
        )

        def differing(connection: Any) -> list[Pair]:
            return list(replaying.pairs(turns_since(connection, 0)))

        assert await world.gateway.store.read(differing) == []
        assert replaying.total.same >= len(TALK), "the whole of the talk was decided anew"
        turns = await world.rows(Turn)
        records = [json.loads(one["record_json"]) for one in turns]
        assert any(one.get("given", {}).get("effects") for one in records), "a look-up among it"
        assert any("told" in fact for one in records for fact in one["facts"]), "and facts"
        # What is kept for it is for no eyes.
        for one in turns:
            page = await world.gateway.store.read(turn_page, one["id"])
            assert page is not None and "given" not in page.record
            assert not any("told" in fact for fact in page.record.get("facts", ()))


async def test_a_turn_with_a_sentence_vector_is_decided_with_the_same_or_left_out(
    tmp_path: Path, models: Path
) -> None:
    heard: list[str] = []

    def encode(text: str) -> Vector:
        heard.append(text)
        return np.ones(4, dtype=np.float32)

    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        work, rules = world.gateway.work, world.gateway.rules.current

        def replayed(connection: Any) -> list[Replayed]:
            turns = [_with_vector(one) for one in turns_since(connection, 0)]
            totals = []
            for coder in (encode, None):
                replaying = Replaying(work.playbook, work.deciding.stages, rules, lambda: 0, coder)
                list(replaying.pairs(turns))
                totals.append(replaying.total)
            return totals

        having, lacking = await world.gateway.store.read(replayed)
    assert having.same == len(heard) >= 1
    assert lacking.same == 0 and sum(lacking.skipped.values()) >= len(heard)


def _with_vector(turn: StoredTurn) -> StoredTurn:
    given = turn.record.get("given")
    if given is None:
        return turn
    return replace(turn, record={**turn.record, "given": {**given, "vector": True}})


async def test_turns_are_listed_with_what_became_of_them(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        await talked(world)
        config = configured(world, tmp_path)
        told = await run(["list", "--of", ADA.phone_key, "--json", *config])
        assert told.exit_code == 0, told.output
        rows = answer(told)
        assert [one["text"] for one in rows[: len(TALK)]] == [text for _, text in reversed(TALK)]
        assert all(one["became"] for one in rows)
        handed = answer(await run(["list", "--handed", "--json", *config]))
        assert all(one["became"].startswith("handed over") for one in handed)
        shown = await run(["list", "--limit", "1", *config])
        assert TALK[-1][1] in shown.output and str(rows[0]["id"]) in shown.output


async def test_a_changed_playbook_shows_the_pairs_that_differ_and_changes_nothing(
    tmp_path: Path, models: Path
) -> None:
    changed = tmp_path / "playbook2"
    shutil.copytree(PLAYBOOK, changed)
    flows = (changed / "flows.toml").read_text(encoding="utf-8")
    status = load_playbook(PLAYBOOK).flows["order_status"].found[0]
    (changed / "flows.toml").write_text(flows.replace(status, f"Ahoy. {status}"), encoding="utf-8")
    shutil.copytree(models, tmp_path / "models")
    async with everywhere(tmp_path, models) as world:
        await talked(world)
        before = [await world.rows(one) for one in (Turn, Customer, Fact)]
        words = ["replay", "--since", "1d", "--with", str(changed), *configured(world, tmp_path)]
        told = await run([*words, "--json"])
        assert told.exit_code == 0, told.output
        found = answer(told)
        assert found["differing"] == len(found["pairs"]) >= 1
        assert found["changes"] == {"reply": found["differing"]}
        assert all(pair["differs"] == ["reply"] for pair in found["pairs"])
        assert any(str(pair["now"]["reply"]).startswith("Ahoy. ") for pair in found["pairs"])
        shown = await run(words)
        assert shown.exit_code == 0 and "Ahoy. " in shown.output, shown.output
        assert [await world.rows(one) for one in (Turn, Customer, Fact)] == before
