"""What a process remembers between two turns is what the database would say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select, update
from typer.testing import CliRunner

from core.clock import from_micros, to_micros
from core.message import Assurance
from gateway.app import utc_now
from gateway.commands.turns import app as turns_app
from gateway.demo.people import ADA
from gateway.turns.remembered import Memory
from memory.readable.context import Context, load_context
from memory.readable.sender import ContextQuery
from memory.recall.recalled_rows import unfolded
from memory.tables.main import Message, Turn
from memory.tables.rows import table
from memory.units.identity.linking import customer_of
from tests.gateway.everywhere import Everywhere, everywhere

TALK = (
    ("sms", "Where is my order 1042?"),
    ("mail", "Any news on my order?"),
    ("mail", "I want to change the delivery address"),
    ("sms", "my postcode is N1 7AA"),
    ("sms", "And when are you open?"),
    ("mail", "Where is it now?"),
)


async def say(world: Everywhere, channel: str, text: str) -> None:
    if channel == "sms":
        before = world.phones.last_seq
        await world.phones.text(ADA.phone, text)
        await world.phones.wait_for_reply(ADA.phone, before)
    else:
        before = world.mail.last_seq
        await world.mail.write(ADA.mail, text)
        await world.mail.wait_for_reply(ADA.mail, before)


async def read_anew(world: Everywhere, customer: int, kept: Memory) -> Context:
    handle, level, conversation, _ = kept.key
    now = to_micros(utc_now())
    rules = world.gateway.rules.current
    query = ContextQuery(customer, handle, conversation, Assurance(level), now, rules=rules)
    return await world.gateway.store.read(load_context, query)


def plain(context: Context) -> Context:
    """The context without the order in which things were told, and the moment of writing them."""
    case, epoch = context.case, from_micros(0)
    return replace(
        context,
        thread=(),
        until=0,
        facts=tuple(sorted((replace(one, recorded_at=epoch) for one in context.facts), key=repr)),
        case=replace(
            case, slots=tuple(sorted(case.slots, key=repr)), said=tuple(sorted(set(case.said)))
        ),
    )


async def test_a_context_carried_forward_is_the_one_that_would_be_read(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        compared = drew = 0
        for number, (channel, text) in enumerate(TALK, 3):
            await say(world, channel, text)
            await world.handled(number)
            customer = await world.gateway.store.read(customer_of, ADA.phone_key)
            kept = world.gateway.work._recalling.kept.find(customer)
            if kept is not None:
                anew = await read_anew(world, customer, kept)
                assert plain(kept.context) == plain(anew), text
                assert kept.context.sender == anew.sender
                assert [one.id for one in kept.thread.thread] == [one.id for one in anew.thread]
                compared += 1
                drew += bool(anew.drawn)
        assert compared >= 3 and drew, "otherwise nothing was tried"


async def test_what_was_said_is_known_on_the_next_channel_at_once(
    tmp_path: Path, models: Path
) -> None:
    """With what this process has at hand, and without it."""
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        customer = await world.gateway.store.read(customer_of, ADA.phone_key)
        assert customer is not None
        for number, (channel, text) in enumerate(TALK[:4], 3):
            before = await said_last(world)
            if number % 2:
                world.gateway.work.forget(customer)
            await say(world, channel, text)
            await world.handled(number)
            assert before <= await given_last(world), f"the message and the answer before {text!r}"


async def said_last(world: Everywhere) -> set[str]:
    """The ids of the last message and of what was answered."""
    rows = sorted(await world.rows(Message), key=lambda row: int(row["created_at"]))
    return {f"{row['conversation_id']}-{row['seq']}" for row in rows[-2:]}


async def given_last(world: Everywhere) -> set[str]:
    """The ids of the messages that the last turn was given."""
    newest = max(await world.rows(Turn), key=lambda row: int(row["id"]))
    record = unfolded(json.loads(newest["record_json"]))
    return {*record["exchanges"], *(one["id"] for one in record["recalled"])}


def recall_both_forms(connection: Connection, turns: Sequence[int]) -> list[None]:
    """Let the turn have recalled its own message twice, stored as it is now and as before."""
    (turn_id,) = turns
    turn = table(Turn)
    stored = connection.execute(select(turn.c.record_json).where(turn.c.id == turn_id)).scalar_one()
    record = json.loads(stored)
    (said,) = record["messages"]
    record["recalled"] = [[said, 2.25, 0, 1.2], {"id": said, "score": 1.5, "why": ["session"]}]
    record["reasons"] = ["words"]
    values = {"record_json": json.dumps(record)}
    connection.execute(update(turn).where(turn.c.id == turn_id).values(values))
    return [None]


async def test_a_turn_tells_by_command_what_it_was_given_and_what_not(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        newest = max(await world.rows(Turn), key=lambda row: int(row["id"]))
        await world.gateway.store.write(recall_both_forms, int(newest["id"]))
        config = tmp_path / "shop.toml"
        url = world.gateway.settings.storage.url.get_secret_value()
        config.write_text(f'[storage]\nurl = "{url}"\n')
        words = ["show", str(newest["id"]), "--config", str(config)]
        told = await asyncio.to_thread(CliRunner().invoke, turns_app, words)
        assert told.exit_code == 0, told.output
        assert "Brought along for words: " in told.output
        assert "Brought along for session: " in told.output
        assert "1. received" in told.output and "4. recalled" in told.output
        assert "Stages: " in told.output and "ms: intent" in told.output
        missing = await asyncio.to_thread(
            CliRunner().invoke, turns_app, ["show", "1", "--config", str(config)]
        )
        assert (missing.exit_code, "no turn with this id" in missing.output) == (1, True)
