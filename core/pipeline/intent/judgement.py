"""What an intent guess is worth at this point of the talk: a favourite presumed, a nod doubted.

The classifier sees one message; here it is weighed against the open case and against what the words
plainly are. It changes the guess and nothing else.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.answers.defaults import DEFAULT_ANSWERS
from core.languages.features import Stems, words
from core.pipeline.contracts import IntentGuess
from core.pipeline.reading.phrases import (
    asks_for_help,
    asks_only_who_answers,
    courtesy,
    is_question,
    is_wish,
)
from core.pipeline.reading.readers import readers_of
from core.pipeline.reading.stop_words import STOP_WORDS
from core.playbook.model import Flow, Intent, Playbook
from core.playbook.once import once_per_playbook
from core.turn import TurnInput


@dataclass(frozen=True, slots=True)
class Boldness:
    """What it takes to begin the likeliest intent's flow though the model abstains.

    `share` is its probability, `lead` how many times likelier than its rivals it is, `support` its
    probability times the share of the message's words that its examples have; each at the least.
    """

    share: float
    lead: float
    support: float


USUAL = Boldness(share=0.25, lead=1.3, support=0.15)
"""The support is measured on ten intents of CLINC150 and the talk of the other 140: without it
every second message about something else began a flow, with it every twentieth; of the right ones
six in ten remain."""

SURE = 0.9
"""Confidence from which an intent stands against a message that reads like a word of thanks."""

_NODS = frozenset({"goodbye", "agree", "decline", "thanks"})
_ENDS = frozenset({"goodbye", "thanks"})


def reconsider(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> IntentGuess:
    """The guess to go by."""
    if asks_only_who_answers(turn.text) and not tells_who_answers(guess, playbook):
        return replace(guess, name=None, runners_up=())
    if asks_for_help(turn.text) and guess.confidence < SURE:
        return replace(guess, name=None)
    return _sobered(turn, presumed(turn, guess, playbook, USUAL), playbook)


def tells_who_answers(guess: IntentGuess, playbook: Playbook) -> bool:
    """Whether "are you a bot?" is what the playbook's own words or example are about."""
    intent = playbook.intent(guess.name)
    if intent is None:
        return False
    own = intent.answer is not None and intent.answer not in DEFAULT_ANSWERS
    return own or guess.confidence == 1.0


def presumed(
    turn: TurnInput, guess: IntentGuess, playbook: Playbook, bold: Boldness
) -> IntentGuess:
    """The guess, or when the model abstains at the start of a talk, its clear favourite.

    Beginning the wrong flow costs one question; asking back costs one too and brings less. But what
    is about something else altogether is not asked for an order number.
    """
    if guess.name is not None or turn.case.flow is not None or not guess.runners_up:
        return guess
    if turn.case.done and not is_wish(turn.text):
        return guess
    (best, share), *others = guess.runners_up
    intent = playbook.intent(best)
    if intent is None or intent.flow is None or intent.flow in turn.case.done:
        return guess
    share, second = _pooled(best, share, others, playbook)
    if share < bold.share or share < bold.lead * second:
        return guess
    if share * familiarity(turn.text, best, playbook) < bold.support:
        return guess
    return replace(guess, name=best)


def _pooled(
    best: str, share: float, others: Sequence[tuple[str, float]], playbook: Playbook
) -> tuple[float, float]:
    """The favourite's share with what speaks for intents like it, and what speaks most against it.

    Two intents are alike as far as their flows ask for the same: to have taken one for the other
    then costs as little. So their shares add up, and none is a rival of the other.
    """
    against = 0.0
    for name, other in others:
        alike = _likeness(best, name, playbook)
        share += other * alike
        against = max(against, other * (1.0 - alike))
    return share, against


def _likeness(first: str, second: str, playbook: Playbook) -> float:
    """The share of the slots of two intents' flows that both ask for."""
    one, other = _flow_of(first, playbook), _flow_of(second, playbook)
    if one is None or other is None:
        return 0.0
    every = {*one.slots, *other.slots}
    return len({*one.slots} & {*other.slots}) / len(every) if every else 0.0


def _flow_of(name: str, playbook: Playbook) -> Flow | None:
    intent = playbook.intent(name)
    return playbook.flows.get(intent.flow) if intent is not None and intent.flow else None


def familiarity(text: str, intent: str, playbook: Playbook) -> float:
    """The share of what a message speaks of that the intent's examples speak of, too.

    One unknown word is added, so that a single word proves little. A message without words may be
    a value that the intent's flow would ask for.
    """
    stems, known = _vocabulary(playbook)
    spoken = _matters(text, stems)
    if not spoken:
        return float(_is_value(text, intent, playbook))
    return len(spoken & known[intent]) / (len(spoken) + 1)


def _is_value(text: str, intent: str, playbook: Playbook) -> bool:
    """Whether a whole message is what a pattern of the intent's slots describes ("1042")."""
    told = playbook.intent(intent)
    flow = playbook.flows.get((told.flow if told else None) or "")
    readers = readers_of(playbook)
    patterns = (each for name in (flow.slots if flow else ()) for each in readers[name].patterns)
    return any(one.fullmatch(text.strip()) for one in patterns)


@once_per_playbook
def _vocabulary(playbook: Playbook) -> tuple[Stems, Mapping[str, frozenset[str]]]:
    stems = Stems(playbook.language)
    known = {
        one.name: frozenset().union(*(_matters(text, stems) for text in (one.title, *one.examples)))
        for one in playbook.intents
    }
    return stems, known


def usual_words(intent: str, playbook: Playbook) -> frozenset[str]:
    """The stems that say what is wanted, whatever it is wanted for: those of an intent's title and
    description, and those that one in ten of its examples has, and two at least."""
    return _usual(playbook).get(intent, frozenset())


@once_per_playbook
def _usual(playbook: Playbook) -> Mapping[str, frozenset[str]]:
    stems = Stems(playbook.language)
    return {one.name: _usual_of(one, stems) for one in playbook.intents}


def _usual_of(intent: Intent, stems: Stems) -> frozenset[str]:
    seen = Counter(stem for text in intent.examples for stem in _matters(text, stems))
    often = max(2, math.ceil(len(intent.examples) / 10))
    own = _matters(f"{intent.title} {intent.description}", stems)
    return own | {stem for stem, times in seen.items() if times >= often}


def _matters(text: str, stems: Stems) -> frozenset[str]:
    """The stems of the words that say something, without numbers."""
    return frozenset(
        stems.of(one) for one in words(text) if one.isalpha() and one not in STOP_WORDS["en"]
    )


def _sobered(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> IntentGuess:
    """The guess, unless it takes a question for a nod ("Bye! Or can you send it today?"), or a
    word of thanks for a request ("Thanks, that saved me a call about my bill")."""
    intent = playbook.intent(guess.name)
    if intent is not None and intent.small_talk:
        nods = intent.answer in _NODS and is_question(turn.text)
        nods = nods or (intent.answer in _ENDS and is_wish(turn.text))
        return replace(guess, name=None) if nods else guess
    answer = courtesy(turn.text)
    if answer is None or guess.confidence >= SURE:
        return guess
    polite = (one for one in playbook.intents if one.small_talk and one.answer == answer)
    return replace(guess, name=next((one.name for one in polite), guess.name))
