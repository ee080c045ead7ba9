"""What was not understood is brought together, masked, with lines that can be pasted."""

from __future__ import annotations

import asyncio
import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from core.message import Author
from core.playbook.model import Slot
from core.turn import Said
from gateway.commands.intents import app
from gateway.intents.suggestions import Unclear, grouped, line_of, masked, unclear_of
from memory.stored_turns import StoredTurn
from tests.core.intent.examples import PLAYBOOK
from tests.gateway.everywhere import everywhere
from tests.gateway.test_remembered import say
from tests.gateway.test_turns_replayed import answer, configured

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SLOTS = {
    "name": Slot("name", "name", "name", ask=("?",)),
    "size": Slot("size", "choice", "size", ask=("?",), choices=("large",)),
}
SHOP = replace(PLAYBOOK, slots=SLOTS)


def stored(text: str, **changed: Any) -> StoredTurn:
    """A turn whose message nothing was found for."""
    said = Said("1-1", NOW, "sms", Author.CUSTOMER, text, 5, "phone:+1")
    runners = [["order_status", 0.4], ["hello", 0.2], ["gone", 0.1]]
    stages = [
        {"stage": "intent", "output": {"intent": None, "runners_up": runners}},
        {"stage": "state", "output": {"move": "unclear", "captured": []}},
        {"stage": "response", "output": {"template": "unknown", "grounded": False}},
    ]
    turn = StoredTurn(
        id=1,
        at=NOW,
        customer_id=1,
        conversation_id=1,
        account="sms",
        channel="sms",
        intent=None,
        escalated=None,
        silent=None,
        record={"messages": ["1-1"], "stages": stages},
        said={"1-1": said} if text else {},
    )
    return replace(turn, **changed)


def with_output(turn: StoredTurn, stage: str, **output: object) -> StoredTurn:
    """The turn with another output of one of its stages."""
    stages = [
        {**one, "output": {**one["output"], **output}} if one["stage"] == stage else one
        for one in turn.record["stages"]
    ]
    return replace(turn, record={**turn.record, "stages": stages})


def test_what_was_not_answered_is_told_with_what_it_was_nearest_to() -> None:
    known = tuple(replace(one, small_talk=one.name == "hello", answer="x") for one in SHOP.intents)
    found = unclear_of(stored("what about my stuff"), replace(SHOP, intents=known))
    assert found == Unclear("what about my stuff", (("order_status", 0.4),), "not answered")


@pytest.mark.parametrize(
    ("turn", "became"),
    [
        (stored("my stuff is odd", escalated="no-answer"), "handed over"),
        (stored("my stuff is odd", escalated="asked-for-human"), "handed over"),
        (stored("my stuff is odd", escalated="legal", intent="x"), "handed over"),
        (
            with_output(stored("my stuff is odd"), "response", template="clarify", grounded=True),
            "asked back",
        ),
        (
            with_output(stored("my stuff is odd"), "response", template="x", grounded=True),
            "guessed at",
        ),
    ],
)
def test_what_became_of_it_is_told(turn: StoredTurn, became: str) -> None:
    found = unclear_of(turn, SHOP)
    assert found is not None and found.became == became


@pytest.mark.parametrize(
    "turn",
    [
        stored(""),
        stored("thanks a lot"),
        stored("yes please"),
        stored("1042"),
        stored("my stuff is odd", withheld=True),
        stored("my stuff is odd", silent="in_handoff"),
        with_output(
            with_output(stored("where is it then"), "response", grounded=True, template="ask:x"),
            "state",
            move="ask",
        ),
    ],
)
def test_what_is_gone_not_to_be_seen_or_no_question_is_left_out(turn: StoredTurn) -> None:
    assert unclear_of(turn, SHOP) is None


def test_what_is_personal_is_masked() -> None:
    record = {
        "slots": [
            {"name": "name", "value": "kim okafor"},
            {"name": "size", "value": "large"},
        ],
        "facts": [
            {"name": "address", "value": "5 Main Street"},
            {"name": "preference:language", "value": "is"},
        ],
    }
    text = (
        "Kim Okafor here, the large one is for 5 main street, write to kim.o@mail.example "
        "or +44 7700 900142, see https://kim.example/me"
    )
    assert masked(text, record, SHOP) == (
        "… here, the large one is for …, write to name@example.com or +00 0000 000000, "
        "see www.example.com"
    )
    for name in ("my name is Robin Smith", "My name is robin", "this is Robin Smith"):
        told = masked(f"{name} and it is odd", {}, SHOP)
        assert told.endswith(" is … and it is odd"), told
    assert masked("this is odd and new", {}, SHOP) == "this is odd and new"


def unclear(text: str, near: float = 0.4) -> Unclear:
    return Unclear(text, (("order_status", near),), "not answered")


def test_what_is_alike_stands_together_the_most_frequent_first() -> None:
    texts = (
        "can you wrap it as a gift",
        "could you wrap it as a gift please",
        "wrap it as a gift",
        "do you have gift cards for sale",
        "is the lamp dimmable",
        "can you wrap it as a gift",
    )
    groups = grouped([unclear(one, 0.1) for one in texts], SHOP)
    assert groups[0].count == 4 and groups[0].texts[0] == "can you wrap it as a gift"
    assert sum(one.count for one in groups) == len(texts)
    assert "is the lamp dimmable" in {one.texts[0] for one in groups if one.count == 1}
    assert groups[0].place is None
    assert grouped([unclear(one) for one in texts[:1]], SHOP)[0].place == "order_status"
    assert grouped([], SHOP) == ()


def test_with_an_encoder_meaning_brings_them_together() -> None:
    meaning = {"is it bright": [1.0, 0.0], "how much light": [0.9, 0.1], "any parking": [0.0, 1.0]}
    groups = grouped(
        [unclear(one) for one in meaning],
        SHOP,
        lambda texts: np.array([meaning[one] for one in texts], dtype=np.float32),
    )
    assert [one.count for one in groups] == [2, 1]


@pytest.mark.parametrize("text", ['say "hi"', "back\\slash", "café – größe", "tab\there"])
def test_a_line_can_be_pasted(text: str) -> None:
    line = line_of([text, "more"])
    assert tomllib.loads(f"examples = [{line}]") == {"examples": [text, "more"]}


async def test_the_command_tells_what_customers_wrote_here(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await say(world, "sms", "blorple the frumious bandersnatch for ada@example.com")
        await world.handled(3)
        words = ["suggest", str(world.gateway.settings.playbook.path), "--json"]
        words += configured(world, tmp_path)
        told = await asyncio.to_thread(lambda: CliRunner().invoke(app, words))
        assert told.exit_code == 0, told.output
        found = answer(told)
        assert found["turns"] == 3 and found["unclear"] >= 1
        said = json.dumps(found["suggestions"])
        assert "frumious bandersnatch" in said and "ada@example.com" not in said
