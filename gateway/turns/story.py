"""The story of a committed turn, as events for whoever watches: facts, not sentences."""

from __future__ import annotations

from datetime import datetime

from core.turn import Decision, TurnInput
from gateway.events import Bus, Event
from memory.units.messages.claims import Claimed
from memory.units.messages.turns import Commit, Committed


def tell_turn(
    bus: Bus,
    claimed: Claimed,
    turn: TurnInput,
    decision: Decision,
    change: Commit,
    done: Committed,
    now: datetime,
) -> None:
    """Publish what a turn resolved, recalled, decided and committed, in that order."""
    who = (claimed.customer_id, change.conversation_id)
    recall, sender = turn.recall, turn.sender
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        (
            "resolved",
            {
                "handle": sender.handle,
                "customer": sender.name,
                "level": int(sender.level),
                "proved": list(sender.proved),
            },
        ),
        (
            "recalled",
            {
                "facts": [{"key": one.key, "value": one.value} for one in recall.facts],
                "exchanges": len(recall.exchanges),
                "recalled": [
                    {"text": one.said.text, "why": dict(one.why)} for one in recall.recalled
                ],
                "tokens": recall.tokens,
                "budget": recall.budget,
                "left_out": [{"why": one.why, "number": one.number} for one in recall.left_out],
                "memory": {"degraded": list(recall.degraded)},
            },
        ),
        ("decided", decided_data(decision)),
        (
            "committed",
            {
                "turn_id": str(turn.id),
                "case_id": None if change.turn["case_id"] is None else str(change.turn["case_id"]),
                "parts": len(change.deliveries),
            },
        ),
    )
    for kind, data in steps:
        bus.publish(Event(kind, now, *who, {**data, "channel": turn.channel}))
    if done.seq is not None:
        data = {"message_id": f"{change.conversation_id}-{done.seq}", "author": "bot"}
        bus.publish(Event("message", now, *who, data))
    for part in change.deliveries:
        # A socket's part is sent by being committed; others are told of when they leave.
        if part["status"] == "sent":
            told = {name: part[name] for name in ("part", "parts", "status", "channel")}
            told |= {"delivery_id": str(part["id"]), "reason": None}
            bus.publish(Event("delivered", now, None, change.conversation_id, told))
    if decision.escalation is not None or change.aside is not None:
        bus.publish(Event("handoff", now, *who, {"state": "opened"}))
    if change.raised is not None:
        bus.publish(Event("handoff", now, *who, {"state": "raised"}))


def decided_data(decision: Decision) -> dict[str, object]:
    """What is told of a decision, by the names that its sentence goes by
    (`gateway.turns.trace`)."""
    outputs = {one.stage: one.output for one in decision.stages}
    escalation = decision.escalation
    return {
        "intent": decision.intent,
        "confidence": outputs.get("intent", {}).get("confidence"),
        "move": outputs.get("state", {}).get("move"),
        "reply": None if decision.reply is None else decision.reply.text,
        "asked": list(decision.asked),
        "sources": [list(one) for one in decision.sources],
        "template": outputs.get("response", {}).get("template"),
        "escalation": None
        if escalation is None
        else {"rule": escalation.rule, "queue": escalation.queue, "reason": escalation.reason},
        "silent": decision.silent,
        "stages": [
            {"stage": one.stage, "version": one.version, "output": dict(one.output)}
            for one in decision.stages
        ],
    }
