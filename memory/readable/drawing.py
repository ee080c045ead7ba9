"""From whose memory an answer was made: written down with it, and read whenever it is shown again.

A turn that was given what other handles of the same customer had said has these handles in
`turn.drawn_json`, its answer in `extra_json`, its case in `state_json`. Whoever may not read all of
them reads the answer no more. Shapes and one look-up; it decides nothing about who may read whom.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

import orjson
from sqlalchemy import Connection, select, tuple_

from memory.tables.main import Handle, Message
from memory.tables.rows import table

WITHHELD = "Withheld: it drew on another customer's memory."
"""What stands, for people, in the place of words that are shown no more."""

WITHDRAWN = "withdrawn"
"""The `code` of a part that was held back on its way, until it is known whether it left."""

CASE, FACT, LOOK_UP, MESSAGE, SLOT = "case", "fact", "look-up", "message", "slot"
"""What of another handle a turn was given."""

Drawn: TypeAlias = Mapping[int, Collection[str]]
"""Ids of handles, with the kinds of what was given of each."""

_handle = table(Handle)
_message = table(Message)
_NOTHING: frozenset[int] = frozenset()


def dump_drawn(drawn: Drawn) -> str | None:
    """For `turn.drawn_json`; nothing when the turn was given nobody else's memory."""
    if not drawn:
        return None
    kinds = {str(handle): sorted(drawn[handle]) for handle in sorted(drawn)}
    return orjson.dumps(kinds).decode()


def load_drawn(text: str | None) -> dict[int, tuple[str, ...]]:
    """What `dump_drawn` wrote."""
    if not text:
        return {}
    return {int(handle): tuple(kinds) for handle, kinds in orjson.loads(text).items()}


def drawn_of(json_text: str | None) -> frozenset[int]:
    """The handles that a message, or a case's state, was made from beside its own."""
    # A look before the parsing: nearly all have none.
    if json_text is None or '"drawn"' not in json_text:
        return _NOTHING
    return frozenset(orjson.loads(json_text).get("drawn", ()))


def is_withdrawn(extra_json: str | None) -> bool:
    """Whether it is an answer that nobody has read, since its messages were decided anew."""
    return extra_json is not None and '"withdrawn":true' in extra_json


def drawn_in(connection: Connection, ids: Iterable[str]) -> dict[str, frozenset[int]]:
    """Of these messages the ones that were made from other handles, with those."""
    places = [tuple(map(int, one.split("-"))) for one in ids]
    if not places:
        return {}
    where = tuple_(_message.c.conversation_id, _message.c.seq).in_(places)
    columns = select(_message.c.conversation_id, _message.c.seq, _message.c.extra_json)
    rows = connection.execute(columns.where(where, _message.c.extra_json.is_not(None)))
    found = {f"{row[0]}-{row[1]}": drawn_of(row[2]) for row in rows}
    return {one: drawn for one, drawn in found.items() if drawn}


def strangers(
    connection: Connection, answers: Iterable[tuple[int, frozenset[int]]]
) -> frozenset[tuple[int, frozenset[int]]]:
    """Of these (handle, drawn) those in which a handle is not the same customer's as they are now.

    It asks the database only when something was drawn.
    """
    asked = {one for one in answers if one[1]}
    if not asked:
        return frozenset()
    ids = {handle for own, drawn in asked for handle in (own, *drawn)}
    owners = select(_handle.c.id, _handle.c.customer_id).where(_handle.c.id.in_(ids))
    owner = {row[0]: row[1] for row in connection.execute(owners)}
    return frozenset(
        (own, drawn)
        for own, drawn in asked
        if any(owner.get(one) != owner.get(own) or one not in owner for one in drawn)
    )
