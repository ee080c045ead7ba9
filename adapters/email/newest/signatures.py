"""Takes off what stands below a reply without being part of it: signatures and programs' footers.

Only the end of a text is looked at, and only what is short there. A name under a "thank you" is the
person's own and stays; so does what could be a sentence, and each postscript. It must not empty a
reply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.email.newest.phrases_more import words
from adapters.email.newest.quote_lines import plain

_MOST_LINES = 10
_LONGEST_LINE = 90
_MOST_BELOW_CLOSING = 6
_LONGEST_BELOW_CLOSING = 60
_REACH = 40
"""No signature begins further from the end than this, empty lines included."""
_MOST_WORDS = 6
"""A line of a signature with more words than this has to name a way to reach the person."""
_LONGEST_FOOTER = 60
_MOST_FOOTER_WORDS = 9

_MARK = re.compile(r"\s*(?:--|—|–)\s*")
_RULE = re.compile(r"\s*(?:_{2,}|-{3,}|={3,}|\*{3,}|~{3,}|—{2,})\s*")
_POSTSCRIPT = re.compile(r"\s*(?:p\. ?p?s\b|pp?s\b|з\.ы|n\.b\.)", re.IGNORECASE)
_CONTACT = re.compile(r"@[\w-]|www\.|https?://|\+?\d[\d ()/.-]{6,}")
_ADDRESS = re.compile(r"[<(\[]?(?:https?://|www\.|mailto:)\S+")
_DEVICE = re.compile(
    r"iphone|ipad|ipod|android|samsung|galaxy|huawei|xiaomi|blackberry|outlook|yahoo|gmail|mobil"
    r"|handy|smartphone|windows|tablet|nokia|sony|pixel|apple|aol|proton|mail\.ru|яндекс|yandex"
    r"|телефон|手机|qq|電話"
)
_FOOTER_STARTS = words("device")
_FOOTER_ENDS = words("device_end")
_REGARDS = frozenset(words("regards"))


def without_signature(lines: Sequence[str]) -> list[str]:
    """The lines without what is below the reply; all of them where nothing else would be left."""
    left = list(lines)
    for cut in _CUTS:
        shorter = without_end_rules(left[: cut(left)])
        if any(has_words(line) for line in shorter):
            left = shorter
    return left


def has_words(line: str) -> bool:
    """Whether a line says anything; an emoji does, a drawn line does not."""
    return any(not one.isspace() and one not in "-_=*~>|.#+—–─\u200b\u00ad\ufeff" for one in line)


def without_end_rules(lines: Sequence[str]) -> list[str]:
    """The lines without empty and drawn ones at the end."""
    end = len(lines)
    while end and not has_words(lines[end - 1]):
        end -= 1
    return list(lines[:end])


def _below_mark(lines: Sequence[str]) -> int:
    """At the two dashes that have meant a signature since the days of Usenet (RFC 3676, 4.3)."""
    for at in _end(lines, _MOST_LINES, _LONGEST_LINE):
        if _MARK.fullmatch(lines[at]):
            return at
    return len(lines)


def _below_rule(lines: Sequence[str]) -> int:
    """At a drawn line with a way to reach the person below; others part a text or a table."""
    reachable = False
    for at in _end(lines, _MOST_LINES, _LONGEST_LINE):
        if reachable and _RULE.fullmatch(lines[at]):
            return at
        reachable = reachable or _CONTACT.search(lines[at]) is not None
    return len(lines)


def _closing(lines: Sequence[str]) -> int:
    """At a formal closing with a name below; one without stands for itself."""
    below = 0
    for at in _end(lines, _MOST_BELOW_CLOSING, _LONGEST_BELOW_CLOSING):
        if below and plain(lines[at]).strip(" ,.!;，。！") in _REGARDS:
            return at
        if not _is_signed(lines[at]):
            break
        below += has_words(lines[at])
    return len(lines)


def _footer(lines: Sequence[str]) -> int:
    """At a program's footer. One that names no device or program must be a last paragraph."""
    found = len(lines)
    alone = True
    for at in _end(lines, _MOST_BELOW_CLOSING, _LONGEST_BELOW_CLOSING):
        named = _DEVICE.search(plain(lines[at])) is not None
        parted = at == 0 or not has_words(lines[at - 1])
        if _is_footer(lines[at], named) and (named or (alone and parted)):
            found = at
        elif not _is_signed(lines[at]):
            break
        alone = alone and (found == at or not has_words(lines[at]))
    return found


def _is_footer(line: str, named: bool) -> bool:
    text = _ADDRESS.sub("", plain(line)).strip(" <>()[].:")
    if not text or len(text) > _LONGEST_FOOTER or len(text.split()) > _MOST_FOOTER_WORDS:
        return False
    if text.startswith(_FOOTER_STARTS):
        return named or not line.rstrip().endswith((".", "!", "?", ",", ":"))
    return named and text.endswith(_FOOTER_ENDS)


def _end(lines: Sequence[str], most: int, longest: int) -> Sequence[int]:
    """The numbers of the last lines, last first, as far as a signature may reach."""
    numbers: list[int] = []
    seen = 0
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _REACH), -1):
        numbers.append(at)
        text = lines[at].strip()
        seen += bool(text)
        is_drawn = _RULE.fullmatch(text) is not None
        if seen > most or (len(text) > longest and not is_drawn) or _POSTSCRIPT.match(text):
            break
    return numbers


def _is_signed(line: str) -> bool:
    """Whether a line may stand in a signature: a name, a post, an address."""
    text = line.strip()
    if text.endswith("?"):
        return False
    return len(text.split()) <= _MOST_WORDS or _CONTACT.search(text) is not None


_CUTS = (_below_mark, _footer, _below_rule, _footer, _closing)
"""In this order: a footer stands below a signature or above it."""
