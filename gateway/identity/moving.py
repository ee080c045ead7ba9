"""Going on elsewhere: performs the wish to be written to on another channel, if it may be granted.

Where somebody may be written to is `memory.elsewhere`'s to say. What is written there is neutral:
whoever reads it learns that somebody wished it, and nothing of a customer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from core.addresses import masked
from core.answers.wording import variants
from core.clock import to_micros
from core.effects import AnswerAt, MoveTo
from core.identity.rules import IdentityRules
from core.message import Assurance, OutboundMessage
from gateway.identity.reaching import Reaching
from gateway.turns.effects import Asked, Performer, Result
from memory.elsewhere import Places, Wanted, find_places
from memory.store import Store
from memory.units.messages.carrying import answer_at


class Moving:
    """Performs `MoveTo` and `AnswerAt`."""

    def __init__(
        self,
        store: Store,
        reaching: Reaching,
        *,
        rules: Callable[[], IdentityRules],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._reaching = reaching
        self._rules = rules
        self._now = now

    @property
    def performers(self) -> Mapping[type, Performer]:
        """By the class of the effect."""
        return {MoveTo: self.move, AnswerAt: self.answer_at}

    async def move(self, effect: MoveTo, asked: Asked) -> Result:
        """Greet the sender at their handle of that kind, once for the message that wished it."""
        places = await self._places(effect.kind, asked)
        targets = [one for one in places.open if effect.target in (None, one)]
        if not targets:
            out = [one for one in places.opted_out if effect.target in (None, one)]
            if out:
                return {"outcome": "opted-out", "to": masked(out[0])}
            return {"outcome": "unproved"}
        if len(targets) > 1:
            return {"outcome": "which", "targets": " ".join(targets)}
        target = targets[0]
        greeting = OutboundMessage(variants(asked.playbook, "moved_here")[0])
        reached = await self._reaching.reach(target, greeting, f"move:{asked.source}:{target}")
        if reached is None:
            return {"outcome": "cannot", "to": masked(target)}
        await self._store.run(answer_at, asked.thread.id, target)
        return {"outcome": "moved", "to": masked(target)}

    async def answer_at(self, effect: AnswerAt, asked: Asked) -> Result:
        """Note that answers which nobody sees here go to the target, too."""
        places = await self._places(effect.target.partition(":")[0], asked)
        if effect.target not in places.open:
            return {"outcome": "cannot"}
        await self._store.run(answer_at, asked.thread.id, effect.target)
        return {"outcome": "noted"}

    async def _places(self, kind: str, asked: Asked) -> Places:
        return await self._store.read(
            find_places,
            Wanted(
                asked.thread.handle_id,
                asked.thread.id,
                Assurance(min(one.assurance for one in asked.taken)),
                kind,
                to_micros(self._now()),
                self._rules(),
            ),
        )
