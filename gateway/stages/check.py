"""The conformance check of a stage: what every stage has to keep, tried with many turns.

Pure (the same input gives the same output, and no input is changed), never raising, within its
time, without any effect, and saying only what its kind may say. For a test of one's own:
`assert faults(check_stage(SPEC)) == []`. It judges; the turns are `gateway.stages.situations`'.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import process_time_ns
from typing import Any

from core.pipeline.contracts import (
    MOVES,
    STAGE_KINDS,
    Draft,
    IntentGuess,
    Ruled,
    Stages,
    StageSpec,
    StateStep,
)
from core.playbook.model import Playbook
from core.turn import TurnInput
from gateway.stages.situations import answered, situations, untrained_stages

USUAL_MS, MOST_MS = 5.0, 50.0
"""Milliseconds of CPU that a stage may take for most messages, and for any at all."""

_MAX_EFFECTS = 4
_GIVES = dict(zip(STAGE_KINDS, (IntentGuess, StateStep, Draft, Ruled), strict=True))
_EFFECTS = ("open", "os.", "shutil.", "socket.", "sqlite3.", "subprocess.", "urllib.", "winreg.")
_seen: list[str] | None = None
_hooked = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule, and what is wrong with it; nothing where it is kept."""

    rule: str
    wrong: str | None = None


def faults(found: Iterable[Finding]) -> list[str]:
    """What is wrong, in a line each."""
    return [f"{one.rule}: {one.wrong}" for one in found if one.wrong is not None]


def check_stage(
    spec: StageSpec,
    playbook: Playbook | None = None,
    tick: Callable[[], int] = process_time_ns,
) -> list[Finding]:
    """Every rule with what is wrong, tried with the demo's playbook unless another is given.

    `tick` counts nanoseconds of work.
    """
    if spec.kind not in STAGE_KINDS or not spec.version or not spec.name:
        wrong = f"name, version and a kind of {', '.join(STAGE_KINDS)} are needed"
        return [Finding("is declared", wrong)]
    if playbook is None:
        from gateway.demo.settings import PLAYBOOK
        from gateway.playbook.reader import load_playbook

        playbook = load_playbook(PLAYBOOK)
    usual = untrained_stages(playbook)
    trial = _Trial(spec, playbook, usual, tick)
    try:
        for turn in situations(playbook):
            trial.take(turn)
    except _Raised as fault:
        trial.wrong.setdefault("never raises", str(fault))
    trial.judge_times()
    return [Finding(rule, trial.wrong.get(rule)) for rule in RULES]


RULES = (
    "never raises",
    "gives what its kind gives",
    "the same input gives the same output",
    "changes nothing it is given",
    "has no effect",
    "keeps to its time",
)


class _Raised(Exception):
    """The stage raised, which ends the trial; the text says what and where."""


class _Trial:
    """One stage in its place among the usual ones, and the first thing wrong by each rule."""

    def __init__(
        self, spec: StageSpec, playbook: Playbook, usual: Stages, tick: Callable[[], int]
    ) -> None:
        self._kind, self._playbook, self._usual, self._tick = spec.kind, playbook, usual, tick
        self._stage = spec.build(playbook, getattr(usual, spec.kind))
        self._again = spec.build(playbook, getattr(usual, spec.kind))
        self._took: list[float] = []
        self.wrong: dict[str, str] = {}

    def take(self, turn: TurnInput) -> None:
        """Try the stage with this turn, and go on to whatever its effects lead to."""
        for _ in range(_MAX_EFFECTS):
            need = self._go_through(turn)
            if need is None:
                return
            turn = answered(turn, need, self._playbook)

    def _go_through(self, turn: TurnInput) -> object:
        """The stages up to the one that is tried; the effect that is missing before it, if any."""
        given: list[Any] = [turn]
        for kind in STAGE_KINDS:
            own = kind == self._kind
            given.append(self._try(given) if own else self._run(kind, given))
            if kind == "state" and given[-1].move in ("look_up", "effect", "act"):
                return given[-1].effect
            if own:
                break
        return None

    def _run(self, kind: str, given: list[Any]) -> Any:
        return getattr(self._usual, kind)(*given, self._playbook)

    def _try(self, given: list[Any]) -> Any:
        """The stage's output, after all that can be wrong with it was looked at."""
        before = repr(given)
        text = repr(given[0].text[:40])
        try:
            out = self._stage(*given, self._playbook)
            with _watching() as seen:
                start = self._tick()
                second = self._stage(*given, self._playbook)
                took = (self._tick() - start) / 1e6
            start = self._tick()
            third = self._again(*given, self._playbook)
            # The collector may come by in one of two, and hardly in both.
            self._took.append(min(took, (self._tick() - start) / 1e6))
        except Exception as fault:
            raise _Raised(f"{type(fault).__name__} ({fault}) at {text}") from fault
        if not out == second == third:
            self._note("the same input gives the same output", f"not at {text}")
        if repr(given) != before:
            self._note("changes nothing it is given", f"it does at {text}")
        if seen:
            self._note("has no effect", f"{seen[0]} at {text}")
        if not isinstance(out, _GIVES[self._kind]):
            expected = _GIVES[self._kind].__name__
            raise _Raised(f"it returned {type(out).__name__} where {expected} is due, at {text}")
        wrong = _JUDGES[self._kind](out, given[0], self._playbook)
        if wrong:
            self._note("gives what its kind gives", f"{wrong}, at {text}")
        return out

    def judge_times(self) -> None:
        """Say whether it was too slow."""
        if not self._took:
            return
        usual, most = median(self._took), max(self._took)
        if usual > USUAL_MS or most > MOST_MS:
            took = f"{usual:.1f} ms for most messages, {most:.1f} ms for the slowest"
            self._note("keeps to its time", f"{took}; {USUAL_MS:g} and {MOST_MS:g} are allowed")

    def _note(self, rule: str, wrong: str) -> None:
        self.wrong.setdefault(rule, wrong)


def _judge_guess(out: IntentGuess, turn: TurnInput, playbook: Playbook) -> str | None:
    names = {one.name for one in playbook.intents}
    named = {name for name, _ in out.runners_up} | ({out.name} if out.name else set())
    if named - names:
        return f"there is no intent {min(named - names)} in the playbook"
    shares = (out.confidence, *(share for _, share in out.runners_up))
    return None if all(0 <= one <= 1 for one in shares) else "a confidence is not from 0 to 1"


def _judge_step(out: StateStep, turn: TurnInput, playbook: Playbook) -> str | None:
    if out.move not in MOVES:
        return f"there is no move {out.move}"
    if out.ask is not None and out.ask not in playbook.slots:
        return f"there is no slot {out.ask} in the playbook"
    if out.move in ("look_up", "effect") and out.effect is None:
        return f"the move {out.move} names no effect"
    return None


def _judge_draft(out: Draft, turn: TurnInput, playbook: Playbook) -> str | None:
    unknown = set(out.asked) - playbook.slots.keys()
    return f"it asks for {min(unknown)}, which is no slot" if unknown else None


def _judge_ruled(out: Ruled, turn: TurnInput, playbook: Playbook) -> str | None:
    if (out.reply is None) == (out.silent is None):
        return "exactly one of reply and silent has to be set"
    if out.reply is not None and not out.reply.text.strip():
        return "the reply is empty"
    return None


_JUDGES: dict[str, Callable[[Any, TurnInput, Playbook], str | None]] = dict(
    zip(STAGE_KINDS, (_judge_guess, _judge_step, _judge_draft, _judge_ruled), strict=True)
)


@contextmanager
def _watching() -> Iterator[list[str]]:
    """What reaches out of the process meanwhile, as the interpreter itself tells it."""
    global _seen, _hooked
    if not _hooked:
        # It cannot be taken away again, so there is one for all, which sleeps when nobody looks.
        sys.addaudithook(_heard)
        _hooked = True
    seen: list[str] = []
    _seen = seen
    try:
        yield seen
    finally:
        _seen = None


def _heard(event: str, _: tuple[object, ...]) -> None:
    if _seen is not None and event.startswith(_EFFECTS):
        _seen.append(event)
