"""What a talk is about by what was told in it: a ticket number is told to whoever asks for one.

Only for a talk in which nothing was understood yet. The classifier's shares are what is known
beforehand; each value at hand speaks for the flows that ask for it. It changes the guess alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.pipeline.contracts import IntentGuess
from core.pipeline.reading.readers import readers_of
from core.playbook.model import Flow, Playbook
from core.turn import CaseState

ENOUGH = 0.5
"""The share of all flows' that one has to have."""

_TAKEN_IN = 0.3
_ELSEWHERE = 0.05
"""How much rarer a value is told where a flow takes it in without asking, and where it does not.
What is read from a message that was not understood is one in twenty times something else."""


def by_values(guess: IntentGuess, case: CaseState, playbook: Playbook) -> IntentGuess:
    """The guess, or where it names nothing the intent whose flow asks for what was told."""
    begun = case.flow is not None or case.intent is not None or case.done
    if guess.name is not None or begun:
        return guess
    held = _telling(case, playbook)
    if not held:
        return guess
    known = dict(guess.runners_up)
    rest = max(0.0, 1.0 - sum(known.values())) / max(1, len(playbook.intents) - len(known))
    flows = {one.name: playbook.flows[one.flow] for one in playbook.intents if one.flow}
    weights = {name: known.get(name, rest) * _fit(flow, held) for name, flow in flows.items()}
    if not weights:
        return guess
    best = max(weights, key=weights.__getitem__)
    asked = flows[best].slots
    if all(one.isdisjoint(asked) for one in held) or weights[best] < ENOUGH * sum(weights.values()):
        return guess
    return replace(guess, name=best)


def _fit(flow: Flow, held: Iterable[frozenset[str]]) -> float:
    """How well what was told fits a flow: 1 when it asks for all of it."""
    fit = 1.0
    for names in held:
        if names.isdisjoint(flow.slots):
            fit *= _ELSEWHERE if names.isdisjoint(flow.also) else _TAKEN_IN
    return fit


def _telling(case: CaseState, playbook: Playbook) -> frozenset[frozenset[str]]:
    """The values that say something of the matter, each by the names of the slots it is told for.

    What customers are called says nothing of it.
    """
    readers = readers_of(playbook)
    held = (readers[one.name] for one in case.slots if one.name in readers)
    return frozenset(frozenset((one.slot.name, *one.twins)) for one in held if not one.own_name)
