"""Has done, in the background, what a publication of the identity rules changes.

It asks memory what is to be done, then does it link by link, so that nobody waits for it; after an
interruption it asks again and goes on. It decides nothing: what is to change is
`memory.previews.dry_run`'s to say, and how, `memory.units.identity.rule_steps`'.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from core.clock import Micros, to_micros
from core.identity.rule_effect import effect_of
from core.identity.rule_world import Change, Effect
from core.identity.rules import IdentityRules
from memory.previews.dry_run import read_world
from memory.store import Store
from memory.units.identity.linking import IdentityProblem
from memory.units.identity.rule_steps import Publication, carry_out
from memory.units.identity.rule_versions import Version, in_force, mark_applied

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Changes that share a commit: each takes a few milliseconds of the one writer."""

_ORDER = {"part": 0, "level": 1, "join": 2}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a publication is: changes done, of how many, and those that a limit forbade."""

    version_id: int
    done: int
    of: int
    refused: int


def in_order(effect: Effect) -> list[Change]:
    """The changes as they are made: who parts makes room for who joins."""
    return sorted(effect.changes, key=lambda one: _ORDER[one.action])


async def foresee(store: Store, rules: IdentityRules, now: Micros) -> Effect:
    """What these rules would change, weighed beside the event loop."""
    world = await store.read(read_world, now)
    return await asyncio.to_thread(effect_of, world, rules)


class RuleApplication:
    """Carries out publications, one at a time. `progress` is of the newest."""

    def __init__(
        self, store: Store, *, now: Callable[[], datetime], new_id: Callable[[], int]
    ) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id
        self.progress: Progress | None = None

    async def apply(self, version: Version, rules: IdentityRules) -> bool:
        """Do all that this publication changes; false when another took its place meanwhile."""
        one = Publication(version, rules)
        changes = in_order(await foresee(self._store, rules, to_micros(self._now())))
        done = {"made": 0, "ended": 0}
        refused = 0
        for start in range(0, len(changes), AT_ONCE):
            chunk = changes[start : start + AT_ONCE]
            self.progress = Progress(version.id, start, len(changes), refused)
            for change, outcome in zip(chunk, await self._chunk(one, chunk), strict=True):
                refused += outcome is None
                if outcome:
                    done["ended" if change.action == "part" else "made"] += 1
        self.progress = Progress(version.id, len(changes), len(changes), refused)
        newest = await self._store.read(in_force)
        if newest is None or newest.id != version.id:
            return False
        now, audit_id = to_micros(self._now()), self._new_id()
        await self._store.run(mark_applied, version.id, version.actor, now, audit_id, **done)
        log.info("identity_rules_applied", version=str(version.id), refused=refused, **done)
        return True

    async def _chunk(self, one: Publication, changes: Sequence[Change]) -> list[bool | None]:
        """Some changes in one commit: whether each was made, nothing where a limit forbade it."""
        now = to_micros(self._now())
        runs = [self._store.run(carry_out, one, change, now, self._new_id) for change in changes]
        outcomes = await asyncio.gather(*runs, return_exceptions=True)
        found: list[bool | None] = []
        for outcome in outcomes:
            if isinstance(outcome, IdentityProblem):
                log.info("identity_rules_refused", version=str(one.version.id), why=str(outcome))
                found.append(None)
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                found.append(outcome)
        return found
