"""Messages in a language that the business does not answer in: what is said, and that a person is
to answer.

A message that is not clearly in such a language is none: it is taken as all others are. It hands
nothing over itself; the rules stage does, by what stands here.
"""

from __future__ import annotations

from core.answers.sentences import choose
from core.answers.wording import languages_of
from core.languages.features import words
from core.languages.telling import language_of
from core.languages.unspoken import NAMES, OTHER, UNSPOKEN
from core.pipeline.contracts import Draft
from core.playbook.model import Playbook
from core.turn import Escalation, TurnInput

_TEMPLATE = "language:"
_OTHER_SCRIPTS = "\u0370"
"""The first letter of those that are not Latin."""
_WORDS, _LETTERS = 3, 2
"""How many words of how many letters it takes at least, in Latin ones."""

RULE = "language"
"""The rule by which a case goes to people because of the customer's language."""


def foreign_draft(turn: TurnInput, playbook: Playbook, said: frozenset[str]) -> Draft | None:
    """What is said to a message in a language that this business does not answer in."""
    language = language_of(turn.text)
    if language is None or language in languages_of(playbook) or not _says_enough(turn.text):
        return None
    return in_tongue(language, said)


def _says_enough(text: str) -> bool:
    """Whether a text is more than a name or a code: those look like words of some language."""
    found = [one for one in words(text) if one.isalpha()]
    return any(one[0] >= _OTHER_SCRIPTS for one in found) or (
        sum(len(one) >= _LETTERS for one in found) >= _WORDS
    )


def in_tongue(language: str, said: frozenset[str]) -> Draft:
    """That a person answers, in this language; the draft that the rules hand over by."""
    text = choose((*UNSPOKEN.get(language, ()), OTHER), {}, said) or OTHER
    return Draft(text, f"{_TEMPLATE}{language}")


def is_foreign(draft: Draft) -> bool:
    """Whether a draft says that nothing can be said in the customer's language."""
    return draft.template.startswith(_TEMPLATE)


def foreign_escalation(draft: Draft, queue: str) -> Escalation:
    """Why a person has to answer, in words for them."""
    language = draft.template.removeprefix(_TEMPLATE)
    reason = f"The customer writes in {NAMES.get(language, language)}, which is not answered in."
    return Escalation(RULE, queue, "normal", reason)
