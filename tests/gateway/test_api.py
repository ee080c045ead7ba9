"""The API over a real store: what it reads and changes, how it refuses, and its description."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.api.routes import ENDPOINTS
from tests.gateway.console_world import PHONE, TOKEN, World, bearer, enter, served
from tests.gateway.credentials import TESTER
from tests.gateway.schema_check import faults


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(sqlite_database_url, tmp_path / "files") as one:
        yield one


async def test_the_queue_shows_who_waits_and_why(world: World) -> None:
    (handoff,) = await world.get("/handoffs")
    assert handoff["id"] == str(world.handoff_id)
    assert handoff["status"] == "waiting" and handoff["urgency"] == "high"
    assert handoff["reason"] == "The customer asked for a person."
    assert await world.get("/handoffs", status="closed") == []


async def test_ids_are_strings_and_times_say_their_zone(world: World) -> None:
    (conversation, *_) = await world.get("/conversations")
    assert isinstance(conversation["id"], str) and conversation["id"].isdigit()
    assert conversation["updated_at"].endswith("Z")


async def test_a_customer_with_handles_and_one_timeline(world: World) -> None:
    customer = await world.get(f"/customers/{world.customer_id}")
    assert [one["key"] for one in customer["handles"]] == [f"phone:{PHONE}"]
    assert customer["handoff_id"] == str(world.handoff_id)
    said = await world.get(f"/customers/{world.customer_id}/timeline")
    assert [one["author"] for one in said] == ["customer", "bot"]
    (part,) = said[1]["deliveries"]
    assert part["status"] == "failed" and part["reason"] == "The phone is off."


async def test_customers_are_found_by_handle(world: World) -> None:
    (found,) = await world.get("/customers", q="0142")
    assert found["id"] == str(world.customer_id)
    assert await world.get("/customers", q="nobody at all") == []


async def test_a_turn_is_told_in_steps(world: World) -> None:
    turn = await world.get(f"/turns/{world.turn_id}")
    names = [step["name"] for step in turn["steps"]]
    assert names[0] == "received" and names[-1] == "delivered"
    assert "could not be delivered" in turn["steps"][-1]["sentence"]


async def test_an_answer_is_stored_audited_told_and_sent(world: World) -> None:
    with world.bus.subscribe() as events:
        status, answer = await world.post(
            f"/handoffs/{world.handoff_id}/answer", {"text": "Hi, this is Sam.", "name": "Sam"}
        )
        world.bus.close()
        told = [event.kind async for event in events]
    assert status == 200 and told == ["message", "handoff"]
    assert world.woken == [world.conversation_id]
    said = await world.get(f"/customers/{world.customer_id}/timeline")
    assert (said[-1]["author"], said[-1]["author_name"]) == ("agent", "Sam")
    assert said[-1]["id"] == answer["message_id"]
    (handoff,) = await world.get("/handoffs")
    assert (handoff["status"], handoff["owner"]) == ("owned", TESTER)
    (change, *_) = await world.get("/changes")
    assert (change["actor"], change["action"]) == (TESTER, "answer")


@pytest.mark.parametrize("how", ["hand-back", "resolve"])
async def test_a_case_is_closed_once(world: World, how: str) -> None:
    path = f"/handoffs/{world.handoff_id}/{how}"
    assert (await world.post(path, {}))[0] == 200
    assert await world.get("/handoffs") == []
    status, problem = await world.post(path, {})
    assert status == 409 and set(problem) == {"error", "where", "fix"}
    late = await world.post(f"/handoffs/{world.handoff_id}/answer", {"text": "too late"})
    assert late[0] == 409


async def test_link_and_unlink(world: World) -> None:
    status, changed = await world.post(
        "/identities/link",
        {
            "handle": "login:ada",
            "customer_id": str(world.customer_id),
            "evidence": "She said so on the phone",
        },
    )
    assert status == 200
    customer = await world.get(f"/customers/{changed['customer_id']}")
    assert {one["key"] for one in customer["handles"]} == {f"phone:{PHONE}", "login:ada"}
    (joined,) = [link for one in customer["handles"] for link in one["links"] if link["can_end"]]
    assert "She said so" in joined["words"] and joined["actor"] == TESTER
    body = {"link_id": joined["id"], "reason": "A mistake"}
    assert (await world.post("/identities/unlink", body))[0] == 200
    assert (await world.post("/identities/unlink", body))[0] == 409
    customer = await world.get(f"/customers/{world.customer_id}")
    assert [one["key"] for one in customer["handles"]] == [f"phone:{PHONE}"]


async def test_what_got_stuck_is_tried_again_once(world: World) -> None:
    (letter,) = await world.get("/dead-letters")
    assert (letter["kind"], letter["reason"]) == ("delivery", "The phone is off.")
    path = f"/dead-letters/delivery/{letter['id']}/retry"
    assert (await world.post(path, {}))[0] == 200
    assert await world.get("/dead-letters") == []
    assert (await world.post(path, {}))[0] == 409
    (change, *_) = await world.get("/changes")
    assert (change["action"], change["actor"]) == ("retry", TESTER)


@pytest.mark.parametrize(
    ("path", "body", "status", "where"),
    [
        ("/handoffs/{handoff}/answer", {"text": "x", "colour": "red"}, 422, "body: colour"),
        ("/handoffs/{handoff}/answer", {}, 422, "body: text"),
        ("/handoffs/{handoff}/answer", {"text": "   "}, 422, "body: text"),
        ("/handoffs/{handoff}/answer", {"text": "x" * 4001}, 422, "body: text"),
        ("/handoffs/{handoff}/answer", [], 422, "body"),
        ("/handoffs/1/answer", {"text": "x"}, 404, "path: id"),
        ("/handoffs/one/answer", {"text": "x"}, 404, "path: id"),
        ("/handoffs/99999999999999999999/take", {}, 404, "path: id"),
        ("/handoffs/{handoff}/take", {"force": True}, 422, "body: force"),
        ("/identities/link", {"handle": "login:ada", "customer_id": "one"}, 422, "customer_id"),
        ("/dead-letters/parcel/1/retry", {}, 404, "path: kind"),
    ],
)
async def test_what_is_not_understood_is_refused_naming_it(
    world: World, path: str, body: object, status: int, where: str
) -> None:
    got, problem = await world.post(path.format(handoff=world.handoff_id), body)
    assert got == status and where in problem["where"] and problem["error"]
    assert set(problem) == {"error", "where", "fix"}


async def test_bodies_that_are_no_json_or_too_large(world: World) -> None:
    path = f"/api/v1/handoffs/{world.handoff_id}/answer"
    headers = {**bearer(), "Content-Type": "application/json"}
    for data, status in ((b"{", 400), (b"[" * 5000, 400), (b'"' + b"x" * 70_000 + b'"', 413)):
        answer = await world.client.post(path, data=data, headers=headers)
        assert answer.status == status
    assert (await world.client.post(path, data={"text": "x"}, headers=bearer())).status == 415


async def test_queries_are_checked_too(world: World) -> None:
    for query in ("?limit=0", "?limit=many", "?colour=red", "?limit=1&limit=2"):
        answer = await world.client.get(f"/api/v1/conversations{query}", headers=bearer())
        assert answer.status in (400, 422), query


async def test_the_description_is_not_for_strangers(world: World) -> None:
    assert (await world.client.get("/api/v1/openapi.json")).status == 401


async def test_a_change_from_the_console_needs_its_csrf_token(world: World) -> None:
    csrf = await enter(world)
    path = f"/api/v1/handoffs/{world.handoff_id}/take"
    assert (await world.client.post(path, json={})).status == 403
    answer = await world.client.post(path, json={}, headers={"X-CSRF-Token": csrf})
    assert answer.status == 200


async def test_the_description_fits_what_is_served(world: World) -> None:
    document = await world.get("/openapi.json")
    assert document["openapi"] == "3.1.0"
    for endpoint in ENDPOINTS:
        assert endpoint.method.lower() in document["paths"][f"/api/v1{endpoint.path}"]
    reads = {
        f"/customers/{world.customer_id}": "/customers/{id}",
        f"/customers/{world.customer_id}/timeline": "/customers/{id}/timeline",
        f"/handoffs/{world.handoff_id}": "/handoffs/{id}",
        f"/conversations/{world.conversation_id}": "/conversations/{id}",
        f"/turns/{world.turn_id}": "/turns/{id}",
        **{path: path for path in ("/handoffs", "/conversations", "/customers", "/dead-letters")},
    }
    for path, template in reads.items():
        operation = document["paths"][f"/api/v1{template}"]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert faults(await world.get(path), schema, document) == [], path


async def test_the_live_line_tells_that_something_changed_and_nothing_more(world: World) -> None:
    async with world.client.ws_connect("/console/socket", headers=bearer()) as socket:
        await world.post(f"/handoffs/{world.handoff_id}/answer", {"text": "A private matter"})
        notice = await socket.receive_json(timeout=30)
    assert notice["kind"] == "message" and notice["customer_id"] == str(world.customer_id)
    assert "private" not in str(notice)


async def test_the_live_line_refuses_strangers_and_other_sites(world: World) -> None:
    assert (await world.client.get("/console/socket")).status == 401
    await enter(world)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Origin": "https://evil.example"}
    assert (await world.client.get("/console/socket", headers=upgrade)).status == 403
    assert TOKEN not in await (await world.client.get("/console")).text()
