"""An action from the first message to the system that is asked: over the wire, once, and told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from core.playbook.model import Action, Playbook
from gateway.demo.settings import PLAYBOOK
from gateway.playbook.reader import load_playbook
from gateway.turns.trace_details import lines_of
from memory.tables.main import Turn
from memory.tables.rows import table
from tests.gateway.action_server import SECRET, Business
from tests.gateway.everywhere import Everywhere, Options, everywhere

_SHOP = load_playbook(PLAYBOOK)


def shop(url: str) -> Playbook:
    """The demo's shop, where damage is reported to another system."""
    action = Action(
        "report", "your report", url=url, results=("number",), summary=("I report: {damage}. Yes?",)
    )
    flow = replace(
        _SHOP.flows["damaged_item"],
        slots=("damage",),
        look_up=None,
        missing=(),
        escalate=None,
        action="report",
        found=("Reported, the number is {number}.",),
        failed=("Sorry, that did not work just now.",),
    )
    return replace(
        _SHOP,
        version="with-an-action",
        flows={**_SHOP.flows, "damaged_item": flow},
        actions={"report": action},
    )


async def records(world: Everywhere) -> list[dict[str, Any]]:
    """What is stored of each turn, in their order."""
    rows = await world.gateway.store.read(
        lambda at: at.execute(select(table(Turn).c.record_json).order_by(table(Turn).c.id)).all()
    )
    return [orjson.loads(one.record_json) for one in rows]


async def test_an_action_is_done_after_a_yes_told_and_recorded(
    tmp_path: Path, models: Path
) -> None:
    business = Business()
    async with TestServer(business.made()) as server:
        options = Options(
            playbook=shop(str(server.make_url("/do"))),
            actions={"secrets": {"report": SECRET.decode()}},
        )
        async with everywhere(tmp_path, models, options) as world:
            chat = await world.chat()
            await chat.say("my lamp arrived broken")
            await chat.wait_for_reply(1)
            point = 3
            await chat.say("the glass is cracked")
            assert (await chat.wait_for_reply(point)).text.endswith("Yes?")
            assert business.asked == []
            await chat.say("yes")
            assert (await chat.wait_for_reply(5)).text == "Reported, the number is V-0."
            [(_, key, body)] = business.asked
            assert orjson.loads(body)["values"] == {"damage": "the glass is cracked"}
            last = (await records(world))[-1]
    state = next(one for one in last["stages"] if one["stage"] == "state")
    assert state["output"]["action"] == {"action": "report", "key": key, "outcome": "done"}
    told = lines_of("decided", {"stages": last["stages"]})
    assert f"It carried out “report” (key {key})." in told
    assert business.forged == 0
