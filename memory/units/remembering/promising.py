"""Writing down what an answer by a person of ours promises, with the answer, in its transaction.

It stands in the answer, and so is known to whoever may read that (`core.facts.promises` finds it);
people say later what became of it (`memory.units.remembering.facts`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from core.clock import Micros, to_micros
from core.facts.known import PEOPLE
from core.facts.promises import Promised
from memory.units.remembering.fact_rows import PROMISED, Given, Telling, lay

LONGEST = 600
"""Characters of what one answer promises that are kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer by a person: to which handle, with which message, how well that was proved."""

    handle_id: int
    message_id: str
    level: int
    agent: str
    channel: str
    at: Micros


def note_promises(
    connection: Connection,
    promised: Collection[Promised],
    answer: Answer,
    drawn: Collection[int],
    fact_id: int,
) -> None:
    """Keep what an answer promised as one promise, to be kept by the first day that it names.
    `drawn` are other handles that the answer was made from."""
    days = [one.due_at for one in promised if one.due_at is not None]
    telling = Telling(
        handle_id=answer.handle_id,
        key=f"{PROMISED}{answer.message_id}",
        value=" ".join(one.text for one in promised)[:LONGEST],
        source=answer.message_id,
        level=answer.level,
        told_by=f"{PEOPLE}{answer.agent}",
        channel=answer.channel,
        verified=True,
        due_at=to_micros(min(days)) if days else None,
        drawn=drawn,
    )
    lay(connection, [Given(fact_id, telling, answer.at)])
