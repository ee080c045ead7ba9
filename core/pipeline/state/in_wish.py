"""What a wish tells beside itself: "I want to return the lamp" says what, too.

Only for slots that say so (`in_wish`), and only where the wish begins their flow. What is taken is
what is left of the wish without the words that other wishes like it have at both of its ends. It
points at words of the customer's and understands nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.languages.features import Stems
from core.pipeline.intent.judgement import usual_words
from core.pipeline.reading.shapes import CODE_WORDS
from core.pipeline.reading.stop_words import STOP_WORDS
from core.pipeline.state.flow_turn import FlowTurn
from core.playbook.model import Playbook
from core.turn import CaseState, Said, SlotValue

MOST = 25
"""Words of a wish that are taken; more are a story."""

_WISH = re.compile(
    r"\b(?:i(?:['’]d| would)? (?:also |really )?(?:like|want|need|wish)(?: to\b)?|"
    r"(?:can|could|would|will) (?:you|i|we)\b(?: please\b)?|please\b|"
    r"i(?:['’]m| am) (?:looking|trying|hoping|calling|writing) (?:to|for)\b)",
    re.I,
)
_END = re.compile(
    r"[.!?;:\n]|,?\s(?:because|since|but|so|if|when|while|although|as|that|which|who|due)\b|"
    r"(?:,|\sand|,\s?and)\s(?:i|i['’]\w+|my|it|it['’]s|they|we|you|can|could|would|please|is|are|how|"
    r"what)\b",
    re.I,
)
_WORD = re.compile(r"[\w#]+(?:['’-]\w+)*")
_ANYTHING = frozenset(
    "item items product products stuff article articles purchase ones couple last recent whole "
    "entire assistance question regarding".split()
) | {each for one in CODE_WORDS for each in (one, f"{one}s")}
"""Words that name nothing in particular."""


def told_in_wish(at: FlowTurn, case: CaseState) -> SlotValue | None:
    """The value of the first slot of the flow that the wish may tell, if it does."""
    flow = at.playbook.flows.get(case.flow or "")
    slots = flow.slots if flow is not None else ()
    name = next((one for one in slots if _may_be_told(one, case, at.playbook)), None)
    if name is None or at.intent is None:
        return None
    known = Known(at.intent.name, at.playbook, (one.value for one in case.slots))
    for said in at.turn.messages:
        for clause in _wishes(said.text):
            value = known.without_ends(clause)
            if value is not None:
                return _value(at, said, name, value)
    return None


def _may_be_told(name: str, case: CaseState, playbook: Playbook) -> bool:
    return playbook.slots[name].in_wish and case.slot(name) is None


def _wishes(text: str) -> Iterator[str]:
    """What is wished for: from behind the words of the wish to the end of its clause."""
    for wish in _WISH.finditer(text):
        end = _END.search(text, wish.end())
        yield text[wish.end() : end.start() if end else len(text)]


class Known:
    """Words that are no news in a wish: of others like it, of talk, and of values at hand."""

    def __init__(self, intent: str, playbook: Playbook, values: Iterable[str]) -> None:
        self._stems = Stems(playbook.language)
        self._usual = usual_words(intent, playbook)
        self._talk = STOP_WORDS.get(playbook.language, frozenset()) | _ANYTHING
        self._held = {one.casefold() for value in values for one in _WORD.findall(value)}

    def without_ends(self, clause: str) -> str | None:
        """The clause from its first word that is news to its last, if there is one, with what is
        said in one breath with that: "the fleece jacket" though others bring back jackets, too."""
        words = list(_WORD.finditer(clause))
        news = [at for at, one in enumerate(words) if not self._is_known(one[0].casefold())]
        if not news:
            return None
        last = news[-1]
        while last + 1 < len(words) and words[last + 1][0].casefold() not in self._talk:
            last += 1
        value = clause[words[news[0]].start() : words[last].end()]
        return value if len(value.split()) <= MOST else None

    def _is_known(self, word: str) -> bool:
        if word in self._talk or word in self._held or not any(map(str.isalpha, word)):
            return True
        return self._stems.of(word) in self._usual


def _value(at: FlowTurn, said: Said, name: str, value: str) -> SlotValue:
    handle = said.handle or at.turn.sender.handle
    needs = at.playbook.slots[name].needs
    return SlotValue(name, value, said.id, handle, at.turn.sender.level, needs=needs)
