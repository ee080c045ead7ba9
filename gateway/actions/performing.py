"""Carrying out the actions of a playbook: patiently, within bounds, and never more than once.

Whatever goes wrong is a result, not an error: the turn goes on, and people hear of it. What is
tried again is tried with the same key. How an action is reached is its runner's business; this
knows no HTTP, and what customers read is worded elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from core.actions import ActionFailed, Call, Perform, RefusedAction, TryAgain
from core.effects import Act, Consult
from core.playbook.actions import REASON
from core.playbook.model import Action
from gateway.turns.effects import Asked, Performer, Result

log = structlog.get_logger(__name__)

LONGEST_RESULT = 300
"""Characters of one result."""

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0
_LATE = "it did not answer in time"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited. `whole_seconds` is for one action with all its tries: a turn holds its
    customer meanwhile. `sleep` waits; `spread` gives a number from 0 to 1, so that many who failed
    together do not come back together."""

    whole_seconds: float
    sleep: Callable[[float], Awaitable[None]]
    spread: Callable[[], float]


class Runner(Protocol):
    """What carries each action out."""

    def __call__(self, action: Action) -> Perform: ...

    async def close(self) -> None:
        """Let go of connections."""


class Actions:
    """Performs `Act` and `Consult`. `runner` gives what carries an action out; it raises
    `ActionFailed` for one that nobody does."""

    def __init__(self, runner: Runner, patience: Patience) -> None:
        self._runner = runner
        self._patience = patience

    async def close(self) -> None:
        """Let go of connections."""
        await self._runner.close()

    @property
    def performers(self) -> Mapping[type, Performer]:
        """By the class of the effect."""
        return {Act: self.perform, Consult: self.perform}

    async def perform(self, effect: Act, asked: Asked) -> Result:
        """Do it, or say why it was not done."""
        action, sender = asked.playbook.actions[effect.action], asked.turn.sender
        if sender.level < action.needs:
            # The stages see to it. One of another's that does not must not move money.
            return _failed(effect, "the sender is not proved well enough for it", 0)
        call = Call(
            action.name,
            effect.key,
            effect.values,
            effect.plain,
            sender.handle,
            sender.level,
            asked.turn.channel,
            effect.replaces,
            effect.proved,
        )
        return await self.run(action, call)

    async def run(self, action: Action, call: Call) -> Mapping[str, str]:
        """The outcome of an action, after as many tries as it takes and may have."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience.whole_seconds
        why, tries = _LATE, 0
        while tries < action.attempts and (left := deadline - loop.time()) > 0:
            tries += 1
            after: float | None = None
            try:
                async with asyncio.timeout(min(action.timeout_seconds, left)):
                    answer = await self._runner(action)(call)
                return _done(action, answer, tries)
            except RefusedAction as no:
                return _refused(action, no, tries)
            except TryAgain as later:
                why, after = later.why, later.after
            except TimeoutError:
                why = _LATE
            except ActionFailed as fault:
                return _failed(call, fault.why, tries)
            except Exception as fault:  # noqa: BLE001 - another's code may raise anything
                # Its message may hold a customer's words, and is not kept.
                return _failed(call, f"it raised {type(fault).__name__}", tries)
            wait = self._wait(tries, after)
            if tries < action.attempts and loop.time() + wait < deadline:
                await self._patience.sleep(wait)
            else:
                break
        return _failed(call, why, tries)

    def _wait(self, tries: int, after: float | None) -> float:
        """Seconds before the next try: longer each time, not the same for all, and as asked for."""
        usual: float = min(_FIRST_WAIT * 4 ** (tries - 1), _LONGEST_WAIT)
        return max(usual * (0.5 + self._patience.spread()), after or 0.0)


def _done(action: Action, answer: object, tries: int) -> Mapping[str, str]:
    """The results of an action that was done. Raises `ActionFailed` when they are not there."""
    if not isinstance(answer, Mapping):
        raise ActionFailed("its answer cannot be read")
    found = _texts(action, answer)
    missing = [name for name in action.results if name not in found]
    if missing:
        raise ActionFailed(f"its answer lacks {', '.join(missing)}")
    return {**found, "outcome": "done", **_tries(tries)}


def _refused(action: Action, no: RefusedAction, tries: int) -> Mapping[str, str]:
    """The business's no. A reason that is none by its shape may hold anything, and is not kept."""
    named = isinstance(no.reason, str) and REASON.fullmatch(no.reason)
    why = {"why": str(no.reason)} if named else {}
    return {**_texts(action, no.results), "outcome": "refused", **why, **_tries(tries)}


def _texts(action: Action, answer: Mapping[str, object]) -> dict[str, str]:
    """The named results that can be said, as one line of text each."""
    found = {}
    for name in action.told:
        text = _text(answer.get(name))
        if text:
            found[name] = text
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int | float) or len(text := str(value)) > LONGEST_RESULT:
        return ""
    plain = " ".join(text.split())
    return plain if plain.isprintable() else ""


def _tries(tries: int) -> dict[str, str]:
    return {"tries": str(tries)} if tries > 1 else {}


def _failed(of: Act | Call, why: str, tries: int) -> Mapping[str, str]:
    log.warning("action_failed", action=of.action, key=of.key, why=why, tries=tries)
    return {"outcome": "failed", "why": why, **_tries(tries)}
