"""Messages that no machine may answer: set aside for a person, beside the customer's own case.

They get a case that the pipeline never takes up, so that an out-of-office mail does not silence the
bot for its sender. Several in one conversation are one entry in the queue, with their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from memory.tables.main import Case, Handoff
from memory.tables.rows import table

RULE = "not-answerable"
STATUS = "aside"
"""The rule of such a handoff, and the status of its case while it is open."""

_case = table(Case)
_handoff = table(Handoff)
_insert_case = insert(_case)
_insert_handoff = insert(_handoff)


@dataclass(frozen=True, slots=True)
class Aside:
    """The case and the handoff, as whole rows keyed by column, for when there is none open yet."""

    case: Mapping[str, object]
    handoff: Mapping[str, object]
    messages: int


def set_aside(connection: Connection, one: Aside) -> int:
    """Count the messages to the conversation's open entry, or open one; the id of its case.

    Whoever calls has locked the conversation.
    """
    place = one.handoff["conversation_id"]
    open_one = connection.execute(
        select(_handoff.c.id, _handoff.c.case_id).where(
            _handoff.c.conversation_id == place,
            _handoff.c.rule == RULE,
            _handoff.c.status.in_(("waiting", "owned")),
        )
    ).first()
    if open_one is not None:
        connection.execute(
            update(_handoff)
            .where(_handoff.c.id == open_one.id)
            .values(messages=_handoff.c.messages + one.messages)
        )
        return int(open_one.case_id)
    connection.execute(_insert_case, dict(one.case))
    connection.execute(_insert_handoff, {**one.handoff, "messages": one.messages})
    return int(str(one.case["id"]))
