"""What a turn was given, as it is stored with it, and the turn's input made of that again.

Pure. What the record tells anyhow (messages, facts, what was recalled) is not stored twice, and
what was not there is not stored. It is shown to nobody: it holds what only stages may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from core.clock import from_micros, to_micros
from core.identity.rules import IdentityRules
from core.message import Assurance, Audience
from core.turn import (
    Contact,
    Decision,
    Fact,
    Preferences,
    Recall,
    Recalled,
    Said,
    Sender,
    TurnInput,
)
from memory.codec import dump_case, load_case
from memory.stored_turns import GIVEN, TOLD

_NO_PREFERENCES = Preferences()


class CannotReplay(ValueError):
    """The turn cannot be decided anew; the message says why."""


def given_of(turn: TurnInput, decision: Decision) -> Mapping[str, object]:
    """What is stored of a turn's input, beside what its record tells."""
    wants = turn.preferences
    rare: dict[str, object] = {
        "case_id": turn.case_id,
        "private": turn.private_reply,
        "handoff": turn.in_handoff,
        "ended": turn.case_ended,
        "effects": turn.effects,
        "model": sorted(turn.model),
        "wants": None
        if wants == _NO_PREFERENCES
        else (wants.language, wants.channel, wants.name, wants.form),
        "contacts": [(one.case_id, one.intent, to_micros(one.at)) for one in turn.contacts],
        "name": turn.sender.name,
        "playbook": decision.playbook,
        # That there was one: it is made again from the text, for it is longer than all the rest.
        "vector": turn.vector is not None,
    }
    return {
        "now": to_micros(turn.now),
        "audience": turn.audience.value,
        "proved": turn.sender.proved,
        "reachable": sorted(turn.reachable),
        "case": orjson.Fragment(dump_case(turn.case)),
        **{name: value for name, value in rare.items() if value},
    }


def told_of(fact: Fact) -> Mapping[str, object]:
    """What is stored of a fact that a turn was given, beside what people are shown of it."""
    told: dict[str, object] = {
        "handle": fact.handle,
        "level": int(fact.level),
        "at": to_micros(fact.recorded_at),
    }
    if fact.verified:
        told["verified"] = True
    if fact.told_by != "customer":
        told["by"] = fact.told_by
    if fact.channel is not None:
        told["channel"] = fact.channel
    if fact.due_at is not None:
        told["due"] = to_micros(fact.due_at)
    return told


def turn_from(
    turn_id: int, record: Mapping[str, Any], said: Mapping[str, Said], rules: IdentityRules
) -> TurnInput:
    """The input of a stored turn. `said` are the messages it names, as they are now.

    Raises `CannotReplay` for a turn whose input was not stored, is no longer kept, or named
    messages that are gone.
    """
    given = record.get(GIVEN)
    if given is None:
        raise CannotReplay("what it was given is not kept")
    named = record["messages"]
    if any(one not in said for one in named):
        raise CannotReplay("its messages are no longer there")
    sender = record["sender"]
    return TurnInput(
        id=str(turn_id),
        now=from_micros(given["now"]),
        channel=record["channel"],
        audience=Audience(given["audience"]),
        sender=Sender(
            sender["handle"],
            Assurance(sender["level"]),
            tuple(given["proved"]),
            given.get("name"),
        ),
        messages=tuple(said[one] for one in named),
        case_id=given.get("case_id"),
        case=load_case(orjson.dumps(given["case"]).decode()),
        recall=_recall(record, said),
        in_handoff=given.get("handoff", False),
        case_ended=given.get("ended", False),
        private_reply=given.get("private", False),
        rules=rules,
        reachable=frozenset(given["reachable"]),
        preferences=Preferences(*given["wants"]) if "wants" in given else _NO_PREFERENCES,
        contacts=tuple(
            Contact(case_id, intent, from_micros(at))
            for case_id, intent, at in given.get("contacts", ())
        ),
        model=frozenset(given.get("model", ())),
    )


def _recall(record: Mapping[str, Any], said: Mapping[str, Said]) -> Recall:
    memory = record.get("memory", {})
    return Recall(
        facts=tuple(_fact(one) for one in record.get("facts", ()) if TOLD in one),
        exchanges=tuple(said[one] for one in record.get("exchanges", ()) if one in said),
        recalled=tuple(
            Recalled(
                said[one["id"]],
                one["score"],
                {name: worth or 0.0 for name, worth in one["why"].items()},
            )
            for one in record.get("recalled", ())
            if one["id"] in said
        ),
        tokens=record.get("tokens", 0),
        budget=record.get("budget", 0),
        degraded=tuple(memory.get("degraded", ())),
    )


def _fact(row: Mapping[str, Any]) -> Fact:
    told = row[TOLD]
    return Fact(
        key=row["name"],
        value=row["value"],
        source=row["source"],
        handle=told["handle"],
        level=Assurance(told["level"]),
        recorded_at=from_micros(told["at"]),
        secret=row.get("secret", False),
        needs=Assurance(row.get("needs", 0)),
        verified=told.get("verified", False),
        told_by=told.get("by", "customer"),
        channel=told.get("channel"),
        due_at=from_micros(told["due"]) if "due" in told else None,
    )
