"""A turn as it is stored: for people who take it over, and for explaining and replaying it.

Pure, and compact, since every turn writes one. It names what a turn was given and what it decided;
nothing here decides, and nothing that the turn was not given gets in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import orjson

from core.turn import Decision, Fact, HeldBack, Recall, Said, SlotValue, TurnInput
from gateway.turns.given import given_of, told_of
from gateway.turns.provenance import Given
from memory.recall.recalled_rows import rows_of
from memory.stored_turns import GIVEN, TOLD
from memory.units.messages.claims import Waiting

_NOT_A_FACT = ("consent", "episode")
"""Parts of the standing block that neither the facts nor the slots of the record tell."""
_PACKET_MESSAGES = 12


def packet_of(turn: TurnInput, decision: Decision, given: Given) -> dict[str, object]:
    """What a person needs to take over: the want, what is known, and the last of the talk.

    Each thing has the handle it came from, and those it was made from, so that it is shown only
    while they are one customer's.
    """
    recent = (*turn.recall.exchanges, *turn.messages)[-_PACKET_MESSAGES:]
    return {
        "intent": decision.intent or decision.case.intent,
        "slots": [_slot(one, given) for one in decision.case.slots],
        "facts": [
            {"key": one.key, "value": one.value, "needs": int(one.needs), **_of(one.handle, given)}
            for one in turn.recall.facts
        ],
        "exchanges": [_quote(one, given) for one in recent],
        **_drawn(given.drawn),
    }


def record_of(taken: Sequence[Waiting], turn: TurnInput, decision: Decision, given: Given) -> str:
    """The turn as it is stored for explaining and replaying."""
    recall = turn.recall
    return orjson.dumps(
        {
            "messages": [one.message_id for one in taken],
            "events": [one.event_id for one in taken],
            "channel": turn.channel,
            "sender": {"handle": turn.sender.handle, "level": int(turn.sender.level)},
            "move": _move(decision),
            "reply": None if decision.reply is None else decision.reply.text,
            "asked": decision.asked,
            **({} if decision.held is None else {"held": _held(decision.held)}),
            "sources": decision.sources,
            "slots": [_slot(one, given) for one in decision.case.slots],
            "facts": [
                *({**_fact(one, given), TOLD: told_of(one)} for one in recall.facts),
                *(_fact(one, given) for one in decision.facts),
            ],
            "exchanges": [one.id for one in recall.exchanges],
            **rows_of(recall.recalled),
            "tokens": recall.tokens,
            "budget": recall.budget,
            "trace": recall.trace,
            **_memory(recall),
            "stages": [
                {
                    "stage": one.stage,
                    "version": one.version,
                    "input": one.input,
                    "output": one.output,
                    "us": one.microseconds,
                }
                for one in decision.stages
            ],
            # Without stages there is nothing to decide anew.
            **({GIVEN: given_of(turn, decision)} if decision.stages else {}),
        },
        default=str,
    ).decode()


def _held(held: HeldBack) -> Mapping[str, object]:
    """What was held back, for review: it is stored and shown as the answer itself would be."""
    return {"rules": held.rules, "text": held.text, "done": held.done}


def _memory(recall: Recall) -> dict[str, object]:
    """What is known beside the facts, what was left out, and what could not be had; nothing of what
    there is nothing of, since every turn is stored."""
    told: dict[str, object] = {}
    known = [[one.kind, one.name, one.source] for one in recall.standing if one.kind in _NOT_A_FACT]
    if known:
        told["known"] = known
    if recall.left_out:
        told["left_out"] = [tuple(one) for one in recall.left_out]
    if recall.degraded or recall.took:
        told["memory"] = {"degraded": recall.degraded, "ms": recall.took}
    return told


def _move(decision: Decision) -> object:
    return next((one.output.get("move") for one in decision.stages if one.stage == "state"), None)


def _fact(one: Fact, given: Given) -> Mapping[str, object]:
    fact = {"name": one.key, "value": one.value, "source": one.source, "secret": one.secret}
    return {**fact, "needs": int(one.needs), **_of(one.handle, given)}


def _slot(one: SlotValue, given: Given) -> Mapping[str, object]:
    slot = {"name": one.name, "value": one.value, "source": one.source, "secret": one.secret}
    return {**slot, "needs": int(one.needs), **_of(one.handle, given)}


def _quote(one: Said, given: Given) -> Mapping[str, object]:
    quote = {"author": one.author.value, "channel": one.channel, "text": one.text}
    return {**quote, **_of(one.handle, given), **_drawn(given.answers.get(one.id, ()))}


def _of(handle: str, given: Given) -> Mapping[str, object]:
    """Whose it is, by the id, which stays when an address goes to somebody else."""
    found = given.handles.get(handle)
    return {} if found is None else {"handle_id": str(found)}


def _drawn(handles: Collection[int]) -> Mapping[str, object]:
    return {"drawn": sorted(handles)} if handles else {}
