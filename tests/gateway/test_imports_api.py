"""Bringing customers in and giving them out over the API: files, and the shop's own ids."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from core.clock import id_source, to_micros
from core.identity.rules import DEFAULT_RULES
from gateway.api import imports as api_imports
from gateway.customers import exporting
from gateway.customers.import_files import read_file
from gateway.customers.import_work import ImportWork
from gateway.customers.importing import Step, Tools
from gateway.files import FileStore
from tests.gateway.console_world import PHONE, World, bearer, served
from tests.memory.hot import NOW

MAIL = "ada@x.org"
FILE = f"Phone;E-Mail;Name;Kundennr\r\n{PHONE};{MAIL};Ada King;1001\r\n".encode("utf-8-sig")
QUERY = {"source": "crm", "reason": "the shop's list", "columns": "Kundennr=external_id"}


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(sqlite_database_url, tmp_path / "files") as one:
        yield one


async def call(
    world: World,
    method: str,
    path: str,
    *,
    data: bytes | None = None,
    body: Any = None,
    **query: str,
) -> tuple[int, Any]:
    """Status and answer of an authorised request."""
    answer = await world.client.request(
        method, f"/api/v1{path}", params=query, data=data, json=body, headers=bearer()
    )
    return answer.status, await answer.json(content_type=None)


async def exported(world: World) -> bytes:
    """The customers as they are given out."""
    answer = await world.client.get("/api/v1/export", headers=bearer())
    assert answer.status == 200 and "attachment" in answer.headers["Content-Disposition"]
    return await answer.read()


async def test_a_file_is_looked_at_brought_in_and_taken_back(world: World) -> None:
    before = await exported(world)
    status, looked = await call(world, "POST", "/imports", data=FILE, dry_run="1", **QUERY)
    assert (status, looked["dry_run"], looked["batch_id"]) == (200, True, None)
    assert (looked["new"], looked["known"], looked["joined"]) == (2, 1, 2)
    assert {one["handle"] for one in looked["pairs"]} == {f"phone:{PHONE}", f"email:{MAIL}"}
    assert await exported(world) == before
    status, done = await call(world, "POST", "/imports", data=FILE, **QUERY)
    assert (status, done["joined"], done["conflict_count"]) == (200, 2, 0)
    customer = await world.get(f"/customers/{world.customer_id}")
    assert {one["key"] for one in customer["handles"]} == {
        f"phone:{PHONE}",
        f"email:{MAIL}",
        "external:1001",
    }
    (batch,) = await world.get("/imports")
    assert (batch["id"], batch["complete"], batch["counts"]["rows"]) == (done["batch_id"], True, 1)
    status, undone = await call(world, "POST", f"/imports/{batch['id']}/undo", body={})
    assert status == 200 and undone["undone_by"].startswith("token:")
    assert await exported(world) == before
    assert (await call(world, "POST", f"/imports/{batch['id']}/undo", body={}))[0] == 409
    assert (await call(world, "POST", "/imports/1/undo", body={}))[0] == 404


async def test_an_export_brought_in_again_changes_nothing(world: World) -> None:
    await call(world, "POST", "/imports", data=FILE, **QUERY)
    odd = {"name": "=1+1", "tier": "'gold", "preferences": {"note": 'a;b\n"c"'}}
    handles = [{"kind": "phone", "address": "+447700900999"}]
    assert (await call(world, "PUT", "/customers/a;b", body={"handles": handles, **odd}))[0] == 200
    given = await exported(world)
    assert b"'=1+1" in given and b"''gold" in given and b",=1" not in given
    again = {"source": "ourselves", "reason": "an export of before"}
    status, done = await call(world, "POST", "/imports", data=given, **again)
    assert status == 200
    assert (done["fault_count"], done["new"], done["joined"], done["attributes"]) == (0, 0, 0, 0)
    assert await exported(world) == given


async def test_an_export_holds_no_more_than_a_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await call(world, "POST", "/imports", data=FILE, **QUERY)
    await call(world, "PUT", "/customers/7", body={"handles": [], "preferences": {"size": "m"}})
    whole = (await exported(world)).decode("utf-8-sig")
    monkeypatch.setattr(exporting, "PAGE", 1)
    written: list[str] = []
    steps = exporting.export(written.append)
    sizes = []
    step: Step | None = next(steps)
    while step is not None:
        found = await world.store.read(step.run)
        try:
            step = steps.send(found)
        except StopIteration:
            step = None
        sizes.append("".join(written[-1:]).count("\r\n"))
    assert "".join(written) == whole and "attribute:size" in whole.partition("\r\n")[0]
    assert len(written) > 3 and max(sizes) == 1
    assert (await exported(world)).decode("utf-8-sig") == whole


async def test_a_file_with_faults_is_refused_whole_unless_they_are_skipped(world: World) -> None:
    file = b"phone,email\n+447700900150,a@x.org\n12,b@x.org\n"
    query = {"source": "crm", "reason": "list"}
    status, problem = await call(world, "POST", "/imports", data=file, **query)
    assert status == 422 and "Line 3, column “phone”" in problem["error"] and problem["fix"]
    assert await world.get("/imports") == []
    status, done = await call(world, "POST", "/imports", data=file, skip_faults="1", **query)
    assert (status, done["rows"], done["fault_count"]) == (200, 1, 1)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"source": "crm"}, "query: reason"),
        ({**QUERY, "level": "3"}, "query: level"),
        ({**QUERY, "columns": "Kundennr"}, "query: columns"),
    ],
)
async def test_a_source_says_who_it_is_and_proves_level_two_at_most(
    world: World, query: dict[str, str], where: str
) -> None:
    status, problem = await call(world, "POST", "/imports", data=FILE, **query)
    assert (status, problem["where"]) == (422, where)


LONG = b"phone,email\n" + b"".join(
    b"+4477009%05d,c%d@x.org\n" % (number, number) for number in range(12)
)


def work(world: World, name: str = "one", *, after: int = 1 << 30) -> ImportWork:
    """A process that brings in what was asked for, and falls over after so many rows."""

    def progress(done: int) -> None:
        if done >= after:
            raise ConnectionError("gone")

    tools = Tools(
        lambda: to_micros(world.clock()), id_source(lambda: NOW, sum(name.encode())), perf_counter,
        lambda: DEFAULT_RULES, progress,
    )  # fmt: skip
    assert world.preparing is not None
    return ImportWork(
        world.store,
        FileStore(world.files),
        tools,
        worker=name,
        now=world.clock,
        preparing=world.preparing,
    )


async def asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an import that is too long for its request."""
    monkeypatch.setattr(api_imports, "AT_ONCE", 11)
    status, batch = await call(world, "POST", "/imports", data=LONG, source="crm", reason="list")
    assert (status, batch["under_way"], batch["complete"]) == (202, True, False)
    assert (batch["counts"]["rows"], batch["counts"]["total"]) == (0, 12)
    return str(batch["id"])


def files_kept(world: World) -> list[Path]:
    """The files in the file store."""
    return [one for one in world.files.rglob("*") if one.is_file()]


async def test_a_long_file_is_brought_in_after_the_answer_also_when_a_process_dies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_kept(world)
    batch_id = await asked_for(world, monkeypatch)
    again = await call(world, "POST", "/imports", data=LONG, source="crm", reason="list")
    assert again[0] == 409 and "being brought in already" in again[1]["error"]
    with pytest.raises(ConnectionError):
        await work(world, after=4).look()
    half = await world.get(f"/imports/{batch_id}")
    assert 4 <= half["counts"]["rows"] < 12 and half["under_way"]
    await work(world, "two").look()
    assert await world.get(f"/imports/{batch_id}") == half
    world.clock.at += timedelta(minutes=1)
    await work(world, "two").look()
    done = await world.get(f"/imports/{batch_id}")
    assert (done["complete"], done["under_way"]) == (True, False)
    assert [done["counts"][name] for name in ("rows", "joined", "new")] == [12, 12, 24]
    assert files_kept(world) == before
    assert await world.get("/imports") == [done]


async def test_a_long_file_that_is_undone_half_way_brings_in_nothing_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files = await exported(world), files_kept(world)
    batch_id = await asked_for(world, monkeypatch)
    one = work(world, after=4)
    with pytest.raises(ConnectionError):
        await one.look()
    assert await exported(world) != before
    assert (await call(world, "POST", f"/imports/{batch_id}/undo", body={}))[0] == 200
    await one.look()
    assert await exported(world) == before and files_kept(world) == files
    assert not (await world.get(f"/imports/{batch_id}"))["under_way"]
    assert (await call(world, "GET", "/imports/1"))[0] == 404


async def test_the_shop_tells_of_a_customer_and_the_same_again_changes_nothing(
    world: World,
) -> None:
    body: dict[str, Any] = {
        "handles": [
            {"kind": "phone", "address": "+44 7700 900142"},
            {"kind": "email", "address": "Ada@X.org"},
        ],
        "name": "Ada King",
        "tier": "gold",
        "preferences": {"language": "en"},
    }
    status, told = await call(world, "PUT", "/customers/1001", body=body)
    assert (status, told["changed"], told["tier"]) == (200, True, "gold")
    assert told["handles"] == ["email:ada@x.org", f"phone:{PHONE}"]
    assert told["preferences"] == {"language": "en"}
    changes = await world.get("/changes")
    status, again = await call(world, "PUT", "/customers/1001", body=body)
    assert (status, again["changed"]) == (200, False)
    assert await world.get("/changes") == changes
    assert again["customer_id"] == told["customer_id"]
    less = {"handles": body["handles"][:1], "name": "Ada King"}
    status, left = await call(world, "PUT", "/customers/1001", body=less)
    assert (left["changed"], left["tier"], left["preferences"]) == (True, None, {})
    assert left["handles"] == [f"phone:{PHONE}"]
    shown = await world.get("/customers/external/1001")
    assert shown == {**left, "changed": False}
    assert (await call(world, "DELETE", "/customers/external/1001"))[1] == {"changed": True}
    assert (await call(world, "DELETE", "/customers/external/1001"))[1] == {"changed": False}
    assert (await call(world, "GET", "/customers/external/none"))[0] == 404


async def test_only_what_the_shop_linked_itself_is_unlinked(world: World) -> None:
    phone = {"kind": "phone", "address": PHONE}
    _, told = await call(world, "PUT", "/customers/1001", body={"handles": [phone]})
    link = {"handle": "login:ada", "customer_id": told["customer_id"], "evidence": "she called"}
    assert (await world.post("/identities/link", link))[0] == 200
    await call(world, "PUT", "/customers/1001", body={"handles": []})
    customer = await world.get(f"/customers/{world.customer_id}")
    assert {one["key"] for one in customer["handles"]} == {f"phone:{PHONE}", "login:ada"}


async def test_a_handle_of_another_external_id_is_a_question_for_a_person(world: World) -> None:
    phone = {"handles": [{"kind": "phone", "address": PHONE}]}
    await call(world, "PUT", "/customers/1001", body=phone)
    status, problem = await call(world, "PUT", "/customers/1002", body=phone)
    assert status == 409
    assert problem["error"] == (f"phone:{PHONE}: it belongs to the customer with external:1001.")
    (asked,) = await world.get("/suggestions")
    assert {tuple(asked[side]["handles"]) for side in ("one", "other")} == {
        (f"phone:{PHONE}", "external:1001"),
        ("external:1002",),
    }
    path = f"/suggestions/{asked['id']}/apart"
    assert (await world.post(path, {"reason": "two brothers"}))[1]["status"] == "apart"
    assert (await world.post(path, {}))[0] == 409
    assert (await call(world, "PUT", "/customers/1002", body=phone))[0] == 409
    assert await world.get("/suggestions") == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"handles": [{"kind": "phone", "address": "07700 900142"}]}, "handles.0.address"),
        ({"handles": [{"kind": "email", "address": "ada"}]}, "handles.0.address"),
        ({"handles": [{"kind": "visitor", "address": "v1"}]}, "handles.0.kind"),
        ({"preferences": {"Tier!": "x"}}, "body: preferences"),
        ({"colour": "red"}, "body: colour"),
    ],
)
async def test_what_cannot_be_understood_is_named(
    world: World, body: dict[str, Any], where: str
) -> None:
    status, problem = await call(world, "PUT", "/customers/1001", body=body)
    assert status == 422 and where in problem["where"] and problem["error"]


async def test_the_block_list(world: World) -> None:
    line = {"pattern": "phone:+4477009*", "reason": "an office"}
    status, put = await world.post("/blocked", line)
    assert (status, put) == (200, {"pattern": "phone:+4477009*", "blocked": True, "joined": []})
    assert (await world.post("/blocked", line))[0] == 409
    first, *_ = await world.get("/blocked")
    assert (first["pattern"], first["reason"], first["ours"]) == (*line.values(), False)
    body = {"handles": [{"kind": "phone", "address": PHONE}]}
    status, problem = await call(world, "PUT", "/customers/1001", body=body)
    assert status == 409 and "block list" in problem["error"]
    status, off = await call(world, "DELETE", "/blocked", pattern="phone:+4477009*")
    assert (status, off["blocked"]) == (200, False)
    assert (await call(world, "PUT", "/customers/1001", body=body))[0] == 200


# --- reading a file -----------------------------------------------------------------------------


def faults(content: bytes, **columns: str) -> list[tuple[int, str]]:
    """The faults of a file: line and column."""
    return [(one.line, one.column) for one in read_file(content, columns).faults]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(1, "")]),
        (b"name\nAda\n", [(1, "")]),
        (b"phone,colour\n", [(1, "colour")]),
        (b"phone\n07700900142\n", [(2, "phone")]),
        (b"phone,email\n,\n+447700900142,\n", []),
        (b"phone,name\n,Ada\n", [(2, "")]),
        (b"phone\n+447700900142,x\n", [(2, "")]),
        (b"email\na@x.org\n\xe4@x.org\n", [(3, "")]),
        (b'phone,name\n+447700900142,"Ada\n', [(2, "")]),
        (b"phone\n+4477\x0000900142\n", [(2, "")]),
        (b'phone,name\n"+447700900142","a\nb"\n12,c\n', [(4, "phone")]),
    ],
)
def test_each_fault_is_named_by_its_line(content: bytes, expected: list[tuple[int, str]]) -> None:
    assert faults(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"phone;email;name\n+44 7700 900142;ADA@x.org;Ada\n",
        "Phone\tE-Mail\tName\n0044 7700-900142\tada@x.org\tAda\n".encode("utf-16"),
        b"kind,address,kind2,address2,full name\nphone,'+447700900142,email,ada@x.org,Ada\n",
        b'email,phone,name,customer_id,levels\r\n"ada@x.org","+447700900142","Ada",7,x\r\n',
    ],
)
def test_what_spreadsheets_write_is_understood(content: bytes) -> None:
    read = read_file(content)
    assert read.faults == ()
    (entry,) = read.entries
    assert [one.key for one in entry.handles] == ["email:ada@x.org", f"phone:{PHONE}"]
    assert entry.attributes == {"name": "Ada"}


def test_another_encoding_can_be_named() -> None:
    read = read_file("email,name\na@x.org,Jürgen\n".encode("cp1252"), encoding="cp1252")
    assert read.entries[0].attributes == {"name": "Jürgen"}
