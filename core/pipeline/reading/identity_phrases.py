"""What people say about who they are: "I wrote to you from ...", "text me instead", "not me".

Patterns and one function per question asked of a text, in English; `core.pipeline.reading.tongues`
has the other languages. An address that is only typed says nothing here: it takes the claim to be
the one who wrote from there. It proves nothing and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.addresses import email_key, phone_key
from core.pipeline.reading import tongues
from core.pipeline.reading.shapes import SHAPES

_LONGEST = 2_000
_SHORT = 90
_REACH = 110
_FEW = 8

_MINE = r"(?:other|second|old|new|private|personal|work|office|usual|former|previous)"
_ADDRESS = r"(?:e-?mail|mail|number|phone|mobile|cell|address|account)"
_MAILS = r"(?:e-?mails?|mails?|messages?|texts?|sms|letters?)"
_WROTE = (
    r"(?:wrote|written|been writing|writing|mailed|e-?mailed|texted|messaged|contacted|"
    rf"reached (?:out|you)|got in touch|sent (?:you )?(?:an? |my |the |that |some )?{_MAILS})"
)
_OF_MINE = rf"(?:\s+(?:my|the|our))?(?:\s+{_MINE})?(?:\s+{_ADDRESS}){{0,2}}"
_END = r"\s*(?:is|was|:|=)?\s*[\"'(<]?\s*\Z"
_CLAIMS = tuple(
    re.compile(rf"{one}{_END}", re.I)
    for one in (
        # "I wrote to you from", "I'm the one who mailed you yesterday from"
        r"\b(?:i|we|(?:i'm|i am|it'?s me|it was me)\b[^.?!]{0,30}\b(?:who|that))(?:'ve)?\b"
        rf"[^.?!]{{0,24}}?\b{_WROTE}\b[^.?!]{{0,40}}?\b(?:from|with|using|via|under|as|through)\b"
        rf"{_OF_MINE}",
        # "I also write from", "I am also at"
        r"\bi(?:'m| am)? also (?:write|mail|text|use|at|known|reachable)\b[^.?!]{0,20}",
        # "I am also", "I'm the same person as", "I'm the one from"
        r"\bi(?:'m| am) (?:also|the (?:same )?(?:one|person|customer)"
        r"(?: (?:from|as|behind|with))?)",
        # "you know me as", "you have me under"
        r"\byou (?:already )?(?:know|have|had|got) me (?:as|under|by|from|at)(?: my)?",
        # "my e-mails came from"
        rf"\bmy (?:[\w-]+ )?{_MAILS}(?: (?:is|was|are|were|all|come|came|sent))* from",
        # "link me to", "connect this with my mail"
        r"\b(?:link|connect|join|match) (?:me|this|it|us)\b[^.?!]{0,20}\b(?:to|with)\b" + _OF_MINE,
    )
)
_OWN_OTHER = re.compile(rf"\bmy {_MINE} {_ADDRESS}(?: {_ADDRESS})?{_END}", re.I)
_THEY_CAME = re.compile(
    r"\b(?:they|it)(?:'re|'s| are| were| is| was)?(?: all)?(?: (?:sent|come|came))? from" + _END,
    re.I,
)
_MY_MAILS = re.compile(rf"\bmy (?:[\w-]+ )?{_MAILS}\b", re.I)
_IS_ME = re.compile(
    r"\A[\"')>]?,?\s*(?:that(?:'s| is| was)|is|was)\s+(?:also\s+|too\s+)?"
    rf"(?:me\b|mine\b|my {_MINE} {_ADDRESS}\b)(?!\s+(?:who|as|husband|wife))",
    re.I,
)
_DENIED = re.compile(
    r"\w+n['’]t\b|\b(?:not|never|no longer|if)\b|"
    r"\b(?:can|could|should|may|shall|will|would|do) (?:i|we)\b",
    re.I,
)
_SENTENCE = re.compile(r"[?!\n]|\.(?=\s)")


@dataclass(frozen=True, slots=True)
class Typed:
    """An address in a text, as a handle's key, and where it stands."""

    key: str
    start: int
    end: int

    @property
    def kind(self) -> str:
        """The kind of handle."""
        return self.key.partition(":")[0]


def addresses(text: str, region: str) -> Iterator[Typed]:
    """Every mail address and phone number of a text, in their normal form."""
    text = text[:_LONGEST]
    for found in SHAPES["email"].finditer(text) if "@" in text else ():
        if (key := email_key(found[0])) is not None:
            yield Typed(key, *found.span())
    for found in SHAPES["phone"].finditer(text) if any(map(str.isdigit, text)) else ():
        if (key := phone_key(found[0], region)) is not None:
            yield Typed(key, *found.span())


def claimed_address(text: str, region: str, asked: str | None = None) -> Typed | None:
    """The address that the writer claims to be theirs as well.

    `asked` is the kind of address that the last question asked for: then "my new number is ..." is
    its answer and no claim.
    """
    found = (one for one in addresses(text, region) if _is_claimed(text, one, asked))
    return next(found, None)


def _is_claimed(text: str, typed: Typed, asked: str | None) -> bool:
    sentence = _SENTENCE.split(text[max(0, typed.start - _REACH) : typed.start])[-1]
    for claim in _CLAIMS:
        found = claim.search(sentence)
        if found is not None:
            return _DENIED.search(sentence[max(0, found.start() - 12) : found.end()]) is None
    if typed.kind != asked and (_OWN_OTHER.search(sentence) or _IS_ME.match(text[typed.end :])):
        return _DENIED.search(sentence) is None
    if typed.kind != asked and tongues.claims(sentence, text[typed.end :]):
        return True
    return bool(_THEY_CAME.search(sentence) and _MY_MAILS.search(text[: typed.start]))


_BEFORE = re.compile(
    rf"\b(?:can|could|do|did) you (?:see|find|have|get|read|receive) my (?:[\w-]+ )?"
    rf"(?P<what>{_MAILS})\b|"
    r"\bi(?:'ve| have)? (?:already )?(?:wrote|written|mailed|texted|contacted) (?:to )?you "
    r"(?:by|from|via|on) (?P<way>e-?mail|mail|sms|text|my phone|another (?:address|number))\b",
    re.I,
)
_TEXTS = re.compile(r"text|sms|phone|number", re.I)


def wrote_elsewhere(text: str) -> str | None:
    """The kind of handle from which the writer says to have written before, naming none."""
    found = _BEFORE.search(text) if len(text) <= 2 * _SHORT else None
    if found is None:
        return None
    return "phone" if _TEXTS.search(found["what"] or found["way"]) else "email"


def bare_address(text: str, region: str) -> Typed | None:
    """The one address of a message that says little else: the answer to being asked for it."""
    found = list(addresses(text, region))
    if len(found) != 1:
        return None
    return found[0] if len(_without(text, found).split()) <= _FEW else None


def _without(text: str, found: list[Typed], mark: str = " ") -> str:
    for one in sorted(found, key=lambda each: -each.start):
        text = text[: one.start] + mark + text[one.end :]
    return text


_ASKED = (
    r"(?:\A|[.!?,;:\n]\s*|\b(?:please|just|can you|could you|would you|will you|you can|you could|"
    r"i(?:'d| would) (?:rather|prefer|like)(?: (?:it )?if)? you(?: to)?|rather|better|or|and|then|"
    r"ok|okay|hi|hello)\s+(?:please |just )?)"
)
_WISHED = (
    r"\b(?:let'?s|can we|could we|may we|shall we|i(?:'d| would) (?:rather|prefer to|like to)|"
    r"i want to|please|can you|could you|would you|you can)\s+(?:please |just )?"
)
_GO_ON = (
    r"(?:go on|continue|carry on|switch|move|proceed|keep (?:talking|going)|talk|write|chat|"
    r"answer me|reply|respond|write (?:to )?me|reach me|contact me)"
    r"(?: (?:this|here|it|with this|talking|over))?"
)
_IT = r"(?:it|that|this|me|them|the (?:answer|reply|rest))"
_TAIL = (
    r"(?:[ ,]+(?:instead|please|then|now|that|this|it|here|there|back|the (?:answer|reply|rest)|"
    r"about (?:it|this|that)|from now on|if (?:you can|possible)|thanks?|thank you|"
    rf"(?:on|at|to|under)|my|{_ADDRESS}|@))*\W*\Z"
)
_PLACES = {
    "phone": r"(?:sms|text(?:s| messages?)?|(?:my )?(?:phone|mobile|cell(?:phone)?))",
    "email": r"(?:e-?mails?|mail)",
    "slack": r"slack",
}
_VERBS = {"phone": r"(?:text|sms)", "email": r"(?:e-?mail|mail)", "slack": r"slack"}
_MOVES = tuple(
    (kind, re.compile(one + _TAIL, re.I))
    for kind, place in _PLACES.items()
    for one in (
        rf"{_ASKED}{_VERBS[kind]} (?:(?:it|that|this) to )?me\b",
        rf"{_WISHED}{_GO_ON} (?:by|via|over|on|in|to|as|through)(?: an?| my)? {place}\b",
        rf"{_ASKED}send {_IT}(?: to me)?(?: (?:it|that|this))?"
        rf"(?: (?:by|via|as|in|to my|over))?(?: an?)? {place}\b",
    )
)
_PLACE_NAMED = re.compile(
    r"sms|text|phone|mobile|cell|mail|slack|handy|portable|courriel|m[óo]vil|correo", re.I
)
"""What each of them has in it, in every language, so that most messages are looked through once."""


def wants_elsewhere(text: str, region: str = "") -> str | None:
    """The kind of handle ("phone", "email", "slack") at which somebody wants to go on.

    To be told later ("text me when it ships"), to be sent a thing ("e-mail me the invoice") and to
    be called is something else.
    """
    if len(text) > 3 * _SHORT or _PLACE_NAMED.search(text) is None:
        return None
    plain = _without(text, list(addresses(text, region)), "@")
    english = next((kind for kind, pattern in _MOVES if pattern.search(plain)), None)
    return english or tongues.wished_place(plain)


_NAME = r"(?-i:[A-ZÀ-Ý][\w'’-]+)"
_OPENING = (
    r"\A\W*(?:(?:no|sorry|hi|hello|hey|um+|oh|and|but|excuse me|please|nein|hallo|entschuldigung|"
    r"non|pardon|bonjour|d[ée]sol[ée]e?|hola|lo siento|perd[óo]n)[\s,.!]+)*"
)
_CLOSING = (
    r"(?:[\s,.!;]+(?:sorry|please|thanks?|thank you|at all|here|any ?more|danke|bitte|merci|"
    r"gracias|lo siento|d[ée]sol[ée]e?|(?:you (?:have|got)|please (?:stop|remove|delete))"
    r"[^.?!]{0,30}))*\W*\Z"
)
_NOT_ME = re.compile(
    _OPENING
    + "(?:"
    + "|".join(
        (
            r"(?:that|this|it)(?:['’]?s| is| was) not me",
            r"(?:that|this|it) (?:isn|wasn)['’]?t me",
            "not me",
            r"(?:you(?:['’]ve| have)?(?: got)? (?:the )?)?wrong (?:person|recipient)",
            rf"(?:this|that|it)(?:['’]?s| is)(?: not|n['’]?t| no longer) my {_ADDRESS}"
            r"(?: any ?(?:more|longer))?",
            r"(?:this|that|it)(?:['’]?s| is) some(?:one|body) else['’]?s (?:number|phone|address)",
            rf"i(?:['’]?m| am) (?:not|no) {_NAME}(?: {_NAME})?",
            r"there(?:['’]?s| is) no ?(?:one|body) (?:called|named)[^.?!]{1,30}here",
            rf"i (?:do not|don['’]?t) know (?:any|an?) {_NAME}",
            # German
            r"(?:das (?:bin|war) )?(?:ich )?nicht ich",
            "das bin ich nicht",
            rf"ich bin(?:['’]?s| es)? nicht {_NAME}",
            r"(?:sie haben )?(?:die )?falsche person",
            r"das ist nicht (?:mehr )?meine (?:nummer|adresse|e-?mail)",
            # French
            r"(?:ce n['’]est|c['’]est)? ?pas moi",
            rf"je ne suis pas {_NAME}",
            "mauvaise personne",
            r"ce n['’]est (?:pas|plus) mon (?:num[ée]ro|adresse|mail)",
            # Spanish
            "no soy yo",
            rf"(?:yo )?no soy {_NAME}",
            "persona equivocada",
            r"(?:este|ese) (?:ya )?no es mi (?:n[úu]mero|correo|tel[ée]fono)",
        )
    )
    + ")"
    + _CLOSING,
    re.I,
)
_WRONG_NUMBER = re.compile(
    _OPENING + r"(?:(?:you(?:['’]ve| have)?(?: got)? (?:the )?)?wrong number|falsche nummer|"
    r"falsch verbunden|(?:vous avez )?(?:le )?(?:mauvais|faux) num[ée]ro|"
    r"n[úu]mero (?:equivocado|incorrecto))" + _CLOSING,
    re.I,
)


@lru_cache(maxsize=256)
def is_not_me(text: str) -> bool:
    """Whether a short message says that its writer is not who we take them for.

    "Not me who broke it" says something else, and so does an answer in a sentence. A mail has its
    subject above and a name below.
    """
    return any(_NOT_ME.match(one) for one in _short_lines(text))


@lru_cache(maxsize=256)
def is_wrong_number(text: str) -> bool:
    """Whether a message says "wrong number": ours, unless a number was just spoken of."""
    return any(_WRONG_NUMBER.match(one) for one in _short_lines(text))


def _short_lines(text: str) -> list[str]:
    """The whole of a short text, and its first two lines."""
    if len(text) > 2 * _SHORT:
        return []
    lines = [one for one in text.split("\n") if one.strip()]
    return [one for one in (text, *lines[:2]) if len(one) <= _SHORT]
