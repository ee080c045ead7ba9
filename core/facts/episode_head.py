"""The head of an episode: one stretch of talk told in a few fields, always made in the same way.

Pure. The same messages give the same head, so that all heads can be thrown away and made again. It
takes words out of what was said and puts none in; where the stretches begin is `stretches`' rule,
and who may read a head is memory's to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.message import Author

WORDS_LIMIT = 120
"""Characters of the customer's first words, cut at a word."""

_IDENTIFIERS, _SEVERAL = 12, 6
_ASIDE = "…"

_CHANNELS: Mapping[str, str] = {
    "email": "by e-mail",
    "sms": "by SMS",
    "slack": "on Slack",
    "webchat": "in the web chat",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message of an episode. `intent` is what it was understood to want, `escalated` the rule
    by which its turn went to people, `by` the name of the person of ours who wrote it."""

    id: str
    at: datetime
    channel: str
    author: Author
    text: str
    identifiers: tuple[str, ...] = ()
    intent: str | None = None
    escalated: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a case ended: the outcome, the last of those who had it, and in which queue it was."""

    outcome: str | None = None
    owner: str | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What an episode was about. Times are aware UTC; `counts` are messages by author.

    `words` are the customer's first ones, `asked` the intents, `tags` the rules by which it went to
    people and the queue it waited in. `sources` are the ids of the messages that it quotes.
    """

    channels: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    words: str
    asked: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    outcome: str | None = None
    owner: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


def stretches(moments: Sequence[datetime], longest: timedelta) -> list[tuple[int, int]]:
    """Where each stretch begins and ends (excluded) among moments in order.

    What is said later than `longest` after a stretch's first message begins the next one. So
    beginning anew at the start of any stretch gives the same ones from there on.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for at, moment in enumerate(moments):
        if moment - moments[start] > longest:
            found.append((start, at))
            start = at
    if moments:
        found.append((start, len(moments)))
    return found


def make_head(lines: Sequence[Line], ending: Ending | None = None) -> Head | None:
    """The head of these messages, oldest first; nothing where the customer said nothing."""
    first = next((one for one in lines if one.author is Author.CUSTOMER and one.text.strip()), None)
    if first is None:
        return None
    ending = ending or Ending()
    named = _unique((word, one.id) for one in lines for word in one.identifiers)
    tags = [one.escalated for one in lines if one.escalated]
    if ending.queue:
        tags.append(ending.queue)
    counted = Counter(one.author.value for one in lines)
    shown = dict(list(named.items())[:_IDENTIFIERS])
    return Head(
        channels=tuple(dict.fromkeys(one.channel for one in lines)),
        started_at=lines[0].at,
        ended_at=lines[-1].at,
        words=cut(first.text, WORDS_LIMIT),
        asked=_few(one.intent for one in lines),
        identifiers=tuple(shown),
        tags=_few(tags),
        outcome=ending.outcome,
        owner=ending.owner,
        counts=dict(sorted(counted.items())),
        sources=tuple(dict.fromkeys((first.id, *shown.values()))),
    )


def cut(text: str, limit: int) -> str:
    """The text in one line, ended at a word so that it has at most so many characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    kept = line[:limit]
    # A break where there is no blank is still better than a line of any length.
    kept = kept[: kept.rfind(" ")] if " " in kept else kept[:-1]
    return kept.rstrip(",;:-– ") + _ASIDE


def line_of_head(head: Head) -> str:
    """A head in one line: "2 Mar 2026, by e-mail: order status (1042); resolved by Ben"."""
    at = head.started_at
    where = " and ".join(_CHANNELS.get(one, one) for one in head.channels)
    about = ", ".join(one.replace("_", " ") for one in head.asked) or f"“{head.words}”"
    if head.identifiers:
        about += f" ({', '.join(head.identifiers)})"
    how = _how_it_ended(head)
    line = f"{at.day} {at:%b %Y}, {where}: {about}"
    return f"{line}; {how}" if how else line


def _how_it_ended(head: Head) -> str:
    by = "" if head.owner is None else f" by {head.owner}"
    if head.outcome is not None:
        return f"{head.outcome}{by}"
    if by:
        return f"taken{by}"
    return "handed to people" if head.tags else ""


def _few(names: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, in the order in which they first come, and not too many."""
    return tuple(dict.fromkeys(one for one in names if one))[:_SEVERAL]


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each name was first told by, as it was written then."""
    found: dict[str, tuple[str, str]] = {}
    for name, source in pairs:
        bare = "".join(one for one in name.casefold() if one.isalnum())
        found.setdefault(bare, (name, source))
    return dict(found.values())
