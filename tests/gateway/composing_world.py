"""A shop whose answers a language model may word, with that model's server beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from core.playbook.model import FREE, ModeRow
from gateway.model.composing import Composing
from gateway.turns.trace_details import lines_of
from memory.tables.main import Turn
from tests.core.pipeline.shop import SHOP, Talk, stages
from tests.gateway.everywhere import Everywhere, Options, everywhere
from tests.model_server import Behaviour, ModelServer, model_server, streams

QUESTION = "How do I wash the shirt?"
GOOD = "Please wash the shirt at 30 degrees, and do not put it in the dryer."
SURE = {"article_threshold": 0.1, "point_threshold": 0.1}
"""Settings of a shop that answers whatever else a message says beside its question."""

WORDED = replace(SHOP, version="shop-worded", modes=(ModeRow(FREE),), settings=SURE)
SECONDS = 8.0
"""How long a turn waits for the model here: as long as a busy machine takes."""


def draft(channel: str) -> str:
    """What is said to the question without a model."""
    said = Talk(playbook=WORDED, channel=channel, proved=()).hear(QUESTION)
    # A text message has no such dash.
    return said.replace("–", "-") if channel == "sms" else said


@dataclass
class Shop:
    """The shop, the model's server, and what was asked of both."""

    world: Everywhere
    server: ModelServer

    @property
    def composing(self) -> Composing:
        """Who asks the model."""
        assert self.world.gateway.composing is not None
        return self.world.gateway.composing

    def wait_only(self, seconds: float) -> None:
        """From now on nothing is waited for longer than that."""
        rules = self.composing._rules
        self.composing._rules = replace(rules, answer_seconds=seconds, intent_seconds=seconds)

    async def text(self, number: int, *texts: str) -> str:
        """Somebody writes by text message; the answer."""
        phone, before = phone_of(number), self.world.phones.last_seq
        for one in texts or (QUESTION,):
            await self.world.phones.text(phone, one)
        return (await self.world.phones.wait_for_reply(phone, before)).text

    async def chat(self, text: str = QUESTION) -> str:
        """A new visitor writes in the web chat; the answer."""
        visitor = await self.world.chat()
        number = visitor.stored_as(await visitor.say(text))
        assert number is not None
        return (await visitor.wait_for_reply(number)).text

    async def records(self) -> list[Mapping[str, Any]]:
        """What was stored of each turn, in their order."""
        rows = sorted(await self.world.rows(Turn), key=lambda row: int(row["id"]))
        return [orjson.loads(row["record_json"]) for row in rows]

    async def last(self) -> Mapping[str, Any]:
        """What was stored of the last turn."""
        return (await self.records())[-1]

    async def asked(self, number: int) -> None:
        """Wait until the model was asked so often."""
        async with asyncio.timeout(30):
            while len(self.server.asked) < number:  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.005)


def phone_of(number: int) -> str:
    """The phone of the customer with this number."""
    return f"+44770090{number:04}"


def model_in(record: Mapping[str, Any], stage: str = "response") -> Mapping[str, str]:
    """What the record of a turn tells of the model."""
    (output,) = (one["output"] for one in record["stages"] if one["stage"] == stage)
    found: Mapping[str, str] = output.get("model", {})
    return found


def told(record: Mapping[str, Any]) -> str:
    """What people read of the decision of a turn."""
    return "\n".join(lines_of("decided", record))


@asynccontextmanager
async def shop(
    folder: Path,
    models: Path,
    *behaviours: Behaviour,
    turns: Mapping[str, Any] | None = None,
    **model: object,
) -> AsyncIterator[Shop]:
    """The shop, open; the model words answers unless `model` says otherwise."""
    async with model_server(*(behaviours or (streams(GOOD),))) as server:
        table = {
            "base_url": server.url,
            "name": "small",
            "answers": True,
            "answer_seconds": SECONDS,
            **model,
        }
        options = Options(playbook=WORDED, stages=stages(), model=table, turns=turns or {})
        async with everywhere(folder, models, options) as world:
            yield Shop(world, server)
