"""Whether a whole message only agrees that something be done: "yes, please go ahead with that".

It is no value of anything that was asked for. Word lists and one question; it knows no slot.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 160

_YES = (
    r"(?:yes|yeah|yep|ok(?:ay)?|sure|great|perfect|fine|alright|all right|good|wonderful|awesome|"
    r"excellent|thanks?(?: you)?(?: (?:so|very) much)?|of course|absolutely|please|i see|got it)"
)
_WHAT = (
    r"(?:it|this|that|these|those|them|everything|all|(?:the|this|that|these|those|my|your|both|an?)"
    r"(?: \w+){1,3})"
)
_IT = r"(?:that|this|it|everything|all(?: of (?:it|that))?)(?: all)?"
_GOOD = (
    r"(?: (?:all|just|very|really|absolutely))? "
    r"(?:good|great|fine|perfect|correct|right|wonderful|okay|ok)(?: (?:to|for|with) me)?"
)
_WELL = (
    rf"(?:(?:{_IT}(?:'s| is| would be| sounds| looks| seems| works)?|sounds|looks){_GOOD}|"
    rf"{_IT} (?:works|will do|would work)(?: for me)?|"
    r"i(?:'m| am) (?:happy|okay|ok|fine) with (?:it|that|this))"
)
_DEED = (
    rf"(?:i (?:confirm|agree)(?: (?:to )?{_WHAT})?|"
    r"(?:please |let'?s |let us |you (?:can|may) |i(?:'d| would) like to |i want to )*"
    r"(?:go (?:ahead|on|for it)|proceed|continue|process|finali[sz]e|confirm|do (?:it|that|so))"
    rf"(?:,? (?:and )?(?:with|on|make|do|process|change|update)? ?{_WHAT})?|"
    rf"{_WELL})"
)
_TAIL = (
    r"(?:thanks?(?: you)?(?: (?:so|very) much)?(?: (?:for|in) [\w' ]{2,40})?|"
    r"i (?:really )?appreciate (?:it|that|your help)|please|now|then|as well|too)"
)
_GO_AHEAD = re.compile(
    rf"\W*(?:{_YES}\b[\s,.!;-]*){{0,4}}{_DEED}\b"
    rf"(?:[\s,.!;-]+(?:and )?(?:{_DEED}|{_TAIL}|{_YES})\b){{0,5}}\W*",
    re.I,
)


@lru_cache(maxsize=256)
def is_go_ahead(text: str) -> bool:
    """Whether a message says no more than that it shall be done, or that it is well so."""
    return len(text) <= _LONGEST and _GO_AHEAD.fullmatch(text.replace("’", "'")) is not None
