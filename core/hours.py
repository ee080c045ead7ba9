"""Opening hours: whether the business is open at a moment, and in words when it opens next.

Pure; the moment is handed in. Local time is worked out from the zone's own rules, so a span is
right over a change of the clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.languages.speeches import ENGLISH, Speech
from core.playbook.model import Hours

_LOOK_AHEAD = 60
_WEEK = 7


def is_open(hours: Hours, now: datetime) -> bool | None:
    """Whether the business is open at an aware moment; None when it names no hours.

    A span whose end is not after its start runs over midnight, into a holiday too.
    """
    if not any(hours.week.values()):
        return None
    local = now.astimezone(ZoneInfo(hours.timezone))
    return any(start <= local < end for start, end in _spans(hours, local, -1, 2))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """When the business opens next, in its own zone; None when it never does."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    # Day by day: the next opening is today or tomorrow far more often than in a fortnight.
    for day in range(_LOOK_AHEAD):
        starts = [start for start, _ in _spans(hours, local, day, day + 1) if start > local]
        if starts:
            return min(starts)
    return None


def opening_words(hours: Hours, now: datetime, speech: Speech = ENGLISH) -> str | None:
    """The next opening as people say it: "today at 09:00", "on Monday at 09:00"."""
    opening = next_opening(hours, now)
    if opening is None:
        return None
    days = (opening.date() - now.astimezone(opening.tzinfo).date()).days
    if days == 0:
        when, day = "today", ""
    elif days == 1:
        when, day = "tomorrow", ""
    elif days < _WEEK:
        when, day = "weekday", speech.days[opening.weekday()]
    else:
        when, day = "date", opening.date().isoformat()
    return speech.words[when].format(clock=opening.strftime("%H:%M"), day=day)


def in_spans(spans: Iterable[tuple[time, time]], timezone: str, now: datetime) -> bool:
    """Whether a moment is in one of these spans of every day; a span may go over midnight."""
    local = now.astimezone(ZoneInfo(timezone)).time()
    return any(
        start <= local < end if start < end else local >= start or local < end
        for start, end in spans
    )


def _spans(
    hours: Hours, local: datetime, first: int, last: int
) -> Iterator[tuple[datetime, datetime]]:
    """The open spans that begin from `first` to `last` days after a local moment."""
    zone = local.tzinfo
    for offset in range(first, last):
        day = local.date() + timedelta(days=offset)
        if day in hours.holidays:
            continue
        for start, end in hours.week.get(day.weekday(), ()):
            until = day if end > start else day + timedelta(days=1)
            yield (
                datetime.combine(day, start, tzinfo=zone),
                datetime.combine(until, end, tzinfo=zone),
            )
