"""Compares two versions of a playbook's examples on the same messages, which neither has seen.

The examples of the newer version are dealt into parts by a digest of their text; each part is
guessed by a model of the older version's other rows, and by one of the newer's. It runs in a
process of its own (`gateway.intents.trial_child`). What follows is `gateway.intents.choice`'s.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.languages.features import plain
from gateway.intents.training import TrainingFault, run_child, told_of_encoder
from gateway.recall.encoder_files import Found

PARTS = 3
CHANCE = 2.0
TIME_LIMIT = 120.0
"""Seconds that a gateway waits for a comparison; a command waits for longer."""

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """How two versions did on the same `rows`, counted in rows.

    `understood` is how often the best guess was right, `answered` how often it was sure and right,
    `misled` how often it was sure and wrong; each for the older and the newer version. `lost` and
    `won` count the rows on which only one of the two did well, in the same three ways.
    """

    rows: int
    understood_before: int
    understood: int
    understood_lost: int
    understood_won: int
    answered_before: int
    answered: int
    answered_lost: int
    answered_won: int
    misled_before: int
    misled: int
    misled_lost: int
    misled_won: int

    @property
    def worse(self) -> tuple[str, ...]:
        """In what the newer version is worse, beyond chance: it loses more rows than it wins, by
        more than `CHANCE` standard deviations of a coin thrown for each row on which they differ.

        From which confidence on a model is sure is found on few examples, and moves by luck: what
        is answered counts only when less than half of it is left.
        """
        told = {
            "understood": (self.understood_lost, self.understood_won),
            "answered": (self.answered_lost, self.answered_won),
            "misled": (self.misled_lost, self.misled_won),
        }
        return tuple(
            name
            for name, (lost, won) in told.items()
            if lost - won > CHANCE * math.sqrt(lost + won)
            and (name != "answered" or 2 * self.answered < self.answered_before)
        )


def part_of(text: str, parts: int = PARTS) -> int:
    """The part a text belongs to, wherever and whenever it is dealt."""
    digest = hashlib.sha256(plain(text).encode()).digest()
    return int.from_bytes(digest[:8], "big") % parts


async def compare(
    before: tuple[Sequence[Row], Sequence[Row]],
    after: tuple[Sequence[Row], Sequence[Row]],
    language: str,
    cache: Path,
    encoder: Found | None = None,
    time_limit: float = TIME_LIMIT,
) -> Compared | None:
    """How the newer (examples, titles) do beside the older; nothing where that cannot be told.

    It takes as long as training each version some times over, at low priority.
    """
    request = {
        "before": [list(map(list, rows)) for rows in before],
        "after": [list(map(list, rows)) for rows in after],
        "language": language,
        "encoder": told_of_encoder(encoder, cache),
    }
    try:
        said = await run_child(
            "gateway.intents.trial_child", json.dumps(request).encode(), time_limit
        )
        counts: Mapping[str, int] = json.loads(said)
        found = Compared(**counts)
    except (TrainingFault, OSError, ValueError, TypeError):
        return None
    return found if found.rows else None
