"""Who saw what of whom while two were taken for one: for whoever parts them, and whom they tell.

Reads only. It counts what turns were *given* of the other side (`turn.drawn_json`), what was
answered from it, who of the business opened the page, and what people answered. Each list is
bounded, and says so when there is more. No word of any message is in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from core.clock import Micros, from_micros
from core.identity.graph import Edge, components, home_edge
from core.message import Assurance, Author
from memory.readable.drawing import CASE, FACT, LOOK_UP, MESSAGE, SLOT, load_drawn
from memory.readable.sender import NEVER
from memory.tables.main import Conversation, Delivery, Handle, Link, Message, Turn
from memory.tables.people import Viewing
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(Handle)
_link = table(Link)
_message = table(Message)
_turn = table(Turn)
_viewing = table(Viewing)

MOST = 500
"""Entries of each list."""

PAGE, ANSWER = "page", "answer"

_ARRIVED = ("sent", "delivered", "read")
_KIND_WORDS = {
    CASE: "how far a case was",
    FACT: "what was remembered",
    LOOK_UP: "a record of the business",
    MESSAGE: "messages",
    SLOT: "what had been told for a case",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One turn that was given memory of the other side. `handle` wrote, `of` are whose it was.

    `answer_id` is the message made from it, `left` whether any part of it has left for `handle`.
    """

    turn_id: int
    at: datetime
    channel: str
    handle: str
    of: tuple[str, ...]
    kinds: tuple[str, ...]
    answer_id: str | None
    left: bool
    words: str


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody of the business who had the page of both open, or answered while they were one:
    `what` is "page" or "answer"."""

    actor: str
    at: datetime
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class SawWhat:
    """The report. `sides` are the handles of each side, `since` and `until` when they were one:
    without `until` they still are. `more` says that a list was cut."""

    sides: tuple[tuple[str, ...], ...]
    since: datetime
    until: datetime | None
    turns: tuple[Seen, ...]
    people: tuple[Looked, ...]
    more: bool
    words: str


@dataclass(frozen=True, slots=True)
class _Time:
    """The handles that were one customer by the links in question, by id, and from when till when;
    `side` numbers each handle's side."""

    handles: Mapping[int, AnyRow]
    side: Mapping[int, int]
    since: Micros
    until: Micros | None

    def key(self, handle_id: int) -> str:
        return str(self.handles[handle_id].key)

    def others(self, handle_id: int, among: Iterable[int]) -> list[int]:
        """Those of another side than this handle."""
        own = self.side.get(handle_id)
        return [one for one in among if one in self.side and self.side[one] != own]


def who_saw_what(connection: Connection, link_ids: Collection[int]) -> SawWhat | None:
    """What each side was given of the other's while these links joined them. Of links that are
    active it says what has been seen so far, and how they would part. Nothing without any link."""
    time = _time(connection, link_ids)
    if time is None:
        return None
    turns, cut = _turns(connection, time)
    people, cut_too = _people(connection, time)
    sides = [
        tuple(sorted(time.key(one) for one, at in time.side.items() if at == side))
        for side in sorted(set(time.side.values()))
    ]
    return SawWhat(
        sides=tuple(sides),
        since=from_micros(time.since),
        until=None if time.until is None else from_micros(time.until),
        turns=tuple(turns),
        people=tuple(people),
        more=cut or cut_too,
        words=_summary(turns, people),
    )


def _time(connection: Connection, link_ids: Collection[int]) -> _Time | None:
    links = connection.execute(select(_link).where(_link.c.id.in_(link_ids))).all()
    if not links:
        return None
    ended = [one.ended_at for one in links]
    until = None if None in ended else max(ended)
    handles = _handles(connection, links)
    return _Time(
        handles,
        _sides(connection, handles, {one.id for one in links}, until),
        min(one.created_at for one in links),
        until,
    )


def _handles(connection: Connection, links: Collection[AnyRow]) -> dict[int, AnyRow]:
    """All handles of the customers at both ends of the links, as they are today."""
    homes = {one.customer_id for one in links}
    joined = {one.handle_id for one in links}
    owners = select(_handle.c.customer_id).where(
        _handle.c.id.in_(joined) | _handle.c.home_customer_id.in_(homes)
    )
    rows = connection.execute(select(_handle).where(_handle.c.customer_id.in_(owners)))
    return {row.id: row for row in rows}


def _sides(
    connection: Connection,
    handles: Mapping[int, AnyRow],
    without: Collection[int],
    until: Micros | None,
) -> dict[int, int]:
    """Which handles stay together without the links in question: as it was then, or is now."""
    edges = [home_edge(row.id, row.home_customer_id) for row in handles.values()]
    held = or_(_link.c.ended_at.is_(None), _link.c.ended_at > (until or NEVER))
    rows = connection.execute(select(_link).where(_link.c.handle_id.in_(handles), held))
    edges += [
        Edge(row.handle_id, row.customer_id, Assurance(row.level))
        for row in rows
        if row.id not in without and (until is None or row.created_at <= until)
    ]
    return {
        handle: number
        for number, component in enumerate(components(edges))
        for handle in component.handles
    }


def _turns(connection: Connection, time: _Time) -> tuple[list[Seen], bool]:
    homes = {row.home_customer_id for row in time.handles.values()}
    rows = connection.execute(
        select(
            _turn.c.id,
            _turn.c.decided_at,
            _turn.c.drawn_json,
            _turn.c.conversation_id,
            _conversation.c.channel,
            _conversation.c.handle_id,
        )
        .join(_conversation, _conversation.c.id == _turn.c.conversation_id)
        .where(
            # Whoever stood for all of them then is the home of one of them.
            _turn.c.customer_id.in_(homes),
            _turn.c.drawn_json.is_not(None),
            *_within(time, _turn.c.decided_at),
        )
        .order_by(_turn.c.id)
        .limit(MOST + 1)
    ).all()
    answers = _answers(connection, rows[:MOST])
    seen: list[Seen] = []
    for row in rows[:MOST]:
        answer = answers.get(row.id)
        reader = row.handle_id if answer is None else answer.handle_id
        drawn = load_drawn(row.drawn_json)
        of = time.others(reader, drawn) if reader in time.side else []
        if of:
            seen.append(_seen(row, time, reader, answer, {one: drawn[one] for one in of}))
    return seen, len(rows) > MOST


def _within(time: _Time, column: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    return column >= time.since, column <= (time.until or NEVER)


def _answers(connection: Connection, turns: Collection[AnyRow]) -> dict[int, AnyRow]:
    """The answers of these turns by the turn, each with how many of its parts have left."""
    left = func.count(_delivery.c.id).label("left")
    rows = connection.execute(
        select(_message.c.turn_id, _message.c.conversation_id, _message.c.seq, _message.c.handle_id)
        .add_columns(left)
        .outerjoin(
            _delivery,
            (_delivery.c.conversation_id == _message.c.conversation_id)
            & (_delivery.c.seq == _message.c.seq)
            & _delivery.c.status.in_(_ARRIVED),
        )
        .where(
            _message.c.conversation_id.in_({row.conversation_id for row in turns}),
            _message.c.turn_id.in_({row.id for row in turns}),
            _message.c.author == Author.BOT.value,
        )
        .group_by(
            _message.c.turn_id, _message.c.conversation_id, _message.c.seq, _message.c.handle_id
        )
    )
    return {row.turn_id: row for row in rows}


def _seen(
    row: AnyRow,
    time: _Time,
    reader: int,
    answer: AnyRow | None,
    drawn: Mapping[int, Collection[str]],
) -> Seen:
    kinds = sorted({kind for one in drawn.values() for kind in one})
    of = tuple(sorted(time.key(one) for one in drawn))
    left = answer is not None and answer.left > 0
    what = " and ".join(_KIND_WORDS.get(one, one) for one in kinds)
    outcome = "An answer made from it left." if left else "No answer made from it left."
    return Seen(
        turn_id=row.id,
        at=from_micros(row.decided_at),
        channel=row.channel,
        handle=time.key(reader),
        of=of,
        kinds=tuple(kinds),
        answer_id=None if answer is None else f"{answer.conversation_id}-{answer.seq}",
        left=left,
        words=f"{time.key(reader)} wrote, and {what} of {', '.join(of)} was at hand. {outcome}",
    )


def _people(connection: Connection, time: _Time) -> tuple[list[Looked], bool]:
    homes = {row.home_customer_id for row in time.handles.values()}
    looked = connection.execute(
        select(_viewing)
        .where(_viewing.c.customer_id.in_(homes), *_within(time, _viewing.c.at))
        .order_by(_viewing.c.at)
        .limit(MOST + 1)
    ).all()
    answered = connection.execute(
        select(_message.c.author_name, _message.c.created_at, _message.c.handle_id)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(
            _conversation.c.handle_id.in_(time.handles),
            _message.c.author == Author.AGENT.value,
            *_within(time, _message.c.created_at),
        )
        .order_by(_message.c.created_at)
        .limit(MOST + 1)
    ).all()
    people = [_looked(row.actor, row.at, PAGE, "had the page of both open.") for row in looked]
    people += [
        _looked(
            row.author_name or "Somebody of ours",
            row.created_at,
            ANSWER,
            f"answered {time.key(row.handle_id)}.",
        )
        for row in answered
        if row.handle_id in time.handles
    ]
    people.sort(key=lambda one: one.at)
    return people[:MOST], len(people) > MOST


def _looked(actor: str, at: Micros, what: str, words: str) -> Looked:
    return Looked(actor, from_micros(at), what, f"{actor} {words}")


def _summary(turns: Collection[Seen], people: Collection[Looked]) -> str:
    """The report in one sentence."""
    left = sum(one.left for one in turns)
    actors = len({one.actor for one in people})
    if not turns and not actors:
        return "Nobody was given anything of the other side."
    return (
        f"Memory of the other side was at hand for {_count(len(turns), 'message', 'messages')}; "
        f"{_count(left, 'answer', 'answers')} made from it left. "
        f"{_count(actors, 'person', 'people')} of ours saw both sides as one."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
