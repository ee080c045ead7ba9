"""What the doctor says of the intents: which version of what was learned is gone by, and whether it
is the one that the playbook's own examples make.

It reads the playbook and the file of versions. Nothing is learned and nothing changed.
"""

from __future__ import annotations

from core.channel_abilities import Finding, Gravity
from core.playbook.fields import PlaybookError
from gateway.intents.training import digest, playbook_rows
from gateway.intents.versions import Ledger, Ledgers
from gateway.playbook.reader import load_playbook
from gateway.recall.encoder_files import find_model
from gateway.settings.model import ConfigError, Settings

_SHORT = 8


def intents_findings(settings: Settings) -> list[Finding]:
    """Nothing for a playbook that cannot be read, or whose stages learn nothing: that is told of
    elsewhere."""
    if settings.pipeline.stages == "trivial":
        return []
    try:
        playbook = load_playbook(settings.playbook.path)
        encoder = find_model(settings) if settings.embeddings.enabled else None
    except (PlaybookError, ConfigError):
        return []
    examples, titles = playbook_rows(playbook)
    own = digest(examples, titles, playbook.language, encoder)
    return [_finding(Ledgers(settings.data.folder / "models").of(playbook.name), own)]


def _finding(ledger: Ledger, own: str) -> Finding:
    now, refused = ledger.in_force, ledger.refused(own)
    if now is None:
        return Finding(Gravity.OK, "The intents are learned at the next start.")
    force = now.model[:_SHORT]
    if now.model == own and now.worse:
        what = f"The intents go by version {force}, which does worse than the one before it."
        mend = "See what is mixed up: onethread intents evaluate; or go back: intents rollback."
        return Finding(Gravity.WARNING, what, mend)
    if now.model == own:
        what = f"The intents go by version {force}, learned from these examples."
        return Finding(Gravity.OK, what)
    if refused is not None:
        worse = ", ".join(refused.compared.worse)
        what = f"The intents go by the older version {force}: these examples do worse ({worse})."
        mend = "See what is mixed up: onethread intents evaluate; or: intents train --force."
        return Finding(Gravity.WARNING, what, mend)
    if ledger.put_aside(own):
        what = f"The intents go by version {force}, which people chose over these examples'."
        return Finding(Gravity.WARNING, what, "To take them: onethread intents train --force.")
    return Finding(Gravity.OK, "The examples have changed: they are learned at the next start.")
