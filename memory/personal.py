"""What people of the business are not shown of a customer until it is proved who they talk to.

A fact that a sender needs level 3 for, or more, is as personal to whoever answers: without it the
person could be asked for what the machine keeps to itself. It only reads; showing one after all is
`memory.units.revealing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row

from core.clock import Micros
from core.identity import Edge, widest_paths
from core.message import Assurance

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

PERSONAL = Assurance.PROVED
"""From this level on, what a sender needs it for is hidden from people too."""


def proved_reach(
    handles: Sequence[AnyRow], edges: Iterable[Edge], now: Micros
) -> Mapping[int, Assurance]:
    """For each handle, how well it is joined to one whose owner has shown just now that it is them.

    `handles` are rows of a customer's handles. What is joined to no such handle is not in it.
    """
    edges = tuple(edges)
    reach: dict[int, Assurance] = {}
    for one in handles:
        if one.proved_until <= now or one.proved_level < PERSONAL:
            continue
        for handle, level in widest_paths(one.id, edges).handles.items():
            held = min(level, Assurance(one.proved_level))
            reach[handle] = max(held, reach.get(handle, Assurance.NONE))
    return reach


def is_hidden(needs: int, handle_id: int, reach: Mapping[int, Assurance]) -> bool:
    """Whether a fact of this handle, for which a sender needs the level `needs`, is kept back."""
    return needs >= PERSONAL and reach.get(handle_id, Assurance.NONE) < needs
