"""How the frozen data of `core.turn` is written as compact JSON text, and read back.

A round trip gives an equal value, and the same value always gives the same text. Nothing here
decides what is stored or who may read it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson

from core.clock import from_micros, to_micros
from core.message import Assurance, Author
from core.turn import CaseState, Fact, Proof, Said, SlotValue, Undertaking, Waiting

Json = dict[str, Any]
"""Data fresh from JSON text: its shape is checked by the code that takes it apart."""

_NO_CASE = "{}"


def dump_case(case: CaseState, drawn: Collection[int] = ()) -> str:
    """A case's state as JSON text, without what is empty.

    `drawn` are ids of handles, other than the one that opened it, from which it was made too.
    """
    data = {
        "intent": case.intent,
        "flow": case.flow,
        "slots": [_slot_data(one) for one in case.slots],
        "asking": case.asking,
        "offering": None if case.offering is None else _slot_data(case.offering),
        "refused": case.refused,
        "done": case.done,
        "counters": dict(sorted(case.counters.items())),
        "said": case.said,
        "proof": None if case.proof is None else _proof_data(case.proof),
        "undertaken": [
            (one.flow, one.stage, one.key, one.values, one.replaces) for one in case.undertaken
        ],
        "waiting": [tuple(one) for one in case.waiting],
        "drawn": sorted(drawn),
    }
    return orjson.dumps({key: value for key, value in data.items() if value}).decode()


def load_case(text: str) -> CaseState:
    """The state written by `dump_case`. Raises `ValueError` for text that is not JSON."""
    if text == _NO_CASE:
        return CaseState()
    data: Json = orjson.loads(text)
    offering = data.get("offering")
    return CaseState(
        intent=data.get("intent"),
        flow=data.get("flow"),
        slots=tuple(_slot(one) for one in data.get("slots", ())),
        asking=data.get("asking"),
        offering=None if offering is None else _slot(offering),
        refused=tuple(data.get("refused", ())),
        done=tuple(data.get("done", ())),
        counters=data.get("counters", {}),
        said=tuple(data.get("said", ())),
        proof=_proof(data["proof"]) if "proof" in data else None,
        undertaken=tuple(Undertaking(*one) for one in data.get("undertaken", ())),
        waiting=tuple(Waiting(*one) for one in data.get("waiting", ())),
    )


def dump_fact(fact: Fact) -> str:
    """A fact as JSON text."""
    return _dump(
        {
            "key": fact.key,
            "value": fact.value,
            "source": fact.source,
            "handle": fact.handle,
            "level": int(fact.level),
            "at": to_micros(fact.recorded_at),
            "secret": fact.secret or None,
            "needs": int(fact.needs) or None,
        }
    )


def load_fact(text: str) -> Fact:
    """The fact written by `dump_fact`."""
    data: Json = orjson.loads(text)
    return Fact(
        key=data["key"],
        value=data["value"],
        source=data["source"],
        handle=data["handle"],
        level=Assurance(data["level"]),
        recorded_at=from_micros(data["at"]),
        secret=data.get("secret", False),
        needs=Assurance(data.get("needs", 0)),
    )


def dump_said(said: Said) -> str:
    """A message of a thread as JSON text."""
    return _dump(
        {
            "id": said.id,
            "at": to_micros(said.at),
            "channel": said.channel,
            "author": said.author.value,
            "text": said.text,
            "tokens": said.tokens,
            "handle": said.handle,
            "author_name": said.author_name,
            "quick_reply": said.quick_reply,
            "secrets": dict(sorted(said.secrets.items())) or None,
        }
    )


def load_said(text: str) -> Said:
    """The message written by `dump_said`."""
    data: Json = orjson.loads(text)
    return Said(
        id=data["id"],
        at=from_micros(data["at"]),
        channel=data["channel"],
        author=Author(data["author"]),
        text=data["text"],
        tokens=data["tokens"],
        handle=data["handle"],
        author_name=data.get("author_name"),
        quick_reply=data.get("quick_reply"),
        secrets=data.get("secrets", {}),
    )


def _proof_data(proof: Proof) -> Json:
    return {
        "stage": proof.stage,
        "at": to_micros(proof.at),
        "goal": proof.goal,
        "choices": proof.choices,
    }


def _proof(data: Json) -> Proof:
    return Proof(data["stage"], from_micros(data["at"]), data["goal"], tuple(data["choices"]))


def _slot_data(slot: SlotValue) -> Json:
    data: Json = {
        "name": slot.name,
        "value": slot.value,
        "source": slot.source,
        "handle": slot.handle,
        "level": int(slot.level),
    }
    if slot.secret:
        data["secret"] = True
    if slot.digest is not None:
        data["digest"] = slot.digest
    if not slot.confirmed:
        data["confirmed"] = False
    if slot.needs:
        data["needs"] = int(slot.needs)
    if slot.normal is not None:
        data["normal"] = slot.normal
    return data


def _slot(data: Json) -> SlotValue:
    return SlotValue(
        name=data["name"],
        value=data["value"],
        source=data["source"],
        handle=data["handle"],
        level=Assurance(data["level"]),
        secret=data.get("secret", False),
        digest=data.get("digest"),
        confirmed=data.get("confirmed", True),
        needs=Assurance(data.get("needs", 0)),
        normal=data.get("normal"),
    )


def _dump(data: Json) -> str:
    """Compact text without absent values."""
    return orjson.dumps({key: value for key, value in data.items() if value is not None}).decode()
