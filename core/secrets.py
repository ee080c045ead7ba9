"""Takes secrets out of a text before anything is stored: cards, PINs, passwords, national ids.

A secret leaves as a marker ("[card removed]") and a keyed digest, so that it can be compared and
never read. Pure; the key is handed in. It must never keep, return or log the plain value.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

_ALIASES = {
    "ssn": "national_id",
    "social": "national_id",
    "social security": "national_id",
    "social_security": "national_id",
    "passcode": "password",
    "passphrase": "password",
    "cvc": "cvv",
    "security code": "cvv",
    "security_code": "cvv",
}

_TRIGGER = re.compile(r"\d|pass(?:word|code|phrase)", re.I)
_GROUPS = re.compile(r"(?<![\w+])\d+(?:[ .\u00a0\u2010-\u2015-]{1,2}\d+)*(?!\w)")
_GROUP = re.compile(r"\d+")
_MOST_DIGITS = 19
_SSN = re.compile(
    r"(?<![\w-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d\d\1(?!0000)\d{4}(?![\w-])", re.ASCII
)
_CARD_LINK = r"(?:\s+(?:number|no\.?|#))?\s*(?:is|was|:|=|-|#)?\s*"
_LINK = r"(?:\s+(?:number|no\.?|code))?\s*(?:is|was|'s|:|=|-|#)?\s*(?:is\b|:)?\s*(?:either\s+)?"
_CUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    # Announced as a card it is one, though a digit was mistyped.
    ("card", re.compile(rf"\bcard\b{_CARD_LINK}(\d(?:[ -]?\d){{11,18}})(?!\w)", re.I)),
    ("pin", re.compile(rf"\bpin\b{_LINK}(\d(?:[ -]?\d){{2,7}})(?!\w)", re.I)),
    ("pin", re.compile(r"(?<!\w)(\d{3,8})\s+is (?:my|the) pin\b", re.I)),
    (
        "national_id",
        re.compile(r"(?<!\w)(\d(?:[ -]?\d){3,8})\s+is (?:my|the) (?:ssn|social)\b", re.I),
    ),
    (
        "cvv",
        re.compile(rf"\b(?:cvv2?|cvc2?|csc|security code)\b{_LINK}(\d(?: ?\d){{2,3}})(?!\w)", re.I),
    ),
    (
        "national_id",
        re.compile(rf"\b(?:ssn|social(?: security)?)\b{_LINK}(\d(?:[ -]?\d){{3,8}})(?!\w)", re.I),
    ),
)
_OWN_CARD = re.compile(r"\b(?:gift|loyalty|store|customer|member(?:ship)?|club|bonus)\s+\Z", re.I)
_CUE = re.compile(r"pin|card|ssn|social|cvv|cvc|csc|security", re.I)
_PASSWORD = re.compile(
    r"\bpass(?:word|code|phrase)\b\s*(is\b\s*:?|was\b|:|=)\s*[\"']?([^\s\"']+)", re.I
)
_BARE_PASSCODE = re.compile(r"\bpass(?:word|code)\s+([^\s\"']*\d[^\s\"']*)", re.I)
_NOT_A_PASSWORD = frozenset(
    """
    a again always an and being blocked broken but by correct expired for forgotten gone good
    hacked in incorrect invalid it lost missing my needed never new no not okay on or protected
    required reset right still stolen strange supposed that the to too unknown used useless valid
    weak what working wrong
    """.split()
)
_TALK = frozenset(
    """
    agent all and are bye can cancel check could did do does don don't dont else everything for
    forget forgot goodbye hello help hey hi how human i i'm idk im know need never nevermind no nope
    not nothing ok okay please sorry sure thank thanks the wait what when where which why working
    yeah yep yes you
    """.split()
)
_IT_IS = re.compile(
    r"^\W*(?:(?:sure|ok|okay|yes)\W+)?(?:it'?s|it is|that'?s|here(?:'s| it is)?)\W+", re.I
)
_SPELLED = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_DIGITS = re.compile(
    r"(?<![\w$€£/:])(?<![$€£] )\d(?:[ .-]?\d)*(?![\w%$€£/:])|"
    rf"(?<!\w)(?:{_SPELLED}[ ,.-]*){{3,}}(?!\w)",
    re.I,
)
_LENGTHS = {"code": (4, 10), "card": (4, 19), "pin": (3, 8), "cvv": (3, 4), "national_id": (4, 9)}
CODE = "code"
"""The kind of a one-time code that we sent ourselves."""

_ALONE = "alone"
_CODE_WORDS = frozenset(
    """
    a code digits here hi is it it's my number re s says that the this your aw
    hello hey ok okay please pls sorry sure thanks thank thx yes you
    das der die hier ist mein meine lautet zahlen hallo ja bitte danke
    chiffres est le les mon voici bonjour oui merci
    aquí cifras el es este mi hola sí gracias
    """.split()
)
"""What may stand beside a code that says by itself that it is one: its names, and courtesies."""

_SHORT = 80
_WORDS = 4


def secret_kind(kind: str) -> str:
    """The one name of a kind of secret ("ssn" and "national_id" are the same)."""
    return _ALIASES.get(kind.casefold(), kind.casefold())


def marker(kind: str) -> str:
    """What stands in a text for a secret that was removed."""
    return f"[{secret_kind(kind).replace('_', ' ')} removed]"


def find_secrets(
    text: str, protected: Sequence[str], key: bytes, expecting: str | None
) -> tuple[str, dict[str, str]]:
    """The text without its secrets, and kind -> hexadecimal HMAC-SHA256 of the value.

    `protected` are patterns of the business's own numbers, which are not taken for a card or a code
    unless a word announces them as one. `expecting` is the kind that the last reply asked for: then
    a bare value counts too. A value told twice has the digest of the last one.
    """
    if expecting is None and _TRIGGER.search(text) is None:
        return text, {}
    digests: dict[str, str] = {}

    def remove(kind: str, value: str) -> str:
        digests[kind] = digest_of(value, key)
        return marker(kind)

    if any(char.isdigit() for char in text):
        # Cards first: "pin 4000 0000 ..." is a card, not a PIN with something after it.
        text = _without_cards(text, protected, remove)
        text = _without_ids(text, remove)
        text = _without_cued(text, protected, remove)
    text = _without_passwords(text, remove)
    if expecting is not None:
        named, size, alone = (*expecting.split(":"), "", "")[:3]
        kind = secret_kind(named)
        if kind == CODE or (alone == _ALONE and kind in _LENGTHS and kind not in digests):
            digits = int(size) if size else None
            text = _without_told(text, kind, remove, digits, alone == _ALONE)
        elif kind not in digests:
            text = _without_bare(text, kind, remove)
    return text, digests


def expected_code(digits: int) -> str:
    """What to expect while a code of so many digits is open: other numbers are no code."""
    return f"{CODE}:{digits}"


def lone(expecting: str) -> str:
    """Of who was asked elsewhere, or may tell it unasked: of numbers, those count alone that stand
    by themselves, or beside words that name them."""
    kind, size = (*expecting.split(":"), "")[:2]
    return f"{kind}:{size}:{_ALONE}"


def digest_of(value: str, key: bytes) -> str:
    """The keyed digest that is kept of a secret, the same however it is spaced."""
    plain = "".join(char for char in value if char not in " .-\u00a0")
    return hmac.new(key, (plain or value).encode(), hashlib.sha256).hexdigest()


def _without_cued(text: str, protected: Sequence[str], remove: Callable[[str, str], str]) -> str:
    """Without numbers that a word announces as a secret ("my pin is 1234").

    The word says more than the number's shape: only the number of one of the business's own cards
    stays, if its shape is protected.
    """
    if _CUE.search(text) is None:
        return text
    for kind, pattern in _CUES:
        for found in reversed(list(pattern.finditer(text))):
            own = kind == "card" and _OWN_CARD.search(text, 0, found.start())
            if not (own and _is_protected(found[1], protected)):
                text = text[: found.start(1)] + remove(kind, found[1]) + text[found.end(1) :]
    return text


def _without_ids(text: str, remove: Callable[[str, str], str]) -> str:
    return _SSN.sub(lambda found: remove("national_id", found[0]), text)


def _without_cards(text: str, protected: Sequence[str], remove: Callable[[str, str], str]) -> str:
    for run in reversed(list(_GROUPS.finditer(text))):
        if len(run[0]) < 13:
            continue
        for start, end in reversed(list(_cards(run[0], protected))):
            start, end = run.start() + start, run.start() + end
            text = text[:start] + remove("card", text[start:end]) + text[end:]
    return text


def _cards(run: str, protected: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where card numbers are in a run of digit groups; expiry dates and codes may follow them."""
    groups = [(one.start(), one.end()) for one in _GROUP.finditer(run)]
    at = 0
    while at < len(groups):
        # No card has more groups than digits.
        for last in range(min(len(groups), at + _MOST_DIGITS), at, -1):
            start, end = groups[at][0], groups[last - 1][1]
            value = run[start:end]
            if _is_card(value) and not _is_protected(value, protected):
                yield start, end
                at = last
                break
        else:
            at += 1


def _is_card(value: str) -> bool:
    digits = [int(char) for char in value if char.isdigit()]
    if not 13 <= len(digits) <= _MOST_DIGITS:
        return False
    return _has_issuer(digits) and luhn(digits)


def luhn(digits: Sequence[int]) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    doubled = (2 * one - 9 * (one > 4) for one in digits[-2::-2])
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0


_ISSUERS: tuple[tuple[int, int, int, int], ...] = (
    (400000, 499999, 13, 19),
    (510000, 559999, 16, 16),
    (222100, 272099, 16, 16),
    (340000, 349999, 15, 15),
    (370000, 379999, 15, 15),
    (300000, 305999, 14, 19),
    (309500, 309599, 14, 19),
    (360000, 369999, 14, 19),
    (380000, 399999, 14, 19),
    (352800, 358999, 16, 19),
    (500000, 509999, 13, 19),
    (560000, 699999, 13, 19),
    (220000, 220599, 16, 19),
    (810000, 829999, 16, 19),
    (979200, 979299, 16, 16),
)
"""First six digits from, to, and the lengths of such numbers: what the card networks publish."""


def _has_issuer(digits: Sequence[int]) -> bool:
    first = 0
    for one in digits[:6]:
        first = first * 10 + one
    size = len(digits)
    return any(low <= first <= high and a <= size <= b for low, high, a, b in _ISSUERS)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _is_protected(value: str, protected: Sequence[str]) -> bool:
    plain = "".join(char for char in value if char.isalnum())
    return any(
        _compiled(one).fullmatch(value) or _compiled(one).fullmatch(plain) for one in protected
    )


def _without_passwords(text: str, remove: Callable[[str, str], str]) -> str:
    def taken(found: re.Match[str]) -> str:
        link, value = found[1].casefold(), found[2].rstrip(".,;")
        if not value or value.startswith("["):
            return found[0]
        if link.startswith(("is", "was")) and value.casefold() in _NOT_A_PASSWORD:
            return found[0]
        start = found.start(2) - found.start()
        rest = found[0][start + len(value) :]
        return found[0][:start] + remove("password", value) + rest

    def coded(found: re.Match[str]) -> str:
        value = found[1].rstrip(".,;")
        rest = found[1][len(value) :]
        start = found.start(1) - found.start()
        return found[0][:start] + remove("password", value) + rest

    return _BARE_PASSCODE.sub(coded, _PASSWORD.sub(taken, text))


def _without_bare(text: str, kind: str, remove: Callable[[str, str], str]) -> str:
    """Without the bare value that answers a question for a secret."""
    if len(text.strip()) > _SHORT:
        return text
    if kind in _LENGTHS or (any(char.isdigit() for char in text) and kind != "password"):
        return _without_number(text, kind, remove)
    return _without_phrase(text, kind, remove)


def _without_told(
    text: str, kind: str, remove: Callable[[str, str], str], digits: int | None, alone: bool
) -> str:
    """Without the first number that may be it, in whichever short line it stands, and wherever it
    is told again: a mail has its subject above and a signature below."""
    found: list[str] = []

    def noted(kind: str, value: str) -> str:
        found.append(value)
        return remove(kind, value)

    lines = text.split("\n")
    for number, line in enumerate(lines):
        if len(line.strip()) <= _SHORT and not (alone and _says_more(line, kind)):
            lines[number] = _without_number(line, kind, noted, digits)
            if found:
                break
    text = "\n".join(lines)
    told = "[ .-]?".join(re.findall(r"\d", found[0])) if found else ""
    return re.sub(rf"(?<!\d){told}(?!\d)", marker(kind), text) if told else text


def _says_more(line: str, kind: str) -> bool:
    """Whether anything stands in the line beside one number, the words that name a code, and the
    secret's own name."""
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", line.casefold())
    known = _CODE_WORDS | set(kind.split("_"))
    numbers = len(_DIGITS.findall(line))
    return numbers != 1 or any(one.replace("’", "'") not in known for one in words)


def _without_number(
    text: str, kind: str, remove: Callable[[str, str], str], exactly: int | None = None
) -> str:
    """Without the first number that is as long as this kind of secret can be, or is here."""
    low, high = _LENGTHS.get(kind, (3, 32)) if exactly is None else (exactly, exactly)
    for found in _DIGITS.finditer(text):
        value = found[0].strip(" ,.-")
        count = sum(char.isdigit() for char in value) or len(re.findall(r"[a-z]+", value, re.I))
        if low <= count <= high:
            start = found.start() + found[0].index(value)
            return text[:start] + remove(kind, value) + text[start + len(value) :]
    return text


def _without_phrase(text: str, kind: str, remove: Callable[[str, str], str]) -> str:
    opening = _IT_IS.match(text)
    start = opening.end() if opening else 0
    value = text[start:].strip()
    words = value.casefold().split()
    if not words or len(words) > _WORDS or "?" in value or "removed]" in value:
        return text
    if any(word.strip(".,!") in _TALK for word in words):
        return text
    at = text.index(value, start)
    return text[:at] + remove(kind, value) + text[at + len(value) :]
