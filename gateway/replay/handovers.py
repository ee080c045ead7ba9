"""When a replay handed over to people, held against what its file says of each dialogue.

It counts: talks that go smoothly and went to people all the same, wishes for a person and what came
of them, and talks that should have gone to people. It decides nothing and plays nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.replay.dialogues import Dialogue

Row = Mapping[str, object]

_A_PERSON = re.compile(
    r"\b(?:(?:speak|talk|chat|connect|transfer|escalate)\b[^.?!\n]{0,40}\b(?:human|person|someone|"
    r"somebody|agent|representative|supervisor|manager|specialist)|(?:human|live|real) (?:agent|"
    r"person|representative)|supervisor|your manager|human being)\b",
    re.IGNORECASE,
)
"""A wish for a person in plain words. It is not the gateway's own list, which it is to judge."""


@dataclass(frozen=True, slots=True)
class Handovers:
    """The counts, and the ids of dialogues in which a wish for a person was not met at once."""

    smooth: int
    smooth_handed: int
    wishes: int
    met: int
    due: int
    due_handed: int
    labelled_handed: int
    unmet: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """What is printed of them; nothing of what the file has no dialogues for."""
        said = []
        if self.smooth:
            share = self.smooth_handed / self.smooth
            said.append(
                f"{self.smooth_handed} of {self.smooth} smooth talks handed over ({share:.1%})."
            )
        if self.wishes:
            at = f"; not at once in {', '.join(self.unmet)}" if self.unmet else ""
            said.append(
                f"{self.met} of {self.wishes} wishes for a person met in the same turn{at}."
            )
        if self.due:
            right = self.due_handed / self.labelled_handed if self.labelled_handed else 1.0
            said.append(
                f"{self.due_handed} of {self.due} talks handed over that should be "
                f"({right:.0%} of those handed over)."
            )
        return tuple(said)


def count_handovers(
    dialogues: Iterable[Dialogue], wire: Iterable[Row], turns: Iterable[Row]
) -> Handovers:
    """The counts over what was played, from the rows of `wire.jsonl` and `turns.jsonl`."""
    texts = {str(row["id"]): str(row["text"]) for row in wire if row["direction"] == "in"}
    by_dialogue: defaultdict[str, list[Row]] = defaultdict(list)
    for row in turns:
        by_dialogue[str(row["dialogue_id"])].append(row)
    played = [one for one in dialogues if one.id in by_dialogue]
    handed = {name for name, mine in by_dialogue.items() if any(row["escalated"] for row in mine)}
    wishes = [
        (one.id, bool(row["escalated"]))
        for one in played
        for row in _wishes(by_dialogue[one.id], texts)
    ]
    smooth = [one.id for one in played if one.smooth]
    due = {one.id for one in played if one.due}
    return Handovers(
        smooth=len(smooth),
        smooth_handed=len(handed.intersection(smooth)),
        wishes=len(wishes),
        met=sum(met for _, met in wishes),
        due=len(due),
        due_handed=len(due & handed),
        labelled_handed=len(handed.intersection(one.id for one in played if one.due is not None)),
        unmet=tuple(dict.fromkeys(name for name, met in wishes if not met)),
    )


def _wishes(turns: Sequence[Row], texts: Mapping[str, str]) -> list[Row]:
    """The turns in which a customer asks for a person."""
    found = []
    for row in turns:
        inbound = row["inbound"]
        assert isinstance(inbound, list)
        if any(_A_PERSON.search(texts.get(str(one), "")) for one in inbound):
            found.append(row)
    return found
