"""The stand-in of the businesses' systems believes only what is signed, and does a request once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from core.signing import SIGNATURE, TIMESTAMP, sign
from examples.systems.stand_in import StandIn, opened

SECRET = b"a-secret-of-the-tests-and-nothing-else"
RUTH = "phone:+12025550111"


@dataclass
class Asking:
    """The gateway's side of the wire."""

    system: StandIn
    url: str

    async def ask(
        self,
        action: str,
        key: str = "k",
        *,
        proved: str = RUTH,
        secret: bytes = SECRET,
        age: timedelta = timedelta(),
    ) -> tuple[int, str]:
        """Status and body of the answer to a request about one order."""
        values = {"order_id": "W4410087", "reason": "no longer needed"}
        told = {"key": key, "values": values, "plain": {}, "sender": {"proved": [proved]}}
        body, stamp = json.dumps(told).encode(), str(int((datetime.now(UTC) - age).timestamp()))
        headers = {TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, body)}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}{action}", data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    system = StandIn(opened(tmp_path / "systems.db", datetime.now(UTC)), SECRET)
    async with TestServer(system.app()) as server:
        yield Asking(system, str(server.make_url("/maplestead/")))


async def test_what_is_not_signed_or_not_new_is_not_believed(asking: Asking) -> None:
    forged = await asking.ask("cancel_order", secret=b"another")
    old = await asking.ask("cancel_order", age=timedelta(minutes=6))
    assert (forged[0], old[0], asking.system.done) == (403, 403, [])


async def test_the_same_key_is_done_once_even_at_the_same_moment(asking: Asking) -> None:
    answers = await asyncio.gather(*(asking.ask("cancel_order") for _ in range(5)))
    assert set(answers) == {(200, "{}")}
    assert asking.system.done == ["k"]
    status, body = await asking.ask("cancel_order", key="another")
    assert (status, json.loads(body)["reason"]) == (409, "not_pending")


async def test_a_turn_that_is_asked_for_again_is_answered_as_it_was(asking: Asking) -> None:
    first = [await asking.ask("may_cancel", "look"), await asking.ask("cancel_order", "do")]
    again = [await asking.ask("may_cancel", "look"), await asking.ask("cancel_order", "do")]
    assert first == again
    assert asking.system.done == ["do"]


async def test_a_look_up_changes_nothing_and_a_stranger_learns_nothing(asking: Asking) -> None:
    assert (await asking.ask("may_cancel", "1"))[0] == 200
    assert (await asking.ask("order", "2", proved="phone:+12025550199")) == (409, '{"reason": ""}')
    assert (await asking.ask("order", "3"))[0] == 200
    assert asking.system.done == []


async def test_what_it_does_not_know_it_does_not_do(asking: Asking) -> None:
    assert (await asking.ask("close_account"))[0] == 404
