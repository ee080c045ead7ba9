"""Who is who over the API: the graph, merging and parting with a look before, undo, and secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from core.message import Assurance
from core.message import Handle as Address
from memory.tables.main import Audit, Handle, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity import alarms
from memory.units.identity.handles import introduce
from memory.units.identity.linking import BY_HAND, link
from tests.gateway.console_world import PHONE, World, served
from tests.memory.hot import NOW

LOGIN = "login:ada"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(database_url, tmp_path / "files") as one:
        yield one


async def merge(world: World) -> Any:
    status, done = await world.post(
        "/identities/merge",
        {
            "customer_id": str(world.login_customer_id),
            "with_customer_id": str(world.customer_id),
            "evidence": "She told us her order number",
        },
    )
    return done if status == 200 else pytest.fail(str(done))


async def graph_of(world: World, *, ended: bool = False) -> Any:
    query = {"ended": "true"} if ended else {}
    return await world.get(f"/customers/{world.customer_id}/graph", **query)


async def made_link(world: World) -> str:
    graph = await graph_of(world)
    (edge,) = [one for one in graph["edges"] if one["can_end"]]
    return str(edge["id"])


async def test_the_graph_says_why_in_sentences(world: World) -> None:
    done = await merge(world)
    assert {type(one) for one in (done["before_id"], *done["customers"])} == {str}  # no numbers
    graph = await graph_of(world)
    assert {one["key"] for one in graph["handles"]} == {f"phone:{PHONE}", LOGIN}
    assert [one["place"] for one in graph["customers"]] == ["root", "merged"]
    (edge,) = [one for one in graph["edges"] if not one["first_contact"]]
    told = " ".join(edge["sentences"])
    assert "Merged by hand" in told and "Evidence: She told us her order number" in told
    assert "Level 2, as good as a channel's word." in told
    assert {one["weakest_id"] for one in graph["handles"]} == {None, edge["id"]}


async def test_a_merge_is_looked_at_before_and_changes_nothing_by_that(world: World) -> None:
    before = await snapshot(world)
    seen = await world.get(
        f"/customers/{world.customer_id}/merge-preview", **{"with": str(world.login_customer_id)}
    )
    assert seen["possible"] and seen["stays_id"] == str(world.customer_id)
    assert [one["id"] for one in (seen["one"], seen["other"])] == [
        str(world.customer_id),
        str(world.login_customer_id),
    ]
    (login,) = seen["other"]["handles"]
    assert login["reads_now"] == [LOGIN] and login["reads_then"] == [LOGIN, f"phone:{PHONE}"]
    assert await snapshot(world) == before
    await merge(world)
    again = await world.get(
        f"/customers/{world.customer_id}/merge-preview", **{"with": str(world.login_customer_id)}
    )
    assert not again["possible"] and again["conflicts"][0]["stops"]


async def test_what_a_parting_would_leave_is_what_it_leaves(world: World) -> None:
    await merge(world)
    link_id = await made_link(world)
    before = await snapshot(world)
    report = await world.get("/identities/unmerge-preview", links=link_id)
    assert await snapshot(world) == before
    preview = report["preview"]
    assert preview["parts"] and report["seen"]["turns"] == []
    assert [[one["key"] for one in side["handles"]] for side in preview["sides"]] == [
        [f"phone:{PHONE}"],
        [LOGIN],
    ]
    status, parted = await world.post(
        "/identities/unmerge", {"link_ids": [link_id], "reason": "Two people"}
    )
    assert status == 200
    assert parted["customer_ids"] == [one["id"] for one in preview["sides"]]
    again = await world.post("/identities/unmerge", {"link_ids": [link_id], "reason": "Again"})
    assert again[0] == 409 and "no active link" in again[1]["error"]


async def test_an_ended_link_is_shown_on_demand(world: World) -> None:
    await merge(world)
    body = {"link_ids": [await made_link(world)], "reason": "Two people"}
    await world.post("/identities/unmerge", body)
    graph = await graph_of(world)
    assert graph["ended"] == 1 and not any(one["ended_at"] for one in graph["edges"])
    graph = await graph_of(world, ended=True)
    (edge,) = [one for one in graph["edges"] if one["ended_at"]]
    assert edge["end_reason"] == "Two people" and not edge["can_end"]
    assert "Two people" in edge["sentences"][-1]
    (outside,) = [one for one in graph["handles"] if one["outside"]]
    assert outside["key"] == LOGIN


async def test_a_merge_is_undone_from_the_log_once(world: World) -> None:
    await merge(world)
    (change, *_) = await world.get("/changes", action="link")
    assert change["can_undo"] and not change["undone"]
    status, undone = await world.post(f"/changes/{change['id']}/undo", {})
    assert status == 200 and undone["action"] == "link"
    graph = await graph_of(world)
    assert [one["key"] for one in graph["handles"]] == [f"phone:{PHONE}"]
    (change, *_) = await world.get("/changes", action="link")
    assert change["undone"] and not change["can_undo"]
    status, problem = await world.post(f"/changes/{change['id']}/undo", {})
    assert status == 409 and "undone already" in problem["error"]


async def test_the_log_is_filtered(world: World) -> None:
    await merge(world)
    assert {one["action"] for one in await world.get("/changes", action="link")} == {"link"}
    assert await world.get("/changes", subject="login:nobody") == []
    (newest, *_) = await world.get("/changes")
    older = await world.get("/changes", before=newest["id"])
    assert newest["id"] not in {one["id"] for one in older}


async def test_an_old_id_is_found_and_shows_who_it_stands_for(world: World) -> None:
    await merge(world)
    (found,) = await world.get("/customers", q=str(world.login_customer_id))
    assert found["id"] == str(world.customer_id)
    graph = await world.get(f"/customers/{world.login_customer_id}/graph")
    assert graph["id"] == str(world.customer_id)


async def test_a_customer_is_found_by_the_name_that_the_shop_gave(world: World) -> None:
    def name(connection: Connection) -> None:
        handle = connection.execute(
            select(table(Handle).c.id).where(table(Handle).c.key == f"phone:{PHONE}")
        ).scalar_one()
        row = {"id": 500, "handle_id": handle, "key": "attribute:name", "value": "Grace Hopper"}
        told = {"source": "import", "level": 2, "recorded_at": NOW}
        connection.execute(insert(table(Fact)), {**row, **told})

    await world.store.run(name)
    (found,) = await world.get("/customers", q="hopper")
    assert (found["id"], found["name"]) == (str(world.customer_id), "Grace Hopper")


async def test_a_shared_handle_is_marked_shown_and_undone(world: World) -> None:
    (phone,) = (await graph_of(world))["handles"]
    path = f"/handles/{phone['id']}/shared"
    body = {"shared": True, "reason": "The office phone"}
    assert (await world.post(path, body))[1]["changed"] is True
    assert (await graph_of(world))["handles"][0]["shared"] is True
    (change, *_) = await world.get("/changes", action="mark-shared")
    assert (await world.post(f"/changes/{change['id']}/undo", {}))[0] == 200
    assert (await graph_of(world))["handles"][0]["shared"] is False


async def test_an_address_with_a_new_owner_begins_anew_and_that_is_undone(world: World) -> None:
    (phone,) = (await graph_of(world))["handles"]
    path = f"/handles/{phone['id']}/retire"
    status, done = await world.post(path, {"reason": "The new owner called"})
    assert (status, done["successor_key"]) == (200, f"phone:{PHONE}")
    assert done["successor_customer_id"] != str(world.customer_id)
    (resting,) = (await graph_of(world))["handles"]
    assert resting["retired_because"] == "The new owner called"
    assert (await world.post(path, {"reason": "Again"}))[0] == 409
    (change, *_) = await world.get("/changes", action="retire")
    assert (await world.post(f"/changes/{change['id']}/undo", {}))[0] == 200
    assert [one["retired_at"] for one in (await graph_of(world))["handles"]] == [None]
    (login,) = (await world.get(f"/customers/{world.login_customer_id}/graph"))["handles"]
    status, problem = await world.post(f"/handles/{login['id']}/retire", {"reason": "x"})
    assert status == 409 and "never be somebody else's" in problem["error"]


async def test_an_alarm_is_shown_and_closed(world: World) -> None:
    def sound(connection: Connection) -> None:
        key, words = f"phone:{PHONE}", "Two people use it."
        alarms.sound(connection, 77, alarms.SHARED, key, world.customer_id, words, NOW)

    await world.store.run(sound)
    (alarm,) = await world.get("/alarms")
    assert alarm["message"] == "Two people use it." and (await graph_of(world))["alarms"]
    assert (await world.post(f"/alarms/{alarm['id']}/close", {}))[0] == 200
    assert await world.get("/alarms") == []
    assert (await world.post(f"/alarms/{alarm['id']}/close", {}))[0] == 409
    assert [one["id"] for one in await world.get("/alarms", status="closed")] == [alarm["id"]]


async def test_a_join_that_may_not_be_is_told_to_people_once_a_day(world: World) -> None:
    def another(connection: Connection) -> None:
        introduce(connection, Address("login", "ben"), "a test", "cli:sam", NOW, (81, 82, 83, 84))

    await world.store.run(another)
    body = {"handle": "login:ben", "customer_id": str(world.login_customer_id), "evidence": "x"}
    for _ in range(2):
        status, problem = await world.post("/identities/link", body)
        assert status == 409 and "two different logins" in problem["error"]
    (alarm,) = await world.get("/alarms")
    assert (alarm["kind"], alarm["customer_id"]) == ("contradiction", str(world.login_customer_id))
    assert "wanted to join login:ben to it" in alarm["message"]
    await world.post(f"/alarms/{alarm['id']}/close", {})
    await world.post("/identities/link", body)
    assert await world.get("/alarms") == []
    world.clock.at += timedelta(days=1, seconds=1)
    await world.post("/identities/link", body)
    assert len(await world.get("/alarms")) == 1


async def test_a_link_to_a_handle_is_none_to_whoever_else_has_it(world: World) -> None:
    def another(connection: Connection) -> None:
        for kind, address, ids in (
            ("email", "office@x.org", (81, 82, 83, 84)),
            ("email", "carol@x.org", (91, 92, 93, 94)),
        ):
            introduce(connection, Address(kind, address), "a test", "cli:sam", NOW, ids)

    await world.store.run(another)
    office = {"handle": "email:office@x.org", "evidence": "Ada reads it, too"}
    await world.post("/identities/link", {**office, "customer_id": str(world.customer_id)})
    carol = {
        "handle": "email:carol@x.org",
        "to_handle": office["handle"],
        "evidence": "so does she",
    }
    status, done = await world.post("/identities/link", carol)
    assert status == 200
    edges = (await graph_of(world))["edges"]
    [made] = [one for one in edges if one["id"] == done["link_id"]]
    assert made["customer_id"] == "82", "the office's own"
    for body, code in (
        ({**carol, "to_handle": "email:nobody@x.org"}, 409),
        ({**carol, "customer_id": str(world.customer_id)}, 422),
        ({"handle": carol["handle"], "evidence": "x"}, 422),
    ):
        assert (await world.post("/identities/link", body))[0] == code


async def test_an_undo_that_may_not_join_is_told_to_people_too(world: World) -> None:
    await merge(world)
    body = {"link_ids": [await made_link(world)], "reason": "Two people"}
    await world.post("/identities/unmerge", body)

    def another(connection: Connection) -> None:
        introduce(connection, Address("login", "ben"), "a test", "cli:sam", NOW, (81, 82, 83, 84))
        link(
            connection, "login:ben", world.customer_id, Assurance.AUTHENTICATED, BY_HAND, "seen",
            "ada", NOW, (85, 86),
        )  # fmt: skip

    await world.store.run(another)
    (change, *_) = await world.get("/changes", action="unlink")
    status, problem = await world.post(f"/changes/{change['id']}/undo", {})
    assert status == 409 and "two different logins" in problem["error"]
    assert [one["kind"] for one in await world.get("/alarms")] == ["contradiction"]


async def test_whoever_opens_a_customers_page_is_in_the_report_of_a_parting(world: World) -> None:
    await merge(world)
    for _ in range(2):
        await world.get(f"/customers/{world.customer_id}")
        await world.get(f"/customers/{world.customer_id}/timeline")
    report = await world.get("/identities/unmerge-preview", links=await made_link(world))
    (looked,) = report["seen"]["people"]
    assert looked["what"] == "page" and looked["words"].endswith("had the page of both open.")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/identities/merge", {"customer_id": "1", "with_customer_id": "2", "evidence": "x"}, 409),
        ("/identities/unmerge", {"link_ids": ["1"], "reason": "x"}, 409),
        ("/identities/unmerge", {"link_ids": [], "reason": "x"}, 422),
        ("/changes/1/undo", {}, 409),
        ("/facts/1/reveal", {}, 404),
        ("/handles/1/shared", {"shared": True, "reason": "x"}, 404),
        ("/handles/1/retire", {"reason": "x"}, 404),
        ("/handles/1/retire", {}, 422),
    ],
)
async def test_what_is_not_there_is_said(
    world: World, path: str, body: object, status: int
) -> None:
    got, problem = await world.post(path, body)
    assert got == status and problem["error"]


async def snapshot(world: World) -> list[object]:
    """Every row that a change of who is who could touch."""

    def read(connection: Connection) -> list[object]:
        return [
            tuple(row)
            for model in (Handle, Link, Audit)
            for row in connection.execute(select(table(model)).order_by(table(model).c.id))
        ]

    return await world.store.read(read)


class TestPersonalFields:
    """Trap 9: a human agent is no oracle."""

    async def told(self, world: World) -> Any:
        """One personal fact, and one secret, told from the phone."""
        fact = table(Fact)

        def add(connection: Connection) -> None:
            handle = connection.execute(
                select(table(Handle).c.id).where(table(Handle).c.key == f"phone:{PHONE}")
            ).scalar_one()
            row = {"handle_id": handle, "source": "1-1", "level": 3, "recorded_at": NOW}
            street = {**row, "id": 501, "key": "address", "value": "1 Loom Street", "needs": 3}
            card = {**row, "id": 502, "key": "card", "value": "digest", "needs": 4, "secret": True}
            connection.execute(insert(fact), [{**street, "secret": False}, card])

        await world.store.run(add)
        return {one["key"]: one for one in (await self.page(world))["facts"]}

    async def page(self, world: World) -> Any:
        return await world.get(f"/customers/{world.customer_id}")

    async def test_are_hidden_until_one_is_revealed_which_is_written_down(
        self, world: World
    ) -> None:
        facts = await self.told(world)
        assert (facts["address"]["hidden"], facts["address"]["value"]) == (True, "")
        status, revealed = await world.post("/facts/501/reveal", {})
        assert status == 200 and revealed["value"] == "1 Loom Street"
        (change, *_) = await world.get("/changes", action="reveal")
        assert change["detail"]["fact_id"] == "501" and "Loom" not in str(change)
        assert "Loom" not in str(await self.page(world)), "it is shown for that view only"

    async def test_are_shown_while_the_customer_has_proved_who_they_are(self, world: World) -> None:
        await self.told(world)
        handle = table(Handle)

        def prove(connection: Connection) -> None:
            connection.execute(
                update(handle)
                .where(handle.c.key == f"phone:{PHONE}")
                .values(proved_level=3, proved_until=NOW + 1)
            )

        await world.store.run(prove)
        assert "1 Loom Street" in str(await self.page(world))

        def pass_by(connection: Connection) -> None:
            connection.execute(update(handle).values(proved_until=NOW))

        await world.store.run(pass_by)
        assert "Loom" not in str(await self.page(world))

    @pytest.mark.parametrize(
        ("level", "reads_from", "shown"), [(3, NOW + 1, False), (2, 0, False), (3, 0, True)]
    )
    async def test_are_shown_after_a_proof_elsewhere_only_over_links_that_would_tell_the_sender(
        self, world: World, level: int, reads_from: int, shown: bool
    ) -> None:
        await self.told(world)
        handle = table(Handle)

        def join_and_prove(connection: Connection) -> None:
            link(
                connection, LOGIN, world.customer_id, Assurance(level), BY_HAND, "seen", "ada",
                NOW - 1, (601, 602), reads_from=reads_from,
            )  # fmt: skip
            connection.execute(
                update(handle)
                .where(handle.c.key == LOGIN)
                .values(proved_level=3, proved_until=NOW + 1)
            )

        await world.store.run(join_and_prove)
        assert ("Loom" in str(await self.page(world))) is shown

    async def test_of_a_secret_nothing_is_ever_revealed(self, world: World) -> None:
        await self.told(world)
        assert (await world.post("/facts/502/reveal", {}))[0] == 404
