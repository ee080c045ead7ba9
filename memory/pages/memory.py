"""The memory of a customer on one page, as a person would want to read it.

Reads only: what is known of them, how they like it, what was promised, what is going on, whether
they may be written to, and what there was. What is personal is kept back as on the customer's page
(`memory.pages.personal`); what a *sender* may know is decided in `memory.readable.context`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from core.clock import Micros, from_micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from core.turn import SlotValue
from memory.codec import load_case
from memory.episodes import EpisodeView, episodes_of, line_of
from memory.facts import facts_of
from memory.pages.customer import root_of
from memory.pages.fact_words import PREFERENCE, PROMISE, label_of
from memory.pages.identity_sides import plain_key
from memory.pages.known import known, message_of
from memory.pages.memory_views import (
    ContactView,
    EpisodeEntry,
    KnownView,
    MemoryView,
    OpenCaseView,
    SlotView,
)
from memory.pages.personal import is_hidden, proved_reach
from memory.pages.rows import AnyRow, display_names
from memory.readable.drawing import drawn_of, strangers
from memory.tables.main import Case, Conversation, Handle, Message
from memory.tables.rows import table
from memory.units.identity.blocking import blocked_patterns, is_blocked
from memory.units.identity.reversal import UNDONE

_EPISODES = 50

_case = table(Case)
_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)


def memory_page(
    connection: Connection,
    customer_id: int,
    now: Micros,
    rules: IdentityRules = DEFAULT_RULES,
) -> MemoryView | None:
    """All that is remembered of a customer, or nothing when there is none."""
    root = root_of(connection, customer_id)
    if root is None:
        return None
    handles = connection.execute(
        select(_handle).where(_handle.c.customer_id == root).order_by(_handle.c.id)
    ).all()
    reach = proved_reach(connection, handles, now, rules)
    found = known(facts_of(connection, root, now, rules), from_micros(now))
    kept = [one for one in found if one.retired_at is None]
    living = [one for one in kept if one.until is None and one.group != PROMISE]
    ids = [one.id for one in handles]
    episodes = episodes_of(connection, ids, _EPISODES)
    return MemoryView(
        id=root,
        name=display_names(connection, [root])[root],
        preferences=tuple(one for one in living if one.group == PREFERENCE),
        facts=tuple(one for one in living if one.group != PREFERENCE),
        promises=tuple(one for one in kept if one.group == PROMISE),
        past=tuple(one for one in kept if one.until is not None and one.group != PROMISE),
        retired=tuple(one for one in found if one.retired_at is not None and not _undone(one)),
        case=_open_case(connection, handles, reach),
        contact=_contact(connection, handles, rules),
        episodes=tuple(_entry(one) for one in episodes),
        counts=_counts(connection, ids),
    )


def _undone(one: KnownView) -> bool:
    """Whether it is a correction that was taken back, which says nothing of the customer."""
    return (one.retired_because or "").startswith(UNDONE)


def _open_case(
    connection: Connection, handles: Sequence[AnyRow], reach: Mapping[int, Assurance]
) -> OpenCaseView | None:
    """The newest case that is not closed, with what was told in it."""
    keys = {one.key: one.id for one in handles}
    row = connection.execute(
        select(_case, _conversation.c.channel)
        .join(_conversation, _conversation.c.id == _case.c.conversation_id)
        .where(_case.c.handle_id.in_(keys.values()), _case.c.status != "closed")
        .order_by(_case.c.updated_at.desc(), _case.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    made = (row.handle_id, drawn_of(row.state_json))
    withheld = made in strangers(connection, [made])
    slots = () if withheld else load_case(row.state_json).slots
    return OpenCaseView(
        id=row.id,
        status=row.status,
        intent=row.intent,
        channel=row.channel,
        conversation_id=row.conversation_id,
        opened_at=from_micros(row.opened_at),
        slots=tuple(_slot(one, keys[one.handle], reach) for one in slots if one.handle in keys),
        withheld=withheld,
    )


def _slot(slot: SlotValue, handle_id: int, reach: Mapping[int, Assurance]) -> SlotView:
    hidden = not slot.secret and is_hidden(slot.needs, handle_id, reach)
    return SlotView(
        slot.name,
        label_of(slot.name),
        "" if hidden else slot.value,
        hidden,
        message_of(slot.source),
    )


def _contact(
    connection: Connection, handles: Sequence[AnyRow], rules: IdentityRules
) -> tuple[ContactView, ...]:
    listed = blocked_patterns(connection)
    return tuple(
        ContactView(
            id=one.id,
            handle=one.key,
            opted_out=bool(one.opted_out),
            dead=bool(one.dead),
            shared=bool(one.shared),
            blocked=is_blocked(plain_key(one), rules, listed),
            retired=one.retired_at is not None,
        )
        for one in handles
    )


def _entry(one: EpisodeView) -> EpisodeEntry:
    head = one.head
    return EpisodeEntry(
        id=one.id,
        kind=one.kind,
        channels=head.channels,
        started_at=head.started_at,
        ended_at=head.ended_at,
        first_words=head.words,
        outcome=head.outcome,
        line=line_of(one),
        summary=one.summary,
        summary_by=one.summary_by,
        message=next((found for word in head.sources if (found := message_of(word))), None),
    )


def _counts(connection: Connection, handle_ids: Sequence[int]) -> dict[str, int]:
    """How much there is of what is not on the page itself."""
    theirs = _conversation.c.handle_id.in_(handle_ids)
    conversations = select(func.count()).select_from(_conversation).where(theirs)
    messages = (
        select(func.count())
        .select_from(_conversation)
        .join(_message, _message.c.conversation_id == _conversation.c.id)
        .where(theirs)
    )
    cases = select(func.count()).select_from(_case).where(_case.c.handle_id.in_(handle_ids))
    asked = {"conversations": conversations, "messages": messages, "cases": cases}
    return {name: connection.execute(one).scalar_one() for name, one in asked.items()}
