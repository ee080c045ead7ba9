"""Carrier words: a whole message that changes consent or asks for help.

Twilio answers them itself (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out), so
the gateway records them and stays silent. "cancel my order" is not one: only the whole message is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from core.message import ConsentChange

WORDS: Mapping[str, ConsentChange] = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
        ConsentChange.OPT_OUT,
    ),
    **dict.fromkeys(("start", "yes", "unstop"), ConsentChange.OPT_IN),
    **dict.fromkeys(("help", "info"), ConsentChange.HELP),
}
"""Twilio's default words."""

_TYPES = {
    "STOP": ConsentChange.OPT_OUT,
    "START": ConsentChange.OPT_IN,
    "HELP": ConsentChange.HELP,
}


# "Opt-out." and "STOP ALL" are the same words; what stands around one is punctuation or a picture.
_BETWEEN = re.compile(r"[\W_]+")
_LONGEST = 40
"""Characters. No spelling of a word is as long, and a long text need not be looked at."""


def consent_word(text: str, opt_out_type: str | None) -> ConsentChange | None:
    """The change a message asks for. With Advanced Opt-Out, Twilio tells by `OptOutType`."""
    told = _TYPES.get((opt_out_type or "").upper())
    return told or WORDS.get(_bare(text.strip()))


def _bare(text: str) -> str:
    """The whole message's letters, in small ones, however wide they were written."""
    if len(text) > _LONGEST:
        return ""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
