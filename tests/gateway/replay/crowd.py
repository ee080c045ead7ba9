"""A made-up file of dialogues: customers who want a table or a parcel, and change the channel."""

from __future__ import annotations

import json
from pathlib import Path

NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def table(number: int) -> dict[str, object]:
    """Somebody books a table: the name on the first channel, the day on the second."""
    name, day = NAMES[number % 10], DAYS[number % 5]
    texts = [
        "hello",
        "I would like to book a table please",
        f"my name is {name}",
        f"{day}",
        "thanks",
    ]
    slots = [
        {"name": "CustomerName", "value": name, "first_turn": 2},
        {"name": "Day", "value": day, "first_turn": 3},
    ]
    return dialogue(f"table-{number}", "restaurant", "booktable", 3, texts, slots)


def parcel(number: int) -> dict[str, object]:
    """Somebody misses a parcel, tells its number and asks for a person after the switch."""
    code = f"pk {300 + number}"
    texts = [
        "where is my parcel, it did not arrive",
        code,
        "I want to talk to a human",
        "ok thank you",
    ]
    slots = [{"name": "parcel_number", "value": code, "first_turn": 1}]
    return dialogue(f"parcel-{number}", "post", "findparcel", 2, texts, slots)


def dialogue(
    name: str,
    domain: str,
    intent: str,
    switch: int,
    texts: list[str],
    slots: list[dict[str, object]],
) -> dict[str, object]:
    """One line of a file."""
    segments = [{"channel": "sms", "from_turn": 0}, {"channel": "chat", "from_turn": switch}]
    return {
        "dialogue_id": name,
        "scenario": {"domain": [domain]},
        "intent": intent,
        "channel_plan": {"segments": segments, "switch_turn": switch},
        "gold": {"slots": slots, "must_carry": [slots[0]["name"]], "escalated": None},
        "turns": [{"i": n, "speaker": "customer", "text": text} for n, text in enumerate(texts)],
    }


def write_crowd(folder: Path, count: int = 20) -> Path:
    """A file with `count` dialogues."""
    rows = [(table, parcel)[number % 2](number) for number in range(count)]
    path = folder / "crowd.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path
