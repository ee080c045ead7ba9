"""The four stages of one decision run one after the other, each timed, and replaced where it fails.

A stage of another distribution's that raises, or returns what no stage of its kind does, must not
cost the customer the answer: the usual stage decides, and the record says so. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from core.pipeline.contracts import STAGE_KINDS, Draft, IntentGuess, Ruled, Stages, StateStep

P = ParamSpec("P")
T = TypeVar("T")

_GIVES: tuple[type, ...] = (IntentGuess, StateStep, Draft, Ruled)


class StageRun:
    """What happened in one decision: when each stage was done, and which of them failed how."""

    def __init__(self, stages: Stages, tick: Callable[[], int]) -> None:
        self._stages, self._tick = stages, tick
        self._times = [tick()]
        self._failed: dict[str, str] = {}
        self._notes: dict[str, Mapping[str, object]] = {}

    def take(
        self,
        own: Callable[P, T],
        usual: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The next stage's output. Raises what it raises where none is to step in."""
        if self._stages.usual is None:
            found = own(*args, **kwargs)
        else:
            found = self._guarded(own, usual, *args, **kwargs)
        self._times.append(self._tick())
        return found

    def _guarded(
        self, own: Callable[P, T], usual: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        number = len(self._times) - 1
        try:
            found = own(*args, **kwargs)
            if not isinstance(found, _GIVES[number]):
                raise TypeError
        except Exception as fault:  # noqa: BLE001 - whatever it is, the customer is answered
            # Its message may hold a customer's words, and is not kept.
            self._failed[STAGE_KINDS[number]] = type(fault).__name__
            return usual(*args, **kwargs)
        return found

    def once_more(self, own: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What a stage says to something else, or nothing when it fails and another would step in:
        then what it said first stands."""
        if self._stages.usual is None:
            return own(*args, **kwargs)
        try:
            return own(*args, **kwargs)
        except Exception:  # noqa: BLE001 - as when it is asked first
            return None

    def note(self, stage: str, told: Mapping[str, object]) -> None:
        """Something to be told of a stage beside what it gave."""
        self._notes[stage] = told

    def version(self, number: int) -> str:
        """The version of the stage whose output it is."""
        usual = self._stages.usual
        if usual is not None and STAGE_KINDS[number] in self._failed:
            return usual.versions[number]
        return self._stages.versions[number]

    def remarks(self, number: int) -> dict[str, object]:
        """What the record tells beside what the stage gave: its notes, and which stage failed and
        how, where another stepped in."""
        kind = STAGE_KINDS[number]
        told = dict(self._notes.get(kind, {}))
        failed = self._failed.get(kind)
        return (
            told if failed is None else {**told, "failed": [self._stages.versions[number], failed]}
        )

    def microseconds(self, number: int) -> int:
        """How long a stage took."""
        return max(0, self._times[number + 1] - self._times[number]) // 1000
