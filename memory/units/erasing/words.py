"""Finding a handle that is erased in words that others wrote: a key, or an address that can only be
theirs.

Short addresses, such as a login "ada", are words of the language as well: only the whole key counts
for them. Pure; what becomes of what is found is the caller's business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.clock import Micros
from memory.units.erasing.whom import Life

GONE = "erased"
"""What stands in the place of their words."""

_TELLING = 6
"""Characters from which an address with a digit or an @ in it is nobody else's."""


class Names:
    """Finds these keys, such as "phone:+15550001111", or their addresses, in a text of a time at
    which the address was theirs."""

    def __init__(self, lives: Sequence[Life]) -> None:
        self._lives = [(one, _pattern(one)) for one in lives]

    def within(self, text: str | None, at: Micros) -> bool:
        """Whether the text names one of them."""
        return bool(text) and any(
            life.was_at(at) and pattern.search(text or "") for life, pattern in self._lives
        )

    def taken_out(self, value: Any, at: Micros) -> Any:
        """JSON data without any text that names one of them, however deep."""
        if isinstance(value, str):
            return GONE if self.within(value, at) else value
        if isinstance(value, list):
            return [self.taken_out(one, at) for one in value]
        if isinstance(value, dict):
            return {name: self.taken_out(one, at) for name, one in value.items()}
        return value


def _pattern(life: Life) -> re.Pattern[str]:
    words = [*life.keys]
    address = life.plain.partition(":")[2]
    if _tells(address):
        words.append(address)
    longest_first = sorted(words, key=len, reverse=True)
    together = "|".join(map(re.escape, longest_first))
    # Not within a longer word or number, which is somebody else's.
    return re.compile(rf"(?<![\w+.@-])(?:{together})(?![\w@-])(?!\.\w)", re.IGNORECASE)


def _tells(address: str) -> bool:
    return len(address) >= _TELLING and any(one.isdigit() or one == "@" for one in address)
