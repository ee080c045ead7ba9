"""Whether a message only repeats what has been taken, word for word or nearly so.

Numbers are never taken for one another: two messages that differ in one say different things. It
looks at words alone, scores nothing and chooses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.languages.features import words
from core.message import Author
from memory.recall.columns import LENGTH, Analysed, View

SHARED = 0.9
"""The share of the longer one's different words that both must have to say nearly the same."""

_SHORT = 9
"""Words that tell something up to which that means all of them, which the essence has told."""
_NUMBERS = re.compile(r"\d+")

Content = tuple[frozenset[str], tuple[str, ...]]


class Repetition:
    """What has been taken of one thread."""

    def __init__(self, view: View, messages: Sequence[Analysed]) -> None:
        self._messages = messages
        self._essences = view.essences
        self._lengths: list[float] = view.number(LENGTH).tolist()
        self._said: set[int] = set()
        self._long: list[tuple[float, int]] = []
        self._contents: dict[int, Content] = {}
        self._taken: list[int] = []
        self._wordings: set[str] | None = None

    def take(self, at: int) -> None:
        """This message is loaded."""
        self._said.add(self._essences[at])
        self._taken.append(at)
        if (length := self._lengths[at]) > _SHORT:
            self._long.append((length, at))

    def repeats(self, at: int) -> bool:
        """Whether this one says nothing that is not loaded."""
        essence = self._essences[at]
        if essence and essence in self._said:
            return True
        length = self._lengths[at]
        if length <= _SHORT:
            return False
        return any(
            min(length, other) >= SHARED * max(length, other) and self._alike(at, place)
            for other, place in self._long
        )

    def same_but_numbers(self, at: int) -> bool:
        """Whether the bot says here what it said in another place that was asked about, or in one
        that is loaded, but for the numbers in it."""
        said = self._messages[at].said
        if said.author is not Author.BOT:
            return False
        if self._wordings is None:
            loaded = (self._messages[place].said for place in self._taken)
            self._wordings = {_wording(one.text) for one in loaded if one.author is Author.BOT}
        wording = _wording(said.text)
        if wording in self._wordings:
            return True
        self._wordings.add(wording)
        return False

    def _alike(self, one: int, other: int) -> bool:
        (some, numbers), (others, their_numbers) = self._content(one), self._content(other)
        if numbers != their_numbers:
            return False
        return len(some & others) >= SHARED * max(len(some), len(others))

    def _content(self, at: int) -> Content:
        found = self._contents.get(at)
        if found is None:
            text = self._messages[at].said.text
            found = frozenset(words(text)), tuple(_NUMBERS.findall(text))
            self._contents[at] = found
        return found


def _wording(text: str) -> str:
    """A text with each number in it as one and the same."""
    return _NUMBERS.sub("0", text)
