"""What people of the business are not shown of a customer until it is proved who they talk to.

A fact that a sender needs level 3 for, or more, is as personal to whoever answers: without it the
person could be asked for what the machine keeps to itself. It only reads; showing one after all is
`memory.units.remembering.revealing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row

from core.clock import Micros
from core.identity.rules import IdentityRules
from core.message import Assurance
from memory.readable.sender import ContextQuery, read_sender

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

PERSONAL = Assurance.PROVED
"""From this level on, what a sender needs it for is hidden from people too."""


def proved_reach(
    connection: Connection, handles: Sequence[AnyRow], now: Micros, rules: IdentityRules
) -> Mapping[int, Assurance]:
    """For each handle, how well whoever has shown just now that it is them is proved to be behind
    it, as it would count for a message of theirs.

    `handles` are rows of a customer's handles. What nobody has shown anything for is not in it.
    """
    reach: dict[int, Assurance] = {}
    for one in handles:
        if one.proved_until <= now or one.proved_level < PERSONAL:
            continue
        query = ContextQuery(one.customer_id, one.id, 0, Assurance.ASSERTED, now, rules=rules)
        reader = read_sender(connection, query)
        for handle_id, key in reader.keys.items():
            level = reader.reach.get(key, Assurance.NONE)
            reach[handle_id] = max(level, reach.get(handle_id, Assurance.NONE))
    return reach


def is_hidden(needs: int, handle_id: int, reach: Mapping[int, Assurance]) -> bool:
    """Whether a fact of this handle, for which a sender needs the level `needs`, is kept back."""
    return needs >= PERSONAL and reach.get(handle_id, Assurance.NONE) < needs
