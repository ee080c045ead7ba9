"""Whether a message asks for a person: outright, politely, or for somebody who may do more.

Who says that they do *not* want to be passed on does not ask for it, and "a seat for someone else"
is no wish for anybody. Word lists and one question; it knows no playbook and no case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.pipeline.reading import phrases_abroad as abroad

_STRONG = (
    r"(?:human(?: being)?s?|real (?:person|people|human)|actual (?:person|human|people)|"
    r"live (?:agent|person|chat|human)|(?:human|service|support|customer service) agent|"
    r"representative|supervisor|manager|operator|somebody real|someone real)"
)
_SOMEBODY = r"(?:(?:some|any)(?:one|body)|person|people|agent|colleague|employee|staff|team)"
_WHO = rf"(?:{_STRONG}|{_SOMEBODY})"
_TALK = r"(?:talk|speak|chat)(?:ing)?"
_HELPS = r"(?:help|call|answer|talk|speak|contact|look|write|ring|take|come|join)"
_PASS = (
    r"(?:transfer|connect|escalat|forward|switch|redirect)(?:e|ed|ing|ring|red)?|pass(?:ed|ing)?|"
    r"put(?:ting)? me through|hand(?:ed|ing)? (?:me )?over|refer(?:red|ring)?"
)
_NAMED = re.compile(
    "human|person|people|agent|some(?:one|body)|any(?:one|body)|representative|supervisor|manager|"
    "operator|colleague|employee|staff|team|escalat|transfer|through|call me back|bot|machine|live"
)
"""What must be there at all: a cheap look, since most messages have none of it."""

_ONE = rf"(?:{_STRONG}|(?:some|any)(?:one|body)|an? (?:person|agent|colleague))"
_ASKED = re.compile(
    "|".join(
        (
            rf"(?<!\bam i )(?<!\bare we )\b{_TALK}\b(?! about)[^.?!]{{0,30}}\b{_WHO}\b",
            rf"\b{_WHO}\b(?: else)?[^.?!,;]{{0,30}}\b(?:i|we)\b(?: \w+)? {_TALK}\b",
            rf"\b(?:{_PASS}) (?:me|us|this|it|that|(?:my|the) (?:case|matter|issue|chat|request))\b"
            rf"[^.?!]{{0,30}}\b{_WHO}\b",
            rf"\b(?:be|being|get|getting) (?:{_PASS}) (?:over |on |along )?(?:to|with)\b"
            rf"[^.?!]{{0,20}}\b{_WHO}\b",
            rf"\b(?:transfer|connect|switch) (?:to|with)\b[^.?!]{{0,15}}"
            rf"\b(?:{_ONE}|agent|person)\b",
            r"\bescalate (?:this|it|that|my|the)\b|\btransfer me\b|\bput me through\b",
            rf"\b(?:get|give|hand|send|pass) me\b[^.?!]{{0,20}}\b{_ONE}\b",
            rf"\b(?:want|need|like|prefer)\b[^.?!,;]{{0,20}}\b{_STRONG}\b",
            r"\b(?:want|need) (?:an? (?:person|agent)|some(?:one|body))\b"
            r"(?= (?:please|now|to|who|from|at)\b|\W*\Z)",
            rf"\b(?:can|could|may) (?:an?|any|your|the) (?:{_STRONG}|person|agent)\b"
            rf"(?= (?:please )?{_HELPS})",
            rf"\b(?:is|isn't|are|aren't) there\b (?:not )?(?:an?y? |another |some |no )?(?:other )?"
            rf"(?:{_STRONG}|person\b|agent\b|(?:some|any)(?:one|body) (?:higher|above|real|who|"
            r"in charge|with more|else(?= (?:i|we|you|who|that|with|to)\b|\W*\Z| ?[,?])))",
            r"\bis (?:any|some)(?:one|body) real\b|\bnot a (?:bot|robot|machine)\b",
            rf"\bbut (?:to |with |rather )?an? {_STRONG}\b",
            rf"\bcall me back\b|\A\W*(?:an? |the )?(?:{_STRONG}|agent|person)"
            r"(?:,? (?:please|now))?\W*\Z",
        )
    )
)
_REFUSED = re.compile(
    r"\b(?:i|we)\b(?:(?!\bbut\b)[^.?!;,\n]){0,25}\b(?:do not|don'?t|wouldn'?t|would not|"
    r"rather not|prefer not|not want|did not|didn'?t|never)\b (?!mind\b)"
    rf"(?:(?!\bbut\b)[^.?!;,\n]){{0,40}}\b(?:{_PASS}|{_TALK}|human|person|agent)\b"
    r"(?:(?!\bbut\b)[^.?!;,\n])*|"
    rf"\b(?:without|instead of|no need (?:to|for)|rather than)\b (?:\w+ ){{0,3}}?"
    rf"(?:{_PASS}|{_TALK}|transfer)\b(?:(?!\bbut\b)[^.?!;,\n])*"
)


@lru_cache(maxsize=256)
def asks_for_human(text: str) -> bool:
    """Whether the customer wants a person."""
    if abroad.asks_for_person(text):
        return True
    lowered = text.lower().replace("’", "'")
    if _NAMED.search(lowered) is None or _ASKED.search(lowered) is None:
        return False
    return _ASKED.search(_REFUSED.sub(" ", lowered)) is not None
