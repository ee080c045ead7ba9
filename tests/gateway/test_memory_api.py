"""The memory of a customer over the API: read, told, corrected, taken off, undone, rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from gateway.access.roles import Right
from memory.pages.lists import audit_log
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.remembering.facts import Telling, tell
from tests.gateway.console_world import PHONE, World, bearer, served
from tests.gateway.credentials import keep_token
from tests.memory.hot import NOW

FRESH = count(5001)
STREET, LANE = "12 Loom Street", "14 Lamp Lane"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(database_url, tmp_path / "files") as one:
        yield one


def path(world: World, rest: str = "memory") -> str:
    return f"/customers/{world.customer_id}/{rest}"


async def learn(world: World, key: str, value: str, *, seq: int = 1, **more: Any) -> str:
    """A fact out of a message of the customer's; the message."""
    source = str(more.pop("source", f"{world.conversation_id}-{seq}"))

    def unit(connection: Connection) -> None:
        handle = connection.execute(
            select(table(Handle).c.id).where(table(Handle).c.address == PHONE)
        ).scalar_one()
        telling = Telling(handle, key, value, source, 2, channel="sms", **more)
        assert tell(connection, telling, NOW + seq, lambda: next(FRESH)).value != "refused"

    await world.store.run(unit)
    world.clock.at += timedelta(minutes=1)
    return source


async def only(world: World, group: str = "facts") -> Any:
    (one,) = (await world.get(path(world)))[group]
    return one


async def test_each_thing_is_told_with_where_it_came_from_and_what_it_was(world: World) -> None:
    await learn(world, "address", STREET)
    source = await learn(world, "address", LANE, seq=2)
    await learn(world, "preference:language", "German")
    memory = await world.get(path(world))
    (fact,), (liked,) = memory["facts"], memory["preferences"]
    assert (fact["label"], fact["value"], fact["group"]) == ("Address", LANE, "about")
    assert (fact["message"], fact["channel"], fact["teller"]) == (
        source,
        "sms",
        "told by the customer",
    )
    assert not fact["verified"] and [one["value"] for one in fact["history"]] == [STREET]
    assert fact["history"][0]["until"] == fact["since"]
    assert (liked["label"], liked["value"]) == ("Language", "German")
    assert memory["counts"]["conversations"] == 1 and memory["contact"][0]["handle"]
    assert memory["case"]["status"] == "handed"
    first = f"{world.conversation_id}-1"
    around = await world.get(path(world, "timeline"), around=first)
    assert around[0]["id"] == first and len(around) > 1
    nowhere = f"{world.conversation_id}-{(1 << 63) + 1}"
    assert (await world.get(path(world, "timeline"), around=nowhere)) == around
    answer = await world.client.get("/api/v1/customers/7/memory", headers=bearer())
    assert answer.status == 404


async def test_a_correction_a_pin_and_a_retirement_are_undone_by_whoever_made_them(
    world: World,
) -> None:
    await keep_token(world.store, "ot_other", {Right.REMEMBER, Right.SEE}, "other")
    await learn(world, "address", STREET)
    before = await only(world)
    fact = before["id"]
    status, done = await world.post(
        f"/facts/{fact}/correct", {"value": LANE, "because": "she called"}
    )
    assert status == 200 and done["changed"]
    now = await only(world)
    assert (now["value"], now["verified"], now["id"]) == (LANE, True, done["fact_id"])
    assert [one["value"] for one in now["history"]] == [STREET]
    others = {"Authorization": "Bearer ot_other"}
    refused = await world.client.post(
        "/api/v1/memory/undo", json={"change_id": done["change_id"]}, headers=others
    )
    assert refused.status == 409
    assert (await world.post("/memory/undo", {"change_id": done["change_id"]}))[0] == 200
    back = await only(world)
    assert (back["id"], back["value"], back["verified"]) == (fact, STREET, False)

    status, pinned = await world.post(f"/facts/{fact}/pin", {})
    assert status == 200 and (await only(world))["pinned"]
    again = (await world.post(f"/facts/{fact}/pin", {}))[1]
    assert not again["changed"] and again["change_id"] is None
    assert (await world.post("/memory/undo", {"change_id": pinned["change_id"]}))[0] == 200
    assert not (await only(world))["pinned"]

    status, gone = await world.post(f"/facts/{fact}/retire", {"because": "another Ada"})
    assert status == 200 and (await world.get(path(world)))["facts"] == []
    retired = await only(world, "retired")
    assert retired["retired_because"] == "another Ada"
    assert (await world.post(f"/facts/{fact}/correct", {"value": "x", "because": "y"}))[0] == 409
    assert (await world.post("/memory/undo", {"change_id": gone["change_id"]}))[0] == 200
    assert (await only(world))["value"] == STREET
    log = str(await world.store.read(audit_log))
    assert "another Ada" in log and STREET not in log and LANE not in log


async def test_a_person_tells_something_and_a_promise_is_kept_until_it_is_settled(
    world: World,
) -> None:
    told = {"key": "preference:name", "value": "Dr Moss", "because": "she said so"}
    assert (await world.post(path(world, "facts"), told))[0] == 200
    liked = await only(world, "preferences")
    assert (liked["value"], liked["verified"], liked["message"]) == ("Dr Moss", False, None)
    strange = await world.post(path(world, "facts"), {**told, "handle": "login:ada"})
    assert strange[0] == 409 and "login:ada" in strange[1]["error"]
    assert (await world.post(path(world, "facts"), {**told, "key": "attribute:tier"}))[0] == 422

    due = (world.clock.at + timedelta(hours=1)).isoformat()
    promised = {"text": "A new lamp is sent", "due_at": due}
    assert (await world.post(path(world, "promises"), promised))[0] == 200
    promise = await only(world, "promises")
    assert (promise["value"], promise["state"]) == ("A new lamp is sent", "open")
    world.clock.at += timedelta(hours=2)
    assert (await only(world, "promises"))["state"] == "overdue"
    settled = await world.post(f"/facts/{promise['id']}/settle", {"kept": True})
    assert settled[0] == 200 and (await only(world, "promises"))["state"] == "kept"
    assert (await world.post(f"/facts/{liked['id']}/settle", {"kept": True}))[0] == 409


async def test_what_is_personal_is_hidden_with_its_history(world: World) -> None:
    await learn(world, "address", STREET, needs=3)
    source = await learn(world, "address", LANE, seq=2, needs=3)
    memory = await world.get(path(world))
    assert memory["facts"][0]["hidden"] and memory["facts"][0]["history"][0]["hidden"]
    seen = (await world.post("/memory/roll-back", {"source": source, "dry_run": True}))[1]
    assert seen["facts"][0]["hidden"] and seen["facts"][0]["again"] == "hidden"
    assert "Lo" not in str(seen) and STREET not in str(memory) and LANE not in str(memory)
    told = {"key": "address", "value": "1 New Road", "because": "a letter", "personal": True}
    assert (await world.post(path(world, "facts"), told))[0] == 200
    assert "New Road" not in str(await world.get(path(world)))


async def test_a_source_is_taken_back_after_a_look_at_what_that_would_be(world: World) -> None:
    await learn(world, "address", STREET)
    source = await learn(world, "address", LANE, seq=2)
    await learn(world, "order_number", "1042", source=source)
    await learn(world, "identifier:order:1042", "1042", source=source, told_by="rule")
    tried = {"source": source, "dry_run": True}
    seen = (await world.post("/memory/roll-back", tried))[1]
    assert [(one["label"], one["again"]) for one in seen["facts"]] == [
        ("Order number", None),
        ("Order number", None),
        ("Address", STREET),
    ]
    known = {one["key"]: one for one in (await world.get(path(world)))["facts"]}
    assert set(known) == {"address", "order_number"}, "nothing changed; a number is told once"
    number = known["order_number"]
    assert [one["teller"] for one in number["also"]] == ["read out of their words"]
    assert (await world.post("/memory/roll-back", {"source": source}))[0] == 422
    status, done = await world.post("/memory/roll-back", {"source": source, "because": "forged"})
    assert status == 200 and done["count"] == 3
    assert (await only(world))["value"] == STREET
    assert (await world.post("/memory/roll-back", tried))[1]["count"] == 0


async def test_without_turns_nothing_is_tried(world: World) -> None:
    status, problem = await world.post(path(world, "context"), {"text": "Where is my order?"})
    assert status == 409 and "no turns" in problem["error"]
