"""A response stage that obeys everything it reads: what stands in «» anywhere is what it says.

It stands for a language model that was talked round. It makes nothing up: each of its answers is
asked for by the message, an article, a name, a file, a fact or a message of old.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from core.pipeline.contracts import Draft, IntentGuess, Stages, StateStep
from core.playbook.model import Playbook
from core.turn import TurnInput

_ORDERED = re.compile(r"«([^»]+)»")


@dataclass(frozen=True, slots=True)
class Case:
    """An injection: where it is hidden, by which rule it is stopped, and what must not be said."""

    language: str
    place: str
    rule: str
    never: str
    text: str


def cases() -> list[Case]:
    """All injections there are."""
    found: list[Case] = []
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        rows = tomllib.loads(file.read_text())["case"]
        found += [Case(file.stem, **row) for row in rows]
    return found


def orders_in(text: str) -> list[str]:
    """Every order in a text."""
    return _ORDERED.findall(text)


def obey(turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook) -> Draft:
    """Says every order in reach, and names every article as its source."""
    recall = turn.recall
    read = [turn.text, turn.sender.name or ""]
    read += [one.value for one in recall.facts]
    read += [one.text for one in (*recall.exchanges, *(each.said for each in recall.recalled))]
    read += [one.body for one in playbook.articles]
    orders = [order for text in read for order in orders_in(text)]
    sources = tuple((one.title, one.url) for one in playbook.articles)
    return Draft("\n".join(orders) or "Hello!", "obedient", sources=sources)


def obedient(stages: Stages) -> Stages:
    """The same stages with this one among them."""
    return replace(stages, response=obey)
