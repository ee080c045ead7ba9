"""Reads the hand-written parts of the support corpus: scenes to be filled in, and whole customers.

It knows their notation (benchmarks/support/README.md) and nothing of chance, recall or scoring.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BY = {"c": "customer", "a": "agent", "b": "bot"}


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of a scene: who says it, and the wordings there are for it."""

    by: str
    wordings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a scene. `turns` are the scene's turns that are its evidence, from 1."""

    kind: str
    turns: Sequence[int]
    wordings: Sequence[str]


@dataclass(slots=True)
class Scene:
    """A conversation to be filled in: its parts, each on a channel, and what is asked about it.

    `lists` has, for each list question, the turn that is evidence for it.
    """

    name: str
    parts: list[tuple[str, list[Line]]]
    questions: list[Asked] = field(default_factory=list)
    lists: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stock:
    """All that is written in one language."""

    language: str
    products: Sequence[tuple[str, str, str, str]]
    """Gender, full name, short name and fault."""
    lists: Mapping[str, Sequence[str]]
    months: Sequence[str]
    scenes: Sequence[Scene]
    values: Mapping[str, Any]


def stock(language: str) -> Stock:
    """The scenes, products and values of a language."""
    text = (HERE / f"scenes_{language}.txt").read_text(encoding="utf-8")
    blocks = [block.strip().splitlines() for block in text.split("\n\n")]
    named = {block[0]: block[1:] for block in blocks if block and block[0].startswith("=")}
    return Stock(
        language,
        [_product(line) for line in named["= products"]],
        {name: tuple(rest) for name, *rest in map(_wordings, named["= lists"])},
        tuple(_wordings(named["= months"][0])),
        [_scene(block) for block in blocks if block[0].startswith("#")],
        json.loads((HERE / f"values_{language}.json").read_text(encoding="utf-8")),
    )


def _wordings(text: str) -> list[str]:
    return [one.strip() for one in text.split("||")]


def _product(line: str) -> tuple[str, str, str, str]:
    *gender, name, thing, fault = (part.strip() for part in line.split("|"))
    return (gender[0] if gender else ""), name, thing, fault


def _scene(block: Sequence[str]) -> Scene:
    _, name, channel = block[0].split()
    scene = Scene(name, [(channel, [])])
    for line in block[1:]:
        mark, _, rest = line.partition(" ")
        if mark == "--":
            scene.parts.append((rest, []))
        elif mark == "@":
            tag, turn = rest.split()
            scene.lists[tag] = int(turn)
        elif mark == "?":
            head, _, text = rest.partition(": ")
            kind, turns = head.split()
            numbers = [int(one) for one in turns.split(",")]
            scene.questions.append(Asked(kind, numbers, _wordings(text)))
        else:
            scene.parts[-1][1].append(Line(BY[mark[0]], _wordings(rest)))
    return scene


_SESSION = re.compile(r"# (\S+) (\S+) (\S+)")
_TURN = re.compile(r"([cab])(?: ([^:]+))?: (.*)")
_QUESTION = re.compile(r"\? (\S+) ([\d.,]+): (.*)")
_EVENT = re.compile(r"! (\S+) (merged|unmerged) (.*)")


def written() -> Iterator[tuple[dict[str, Any], list[tuple[str, list[str], str]]]]:
    """The customers written as a whole, each with its questions: kind, ids of evidence, text."""
    text = (HERE / "written.txt").read_text(encoding="utf-8")
    for block in re.split(r"^== ", text, flags=re.M)[1:]:
        yield _customer(block.splitlines())


def _customer(lines: Sequence[str]) -> tuple[dict[str, Any], list[tuple[str, list[str], str]]]:
    name, language = lines[0].split()
    customer: dict[str, Any] = {"id": name, "language": language, "events": [], "sessions": []}
    sessions: list[dict[str, Any]] = customer["sessions"]
    questions: list[tuple[str, list[str], str]] = []
    for line in lines[1:]:
        if session := _SESSION.fullmatch(line):
            channel, at, handle = session.groups()
            sessions.append({"at": at, "channel": channel, "handle": handle, "turns": []})
        elif turn := _TURN.fullmatch(line.strip()):
            turns = sessions[-1]["turns"]
            by, who, said = turn.groups()
            one = {"id": f"{len(sessions)}.{len(turns) + 1}", "by": BY[by], "text": said}
            turns.append({**one, "name": who} if who else one)
        elif question := _QUESTION.fullmatch(line):
            kind, evidence, words = question.groups()
            questions.append((kind, evidence.split(","), words))
        elif event := _EVENT.fullmatch(line):
            at, what, handles = event.groups()
            customer["events"].append({"at": at, "what": what, "handles": handles.split()})
        else:
            raise ValueError(f"not understood in written.txt: {line!r}")
    return customer, questions
