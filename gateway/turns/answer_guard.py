"""Guards against machines that answer each other: where there is a limit, it counts before a turn.

It reads what was answered lately and asks `core.escalation.answer_limit`; how messages are set
aside for a person is the turn's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import orjson

from core.clock import to_micros
from core.escalation.answer_limit import why_enough
from memory.automatic import answers_lately
from memory.store import Store
from memory.units.messages.claims import Thread, Waiting

_HOUR = timedelta(hours=1)


class AnswerGuard:
    """`limits` are answers within an hour, by channel; a channel without one is not counted."""

    def __init__(
        self, store: Store, limits: Mapping[str, int], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._limits = limits
        self._now = now

    async def why_silent(self, thread: Thread, taken: Sequence[Waiting]) -> str | None:
        """Why a person has to answer these messages, if a machine has answered enough."""
        limit = self._limits.get(thread.channel)
        if limit is None:
            return None
        address = orjson.loads(thread.reply_address_json).get("to", "")
        since = to_micros(self._now() - _HOUR)
        answers = await self._store.read(answers_lately, thread.id, address, since)
        return why_enough(answers, limit, taken[-1].text)
