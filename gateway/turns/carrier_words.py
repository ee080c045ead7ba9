"""Whether the messages of a turn are a word to the carrier, such as STOP, that no bot answers.

It reads what the channel found out about each; what such a word changes is written at admission.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from core.message import ConsentChange
from core.pipeline.reading.phrases import yes_or_no
from memory.units.messages.claims import Waiting


def carrier_word(taken: Sequence[Waiting]) -> str | None:
    """The carrier word that ends this turn in silence: the carrier answers it, not the bot.

    Whoever wants out is left alone, whatever else they wrote; any other word is silent alone.
    """
    words = [_consent(one) for one in taken]
    if ConsentChange.OPT_OUT in words:
        return ConsentChange.OPT_OUT.value
    return next(iter(words), None) if all(words) else None


def _consent(one: Waiting) -> str | None:
    """The carrier word a message is. A yes is one only for whom it brings back."""
    if not one.extra_json or '"consent"' not in one.extra_json:
        return None
    extra = orjson.loads(one.extra_json)
    if extra["consent"] == ConsentChange.OPT_IN and not extra.get("returned"):
        return None if yes_or_no(one.text) else ConsentChange.OPT_IN.value
    return str(extra["consent"])
