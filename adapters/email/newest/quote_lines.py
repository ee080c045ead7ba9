"""Tells the lines with which mail programs introduce a quoted or forwarded mail.

Four kinds in every language of `phrases`: the attribution ("On ... wrote:", also over several
lines), a block of header lines, a dashed "original message" line and the line above a forwarded
mail. It looks at lines only and must not decide what becomes of them. Patterns run over single
lines of limited length, so that time grows with the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapters.email.newest.phrases_more import words

LONGEST = 400
"""No introduction is longer than this; what a longer line says is prose."""
_MOST_LINES = 6
_MOST_UNSTARTED = 4
"""Lines of an introduction that begins with a name or a date and not with a word for it."""
_MOST_HEADERS = 16
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xAD))


def _any_of(*fields: str) -> str:
    found = {one for field in fields for one in words(field)}
    return "|".join(re.escape(one) for one in sorted(found, key=lambda one: (-len(one), one)))


# Scripts without spaces between words know no word boundary, nor does a verb after an address.
_EDGE = r"(?<![a-zà-öø-ÿa-яё])"
_WROTE = re.compile(rf"{_EDGE}(?:{_any_of('wrote')})(?![a-zà-öø-ÿа-яё])")
_WROTE_WORDS = words("wrote")
_START = re.compile(rf"(?:{_any_of('starts')})[ .,:]{{1,2}}(?=.{{0,40}}?\d)")
_DATED_START = re.compile(r"[(\[]?(?:[^\W\d]{1,12}[.,]{0,2} ){0,3}\d{1,4}[^\w\s]? ?[^\s].*")
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?<!\d)(?:19|20)\d\d(?!\d)|\d{4} ?[年년]|\d{1,2} ?[月월]"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}(?:[:.h時时시點点]| h )\d{0,2}(?!\d)|\d ?[ap]\.?m\b")
_ADDRESS = re.compile(r"[^\s@<>()]@[^\s@<>()]")
_ADDRESSED = re.compile(r"[<(\[][^<>()\[\]@]{0,80}@[^<>()\[\]@]{0,80}")
_END = re.compile(r"(?:[:：]|[-–—]{2,}|[:：] ?[-–—]{2,})\*?$")
_SENTENCE = re.compile(r"(?:[!?:;。！？]|(?<![ .][^\W\d_])(?<!\d)\.)$")
_SHORTENED = re.compile(r"(?:\b[ap]\.m|\b[^\W\d]{2,5})\.$")
_DASHES = re.compile(r"-{2,} ?(?=[^\W\d_])")
_RULE = re.compile(r"[-_=*#~+—–─━]{2,}")
_RULED = re.compile(r"[-_=*#~—–─━]{2,}[ *]*([^-_=*#~—–─━].{0,70}?)[ *]*[-_=*#~—–─━]{2,}[ :*]*")
_ORIGINAL = re.compile(rf"{_EDGE}(?:{_any_of('original')})(?![a-zà-öø-ÿа-яё])")
_MESSAGE = re.compile(rf"{_EDGE}(?:{_any_of('message')})")
_FORWARDED = re.compile(rf"{_EDGE}(?:{_any_of('forwarded')})(?![a-zà-öø-ÿа-яё])")
_LABEL = re.compile(r"([^\W\d][^:：<>@]{0,28}?)\*{0,2} ?[:：]\*{0,2} ?(.*)")
_SENDER_ONLY = re.compile(r"[^:]{1,28}: ?(?:[^<>@:]{0,60}<)?[^\s@<>]+@[^\s@<>]+>?")
_KINDS: Mapping[str, str] = {
    word: field for field in ("copy", "to", "sent", "subject", "sender") for word in words(field)
}


class Found(NamedTuple):
    """An introduction: the lines from `first` up to, but not with, `after`."""

    first: int
    after: int


def plain(line: str) -> str:
    """A line as it is compared: one kind of space, nothing invisible, lower case, no emphasis."""
    short = line[: LONGEST + 1]
    if not short.isascii():
        short = short.translate(_INVISIBLE)
    # A capital I with a dot becomes two characters, of which only Turkish needs to know.
    folded = " ".join(short.split()).casefold().replace("i\u0307", "i")
    return folded.strip("| ").lstrip("*> ")


def is_rule(line: str) -> bool:
    """Whether the line only draws a line."""
    text = line.replace(" ", "").strip("*>|")
    return bool(_RULE.fullmatch(text)) or (not text and "*" in line)


def is_original(line: str) -> bool:
    """Whether a dashed line says that the original message follows."""
    match = _RULED.fullmatch(line)
    if match is None:
        return False
    inner = match[1]
    original = _ORIGINAL.search(inner)
    if original is None:
        return False
    return _MESSAGE.search(inner) is not None or len(inner.split()) == 1


def is_forwarded(line: str) -> bool:
    """Whether a dashed line, or one that ends with a colon, says that a forwarded mail follows."""
    match = _RULED.fullmatch(line)
    inner = match[1] if match else line if line.endswith((":", "：")) else ""
    if not inner or len(inner.split()) > 7 or _FORWARDED.search(inner) is None:
        return False
    return _MESSAGE.search(inner) is not None


def closes_address(line: str) -> bool:
    """Whether a line that seems marked is the end of an address, and then of an introduction."""
    text = plain(line)
    return text.endswith((":", "：")) and text.rstrip(" :：") in _WROTE_WORDS


def shared_at(line: str) -> int | None:
    """Where an introduction begins in a line that the person wrote on, behind dashes."""
    if len(line) > LONGEST:
        return None
    for match in _DASHES.finditer(line):
        if match.start() and _is_attribution(plain(line[match.end() :]), True):
            return match.start()
    return None


def attribution(lines: Sequence[str], end: int, quoted: bool) -> Found | None:
    """The introduction whose last line is `end`, if it is one. `lines` are plain.

    `quoted` says that marked lines follow: then less is asked of an introduction than in front of
    text that could be the person's own.
    """
    last = lines[end]
    if not last or len(last) > LONGEST or not _may_end(last, quoted):
        return None
    first = end
    found: int | None = None
    while first >= 0 and end - first < _MOST_LINES and _may_go_on(lines, first, end):
        line = lines[first]
        whole = " ".join(lines[first : end + 1])
        started = _START.match(line) is not None
        near = end - first < _MOST_UNSTARTED and (first == end or _begins(line))
        if (started or near) and _is_attribution(whole, quoted):
            found = first
            if started:
                break
        first -= 1
    return None if found is None else Found(found, end + 1)


def _may_go_on(lines: Sequence[str], number: int, end: int) -> bool:
    """Whether an introduction that ends at `end` may reach up to this line. Nothing in it ends a
    sentence, and nothing but an address in brackets is broken off with an empty line."""
    line = lines[number]
    if not line:
        return number < end and lines[number + 1].startswith("<")
    return number == end or not _SENTENCE.search(line) or _SHORTENED.search(line) is not None


def _may_end(line: str, quoted: bool) -> bool:
    if _END.search(line) or (quoted and line.endswith(">")):
        return True
    return line.endswith(_WROTE_WORDS)


def _begins(line: str) -> bool:
    """Whether an introduction of several lines may begin with this one."""
    return bool(_START.match(line) or _DATED_START.match(line) or _ADDRESSED.search(line))


def _is_attribution(text: str, quoted: bool) -> bool:
    if len(text) > LONGEST:
        return False
    core = text.strip("-–—[] ")
    ends = _END.search(text) is not None
    wrote = _WROTE.search(core) is not None
    dated = _DATE.search(core) is not None
    timed = _TIME.search(core) is not None
    mail = _ADDRESSED.search(core) is not None
    starts = _START.match(core) is not None or _DATED_START.match(core) is not None
    if wrote and ends:
        known = mail or (starts and (dated or timed)) or (dated and timed)
        return known or quoted or (text.startswith("--") and text.endswith("--"))
    if ends and starts and mail and (dated or timed):
        return True
    if wrote and starts and mail and dated and timed:
        return True
    # Programs in languages we do not know, and those that end without a colon.
    return quoted and starts and ((ends and (dated or timed)) or (mail and dated) or wrote)


def headers(lines: Sequence[str], first: int) -> Found | None:
    """The block of header lines that begins with this line, if it is one. `lines` are plain."""
    if _kind(lines[first]) is None:
        return None
    kinds: set[str] = set()
    addressed = timed = False
    after = first
    missed = 0
    for number in range(first, min(first + _MOST_HEADERS, len(lines))):
        line = lines[number]
        kind = _kind(line)
        if kind is not None:
            kinds.add(kind)
            addressed = addressed or _ADDRESS.search(line) is not None
            timed = timed or (kind == "sent" and _is_moment(line))
            after, missed = number + 1, 0
            continue
        addressed = addressed or (missed == 0 and _ADDRESSED.search(line) is not None)
        missed += 1
        if missed > 2:
            break
    is_mail = _is_mail(kinds, addressed, timed) or _is_lone_sender(lines, first, kinds)
    return Found(first, after) if is_mail else None


def _is_moment(line: str) -> bool:
    return _DATE.search(line) is not None and _TIME.search(line) is not None


def _is_lone_sender(lines: Sequence[str], at: int, kinds: set[str]) -> bool:
    """Some programs name the sender only. Then the line is a paragraph of nothing else."""
    alone = 0 < at < len(lines) - 1 and not lines[at - 1] and not lines[at + 1]
    return alone and kinds == {"sender"} and _SENDER_ONLY.fullmatch(lines[at]) is not None


def _is_mail(kinds: set[str], addressed: bool, timed: bool) -> bool:
    """From, to and date alone could be a journey; with a subject or an address it is a mail."""
    if "sender" not in kinds:
        return {"sent", "to", "subject"} <= kinds or (timed and addressed and "to" in kinds)
    return ("subject" in kinds and len(kinds) > 2) or (addressed and "sent" in kinds)


def _kind(line: str) -> str | None:
    if len(line) > LONGEST:
        return None
    match = _LABEL.match(line)
    return None if match is None else _KINDS.get(match[1].strip(" *_"))
