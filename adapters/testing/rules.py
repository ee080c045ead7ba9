"""All rules of the contract, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.testing import (
    rules_abilities,
    rules_conduct,
    rules_frames,
    rules_fuzz,
    rules_messages,
    rules_opening,
    rules_pulling,
    rules_rendering,
    rules_requests,
    rules_sending,
)
from adapters.testing.rule import Rule

ALL: Sequence[Rule] = (
    *rules_requests.RULES,
    *rules_fuzz.RULES,
    *rules_frames.RULES,
    *rules_pulling.RULES,
    *rules_messages.RULES,
    *rules_rendering.RULES,
    *rules_sending.RULES,
    *rules_conduct.RULES,
    *rules_abilities.RULES,
    *rules_opening.RULES,
)
"""Every rule, whether or not it applies to a channel."""
