"""What customers wrote that was not understood, brought together by likeness, for new examples.

It takes stored turns and a playbook, and gives groups of messages with what they might have been.
What is personal in a text is masked before anybody sees it. Pure; nothing is learned by itself.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.escalation.rules import stuck_rules
from core.languages.features import Stems, character_terms, plain, word_terms
from core.pipeline.reading.phrases import is_chat, yes_or_no
from core.playbook.model import Playbook
from memory.stored_turns import StoredTurn

LIKE = 0.4
"""Cosine of two messages' terms from which they ask for the same."""

LIKE_MEANING = 0.65
"""The same of sentence vectors."""

NEAR = 0.2
"""Share from which an intent is a place where a group may belong."""

MOST = 3_000
"""Messages that are looked at, newest first: comparing takes the square of them."""

SHOWN = 4
"""Different wordings of a group that are told."""

_HARMLESS = frozenset("language channel preferred_channel form tier tags".split())
"""What is known of a customer and fits many."""

_LEAST_WORDS = 2
_LONGEST = 80
"""Characters of a value that stands in a sentence; a longer one is a message of its own."""
_TEMPLATES = frozenset(("unknown", "clarify", "fall_through"))
_STUCK = frozenset(one.id for one in stuck_rules(1, 1))
_CHOSEN = frozenset(("choice", "yes_no"))
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_DIGIT = re.compile(r"\d")
_NAMING = re.compile(
    r"(?P<says>\b(?i:my (?:full )?name is|mein name ist|ich heiße|je m'appelle|mon nom est|"
    r"me llamo|mi nombre es)\s+)\w[\w'’-]*(?:\s(?!(?i:and|but|i|und|et|y)\b)\w[\w'’-]*)?|"
    r"(?P<calls>\b(?i:this is|i am|i'm|hier ist|ich bin|c'est|soy)\s+)"
    r"[A-ZÀ-Þ][\w'’-]+(?:\s[A-ZÀ-Þ][\w'’-]+){0,2}"
)

Vector = NDArray[np.float32]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A message that was not understood: its masked text, the intents it was nearest to, what was
    done instead."""

    text: str
    nearest: tuple[tuple[str, float], ...]
    became: str


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that ask for the same: how many there were, some of their wordings (the most
    frequent first), the nearest intents with their mean share, what became of them, and a line for
    `intents.toml`."""

    count: int
    texts: tuple[str, ...]
    nearest: tuple[tuple[str, float], ...]
    became: Mapping[str, int]
    line: str

    @property
    def place(self) -> str | None:
        """The intent whose examples these may be, if one is near."""
        return self.nearest[0][0] if self.nearest and self.nearest[0][1] >= NEAR else None


def unclear_of(turn: StoredTurn, playbook: Playbook) -> Unclear | None:
    """The turn's message, if it was not understood and may be seen; else nothing.

    A message that is gone, or a turn that drew on another customer's memory, tells nothing; neither
    do a courtesy and a bare answer.
    """
    text = turn.text.strip()
    if not text or turn.withheld or is_chat(text) or yes_or_no(text) is not None:
        return None
    stages = {one.get("stage"): one.get("output", {}) for one in turn.record.get("stages", ())}
    became = _became(turn, stages)
    if became is None or len(plain(text).split()) < _LEAST_WORDS:
        return None
    known = {one.name for one in playbook.intents if not one.small_talk}
    runners = [
        (str(name), float(share))
        for name, share in stages.get("intent", {}).get("runners_up", ())
        if name in known
    ]
    return Unclear(masked(text, turn.record, playbook), tuple(runners), became)


def _became(turn: StoredTurn, stages: Mapping[str, Mapping[str, Any]]) -> str | None:
    state, response = stages.get("state", {}), stages.get("response", {})
    if turn.escalated is not None:
        rule = str(turn.escalated)
        stuck = rule in _STUCK or response.get("grounded") is False
        return "handed over" if stuck and not stages.get("intent", {}).get("intent") else None
    if state.get("move") in (None, "silent") or turn.silent is not None:
        return None
    if response.get("template") == "clarify":
        return "asked back"
    if response.get("grounded") is False or response.get("template") in _TEMPLATES:
        return "not answered"
    abstained = stages.get("intent", {}).get("intent") is None and state.get("intent") is None
    took = state.get("captured") or state.get("move") not in ("answer", "unclear")
    return "guessed at" if abstained and not took else None


def masked(text: str, record: Mapping[str, Any], playbook: Playbook) -> str:
    """The text without what is somebody's: addresses, numbers, names, and what was told for slots
    or is remembered of them. A choice of the playbook's own is nobody's."""
    kinds = {name: slot.kind for name, slot in playbook.slots.items()}
    told = {
        str(one.get("value", ""))
        for key in ("slots", "facts")
        for one in record.get(key, ())
        if kinds.get(name := str(one.get("name"))) not in _CHOSEN
        and name.rpartition(":")[2] not in _HARMLESS
    }
    text = _LINK.sub("www.example.com", _EMAIL.sub("name@example.com", text))
    for value in sorted(told, key=len, reverse=True):
        if 1 < len(value) <= _LONGEST:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", text, flags=re.I)
    text = _NAMING.sub(lambda found: f"{found['says'] or found['calls']}…", text)
    return " ".join(_DIGIT.sub("0", text).split())


def grouped(
    unclear: Sequence[Unclear], playbook: Playbook, encode: Encode | None = None
) -> tuple[Group, ...]:
    """Groups of messages that are like each other, the largest first."""
    distinct: dict[str, list[Unclear]] = defaultdict(list)
    for one in unclear[:MOST]:
        distinct[plain(one.text)].append(one)
    ranked = sorted(distinct.items(), key=lambda one: (-len(one[1]), one[0]))
    if encode is None:
        vectors = _term_vectors([text for text, _ in ranked], playbook.language)
        like = LIKE
    else:
        made = encode([ones[0].text for _, ones in ranked]) if ranked else np.zeros((0, 1))
        vectors, like = [dict(enumerate(map(float, row))) for row in made], LIKE_MEANING
    places: list[tuple[dict[object, float], list[Unclear]]] = []
    for vector, (_, ones) in zip(vectors, ranked, strict=True):
        best = max(places, key=lambda place: _cosine(vector, place[0]), default=None)
        if best is not None and _cosine(vector, best[0]) >= like:
            best[1].extend(ones)
        else:
            # The most frequent wording leads: a mean of all would drift from what was asked.
            places.append((dict(vector), list(ones)))
    groups = (_group(ones) for _, ones in places)
    return tuple(sorted(groups, key=lambda one: (-one.count, one.texts)))


def _term_vectors(texts: Sequence[str], language: str) -> list[dict[Any, float]]:
    """Terms of each text, weighted by how few texts have them, of length 1."""
    words = word_terms(Stems(language))
    rows = [Counter((*words(text), *character_terms(text))) for text in texts]
    spread = Counter(term for row in rows for term in row)
    vectors = []
    for row in rows:
        weights = {
            term: (1 + math.log(count)) * (1 + math.log((1 + len(rows)) / (1 + spread[term])))
            for term, count in row.items()
        }
        size = math.sqrt(sum(one * one for one in weights.values())) or 1.0
        vectors.append({term: one / size for term, one in weights.items()})
    return vectors


def _cosine(one: Mapping[Any, float], other: Mapping[Any, float]) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other.get(term, 0.0) for term, weight in one.items())


def _group(ones: Sequence[Unclear]) -> Group:
    wordings = Counter(one.text for one in ones)
    texts = tuple(text for text, _ in wordings.most_common(SHOWN))
    shares: defaultdict[str, float] = defaultdict(float)
    for one in ones:
        for name, share in one.nearest:
            shares[name] += share / len(ones)
    nearest = sorted(shares.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
    became = Counter(one.became for one in ones)
    return Group(len(ones), texts, tuple(nearest), dict(became), line_of(texts))


def line_of(texts: Iterable[str]) -> str:
    """The texts as they stand in a list of examples."""
    return " ".join(f"{json.dumps(one, ensure_ascii=False)}," for one in texts)
