"""What is known of a customer as a page tells it: in words, in groups, with what it was before.

It shapes what `memory.facts` reads, which has kept back what is personal. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.facts.known import IDENTIFIER
from memory.facts import FactView
from memory.pages.fact_words import PROMISE, actor_words, group_of, label_of, teller_words
from memory.pages.memory_views import KnownView, WasView

_MESSAGE = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")


def known(facts: Sequence[FactView], now: datetime) -> list[KnownView]:
    """These facts for a page, in the same order. `now` is when promises are judged.

    A number that was read out of a message stands with the fact that it was told for, if it was.
    """
    told = {(label_of(one.key), one.value): one for one in facts if _is_told(one)}
    read: dict[int, list[FactView]] = {}
    kept: list[FactView] = []
    for one in facts:
        twin = told.get((label_of(one.key), one.value)) if _is_read(one) else None
        if twin is None:
            kept.append(one)
        else:
            read.setdefault(twin.id, []).append(one)
    return [_known(replace(one, also=(*one.also, *read.get(one.id, ()))), now) for one in kept]


def _is_read(fact: FactView) -> bool:
    return fact.is_live and fact.key.startswith(IDENTIFIER) and not fact.pinned


def _is_told(fact: FactView) -> bool:
    return fact.is_live and not fact.key.startswith(IDENTIFIER) and not fact.hidden


def message_of(source: str) -> str | None:
    """The message that a source is; nothing when it is none."""
    return source if _MESSAGE.fullmatch(source) else None


def _known(fact: FactView, now: datetime) -> KnownView:
    group = group_of(fact.key)
    return KnownView(
        id=fact.id,
        key=fact.key,
        group=group,
        label=label_of(fact.key),
        value=fact.value,
        hidden=fact.hidden,
        secret=fact.secret,
        verified=fact.verified,
        pinned=fact.pinned,
        level=fact.level,
        handle=fact.handle,
        source=fact.source,
        message=message_of(fact.source),
        channel=fact.channel,
        told_by=fact.told_by,
        teller=teller_words(fact.told_by),
        since=fact.valid_from,
        until=fact.valid_to,
        recorded_at=fact.recorded_at,
        touched_at=fact.touched_at,
        due_at=fact.due_at,
        state=_state(fact, now) if group == PROMISE else None,
        retired_at=fact.retired_at,
        retired_by=None if fact.retired_by is None else actor_words(fact.retired_by),
        retired_because=fact.retired_because,
        also=tuple(_was(one) for one in fact.also),
        history=tuple(_was(one) for one in fact.history),
    )


def _was(fact: FactView) -> WasView:
    return WasView(
        id=fact.id,
        value=fact.value,
        hidden=fact.hidden,
        verified=fact.verified,
        source=fact.source,
        message=message_of(fact.source),
        handle=fact.handle,
        teller=teller_words(fact.told_by),
        since=fact.valid_from,
        until=fact.valid_to,
    )


def _state(fact: FactView, now: datetime) -> str:
    """How a promise stands."""
    if fact.outcome is not None:
        return fact.outcome
    return "overdue" if fact.due_at is not None and fact.due_at < now else "open"
