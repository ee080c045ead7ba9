"""A played dialogue as a person reads it, from the files a replay wrote.

Reads `wire.jsonl` and `turns.jsonl`; knows nothing of a gateway, so a transcript can be printed
anywhere. What each turn asked, handed over or left unsaid stands beside the reply it belongs to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WIRE = "wire.jsonl"
TURNS = "turns.jsonl"

Row = Mapping[str, object]


class NoTranscript(Exception):
    """There is no such dialogue in the folder; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript: who, on which channel, what, and remarks of the turn."""

    who: str
    channel: str
    text: str
    remarks: tuple[str, ...] = ()


def read_rows(path: Path) -> list[dict[str, object]]:
    """The rows of a JSON-lines file. Raises `NoTranscript` when it is missing or damaged."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
    except OSError as error:
        words = (error.strerror or "unknown reason").lower()
        raise NoTranscript(
            f"{path} cannot be read: {words}; name the folder that a replay wrote, its --out"
        ) from error
    except ValueError as error:
        raise NoTranscript(f"{path} is damaged; play the dialogues again: {error}") from error


def transcript(folder: Path, dialogue_id: str) -> list[Line]:
    """The lines of one dialogue in the order they crossed the wire. Raises `NoTranscript`."""
    wire = read_rows(folder / WIRE)
    mine = [row for row in wire if row["dialogue_id"] == dialogue_id]
    if not mine:
        known = sorted({str(row["dialogue_id"]) for row in wire})
        near = [one for one in known if dialogue_id in one] or known
        hint = ", ".join(near[:5])
        raise NoTranscript(f"no dialogue {dialogue_id!r} was played; there is {hint or 'none'}")
    turns = [row for row in read_rows(folder / TURNS) if row["dialogue_id"] == dialogue_id]
    return list(_lines(mine, turns))


def _lines(wire: Sequence[Row], turns: Sequence[Row]) -> Iterator[Line]:
    by_reply = {name: turn for turn in turns for name in _strings(turn, "outbound")}
    silent = {_strings(turn, "inbound")[-1]: turn for turn in turns if turn.get("silent")}
    shown: set[int] = set()
    for row in sorted(wire, key=lambda row: int(str(row["seq"]))):
        inbound = row["direction"] == "in"
        turn = silent.get(str(row["id"])) if inbound else by_reply.get(str(row["id"]))
        fresh = turn is not None and id(turn) not in shown
        if turn is not None:
            shown.add(id(turn))
        who = "customer" if inbound else "gateway"
        remarks = _remarks(turn) if turn is not None and fresh else ()
        if inbound and row.get("filler"):
            remarks = ("filler", *remarks)
        yield Line(who, str(row["channel"]), str(row["text"]), remarks)


def _remarks(turn: Row) -> tuple[str, ...]:
    found = [f"intent {turn['intent']}"] if turn.get("intent") else []
    found += [f"asks for {name}" for name in _strings(turn, "asked")]
    if turn.get("escalated"):
        found.append(f"handed over: {turn['escalated']}")
    if turn.get("silent"):
        found.append(f"silent: {turn['silent']}")
    held = turn.get("slots")
    if isinstance(held, list) and held:
        found.append("has " + ", ".join(f"{one['name']}={one['value']}" for one in held))
    return tuple(found)


def _strings(row: Row, key: str) -> list[str]:
    value = row.get(key)
    return [str(one) for one in value] if isinstance(value, list) else []
