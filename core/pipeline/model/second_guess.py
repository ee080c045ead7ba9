"""When a language model is asked what a message is about, and what its word is worth.

Pure: that it is asked is an effect. It is asked only where the first stage was not sure and nothing
is being asked of the customer, it may name one of the playbook's intents or none, and what it names
weighs as much as a guess that is just sure enough. Whatever went wrong, the first guess stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.effects import Classify
from core.languages.features import words
from core.pipeline.contracts import IntentGuess
from core.pipeline.reading.phrases import asks_only_who_answers, courtesy, is_chat, yes_or_no
from core.playbook.model import Playbook
from core.turn import TurnInput

INTENTS = "intents"
"""What `TurnInput.model` names when it may be asked."""

MARGIN = 0.1
"""Lead over the second below which a guess is not sure, though the first stage named it."""

SHARE = 0.7
"""The confidence of what a model named. It never ends an open flow by itself."""

_LEAST_WORDS = 3
_MOST = 1_500
"""Characters of a message that are asked about: what it is about is said at its beginning."""


def wanted(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> Classify | None:
    """What a model is asked, if the guess is not sure and the message is no answer to us."""
    if INTENTS not in turn.model or turn.in_handoff or not playbook.intents:
        return None
    if guess.name is not None and guess.margin >= MARGIN:
        return None
    case, text = turn.case, turn.text
    if case.asking is not None or case.offering is not None or case.proof is not None:
        return None
    if len(words(text)) < _LEAST_WORDS or yes_or_no(text) is not None or is_chat(text):
        return None
    if courtesy(text) is not None or asks_only_who_answers(text):
        return None
    return Classify(text[:_MOST])


def weighed(
    guess: IntentGuess, result: Mapping[str, str] | None, playbook: Playbook
) -> IntentGuess:
    """The guess to go by: what the model named, where it is an intent of the playbook."""
    named = (result or {}).get("intent") if (result or {}).get("outcome") == "named" else None
    if named is None or playbook.intent(named) is None:
        return guess
    if named == guess.name:
        return replace(guess, confidence=max(guess.confidence, SHARE), margin=MARGIN)
    others = tuple(one for one in guess.runners_up if one[0] != named)
    if guess.name is not None:
        others = ((guess.name, guess.confidence), *others)
    return replace(guess, name=named, confidence=SHARE, margin=MARGIN, runners_up=others)
