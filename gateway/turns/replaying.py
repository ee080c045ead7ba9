"""Stored turns decided anew with other stages or another playbook, and what came out otherwise.

Pure, but for what the stages do: nothing is stored or sent, and what a turn asked to be done is
answered by what was recorded. A look-up that was not made then is made in the playbook's own table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.effects import LookUp, is_guess
from core.identity.rules import IdentityRules
from core.pipeline.contracts import NeedEffect, Stages
from core.pipeline.decide import decide
from core.playbook.model import Playbook
from core.turn import Decision, TurnInput
from gateway.turns.effects import Result, perform
from gateway.turns.given import CannotReplay, turn_from
from memory.stored_turns import GIVEN, StoredTurn

_MAX_EFFECTS = 6

NOT_ASKED = {"outcome": "not asked"}
"""What a language model would say that was not asked then: nothing, so that the draft stands."""

Vector: TypeAlias = NDArray[np.float32]

Compared: TypeAlias = Mapping[str, object]
"""What is compared of a turn, by its name."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One turn as it was decided and as it would be now. `differs` names what is not the same."""

    id: int
    at: datetime
    channel: str
    text: str
    was: Compared
    now: Compared
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of all turns: those that differ, and how many could not be decided, and why."""

    same: int = 0
    differing: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)


class Replaying:
    """Decides turns anew, one after the other, and counts. `total` is of those done so far.

    `encode` makes the sentence vector of a text, for turns that had one.
    """

    def __init__(
        self,
        playbook: Playbook,
        stages: Stages,
        rules: IdentityRules,
        tick: Callable[[], int],
        encode: Callable[[str], Vector] | None = None,
    ) -> None:
        self._playbook, self._stages, self._encode = playbook, stages, encode
        self._rules, self._tick = rules, tick
        self._same = 0
        self._differing = 0
        self._changes: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()

    @property
    def total(self) -> Replayed:
        """The counts so far."""
        changes, skipped = dict(self._changes.most_common()), dict(self._skipped.most_common())
        return Replayed(self._same, self._differing, changes, skipped)

    def pairs(self, turns: Iterable[StoredTurn]) -> Iterator[Pair]:
        """Those that come out otherwise."""
        for one in turns:
            try:
                pair = self._pair(one)
            except CannotReplay as reason:
                self._skipped[str(reason)] += 1
                continue
            if pair.differs:
                self._differing += 1
                self._changes.update(pair.differs)
                yield pair
            else:
                self._same += 1

    def _pair(self, stored: StoredTurn) -> Pair:
        record = stored.record
        if stored.withheld:
            raise CannotReplay("it drew on another customer's memory")
        if record and not record.get("stages"):
            raise CannotReplay("no stage decided it")
        turn = turn_from(stored.id, record, stored.said, self._rules)
        if turn.recall.lost:
            raise CannotReplay("nothing was known of the sender then")
        if record[GIVEN].get("vector"):
            if self._encode is None:
                raise CannotReplay("it had a sentence encoder, and there is none here")
            turn = replace(turn, vector=self._encode(turn.text))
        results = record[GIVEN].get("effects", {})
        was, now = _as_stored(stored), _as_decided(self._decide(turn, results))
        differs = tuple(name for name in was if was[name] != now[name])
        return Pair(stored.id, stored.at, stored.channel, stored.text, was, now, differs)

    def _decide(self, turn: TurnInput, results: Mapping[str, Result]) -> Decision:
        for _ in range(_MAX_EFFECTS + 1):
            decision = decide(turn, self._playbook, self._stages, self._tick)
            if isinstance(decision, Decision):
                return decision
            effects = {**turn.effects, decision.effect.id: self._answer(decision, results)}
            turn = replace(turn, effects=effects)
        raise CannotReplay("it would ask for more to be done than a turn may")

    def _answer(self, need: NeedEffect, results: Mapping[str, Result]) -> Result:
        effect = need.effect
        if effect.id in results:
            return results[effect.id]
        if isinstance(effect, LookUp):
            return perform(effect, self._playbook)
        if is_guess(effect.id):
            return NOT_ASKED
        raise CannotReplay("it would now do what was not done then")


def _as_stored(stored: StoredTurn) -> Compared:
    record = stored.record
    sources = [tuple(one) for one in record.get("sources", ())]
    return _compared(
        stored.intent,
        record.get("move"),
        stored.reply,
        record.get("asked", ()),
        [title for title, _ in sources],
        stored.escalated,
        stored.silent,
        {one["name"]: one["value"] for one in record.get("slots", ())},
    )


def _as_decided(decision: Decision) -> Compared:
    moves = (one.output.get("move") for one in decision.stages if one.stage == "state")
    return _compared(
        decision.intent,
        next(moves, None),
        None if decision.reply is None else decision.reply.text,
        decision.asked,
        [title for title, _ in decision.sources],
        None if decision.escalation is None else decision.escalation.rule,
        decision.silent,
        {one.name: one.value for one in decision.case.slots},
    )


def _compared(
    intent: str | None,
    move: Any,
    reply: str | None,
    asked: Iterable[str],
    sources: list[str],
    escalated: str | None,
    silent: str | None,
    slots: Mapping[str, str],
) -> Compared:
    return {
        "intent": intent,
        "move": move,
        "reply": reply,
        "asked": list(asked),
        "sources": sources,
        "escalated": escalated,
        "silent": silent,
        "slots": dict(sorted(slots.items())),
    }
