"""Several matters in one message: its parts, what each of them asks for, and where they are kept.

A message of one part costs one look. A part counts as a matter of its own by what it asks for and
how sure that is, weighed against what the whole message speaks of; less than two leave the message
to be understood as a whole. What becomes of the matters is `core.pipeline.state.taking_up`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from core.pipeline.contracts import IntentGuess, IntentStage
from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.phrases import asks_for_help, is_question, is_request
from core.playbook.model import Playbook
from core.turn import Said, TurnInput, Waiting

MOST = 3
"""How many matters of one message are kept beside the first."""

LOOKED_AT = 1_200
"""Characters of a message that are looked at."""

CLEAR = 0.6
"""From which probability the favourite of a part counts though the model abstains, where the whole
message speaks of it, too. With few examples it doubles how often both of two wishes are heard."""

STATED = 0.02
"""The least probability in the whole message of what a part says without asking for anything:
what is told along with a wish ("I ordered two weeks ago") is understood for sure, too."""

ALIKE = 0.05
"""The probability from which a part may as well mean another part's matter: the two are one."""

_LEAST_WORDS = 3
_HUMAN = "talk_to_human"

_AND = r"(?:and|but|plus|und|aber|sowie|et|mais|y|e|pero)"
_ALSO = r"(?:also|then|too|auch|außerdem|dann|noch|aussi|puis|en plus|también|además|luego)"
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+|;\s+")
_JOINED = re.compile(rf",?\s+(?:{_AND}(?:\s+{_ALSO})?|{_ALSO})\s+", re.I)
_MARK = re.compile(rf"[.?!;\n]\s*\S|\s(?:{_AND}|{_ALSO})\s", re.I)
_LEADING = re.compile(
    rf"\A[\W_]*(?:(?:{_AND}|{_ALSO}|oh|by the way|another thing|one more thing|übrigens|"
    r"(?:noch )?eine (?:andere )?(?:frage|sache)|au fait|autre chose|par ailleurs|"
    r"por cierto|otra cosa)\b[\s,:]*)+",
    re.I,
)

Classify = Callable[[str], IntentGuess]


def parts_of(text: str) -> tuple[str, ...]:
    """The sentences of a message, and what is joined in them, as far as they are long enough to
    ask for something."""
    if _MARK.search(text) is None:
        return (text,)
    sentences = _SENTENCE.split(text[:LOOKED_AT])
    found = (_LEADING.sub("", one).strip() for some in sentences for one in _joined(some))
    parts = tuple(one for one in found if len(one.split()) >= _LEAST_WORDS)
    return parts or (text,)


def _joined(sentence: str) -> Iterator[str]:
    """What "and" joins in a sentence, if each side is long enough: a lamp and a shade are one."""
    begin, joins = 0, list(_JOINED.finditer(sentence))
    for at, found in enumerate(joins):
        end = joins[at + 1].start() if at + 1 < len(joins) else len(sentence)
        sides = sentence[begin : found.start()], sentence[found.end() : end]
        if all(len(one.split()) >= _LEAST_WORDS for one in sides):
            yield sides[0]
            begin = found.end()
    yield sentence[begin:]


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
        if asked:
            pieces = [one for one in pieces if _asks(one[2])]
        heard = _heard(pieces, guess, playbook, classify) if pieces else []
        if asked:
            return _beside_answer(guess, heard, case.intent)
        if len(heard) > 1:
            return _first_of(heard, playbook)
        # What is told around a wish hides it from a look at the whole.
        hidden = guess.name is None and heard and heard[0].sure and _asks(heard[0].text)
        return heard[0].guess if hidden else guess

    return guess_intents


def _asks(text: str) -> bool:
    return is_question(text) or is_request(text)


def _pieces(turn: TurnInput, least: int) -> list[tuple[str, int, str]]:
    """The parts of a turn's messages; none where it is one, or fewer than `least`."""
    pieces = [
        (said.id, at, text) for said in turn.messages for at, text in enumerate(parts_of(said.text))
    ]
    one = len(turn.messages) == 1 and pieces[0][2] == turn.messages[0].text
    # Whoever asks for a person gets one, whatever else there is.
    return [] if one or len(pieces) < least or asks_for_human(turn.text) else pieces


class _Heard(NamedTuple):
    """A matter, the part that speaks of it, and whether the model was sure of that part alone."""

    waiting: Waiting
    guess: IntentGuess
    text: str
    sure: bool

    def is_like(self, other: _Heard) -> bool:
        """Whether one of the two parts may as well mean the other's matter."""
        mine, theirs = dict(self.guess.runners_up), dict(other.guess.runners_up)
        here, there = theirs.get(self.waiting.intent, 0.0), mine.get(other.waiting.intent, 0.0)
        return max(here, there) >= ALIKE


def _heard(
    pieces: Sequence[tuple[str, int, str]],
    whole: IntentGuess,
    playbook: Playbook,
    classify: Classify,
) -> list[_Heard]:
    """Each matter once, in the order of the parts; none where somebody asks for a person."""
    spoken_of = dict(whole.runners_up)
    if whole.name is not None:
        spoken_of[whole.name] = whole.confidence
    heard: dict[str, _Heard] = {}
    for source, at, text in pieces:
        told = classify(text)
        if told.name == _HUMAN:
            return []
        guess = _meant(told, text, spoken_of)
        intent = playbook.intent(guess.name)
        if intent is None or intent.small_talk:
            continue
        one = _Heard(Waiting(intent.name, source, at), guess, text, guess is told)
        if not any(one.is_like(other) for other in heard.values()):
            heard.setdefault(intent.name, one)
    # "Can you help me with that?" asks for nothing else than what stands before it.
    wishes = [one for one in heard.values() if not asks_for_help(one.text)]
    return wishes or list(heard.values())


def _meant(guess: IntentGuess, text: str, spoken_of: Mapping[str, float]) -> IntentGuess:
    """The guess of a part, weighed against what the whole message speaks of.

    What asks for something means what it is understood as for sure, or else its clear favourite if
    the whole speaks of that. What asks for nothing must be sure, and the whole speak of it.
    """
    if guess.name is not None:
        stated = _asks(text) or spoken_of.get(guess.name, 0.0) > STATED
        return guess if stated else replace(guess, name=None)
    clear = guess.confidence >= CLEAR and guess.runners_up[0][0] in spoken_of and _asks(text)
    if not clear:
        return guess
    return replace(guess, name=guess.runners_up[0][0], runners_up=guess.runners_up[1:])


def _beside_answer(guess: IntentGuess, heard: Sequence[_Heard], matter: str | None) -> IntentGuess:
    """What is asked beside the answer to our own question, or in its place."""
    beside = [one for one in heard if one.sure and one.waiting.intent != matter]
    if not beside:
        return guess
    whole = beside[0].guess if guess.name is None else guess
    return replace(whole, others=tuple(one.waiting for one in beside[:MOST]))


def _first_of(heard: Sequence[_Heard], playbook: Playbook) -> IntentGuess:
    """The matter to begin with, and the others beside it: one with a flow comes before one that is
    only answered."""
    first = next((one for one in heard if _has_flow(one.waiting, playbook)), heard[0])
    others = tuple(one.waiting for one in heard if one is not first)
    return replace(first.guess, others=others[:MOST])


def _has_flow(waiting: Waiting, playbook: Playbook) -> bool:
    intent = playbook.intent(waiting.intent)
    return intent is not None and intent.flow is not None
