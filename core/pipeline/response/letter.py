"""The shape of an answer on channels that have one: a mail begins and ends with a greeting.

It adds lines around a text and changes none of it. Every variant is used once in a case, as all
that is said is; when they are used up, the text goes alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.answers.sentences import choose
from core.answers.wording import variants
from core.message import Author
from core.playbook.model import Playbook
from core.turn import TurnInput

_LETTERS = frozenset(("email",))
"""Channels on which people write letters to each other."""

FORMAL = "formal"


def lettered(
    turn: TurnInput, playbook: Playbook, text: str, said: Iterable[str], *, greets: bool = False
) -> str:
    """The text as it is written on this turn's channel.

    Only the first mail of ours greets, unless its text `greets` itself: within a thread people go
    on without it.
    """
    if turn.channel not in _LETTERS or not text:
        return text
    used = frozenset(said)
    words = {"business": playbook.business}
    lines = (
        None if greets else _greeting(turn, playbook, used),
        text,
        choose(variants(playbook, "mail_end"), words, used),
    )
    return "\n\n".join(one for one in lines if one)


def _greeting(turn: TurnInput, playbook: Playbook, used: frozenset[str]) -> str | None:
    """How they are greeted: by the name they go by, as formally as they like it."""
    ours = (one for one in turn.recall.exchanges if one.author is not Author.CUSTOMER)
    if any(one.channel == turn.channel for one in ours):
        return None
    name = turn.preferences.name
    words = {"name": name} if name else {}
    key = "mail_begin_formal" if turn.preferences.form == FORMAL else "mail_begin"
    return choose(variants(playbook, key), words, used)
