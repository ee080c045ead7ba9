"""How far the action at the end of a flow is: whether a yes to it is awaited, and by which key it
is known.

Pure bookkeeping over the case. It decides nothing and words nothing; what comes next is
`core.pipeline.state.acting`'s.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from core.pipeline.reading.phrases import is_question, leaning
from core.turn import CaseState, TurnInput, Undertaking

ASKED, CHANGE, OPEN, DONE, FAILED = "asked", "change", "open", "done", "failed"
"""Stages of an undertaking. One that is open has its key, and its question is not before anybody
at the moment."""

_HEDGED = re.compile(
    r"\b(?:but|except|unless|however|wait|first|instead|only if|not|rather|aber|sondern|erst|"
    r"stattdessen|nur wenn|außer|lieber|nicht|mais|sauf|plutôt|seulement|d'abord|pas|pero|sino|"
    r"salvo|primero|mejor|solo si)\b",
    re.I,
)
_DO_IT = re.compile(
    r"\W*(?:(?:ok(?:ay)?|yes|great|perfect|please|sure)\W+)*(?:(?:please )?(?:do|book|confirm|send|"
    r"make|order|take|submit)(?: (?:it|that|this|them))?|looks? (?:good|right|great|fine)|perfect|"
    r"great|that'?s (?:fine|good|great|perfect)|go for it|👍|👌)"
    r"(?:\W+(?:please|thanks|thank you))?\W*",
    re.I,
)
"""Whole messages that agree to what was laid out without the word yes."""
_SHORT = 80


def undertaking(case: CaseState, flow: str | None) -> Undertaking | None:
    """How far the action of a flow is in this case, if it was come to."""
    return next((one for one in case.undertaken if one.flow == flow), None)


def awaits_yes(case: CaseState) -> bool:
    """Whether the last reply asked for a yes to the action of the open flow."""
    last = undertaking(case, case.flow)
    return last is not None and last.stage in (ASKED, CHANGE)


def replaced(last: Undertaking | None) -> str:
    """The key of what was done before a detail was corrected, if anything was."""
    if last is None:
        return ""
    return last.key if last.stage == DONE else last.replaces


def agrees(text: str) -> bool:
    """Whether a message is a yes to what was just laid out, with no if and no but."""
    if len(text) > _SHORT or is_question(text) or _HEDGED.search(text) is not None:
        return False
    return leaning(text) is True or _DO_IT.fullmatch(text.strip()) is not None


def undertaken(case: CaseState, one: Undertaking) -> CaseState:
    """The case with an undertaking in the place of an earlier one of its flow."""
    others = (two for two in case.undertaken if two.flow != one.flow)
    return replace(case, undertaken=(*others, one))


def given_up(case: CaseState, flow: str) -> CaseState:
    """The case without the undertaking of a flow: nothing was done, and nothing is to be."""
    return replace(case, undertaken=tuple(one for one in case.undertaken if one.flow != flow))


def unasked(case: CaseState) -> CaseState:
    """The case with no question for a yes before anybody: a yes would be one to something else.

    The keys stay, so that what may have been done already is not done twice.
    """
    if not any(one.stage in (ASKED, CHANGE) for one in case.undertaken):
        return case
    return replace(
        case,
        undertaken=tuple(
            replace(one, stage=OPEN) if one.stage in (ASKED, CHANGE) else one
            for one in case.undertaken
        ),
    )


def digest_of(action: str, values: Mapping[str, str]) -> str:
    """What an action is done with, as one short text; another value gives another."""
    parts = [action, *(part for pair in sorted(values.items()) for part in pair)]
    return _hashed(parts, 8)


def key_of(turn: TurnInput, flow: str, values: str) -> str:
    """The key of a request that begins in this turn, however often the turn is decided.

    Its first message stays the same when the turn is taken anew, be it with more messages.
    """
    return _hashed([turn.messages[0].id, flow, values], 16)


def _hashed(parts: list[str], size: int) -> str:
    hashed = hashlib.blake2s(digest_size=size)
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        hashed.update(len(content).to_bytes(8, "big") + content)
    return hashed.hexdigest()
