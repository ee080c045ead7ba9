"""Who is played with which playbook: a written one for a domain, or one derived from the others.

A written playbook is named by a domain ("retail"), by a source and a domain ("shop-talks/retail"),
or for all dialogues. What no name stands for is played with playbooks derived from such dialogues.
Pure; reads no file and plays nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.playbook.model import Playbook
from gateway.replay.derive import THRESHOLD, derive_playbooks, fold_of
from gateway.replay.dialogues import Dialogue

EVERYTHING = ""
"""The name of a playbook that all dialogues are played with."""


@dataclass(frozen=True, slots=True)
class Group:
    """Dialogues that are played with one playbook.

    A `derived` one knows its business by hearsay: `threshold` is the probability below which its
    intents abstain; a written playbook has its own.
    """

    playbook: Playbook
    dialogues: tuple[Dialogue, ...]
    threshold: float | None = None


def group(
    everyone: Sequence[Dialogue], chosen: Sequence[Dialogue], written: Mapping[str, Playbook]
) -> tuple[Group, ...]:
    """The chosen dialogues by their playbooks, the written ones first."""
    by_name: defaultdict[str | None, list[Dialogue]] = defaultdict(list)
    for one in chosen:
        by_name[name_of(one, written)].append(one)
    groups = [
        Group(playbook, tuple(by_name[name]))
        for name, playbook in written.items()
        if by_name.get(name)
    ]
    return (*groups, *_derived(everyone, by_name.get(None, ()), written))


def name_of(dialogue: Dialogue, written: Mapping[str, Playbook]) -> str | None:
    """Under which name of a written playbook a dialogue falls, the narrowest first, if any."""
    names = (f"{dialogue.source}/{dialogue.domain}", dialogue.domain, EVERYTHING)
    return next((one for one in names if one in written), None)


def _derived(
    everyone: Sequence[Dialogue], chosen: Sequence[Dialogue], written: Mapping[str, Playbook]
) -> list[Group]:
    if not chosen:
        return []
    dealt: defaultdict[int, list[Dialogue]] = defaultdict(list)
    for one in chosen:
        dealt[fold_of(one.id)].append(one)
    playbooks = derive_playbooks([one for one in everyone if name_of(one, written) is None])
    return [Group(playbooks[fold], tuple(dealt[fold]), THRESHOLD) for fold in sorted(dealt)]
