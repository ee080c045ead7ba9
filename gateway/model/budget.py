"""What a language model may cost: by customer and hour, and by day in tokens and in money.

Whatever is asked is paid for before it is asked, by the most that it can take, so that questions at
the same moment do not go beyond a limit together; what was not used is given back. The day's sum is
in the database, that of a customer's hour in this process.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import to_micros
from memory.store import Overloaded, Store
from memory.units.spending import Spent, spend, spent_on

_HOUR = timedelta(hours=1)
_CUSTOMERS = 10_000
"""Customers whose hour is remembered; beyond that the one of the longest ago is forgotten."""

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """Tokens for a customer within an hour and for all in a day, and money in a day; 0 is without
    limit. Prices are for a million tokens, in the currency of `money_per_day`."""

    customer_hour: int
    day: int
    money_day: float
    price_in: float
    price_out: float

    def cost(self, prompt: int, answer: int) -> int:
        """Millionths of the currency for so many tokens."""
        return round(prompt * self.price_in + answer * self.price_out)


@dataclass(slots=True)
class _Paid:
    at: datetime
    tokens: int


@dataclass(frozen=True, slots=True)
class Hold:
    """What was paid for a question before it was asked."""

    customer_id: int
    day: str
    prompt: int
    answer: int
    entry: _Paid


class Budget:
    """Holds, and settles, what questions take."""

    def __init__(self, store: Store, allowance: Allowance, now: Callable[[], datetime]) -> None:
        self._store = store
        self.allowance = allowance
        self._now = now
        self._customers: dict[int, deque[_Paid]] = {}
        self._known: Spent | None = None
        self._held = Spent("")
        """What is held and not settled yet."""

    async def hold(self, customer_id: int, prompt: int, answer: int) -> Hold | str:
        """Pay for a question of at most so many tokens, or why it cannot be paid: "customer" or
        "day"."""
        now = self._now()
        day = now.date().isoformat()
        if self._known is None or self._known.day != day:
            self._known = await self._store.read(spent_on, day)
        # Nothing is waited for from here on, so that no two are let in by the same room.
        mine = self._hour(customer_id, now)
        most, tokens = self.allowance.customer_hour, prompt + answer
        if most and sum(one.tokens for one in mine) + tokens > most:
            return "customer"
        money = self.allowance.cost(prompt, answer)
        if not self._has_room(tokens, money):
            return "day"
        entry = _Paid(now, tokens)
        mine.append(entry)
        self._held = Spent("", self._held.tokens + tokens, self._held.money + money)
        return Hold(customer_id, day, prompt, answer, entry)

    async def settle(self, hold: Hold, prompt: int, answer: int) -> None:
        """It took so many tokens in the end. Of a database without room for it the process knows
        it all the same."""
        most = self.allowance.cost(hold.prompt, hold.answer)
        tokens = hold.prompt + hold.answer
        self._held = Spent("", self._held.tokens - tokens, self._held.money - most)
        hold.entry.tokens = prompt + answer
        used = Spent(hold.day, prompt + answer, self.allowance.cost(prompt, answer))
        if used.tokens:
            self._add(used)
            with contextlib.suppress(Overloaded):
                self._known = await self._store.run(spend, used, to_micros(self._now()))

    @property
    def spent(self) -> Spent | None:
        """What is known to be spent on the last day on which anything was asked."""
        return self._known

    def _add(self, used: Spent) -> None:
        known = self._known
        if known is not None and known.day == used.day:
            self._known = Spent(known.day, known.tokens + used.tokens, known.money + used.money)

    def _has_room(self, tokens: int, money: int) -> bool:
        known = self._known or Spent("")
        day, euros = self.allowance.day, self.allowance.money_day
        if day and known.tokens + self._held.tokens + tokens > day:
            return False
        return not euros or known.money + self._held.money + money <= euros * _MILLION

    def _hour(self, customer_id: int, now: datetime) -> deque[_Paid]:
        mine = self._customers.pop(customer_id, None) or deque()
        while mine and mine[0].at <= now - _HOUR:
            mine.popleft()
        self._customers[customer_id] = mine
        while len(self._customers) > _CUSTOMERS:
            del self._customers[next(iter(self._customers))]
        return mine
