"""In which order the older messages of a thread are considered, once they are scored.

What matches comes first, then what the customer told, then what else they said, and last what
matches no more than its session does. It says nothing about budgets, and takes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.message import Author
from memory.recall.columns import TELLS_TIME, TOKENS, View
from memory.recall.scoring import Scores


class Ranking:
    """The places of a thread's messages by why they are considered, without those in `taken`.

    A message takes its tokens and `line` more, and there is `room` for so many. A session that
    takes more than that narrows nothing: a long talk has any word in it somewhere. What matches
    only through such a session, and what the bot said that matches only through any, is considered
    last: it says again what playbook, slots and facts say anyway.
    """

    def __init__(
        self, view: View, scores: Scores, taken: Sequence[int], line: int, room: int
    ) -> None:
        self._view = view
        self._total = scores.total
        self._open = np.ones(len(view), dtype=np.bool_)
        self._open[taken] = False
        only = scores.matches & ~scores.itself
        if only.any():
            costs, sizes = view.number(TOKENS) + line, np.diff([*scores.starts, len(view)])
            wide = np.add.reduceat(costs, scores.starts) > room
            only &= wide.repeat(sizes) | view.said_by_any(Author.BOT)
        self._matching = scores.matches & ~only
        self._by_session = only
        self._unlike = view.said_by_any(Author.CUSTOMER) & ~self._matching

    def best(self) -> list[int]:
        """What matches, best first, the newer first on ties."""
        return self._ranked(self._matching)

    def told(self) -> list[int]:
        """What else the customer told that has a number or a time, best first."""
        return self._ranked(self._unlike & (self._view.number(TELLS_TIME) > 0))

    def said(self) -> list[int]:
        """What else the customer said, the rarest first: what is said again and again is small
        talk."""
        essences, total = self._view.essences, self._total.tolist()
        often = Counter(essences[at] for at in self._unlike.nonzero()[0].tolist())
        places = (self._unlike & self._open).nonzero()[0].tolist()
        ranked = sorted(places, key=lambda at: (often[essences[at]], -total[at], -at))
        return [at for at in ranked if essences[at]]

    def by_session(self) -> list[int]:
        """What matches no more than its session does, best first."""
        return self._ranked(self._by_session)

    def _ranked(self, places: NDArray[np.bool_]) -> list[int]:
        newest = (places & self._open).nonzero()[0][::-1]
        ranked: list[int] = newest[(-self._total[newest]).argsort(kind="stable")].tolist()
        return ranked
