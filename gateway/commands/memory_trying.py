"""Trying what a turn would remember from a command, beside a gateway that may be running.

It opens the database for the moment and asks no sentence encoder, which takes longer to wake than
the answer is worth.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from core.identity.rules import IdentityRules
from gateway.recall.trial import Trial, TriedContext
from gateway.settings.model import Settings
from gateway.turns.recalling import Recalling, RecallSettings
from memory.recall.choosing import recall
from memory.recall.tokens import token_counter
from memory.store import Store


async def try_once(
    settings: Settings, rules: IdentityRules, customer_id: int, handle: str | None, text: str
) -> TriedContext | None:
    """What a turn about `text` would be given; as `Trial.context`."""
    count = token_counter(settings.pipeline.encoding, settings.data.folder / "tokens")
    store = Store(settings.storage.url.get_secret_value(), readers=1)
    await store.open()
    try:
        recalling = Recalling(
            store,
            RecallSettings(settings.pipeline.token_budget, settings.memory.patience_ms / 1000),
            recall,
            count_tokens=count,
            now=_now,
            rules=lambda: rules,
        )
        trial = Trial(
            store,
            recalling,
            count_tokens=count,
            now=_now,
            draw=lambda: secrets.randbits(64),
            rules=lambda: rules,
        )
        return await trial.context(customer_id, handle, text)
    finally:
        await store.close()


def _now() -> datetime:
    return datetime.now(UTC)
