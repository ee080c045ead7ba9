"""What turns are decided by, as one value: a playbook, and the stages that were built for it.

The two are only ever replaced together, in one assignment, so that no turn is decided by the
stages of one playbook and the words of another. It reads no file and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.pipeline.contracts import Stages
from core.playbook.model import Playbook


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Deciding:
    """A playbook with its stages. Whoever begins a turn takes one, and goes by it to the end."""

    playbook: Playbook
    stages: Stages
