"""Who told what, where an address alone does not say it: one that began anew has had two holders.

A slot names its teller by the address, and its message by id; the message knows whose it is. A
look-up that is made only where an address began anew; it decides nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, tuple_

from core.turn import SlotValue
from memory.tables.main import Message
from memory.tables.rows import table

_message = table(Message)
_LARGEST = (1 << 63) - 1


def told_by_strangers(
    connection: Connection,
    slots: Collection[SlotValue],
    anew: Collection[str],
    known: Collection[int],
) -> frozenset[str]:
    """The messages, by their ids, from which slots of these addresses come but that none of the
    known handles wrote. What no message told counts as a stranger's."""
    asked = {one.source for one in slots if one.handle in anew} if anew else set()
    if not asked:
        return frozenset()
    places = {one: place for one in asked if (place := _place(one)) is not None}
    writers = _writers(connection, places)
    return frozenset(one for one in asked if writers.get(one) not in known)


def _writers(connection: Connection, places: Mapping[str, tuple[int, int]]) -> Mapping[str, int]:
    if not places:
        return {}
    rows = connection.execute(
        select(_message.c.conversation_id, _message.c.seq, _message.c.handle_id).where(
            tuple_(_message.c.conversation_id, _message.c.seq).in_(places.values())
        )
    )
    return {f"{row.conversation_id}-{row.seq}": row.handle_id for row in rows}


def _place(source: str) -> tuple[int, int] | None:
    """A message's conversation and number, when the source is one."""
    conversation, _, seq = source.partition("-")
    if not (conversation.isascii() and conversation.isdigit() and seq.isascii() and seq.isdigit()):
        return None
    place = (int(conversation), int(seq))
    return place if max(place) <= _LARGEST else None
