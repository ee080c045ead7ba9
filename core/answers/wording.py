"""In whose words something is said: the playbook's in the customer's language, else the product's.

Pure. A playbook in another language is a playbook whose texts are that language's: whatever words a
reply from it needs to know of no language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.answers.sentences import fill
from core.languages.speeches import Speech, speech_of
from core.languages.telling import turn_language
from core.playbook.model import Action, Flow, Intent, Playbook, Slot, Wording
from core.playbook.once import once_per_playbook
from core.turn import TurnInput


def languages_of(playbook: Playbook) -> tuple[str, ...]:
    """The languages that a business answers in, its own first."""
    return (playbook.language, *playbook.wordings)


def in_language(playbook: Playbook, language: str) -> Playbook:
    """The playbook in a language that it has a wording of; as it is in any other."""
    if language == playbook.language or language not in playbook.wordings:
        return playbook
    return _in_language(playbook, language)


def spoken_to(turn: TurnInput, playbook: Playbook) -> Playbook:
    """The playbook in the language in which this turn is answered."""
    if not playbook.wordings:
        return playbook
    return in_language(playbook, turn_language(turn, playbook))


def speech(playbook: Playbook) -> Speech:
    """The product's own words in the language of this playbook."""
    return speech_of(playbook.language)


def variants(playbook: Playbook, key: str) -> tuple[str, ...]:
    """The playbook's variants of an answer, then the product's."""
    return (*playbook.answers.get(key, ()), *speech(playbook).answers.get(key, ()))


@once_per_playbook
def _in_language(first: Playbook, language: str) -> Playbook:
    wording = first.wordings[language]
    return replace(
        first,
        language=language,
        answers=_answers(first, wording, language),
        slots={
            name: _slot(one, wording.slots.get(name), language) for name, one in first.slots.items()
        },
        flows={name: _flow(one, wording.flows.get(name)) for name, one in first.flows.items()},
        actions={
            name: _action(one, wording.actions.get(name)) for name, one in first.actions.items()
        },
        intents=tuple(_intent(one, wording) for one in first.intents),
        wordings={},
    )


def _answers(first: Playbook, wording: Wording, language: str) -> Mapping[str, tuple[str, ...]]:
    """The wording's answers. Of those it lacks, the first language's stay where the product has
    none in this language either: in the wrong language is better than not at all."""
    built_in = speech_of(language)
    covered = built_in.answers if built_in.language == language else {}
    every = {**speech(first).answers, **first.answers}
    kept = {key: texts for key, texts in every.items() if key not in covered}
    return {**kept, **wording.answers}


def _slot(slot: Slot, words: Slot | None, language: str) -> Slot:
    """The slot as it is asked for in a language, if need be in the product's own words."""
    label = (words.label if words is not None else "") or slot.label
    asked = (fill(one, {"label": label}) for one in speech_of(language).answers["ask"])
    return replace(
        slot,
        label=label,
        ask=(words.ask if words is not None else ()) or tuple(one for one in asked if one),
        offer=words.offer if words is not None else (),
    )


def _flow(flow: Flow, words: Flow | None) -> Flow:
    """The flow in other words. What it found is told in any case: it has the values."""
    if words is None:
        return replace(flow, missing=(), failed=())
    found, refused = words.found or flow.found, {**flow.refused, **words.refused}
    return replace(flow, found=found, missing=words.missing, failed=words.failed, refused=refused)


def _action(action: Action, words: Action | None) -> Action:
    if words is None:
        return replace(action, summary=())
    return replace(action, title=words.title or action.title, summary=words.summary)


def _intent(intent: Intent, wording: Wording) -> Intent:
    title = wording.titles.get(intent.name)
    return intent if title is None else replace(intent, title=title)
