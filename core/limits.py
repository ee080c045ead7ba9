"""What a business lets an answer say, as frozen data with the defaults of one that says nothing.

Data alone: reading it is `core.playbook.limits`'s work, keeping to it
`core.pipeline.rules.verdicts`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum


class Broken(StrEnum):
    """The rules that an answer can break, by the names that the playbook and the record use."""

    PERSONAL = "personal"
    """A value that needs a better proof of who is writing."""
    ADDRESS = "address"
    """An e-mail address that is neither the business's nor the sender's."""
    LINK = "link"
    """A link to a place that is not allowed."""
    NUMBER = "number"
    """A number, date or code that stands in no source."""
    NAME = "name"
    """A name that stands in no source."""
    AMOUNT = "amount"
    """A sum above the limit, in a sentence that speaks of giving money."""
    PROMISE = "promise"
    """A promise that the business did not write."""
    SECRET = "secret"
    """Words that ask for a secret, and that the business did not write."""
    MACHINE = "machine"
    """Words said to a machine, or by one about itself."""
    LENGTH = "length"
    """Longer than the channel bears; whole sentences that fit are left."""
    QUIET = "quiet"
    """An answer that comes late, in hours in which the channel is to be quiet."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may say.

    `domains` are places that it may name, with all below them, beside those of the articles' links.
    `amount` is the largest sum it may speak of giving that the business's own texts do not name.
    `words` are further promises. `length` is how many characters a channel bears, and `quiet` when
    one wants to be left alone by answers that come more than `late_minutes` after the message.
    Whatever breaks a rule in `hand_over` goes to a person at once; anything else is answered with a
    sentence that is always safe.
    """

    domains: tuple[str, ...] = ()
    amount: float = 100.0
    words: tuple[str, ...] = ()
    length: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_LENGTH))
    quiet: Mapping[str, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    late_minutes: int = 60
    hand_over: frozenset[str] = frozenset((Broken.PROMISE.value, Broken.AMOUNT.value))


DEFAULT_LENGTH: Mapping[str, int] = {"sms": 640, "webchat": 2_000, "slack": 3_000, "email": 8_000}
"""Characters: four segments of a text message, and what is read without leaving off elsewhere."""

DEFAULT_LIMITS = Limits()
