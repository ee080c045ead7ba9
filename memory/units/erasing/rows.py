"""Their own rows: messages with what hangs on them first, then all else, the handles last.

Conversations in which others wrote stay, as theirs. Each step goes as far as one call may, and says
where to go on. Only within `memory.units.erasing.whole`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson
from sqlalchemy import func, or_, select, update

from core.message import Author
from memory.tables.identity import Alarm, Challenge, Reach, Suggestion
from memory.tables.main import (
    Case,
    Conversation,
    Delivery,
    Handle,
    Handoff,
    Inbound,
    Link,
    Message,
    Turn,
)
from memory.tables.people import Viewing
from memory.tables.remembered import Episode, Fact, Segment, Vector
from memory.tables.rows import table
from memory.units.erasing.whom import AnyRow, Work

_PLACES = 200
"""Conversations that are looked for in one go."""

_LOOK = 8
"""What looking into one conversation costs beside the rows that go."""

_case = table(Case)
_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(Handle)
_handoff = table(Handoff)
_inbound = table(Inbound)
_link = table(Link)
_message = table(Message)
_reach = table(Reach)
_turn = table(Turn)
_vector = table(Vector)


def erase_messages(work: Work, after: int) -> int | None:
    """Their messages, conversation by conversation, from the one after `after` on."""
    own = select(_conversation.c.id).where(_conversation.c.handle_id.in_(work.ids))
    turned = select(_turn.c.conversation_id).where(_turn.c.customer_id.in_(work.met[1]))
    places = own.union(turned).subquery()
    found = (
        work.connection.execute(
            select(places.c.id).where(places.c.id > after).order_by(places.c.id).limit(_PLACES)
        )
        .scalars()
        .all()
    )
    for place in found:
        if work.left <= 0:
            return after
        while rows := _messages(work, place):
            erase_some(work, place, rows[0].account, rows)
            if work.left <= 0:
                return after
        work.left -= _LOOK
        after = place
    return after if len(found) == _PLACES else None


def _messages(work: Work, place: int) -> Sequence[AnyRow]:
    return work.connection.execute(
        select(_message, _conversation.c.account)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(_message.c.conversation_id == place, _message.c.handle_id.in_(work.ids))
        .order_by(_message.c.seq)
        .limit(max(1, work.left))
    ).all()


def erase_some(work: Work, place: int, account: str, rows: Sequence[AnyRow]) -> None:
    """These messages of one conversation, with their work, parts, turns and vectors."""
    seqs = [row.seq for row in rows]
    events = [row.event_id for row in rows if row.event_id is not None]
    brought = _inbound.c.event_id.in_(events) & (_inbound.c.account == account)
    turned = work.connection.execute(select(_inbound.c.turn_id).where(brought)).scalars().all()
    turns = {one for one in (*turned, *(row.turn_id for row in rows)) if one is not None}
    work.files.update(files_of(row.extra_json for row in rows))
    work.left -= len(rows)
    for one, where in (
        (_delivery, (_delivery.c.conversation_id == place, _delivery.c.seq.in_(seqs))),
        (_reach, (_reach.c.conversation_id == place, _reach.c.seq.in_(seqs))),
        (_vector, (_vector.c.conversation_id == place, _vector.c.seq.in_(seqs))),
        (_inbound, (brought,)),
        (_turn, (_turn.c.id.in_(turns),)),
        (_message, (_message.c.conversation_id == place, _message.c.seq.in_(seqs))),
    ):
        work.delete_all(one, *where)


def files_of(extras: Iterable[str | None]) -> set[str]:
    """References of what we keep of what came with messages, and of their originals."""
    found: set[str] = set()
    for text in extras:
        if text is None:
            continue
        extra = orjson.loads(text)
        found.update(one["reference"] for one in extra.get("attachments", ()))
        found.update(extra.get("original", {}).values())
    # A provider's own reference is none of ours to drop.
    return {one for one in found if one.startswith("file:")}


def erase_places(work: Work, after: int) -> int | None:
    """Their conversations, with what is left in them; where others wrote, they become theirs."""
    found = work.connection.execute(
        select(_conversation.c.id)
        .where(_conversation.c.handle_id.in_(work.ids), _conversation.c.id > after)
        .order_by(_conversation.c.id)
        .limit(_PLACES)
    ).scalars().all()  # fmt: skip
    for place in found:
        if work.left <= 0:
            return after
        if not _give_away(work, place):
            for rows in (_turn, _handoff, _delivery):
                if not work.delete(rows, rows.c.conversation_id == place):
                    return after
            work.delete_all(_conversation, _conversation.c.id == place)
        work.left -= _LOOK
        after = place
    return after if len(found) == _PLACES else None


def _give_away(work: Work, place: int) -> bool:
    """Whether somebody else wrote there; then it is theirs."""
    other = work.connection.execute(
        select(_message.c.handle_id, func.coalesce(_inbound.c.reply_address_json, "{}"))
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .outerjoin(
            _inbound,
            (_inbound.c.event_id == _message.c.event_id)
            & (_inbound.c.account == _conversation.c.account),
        )
        .where(_message.c.conversation_id == place, _message.c.author == Author.CUSTOMER.value)
        .order_by(_message.c.seq.desc())
        .limit(1)
    ).first()
    if other is None:
        return False
    work.connection.execute(
        update(_conversation)
        .where(_conversation.c.id == place)
        .values(handle_id=other[0], reply_address_json=other[1], correspondent=None)
    )
    return True


def erase_rest(work: Work, _after: int) -> int | None:
    """All that is left of them; the handles last."""
    ids, homes = work.ids, work.homes
    episode, fact, segment = table(Episode), table(Fact), table(Segment)
    challenge, viewing = table(Challenge), table(Viewing)
    alarm, suggestion = table(Alarm), table(Suggestion)
    cases = select(_case.c.id).where(_case.c.handle_id.in_(ids))
    for rows, where in (
        (episode, episode.c.handle_id.in_(ids)),
        (fact, fact.c.handle_id.in_(ids)),
        (segment, segment.c.handle_id.in_(ids)),
        (_vector, _vector.c.handle_id.in_(ids)),
        (_handoff, _handoff.c.case_id.in_(cases)),
        (_case, _case.c.handle_id.in_(ids)),
        (challenge, challenge.c.asker_handle_id.in_(ids)),
        (alarm, alarm.c.customer_id.in_(homes)),
        (suggestion, or_(suggestion.c.one_id.in_(homes), suggestion.c.other_id.in_(homes))),
        (viewing, viewing.c.customer_id.in_(homes)),
        (_link, or_(_link.c.handle_id.in_(ids), _link.c.customer_id.in_(homes))),
        (_handle, _handle.c.id.in_(ids)),
    ):
        if not work.delete(rows, where):
            return 0
    return None
