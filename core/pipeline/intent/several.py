"""Several matters in one message: its parts, what each of them asks for, and where they are kept.

A message of one part costs one look. A part counts as a matter of its own when it asks for
something by itself and is understood for sure; anything less leaves the message to be understood as
a whole. What becomes of the matters is `core.pipeline.state.taking_up`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.pipeline.contracts import IntentGuess, IntentStage
from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.phrases import is_question, is_request
from core.playbook.model import Playbook
from core.turn import Said, TurnInput, Waiting

MOST = 3
"""How many matters of one message are kept beside the first."""

LOOKED_AT = 1_200
"""Characters of a message that are looked at."""

_LEAST_WORDS = 3
_HUMAN = "talk_to_human"

_ASKING = (
    r"(?:can|could|would|will|do|does|did|is|are|am|may|should|what|what's|where|where's|when|who|"
    r"which|how|why|please|i (?:also )?(?:want|need|would like)|i'd (?:also )?like|"
    r"wie|wo|wann|was|wer|welche\w*|warum|kann|können|könnten|haben|gibt|ist|sind|bitte|"
    r"ich (?:möchte|will|brauche)|comment|où|quand|quel\w*|combien|pourquoi|pouvez|puis-je|"
    r"est-ce|je (?:voudrais|veux)|cómo|dónde|cuándo|cuánto|qué|cuál\w*|puedo|pueden|puede|"
    r"quiero|necesito)\b"
)
_SENTENCE = re.compile(
    r"(?<=[.?!])\s+|\n+|;\s+|"
    rf",?\s+(?:and|but|und|aber|et|mais|y|pero)(?:\s+(?:also|then|auch|aussi|también))?\s+(?={_ASKING})",
    re.I,
)
_MARK = re.compile(r"[.?!;\n]\s*\S|\s(?:and|but|und|aber|et|mais|y|pero)\s", re.I)
_LEADING = re.compile(
    r"\A[\W_]*(?:(?:and|also|then|plus|und|auch|außerdem|et|aussi|y|también|oh|by the way)\b"
    r"[\s,]*)+",
    re.I,
)

Classify = Callable[[str], IntentGuess]


def parts_of(text: str) -> tuple[str, ...]:
    """The sentences and joined questions of a message that are long enough to ask for something."""
    if _MARK.search(text) is None:
        return (text,)
    found = (_LEADING.sub("", one).strip() for one in _SENTENCE.split(text[:LOOKED_AT]))
    parts = tuple(one for one in found if len(one.split()) >= _LEAST_WORDS)
    return parts or (text,)


def part_said(messages: Sequence[Said], waiting: Waiting) -> Said | None:
    """The message of a matter with the words of that part alone; nothing when it is gone."""
    found = next((one for one in messages if one.id == waiting.source), None)
    if found is None:
        return None
    parts = parts_of(found.text)
    return replace_text(found, parts[waiting.part]) if waiting.part < len(parts) else None


def replace_text(said: Said, text: str) -> Said:
    """The message as if only this had been written in it."""
    return said._replace(text=text, quick_reply=None, about=None)


def without(turn: TurnInput, others: Sequence[Waiting]) -> TurnInput:
    """The turn as if these matters had not been written of: what is said of one is no detail of
    another."""
    messages = []
    for said in turn.messages:
        text, parts = said.text, parts_of(said.text)
        for one in others:
            if one.source == said.id and one.part < len(parts):
                text = text.replace(parts[one.part], " ").strip()
        messages.append(said if text == said.text else replace_text(said, text))
    return replace(turn, messages=tuple(messages), vector=None)


def hear_several(stage: IntentStage, classify: Classify) -> IntentStage:
    """The intent stage, which also hears what else a message of several parts asks for."""

    def guess_intents(turn: TurnInput, playbook: Playbook) -> IntentGuess:
        guess = stage(turn, playbook)
        if turn.in_handoff or any(one.quick_reply for one in turn.messages):
            return guess
        case = turn.case
        asked = case.asking is not None or case.offering is not None or case.proof is not None
        pieces = _pieces(turn, 1 if asked else 2)
        # To be heard as several, or beside an answer, a part has to ask for something.
        least = 1 if asked or guess.name is None else 2
        if sum(is_question(text) or is_request(text) for _, _, text in pieces) < least:
            return guess
        heard = _heard(pieces, playbook, classify)
        if asked:
            return _beside_answer(guess, heard, case.intent)
        if len(heard) > 1:
            return _first_of(heard, playbook)
        # What is told around a wish hides it from a look at the whole.
        return heard[0][1] if heard and guess.name is None else guess

    return guess_intents


def _pieces(turn: TurnInput, least: int) -> list[tuple[str, int, str]]:
    """The parts of a turn's messages; none where it is one, or fewer than `least` ask for much."""
    pieces = [
        (said.id, at, text) for said in turn.messages for at, text in enumerate(parts_of(said.text))
    ]
    one = len(turn.messages) == 1 and pieces[0][2] == turn.messages[0].text
    # Whoever asks for a person gets one, whatever else there is.
    return [] if one or len(pieces) < least or asks_for_human(turn.text) else pieces


def _heard(
    pieces: Sequence[tuple[str, int, str]], playbook: Playbook, classify: Classify
) -> list[tuple[Waiting, IntentGuess]]:
    """Each matter once, in the order of the parts; none where somebody asks for a person."""
    heard: dict[str, tuple[Waiting, IntentGuess]] = {}
    for source, at, text in pieces:
        guess = classify(text)
        if guess.name == _HUMAN:
            return []
        intent = playbook.intent(guess.name)
        if intent is None or intent.small_talk or not (is_question(text) or is_request(text)):
            continue
        heard.setdefault(intent.name, (Waiting(intent.name, source, at), guess))
    return list(heard.values())


def _beside_answer(
    guess: IntentGuess, heard: Sequence[tuple[Waiting, IntentGuess]], matter: str | None
) -> IntentGuess:
    """What is asked beside the answer to our own question, or in its place."""
    beside = [one for one in heard if one[0].intent != matter]
    if not beside:
        return guess
    whole = beside[0][1] if guess.name is None else guess
    return replace(whole, others=tuple(one for one, _ in beside[:MOST]))


def _first_of(heard: Sequence[tuple[Waiting, IntentGuess]], playbook: Playbook) -> IntentGuess:
    """The matter to begin with, and the others beside it: one with a flow comes before one that is
    only answered."""
    first = next((one for one in heard if _has_flow(one[0], playbook)), heard[0])
    others = tuple(one for one, _ in heard if one.intent != first[0].intent)
    return replace(first[1], others=others[:MOST])


def _has_flow(waiting: Waiting, playbook: Playbook) -> bool:
    intent = playbook.intent(waiting.intent)
    return intent is not None and intent.flow is not None
