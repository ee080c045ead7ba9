"""Trap 9: who answers for the business is no way around the rules.

What a customer is told at level 3 only is hidden from people too, until it is shown that it is
them; one field can be revealed, and who looked is written down.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from core.message import Assurance
from gateway.access.roles import ROLES, Right, Role
from gateway.demo.settings import PLAYBOOK
from gateway.playbook.reader import load_playbook
from memory.tables.main import Handle, Handoff, Turn
from memory.tables.remembered import Fact
from tests.gateway.credentials import keep_token
from tests.gateway.everywhere import Everywhere, Options, everywhere

STREET = "12 Loom Street, Leeds LS1 4AB"
VIEWER, AGENT, ADMIN = ("ot_trap-nine-" + name + "-" * 20 for name in ("viewer", "agent", "admin"))


_SHOP = load_playbook(PLAYBOOK)
GUARDED = replace(
    _SHOP,
    slots={
        **_SHOP.slots,
        "order_number": replace(_SHOP.slots["order_number"], needs=Assurance.PROVED),
    },
)
"""The shop, where order numbers are personal too, and remembered."""


class Api:
    """Somebody of the business, by what their token may do."""

    def __init__(self, session: aiohttp.ClientSession, world: Everywhere, token: str) -> None:
        self._session = session
        self._url = f"http://127.0.0.1:{world.port}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Any:
        """What the API answers."""
        async with self._session.get(self._url + path, headers=self._headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str) -> tuple[int, Any]:
        """Status and answer."""
        url = self._url + path
        async with self._session.post(url, json={}, headers=self._headers) as answer:
            return answer.status, await answer.json(content_type=None)


async def test_trap_09_what_is_personal_is_no_persons_to_see_before_a_proof(
    tmp_path: Path, models: Path
) -> None:
    async with (
        everywhere(tmp_path, models, Options(playbook=GUARDED)) as world,
        aiohttp.ClientSession() as session,
    ):
        for token, role in ((VIEWER, Role.VIEWER), (AGENT, Role.AGENT)):
            await keep_token(world.gateway.store, token, ROLES[role], role.value)
        await keep_token(world.gateway.store, ADMIN, [Right.AUDIT], "auditor")
        viewer, agent, auditor = (Api(session, world, one) for one in (VIEWER, AGENT, ADMIN))
        # Signed in, and so proved: she is believed, and what she says is for nobody to pass on.
        chat = await world.chat(login="ada")
        await chat.say("Please change the address of order 1042")
        await chat.wait_for_reply(1)
        await chat.say(STREET)
        await chat.wait_for_reply(3)
        await world.handled(2)

        [fact] = [one for one in await world.rows(Fact) if one["key"] == "order_number"]
        [handle] = [one for one in await world.rows(Handle) if one["key"] == "login:ada"]
        page = f"/customers/{handle['customer_id']}"
        facts = (await viewer.get(page))["facts"]
        assert {(one["hidden"], one["value"]) for one in facts} == {(True, "")}
        assert [one for one in facts if "1042" in f"{one['key']} {one['label']}"] == []
        [waiting] = await world.rows(Handoff)
        packet = (await viewer.get(f"/handoffs/{waiting['id']}"))["packet"]
        told = [*packet["slots"], *packet["facts"]]
        for turn in await world.rows(Turn):
            record = (await viewer.get(f"/turns/{turn['id']}"))["record"]["record"]
            told += [*record["slots"], *record["facts"]]
        assert {one.get("name") for one in told} >= {"new_address", "order_number"}
        assert {one["value"] for one in told} == {""}
        assert [one for one in told if "1042" in one.get("name", one.get("key", ""))] == []

        path = f"/facts/{fact['id']}/reveal"
        assert (await viewer.post(path))[0] == 403
        status, revealed = await agent.post(path)
        assert status == 200 and revealed["value"] == "1042"
        [look] = await auditor.get("/changes?action=reveal")
        assert (look["actor"], look["subject"]) == ("token:agent", "login:ada")
        assert "value" not in look["detail"]
        assert (await agent.get(page))["facts"] == facts
