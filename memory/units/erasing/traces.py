"""What is left of somebody in rows that are not theirs, taken out before their own rows go.

What was seen, asked and said about their addresses goes; answers to others that drew on their
memory lose their words; slots they told leave others' cases, and things that came from them others'
packets. Each step goes as far as one call may, and says where to go on. Only within
`memory.units.erasing.whole`; the log of changes is `memory.units.erasing.log`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import or_, select, update

from core.turn import CaseState, SlotValue
from memory.codec import dump_case, load_case
from memory.readable.drawing import drawn_of, load_drawn
from memory.tables.channels import Parked, ParkedUpdate
from memory.tables.identity import Alarm, BlockedValue, Challenge, Sighting
from memory.tables.main import Case, Conversation, Delivery, Handoff, Link, Message, Turn
from memory.tables.remembered import Episode, Fact, Vector
from memory.tables.rows import table
from memory.units.erasing.whom import AnyRow, Work
from memory.units.erasing.words import Names
from memory.units.remembering.episodes import SPOILED, spoil
from memory.units.remembering.segmenting import forget_segments

_alarm = table(Alarm)
_blocked = table(BlockedValue)
_case = table(Case)
_challenge = table(Challenge)
_conversation = table(Conversation)
_delivery = table(Delivery)
_episode = table(Episode)
_fact = table(Fact)
_handoff = table(Handoff)
_link = table(Link)
_message = table(Message)
_parked = table(Parked)
_parked_update = table(ParkedUpdate)
_sighting = table(Sighting)
_turn = table(Turn)
_vector = table(Vector)

_LISTS = ("slots", "facts", "exchanges")
_CHUNK = 100
"""Rows that are looked through in one go."""

_LOOKED_AT = 5
"""How many looked-through rows cost as much as one that goes."""


def forget_addresses(work: Work, _after: int) -> int | None:
    """What was seen, asked and alarmed about their addresses."""
    if not work.lives:
        return None
    for life in work.lives:
        for rows, where in (
            (_sighting, or_(
                life.named(_sighting.c.handle_key, _sighting.c.created_at),
                life.named(_sighting.c.other_key, _sighting.c.created_at),
            )),
            (_challenge, life.named(_challenge.c.target_key, _challenge.c.created_at)),
            (_alarm, life.named(_alarm.c.handle_key, _alarm.c.created_at)),
            (_blocked, life.named(_blocked.c.pattern, _blocked.c.created_at)),
        ):  # fmt: skip
            if not work.delete(rows, where):
                return 0
    connection = work.connection
    connection.execute(
        update(_conversation).where(_conversation.c.answer_at.in_(work.keys)).values(answer_at=None)
    )
    _forget_words(work)
    return None


def _forget_words(work: Work) -> None:
    """Words about others, and what could not be read, that name one of the addresses."""
    names, connection = Names(work.lives), work.connection
    for row in connection.execute(select(_alarm)).all():
        if names.within(row.message, row.created_at):
            work.delete_all(_alarm, _alarm.c.id == row.id)
    for row in connection.execute(select(_parked_update)).all():
        if names.within(row.reason, row.received_at):
            work.delete_all(_parked_update, _parked_update.c.id == row.id)
    for row in connection.execute(select(_parked)).all():
        at = row.received_at
        if names.within(row.title, at) or names.within(row.reason, at):
            work.delete_all(_parked, _parked.c.id == row.id)
            work.files.add(row.file)
    for row in connection.execute(select(_link).where(_link.c.handle_id.in_(work.others))).all():
        words = {"evidence": row.evidence, "end_reason": row.end_reason}
        kept = names.taken_out(words, row.created_at)
        if kept != words:
            connection.execute(update(_link).where(_link.c.id == row.id).values(**kept))


def clear_turns(work: Work, after: int) -> int | None:
    """The records of turns of others that were given their memory."""
    rows = work.connection.execute(
        select(_turn.c.id, _turn.c.drawn_json)
        .where(
            _turn.c.customer_id.in_(work.met[1]),
            _turn.c.drawn_json.is_not(None),
            _turn.c.record_json != "{}",
            _turn.c.id > after,
        )
        .order_by(_turn.c.id)
        .limit(_CHUNK)
    ).all()
    theirs = [row.id for row in rows if work.ids & load_drawn(row.drawn_json).keys()]
    work.connection.execute(update(_turn).where(_turn.c.id.in_(theirs)).values(record_json="{}"))
    work.gone(_turn, len(theirs))
    return _go_on(work, rows)


def clear_answers(work: Work, after: int) -> int | None:
    """Answers to others that drew on them, a machine's or a person's: nobody may read them."""
    others, customers = work.others, work.met[1]
    own = select(_conversation.c.id).where(_conversation.c.handle_id.in_(others))
    turned = select(_turn.c.conversation_id).where(_turn.c.customer_id.in_(customers))
    places = own.union(turned).subquery()
    rows = work.connection.execute(
        select(places.c.id).where(places.c.id > after).order_by(places.c.id).limit(_CHUNK)
    ).all()
    answers = work.connection.execute(
        select(_message).where(
            _message.c.conversation_id.in_([row.id for row in rows]),
            _message.c.extra_json.contains('"drawn"'),
        )
    ).all()
    for one in answers:
        if drawn_of(one.extra_json) & work.ids and one.handle_id not in work.ids:
            _clear_answer(work, one)
    return _go_on(work, rows)


def _clear_answer(work: Work, one: AnyRow) -> None:
    drawn = sorted(drawn_of(one.extra_json))
    place = (_message.c.conversation_id == one.conversation_id, _message.c.seq == one.seq)
    kept = orjson.dumps({"drawn": drawn}).decode()
    if one.text == "" and one.extra_json == kept:
        return
    work.connection.execute(
        update(_message).where(*place).values(text="", tokens=0, about=None, extra_json=kept)
    )
    work.gone(_message, 1)
    work.connection.execute(
        update(_delivery)
        .where(_delivery.c.conversation_id == one.conversation_id, _delivery.c.seq == one.seq)
        .values(payload_json="{}", kept_json=None)
    )
    work.delete(_vector, _vector.c.conversation_id == one.conversation_id, _vector.c.seq == one.seq)
    # Made and packed again without it.
    spoil(work.connection, one.handle_id, one.created_at, one.created_at)
    forget_segments(work.connection, (one.handle_id,), one.created_at - 1, one.created_at)


def clear_cases(work: Work, after: int) -> int | None:
    """What they told in cases of those they were taken for, open or closed, and their packets."""
    rows = work.connection.execute(
        select(_case.c.id, _case.c.state_json)
        .where(_case.c.handle_id.in_(work.others), _case.c.id > after)
        .order_by(_case.c.id)
        .limit(_CHUNK)
    ).all()
    for row in rows:
        text = _without(work, row.state_json)
        if text != row.state_json:
            work.connection.execute(
                update(_case).where(_case.c.id == row.id).values(state_json=text)
            )
            work.gone(_case, 1)
    _clear_packets(work, {row.id for row in rows})
    return _go_on(work, rows)


def _without(work: Work, state_json: str) -> str:
    """The state of somebody else's case without what they told, and were in."""
    state, drawn = load_case(state_json), drawn_of(state_json)
    slots = tuple(one for one in state.slots if not _told(work, one))
    if drawn & work.ids:
        return dump_case(CaseState(slots=slots), drawn - work.ids)
    offering = state.offering
    if offering is not None and _told(work, offering):
        offering = None
    elif len(slots) == len(state.slots):
        return state_json
    return dump_case(replace(state, slots=slots, offering=offering), drawn)


def _told(work: Work, slot: SlotValue) -> bool:
    return slot.handle in work.keys


def _clear_packets(work: Work, cases: Collection[int]) -> None:
    rows = work.connection.execute(
        select(_handoff.c.id, _handoff.c.packet_json).where(_handoff.c.case_id.in_(cases))
    ).all()
    for row in rows:
        packet = orjson.loads(row.packet_json)
        kept = {
            name: [one for one in value if not _is_theirs(one, work.ids)]
            if name in _LISTS
            else value
            for name, value in packet.items()
        }
        if not work.ids.isdisjoint(packet.get("drawn", ())) and packet.get("intent") is not None:
            kept["intent"] = None
        if kept != packet:
            text = orjson.dumps(kept).decode()
            work.connection.execute(
                update(_handoff).where(_handoff.c.id == row.id).values(packet_json=text)
            )
            work.gone(_handoff, 1)


def _is_theirs(one: Mapping[str, Any], ids: Collection[int]) -> bool:
    return int(one.get("handle_id", 0)) in ids or not set(ids).isdisjoint(one.get("drawn", ()))


def clear_derived(work: Work, after: int) -> int | None:
    """Episodes of others that were made from what they said are made again from what is left; facts
    of others that were, go."""
    for rows in (_episode, _fact):
        found = work.connection.execute(
            select(rows.c.id, rows.c.drawn_json).where(
                rows.c.handle_id.in_(work.others), rows.c.drawn_json.is_not(None)
            )
        ).all()
        theirs = [row.id for row in found if not work.ids.isdisjoint(_handles(row.drawn_json))]
        if theirs and rows is _fact and not work.delete(rows, rows.c.id.in_(theirs)):
            return after
        if theirs and rows is _episode:
            work.connection.execute(
                update(rows).where(rows.c.id.in_(theirs)).values(**SPOILED, drawn_json=None)
            )
            work.gone(rows, len(theirs))
    return None


def _handles(drawn_json: str) -> set[int]:
    """Ids of handles, however they are written: a list of them, or an object by them."""
    return {int(one) for one in orjson.loads(drawn_json)}


def _go_on(work: Work, rows: Collection[AnyRow]) -> int | None:
    """After which row to go on, if there may be more."""
    work.left -= len(rows) // _LOOKED_AT + 1
    return max(row.id for row in rows) if len(rows) == _CHUNK else None
