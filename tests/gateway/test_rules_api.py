"""Trying, publishing and taking back identity rules over the API, and what follows by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from core.clock import id_source, to_micros
from core.message import Assurance
from gateway.identity.rule_application import AT_ONCE
from gateway.identity.rules import DEFAULT_TEXT, RulesInForce
from memory.tables.main import Audit, Handle
from memory.tables.rows import table
from memory.units.identity.linking import link
from tests.gateway.console_world import PHONE, World, served
from tests.memory.hot import NOW, admitted

LOGIN = "login:ada"
NO_CODES = '[[joins]]\nid = "code"\nevidence = "code"\njoins = false\n'


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(sqlite_database_url, tmp_path / "files") as made:
        yield made


@pytest.fixture
def new_id() -> Callable[[], int]:
    """Ids beside those of the world's own source."""
    return id_source(lambda: NOW, 7)


def rules_of(world: World, new_id: Callable[[], int], text: str | None = None) -> RulesInForce:
    return RulesInForce(world.store, text, now=world.clock, new_id=new_id)


async def join_by_code(world: World, new_id: Callable[[], int], *handles: str) -> None:
    """These handles become the phone's customer, each by a code."""
    for handle in handles:
        await world.store.run(
            link, handle, world.customer_id, Assurance.PROVED, "code", "six digits", "gateway",
            to_micros(world.clock()), (new_id(), new_id()),
        )  # fmt: skip


async def customers(world: World, *keys: str) -> list[int]:
    def read(connection: Connection) -> dict[str, int]:
        rows = connection.execute(select(table(Handle).c.key, table(Handle).c.customer_id))
        return {row.key: row.customer_id for row in rows}

    found = await world.store.read(read)
    return [found[key] for key in keys]


async def test_the_first_start_publishes_the_file_and_a_changed_one_only_says_how(
    world: World, new_id: Callable[[], int]
) -> None:
    first = rules_of(world, new_id, "cooling_off_minutes = 5")
    await first.open()
    assert first.current.cooling_off.total_seconds() == 300
    with capture_logs() as logs:
        later = rules_of(world, new_id, "cooling_off_minutes = 0\n[levels]\nhistory = 1")
        await later.open()
    assert later.current == first.current
    (told,) = [one for one in logs if one["event"] == "identity_rules_not_published"]
    assert "rules publish" in told["hint"]
    shown = await world.get("/identity-rules")
    assert (shown["text"], shown["actor"], shown["applied"]) == (
        "cooling_off_minutes = 5", "gateway", True,
    )  # fmt: skip


async def test_a_draft_is_tried_published_carried_out_and_taken_back(
    world: World, new_id: Callable[[], int]
) -> None:
    rules = rules_of(world, new_id)
    await rules.open()
    await join_by_code(world, new_id, LOGIN)
    together = await customers(world, f"phone:{PHONE}", LOGIN)
    status, tried = await world.post("/identity-rules/try", {"text": NO_CODES})
    assert (status, tried["pairs_that_part"], tried["faults"]) == (200, 1, [])
    (pair,) = tried["parts"]
    assert sorted(pair["one_handles"] + pair["other_handles"]) == [LOGIN, f"phone:{PHONE}"]
    assert await customers(world, f"phone:{PHONE}", LOGIN) == together

    before = await world.get("/identity-rules")
    body = {"text": NO_CODES, "note": "no codes any more", "based_on_id": before["id"]}
    status, made = await world.post("/identity-rules/publish", body)
    assert (status, made["applied"]) == (200, False)
    status, problem = await world.post("/identity-rules/publish", body)
    assert status == 409 and "meanwhile" in problem["error"]
    await rules.look()
    await rules.apply()
    assert not any(one.joins for one in rules.current.joins if one.id == "code")
    phone, login = await customers(world, f"phone:{PHONE}", LOGIN)
    assert phone != login
    assert (await world.get("/identity-rules"))["applied"]

    status, back = await world.post("/identity-rules/roll-back", {"version_id": before["id"]})
    assert (status, back["text"]) == (200, DEFAULT_TEXT)
    assert back["note"] == f"back to version {before['id']}"
    await rules.look()
    await rules.apply()
    assert await customers(world, f"phone:{PHONE}", LOGIN) == together
    listed = await world.get("/identity-rules/versions")
    assert [one["id"] for one in listed] == [back["id"], made["id"], before["id"]]


async def test_every_fault_of_a_draft_is_told_and_none_is_published(
    world: World, new_id: Callable[[], int]
) -> None:
    await rules_of(world, new_id).open()
    faulty = "blokked = []\n[levels]\nhistory = 9"
    _, tried = await world.post("/identity-rules/try", {"text": faulty})
    assert [one["key"] for one in tried["faults"]] == ["levels.history", "blokked"]
    status, problem = await world.post("/identity-rules/publish", {"text": faulty, "note": "x"})
    assert status == 422
    assert "levels.history" in problem["error"] and "Did you mean blocked?" in problem["error"]
    assert len(await world.get("/identity-rules/versions")) == 1


async def test_what_was_interrupted_goes_on_after_a_restart(
    world: World, new_id: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = rules_of(world, new_id)
    await rules.open()
    phones = [f"+4477009002{number:02d}" for number in range(AT_ONCE + 2)]
    for number, phone in enumerate(phones):
        one = await admitted(world.store, new_id, f"SMX{number}", phone)
        assert one.customer_id
    # A customer has few phones, so that each of them joins a mailbox of its own.
    draft = DEFAULT_TEXT.replace('"phone:+0*"', '"phone:+0*", "phone:+4477009002*"')
    wide = DEFAULT_TEXT.replace("most = 5", "most = 40")
    await world.post("/identity-rules/publish", {"text": wide, "note": "many phones"})
    await rules.look()
    for phone in phones:
        await world.store.run(
            link, f"phone:{phone}", world.customer_id, Assurance.PROVED, "code", "six digits",
            "gateway", to_micros(world.clock()), (new_id(), new_id()), rules=rules.current,
        )  # fmt: skip
    await rules.apply()
    await world.post("/identity-rules/publish", {"text": draft, "note": "not these"})
    await rules.look()
    chunk = rules.application._chunk

    async def once(*given: object) -> list[bool | None]:
        monkeypatch.setattr(rules.application, "_chunk", interrupted)
        return await chunk(*given)  # type: ignore[arg-type]

    async def interrupted(*_given: object) -> list[bool | None]:
        raise ConnectionError

    monkeypatch.setattr(rules.application, "_chunk", once)
    with pytest.raises(ConnectionError):
        await rules.apply()
    keys = [f"phone:{one}" for one in phones]
    assert len(set(await customers(world, *keys))) == AT_ONCE + 1
    again = rules_of(world, new_id)
    await again.open()
    await again.apply()
    assert len(set(await customers(world, *keys))) == len(keys)
    assert (await world.get("/identity-rules"))["applied"]


async def test_each_link_that_a_publication_changes_names_it_and_who_published(
    world: World, new_id: Callable[[], int]
) -> None:
    rules = rules_of(world, new_id)
    await rules.open()
    await join_by_code(world, new_id, LOGIN)
    _, made = await world.post("/identity-rules/publish", {"text": NO_CODES, "note": "why"})
    await rules.look()
    await rules.apply()

    def read(connection: Connection) -> list[tuple[str, str]]:
        rows = connection.execute(
            select(table(Audit).c.actor, table(Audit).c.detail_json).where(
                table(Audit).c.action == "unlink"
            )
        )
        return [(row.actor, row.detail_json) for row in rows]

    ((actor, detail),) = await world.store.read(read)
    assert actor == made["actor"]
    assert f"rules version {made['id']}: " in detail
