"""Where customers say what they are called: after "my name is", before a number, or by itself.

Pure text work. Whose name a slot asks for, and whether a name said is taken for it, is decided
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.pipeline.reading.given_names import GIVEN_NAMES
from core.pipeline.reading.shapes import LEAD_IN, NAME_CUE_LOOSE, NOT_NAMES
from core.playbook.model import Slot

Span = tuple[int, int]

_OWN_NAME = re.compile(
    r"(?:(?:your |own )?(?:full )?|(?:your|(?:customer|guest|patient|renter|caller|employee|member)"
    r"(?:'s)?) )name",
    re.IGNORECASE,
)
_BROUGHT = re.compile(r"guest|patient|renter|member", re.IGNORECASE)
_WORD = r"[^\W\d_][\w'’-]*"
_I_AM = re.compile(
    r"\W*(?:(?:hi|hello|hey|yes|ok|okay|sure|oh|well|sorry|so)\W+)*(?:i am|i'm|im|this is|it'?s)\s+"
    rf"(?P<value>{_WORD}(?:\s+{_WORD})??)(?=\W*$|\s*[,.;!\n]|\s+(?:and|my|here|i|with|from)\b)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"(?:^|\bmy\s|\band\s|[,.;:]\s?)\s*name\s*(?:is\b|:|-|=)?\s*(?P<value>{_WORD}(?:\s+{_WORD})??)"
    r"(?=\s*(?:$|[,.;!\n])|\s+(?:and|my|the|no|number|ac|account|phone|e-?mail|ssn|pin|card|policy|order|"
    r"booking|\S*\d)(?!\w)|\s+\[)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"(?P<value>{_WORD}\.?(?:\s+{_WORD}\.?){{0,2}})(?=[\s.,!]*$)")
_BEFORE_NUMBER = re.compile(
    rf"(?P<value>{_WORD}(?:\s+{_WORD})?)"
    r"(?:\s*[,;:-]\s*|\s+(?:and|no|number)\b\.?\s*|\s+)#?\d[\d -]*\W*$",
    re.IGNORECASE,
)


def asks_own_name(slot: Slot) -> bool:
    """Whether a slot is what the customer is called ("name", "your full name", "guest's name")."""
    return slot.kind == "name" and _OWN_NAME.fullmatch(slot.label) is not None


def is_anybodys(slot: Slot) -> bool:
    """Whether the name may as well be another's: guests and patients are brought along."""
    return _BROUGHT.search(slot.label) is not None


def names_told(text: str, *, asked: bool) -> Iterator[Span]:
    """Where the customer says their name in so many words: "my name is", "name: ", "I am".

    Unless a name was `asked` for, "this is ridiculous" tells none: what is not written as a name
    has to be known for one.
    """
    for found in NAME_CUE_LOOSE.finditer(text):
        yield found.span("value")
    for found in _LABELLED.finditer(text):
        if _may_be_name(found["value"]):
            yield found.span("value")
    said = _I_AM.match(text)
    if said is not None and _may_be_name(said["value"]):
        whole = asked and not any(map(str.isalnum, text[said.end() :]))
        if whole or said["value"][0].isupper() or is_given(said["value"]):
            yield said.span("value")


def lone_name(text: str) -> Span | None:
    """The name, if a message is one that is known for a name, maybe with a number behind it."""
    lead = LEAD_IN.match(text)
    for start in {lead.end() if lead else 0, len(text) - len(text.lstrip())}:
        for shape in (_ALONE, _BEFORE_NUMBER):
            found = shape.match(text, start)
            if found and is_given(found["value"]) and _may_be_name(found["value"]):
                return found.span("value")
    return None


def is_given(name: str) -> bool:
    """Whether it begins with a given name that many people have."""
    return name.split(maxsplit=1)[0].strip(".,").casefold() in GIVEN_NAMES


def _may_be_name(name: str) -> bool:
    return not NOT_NAMES.intersection(one.strip(".,").casefold() for one in name.split())
