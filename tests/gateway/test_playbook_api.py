"""The playbook over the API: drafts touch nobody, and two editors do not collide."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.message import Assurance, Handle, InboundMessage
from core.secrets import find_secrets
from gateway.access.roles import ROLES, Right, Role
from gateway.app import Parts, build_gateway
from gateway.playbook.reader import load_playbook
from gateway.running import Gateway
from gateway.settings.sections import Playbook
from memory.tables.main import Conversation, Customer, Message, Turn
from tests.gateway.credentials import bearer, keep_token
from tests.gateway.test_way import count
from tests.gateway.way import running, settings_for

FILES = {
    "playbook.toml": 'name = "shop"\nbusiness = "The Shop"\n[settings]\narticle_threshold = 0.3\n',
    "intents.toml": """# Written by Ada.
[order_status]
title = "the state of an order"
flow = "order_status"
examples = [
  "where is my order",  # the classic
  "has my parcel left", "track my order please", "is my order on its way", "my order is late",
]

[greeting]
small_talk = true
answer = "greeting"
examples = ["hello", "hi there", "good morning", "hey"]
""",
    "flows.toml": """[order_status]
slots = ["order_id"]
look_up = "orders"
found = ["Order {order_id} is {state}."]
missing = ["I find no such order."]
""",
    "slots.toml": """[order_id]
kind = "order"
patterns = ['\\b(\\d{4})\\b']
ask = ["What is your order number?"]
""",
    "answers.toml": '# The voice of the shop.\ngreeting = ["Hello from the shop."]  # short\n',
    "rules.toml": """[[rule]]
id = "vip"
priority = 50
when = { text_any_words = ["gold"] }
then = { escalate = true, queue = "vip" }
""",
    "tables.toml": """[orders]
key = ["order_id"]
show = ["state"]
owner = { phone = "phone" }
""",
    "tables/orders.csv": "order_id,phone,state\n1042,+15550001111,on its way\n",
    "README.md": "left alone",
}


@dataclass
class Desk:
    """A gateway over a folder, and somebody who may do everything."""

    folder: Path
    gateway: Gateway
    client: TestClient[Any, Any]
    headers: dict[str, str]

    async def call(self, method: str, path: str, body: object = None, **more: str) -> Any:
        """The answer; what is refused comes with its status."""
        answer = await self.client.request(
            method,
            f"/api/v1/playbook{path}",
            headers=more or self.headers,
            json=body,
        )
        told = await answer.json(content_type=None)
        return told if answer.status == 200 else {"status": answer.status, **told}

    async def draft(self, **files: str | None) -> dict[str, object]:
        """A draft of what is there now; files are named without their ending."""
        base = (await self.call("GET", ""))["base"]
        return {"base": base, "changes": {f"{name}.toml": text for name, text in files.items()}}


@pytest.fixture
async def desk(tmp_path: Path, sqlite_database_url: str, models: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "playbook"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    settings = settings_for(tmp_path / "data", "http://127.0.0.1:9", url=sqlite_database_url)
    settings = settings.model_copy(update={"playbook": Playbook(path=folder)})
    gateway = await build_gateway(settings, Parts(models=models, public_url="http://shop.test"))
    async with TestClient(TestServer(gateway.web_app)) as client:
        await gateway.start()
        try:
            yield Desk(folder, gateway, client, await bearer(gateway))
        finally:
            await gateway.stop()


async def test_the_page_tells_every_part_and_never_the_rows_of_tables(desk: Desk) -> None:
    shown = await desk.call("GET", "")
    assert shown["business"] == "The Shop"
    kinds = {(one["kind"], one["name"]) for one in shown["parts"]}
    assert {("intent", "order_status"), ("flow", "order_status"), ("slot", "order_id")} <= kinds
    assert {
        ("answer", "greeting"),
        ("answer", "thanks"),
        ("rule", "vip"),
        ("rule", "legal"),
    } <= kinds
    assert "1042" not in json.dumps(shown)
    assert [one["name"] for one in shown["files"]] == sorted(set(FILES) - {"README.md"})
    await keep_token(desk.gateway.store, "ot_agent", ROLES[Role.AGENT], "agent")
    agent = {"Authorization": "Bearer ot_agent"}
    assert (await desk.call("GET", "/file?name=answers.toml", **agent))["text"]
    for name in ("tables/orders.csv", "../data/onethread.db", "README.md"):
        assert (await desk.call("GET", f"/file?name={name}", **agent))["status"] == 404
    assert (await desk.call("POST", "/reload", {}, **agent))["status"] == 403


async def test_a_value_is_set_and_the_comments_stay(desk: Desk) -> None:
    draft = await desk.draft()
    made = await desk.call(
        "POST",
        "/set",
        {**draft, "file": "answers.toml", "path": ["greeting"], "value": ["Hello.", "Hi."]},
    )
    assert "# The voice of the shop." in made["text"] and "# short" in made["text"]
    wrong = {**draft, "file": "identity.toml", "path": ["joins"], "value": False}
    assert (await desk.call("POST", "/set", wrong))["status"] == 422


async def test_every_fault_of_a_draft_is_told_with_its_line(desk: Desk) -> None:
    draft = await desk.draft(
        slots=FILES["slots.toml"] + "knid = 1\n", answers='greeting = ["Hello {nobody}."]\n'
    )
    told = await desk.call("POST", "/check", draft)
    assert [(one["file"], one["line"]) for one in told["faults"]] == [
        ("slots.toml", 5),
        ("answers.toml", 1),
    ]
    for path, more in (("/publish", {"reason": "why"}), ("/compare", {})):
        refused = await desk.call("POST", path, {**draft, **more})
        assert refused["status"] == 422
        assert "slots.toml:5" in refused["error"]
    assert (desk.folder / "slots.toml").read_text(encoding="utf-8") == FILES["slots.toml"]


async def test_a_talk_is_tried_with_a_draft_and_touches_nobody(desk: Desk) -> None:
    flows = FILES["flows.toml"].replace("is {state}.", "is {state}, we looked.")
    body = {
        **await desk.draft(flows=flows),
        "channel": "sms",
        "handle": "phone:+15550001111",
        "level": 3,
        "say": ["where is my order", "it is 1042", "I am a gold member", "hello?"],
    }
    asked, found, handed, silent = await desk.call("POST", "/try", body)
    assert (asked["intent"], asked["asked"]) == ("order_status", ["order_id"])
    assert 0 < asked["confidence"] <= 1
    assert found["slots"] == {"order_id": "1042"}
    assert found["reply"] == "Order 1042 is on its way, we looked."
    assert found["stands_in"] == ["Looked into the table orders of this draft and found."]
    assert {one["channel"] for one in found["previews"]} == {"sms", "webchat"}
    assert (handed["escalation"]["rule"], handed["escalation"]["queue"]) == ("vip", "vip")
    assert silent["reply"] is None and silent["silent"]
    stranger = {**body, "handle": "phone:+15559999999", "say": ["where is my order 1042"]}
    (refused,) = await desk.call("POST", "/try", stranger)
    assert "on its way" not in str(refused["reply"])
    for table in (Customer, Conversation, Message, Turn):
        assert await desk.gateway.store.read(count, table) == 0
    assert load_playbook(desk.folder).flows["order_status"].found == (
        "Order {order_id} is {state}.",
    )


async def test_what_is_published_is_in_force_and_is_taken_back(desk: Desk) -> None:
    before = desk.gateway.playbook.version
    draft = await desk.draft(answers='greeting = ["Welcome."]\n')
    told = await desk.call("POST", "/check", draft)
    assert told["changes"] == ["Answer greeting: wording changed (1 new, 1 gone)"]
    done = await desk.call("POST", "/publish", {**draft, "reason": "warmer"})
    assert done["faults"] == []
    assert desk.gateway.playbook.answers["greeting"] == ("Welcome.",)
    assert desk.gateway.playbook.version == done["version"] != before
    versions = await desk.call("GET", "/versions")
    assert [(one["action"], one["note"], one["kept"]) for one in versions] == [
        ("publish playbook", "warmer", True),
        ("take over playbook", "", True),
    ]
    assert (versions[0]["actor"], versions[0]["in_force"]) == ("token:tests", True)
    base = (await desk.draft())["base"]
    back = {"base": base, "version": before, "reason": "too warm"}
    await desk.call("POST", "/roll-back", back)
    assert desk.gateway.playbook.version == before
    for name, text in FILES.items():
        assert (desk.folder / name).read_text(encoding="utf-8") == text
    versions = await desk.call("GET", "/versions")
    assert versions[0]["action"] == "roll back playbook"
    assert [one["in_force"] for one in versions] == [True, False, False]
    missing = {"base": (await desk.draft())["base"], "version": "0" * 16, "reason": "x"}
    assert (await desk.call("POST", "/roll-back", missing))["status"] == 404


def written(number: int, text: str) -> InboundMessage:
    """A text of a customer's, as it is handed to admission."""
    phone = f"+1555000{number:04}"
    return InboundMessage(
        account="sms",
        channel="sms",
        event_id=f"SM{number}",
        conversation_key=phone,
        sender=Handle("phone", phone),
        assurance=Assurance.AUTHENTICATED,
        evidence="signed by the provider",
        text=text,
        reply_address={"to": phone},
        sent_at=datetime.now(UTC),
    )


async def test_a_draft_is_compared_with_what_was_answered(desk: Desk) -> None:
    for number, text in enumerate(("hello", "where is my order 1042")):
        await desk.gateway.admissions.admit(written(number, text))
    async with asyncio.timeout(20):
        while await desk.gateway.store.read(count, Turn) < 2:  # noqa: ASYNC110 - nothing tells when they are through
            await asyncio.sleep(0.02)
    draft = await desk.draft(answers='greeting = ["Welcome."]\n')
    found = await desk.call("POST", "/compare", {**draft, "days": 1})
    assert (found["same"], found["differing"], found["all_of_them"]) == (1, 1, True)
    (pair,) = found["pairs"]
    assert (pair["text"], pair["differs"]) == ("hello", ["reply"])
    assert (pair["was"]["reply"], pair["now"]["reply"]) == ("Hello from the shop.", "Welcome.")
    assert await desk.gateway.store.read(count, Turn) == 2
    shown = await desk.call("GET", "")
    uses = {one["name"]: one["uses"] for one in shown["parts"] if one["kind"] == "intent"}
    assert (shown["turns"], uses) == (2, {"order_status": 1, "greeting": 1})
    blind = [Right.PLAYBOOK, Right.SELF]
    await keep_token(desk.gateway.store, "ot_blind", blind, "blind")
    body = {**draft, "days": 1}
    refused = await desk.call("POST", "/compare", body, Authorization="Bearer ot_blind")
    assert refused["status"] == 403


async def test_files_with_a_fault_are_shown_as_they_are_and_can_be_mended(desk: Desk) -> None:
    (desk.folder / "rules.toml").write_text("[[rule]\n", encoding="utf-8")
    shown = await desk.call("GET", "")
    assert shown["parts"] == []
    assert [(one["file"], one["line"]) for one in shown["status"]["faults"]] == [("rules.toml", 1)]
    draft = await desk.draft(rules=FILES["rules.toml"])
    assert (await desk.call("POST", "/check", draft))["faults"] == []
    assert (await desk.call("POST", "/publish", {**draft, "reason": "mended"}))["faults"] == []
    assert (await desk.call("GET", ""))["parts"]


async def test_new_patterns_of_numbers_are_no_card_numbers_from_then_on(desk: Desk) -> None:
    card = "4111 1111 1111 1111"
    rules = desk.gateway.admissions._rules
    assert "[card" in find_secrets(card, rules.protected(), b"key", None)[0]
    main = FILES["playbook.toml"].replace(
        "[settings]", "protected_patterns = ['4111[ \\d]+']\n[settings]"
    )
    draft = await desk.draft(playbook=main)
    assert (await desk.call("POST", "/publish", {**draft, "reason": "orders"}))["faults"] == []
    assert find_secrets(card, rules.protected(), b"key", None) == (card, {})


async def test_an_action_without_its_secret_is_a_fault_of_the_draft(desk: Desk) -> None:
    flows = FILES["flows.toml"] + (
        '[cancel]\nslots = ["order_id"]\naction = "cancel"\nfound = ["Done."]\n'
        'failed = ["It could not be done."]\n'
    )
    intents = FILES["intents.toml"] + (
        '[cancel]\ntitle = "calling it off"\nflow = "cancel"\n'
        'examples = ["cancel my order", "stop it", "I changed my mind"]\n'
    )
    actions = (
        '[cancel]\nurl = "https://shop.test/cancel"\nsend = ["order_id"]\n'
        'summary = ["Shall I cancel {order_id}?"]\n'
    )
    draft = await desk.draft(flows=flows, intents=intents, actions=actions)
    refused = await desk.call("POST", "/publish", {**draft, "reason": "x"})
    assert refused["status"] == 422
    assert "no secret to sign with" in refused["error"]
    assert not (desk.folder / "actions.toml").exists()


async def test_whoever_comes_second_is_told_and_overwrites_nothing(desk: Desk) -> None:
    first = await desk.draft(answers='greeting = ["From the first."]\n')
    second = await desk.draft(answers='greeting = ["From the second."]\n')
    await desk.call("POST", "/publish", {**first, "reason": "one"})
    refused = await desk.call("POST", "/publish", {**second, "reason": "two"})
    assert refused["status"] == 409
    assert "changed meanwhile, last by tests" in refused["error"]
    assert desk.gateway.playbook.answers["greeting"] == ("From the first.",)


async def test_a_folder_that_cannot_be_written_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gateway.playbook.folder.put_in_place", refuse)
    before = desk.gateway.playbook
    draft = await desk.draft(answers='greeting = ["Welcome."]\n')
    refused = await desk.call("POST", "/publish", {**draft, "reason": "x"})
    assert refused["status"] == 409 and "cannot be written: permission denied" in refused["error"]
    assert desk.gateway.playbook is before


async def test_a_file_that_is_new_and_one_that_goes_are_published(desk: Desk) -> None:
    article = '+++\ntitle = "Care"\nurl = "https://shop.test/care"\n+++\n\nDust it weekly.\n'
    draft = await desk.draft(rules=None)
    draft["changes"] = {"rules.toml": None, "articles/care.md": article}
    await desk.call("POST", "/publish", {**draft, "reason": "care"})
    assert not (desk.folder / "rules.toml").exists()
    assert [one.name for one in desk.gateway.playbook.articles] == ["care"]
    outside = {**await desk.draft(), "changes": {"articles/../../x.md": "x"}, "reason": "x"}
    assert (await desk.call("POST", "/publish", outside))["status"] == 422


async def test_a_gateway_without_a_folder_says_so(tmp_path: Path, sqlite_database_url: str) -> None:
    async with running(tmp_path, url=sqlite_database_url) as way:
        client = TestClient[Any, Any](TestServer(way.gateway.web_app))
        async with client:
            answer = await client.get("/api/v1/playbook", headers=await bearer(way.gateway))
            assert answer.status == 409
