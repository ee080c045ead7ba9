"""What undoing one audited change needs, for the modules that can take their own changes back.

Shapes only. Which actions can be undone is a table in `memory.units.identity.undoing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules

UNDONE = "undone: change "
"""How the reason begins why something ended that was undone; the id of the change follows."""


class CannotUndo(Exception):
    """The change cannot be taken back, said in words for a person. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """The audited change to take back, who wants it, and fresh ids."""

    audit_id: int
    action: str
    subject: str
    detail: Mapping[str, Any]
    actor: str
    now: Micros
    new_id: Callable[[], int]
    rules: IdentityRules = DEFAULT_RULES

    @property
    def reason(self) -> str:
        """Why, for the rows that say why something ended."""
        return f"{UNDONE}{self.audit_id}"


Undoer: TypeAlias = Callable[[Connection, Reversal], tuple[int, ...]]
"""Takes one change back and gives the customers whose view changed. Raises `CannotUndo`, or
`memory.units.identity.link_rows.IdentityProblem`."""
