"""What a text claims, in a form that can be compared: numbers, names, addresses, places on the web.

Pure, and shared by all that judges a text by what it was made from (`core.facts.model_checks`,
`core.pipeline.rules.verdicts`). It says what stands in a text; whether that may stand is theirs to
say.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from core.facts.model_words import NUMBERS

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE_END = re.compile(r"(?:^|[.!?:…])[\s\"“„«(]*$")
_CODE = re.compile(r"(?<!\w)[^\W_]*\d[\w.,:/#'-]*")
_STUCK = re.compile(r"['’]s?$")
_SEPARATORS = str.maketrans("", "", "/#:'-")

_RUN = re.compile(r"\d(?:[^\w,;:!?]{0,3}\d){3,}")
"""Digits with little between them, as telephone and card numbers are written."""
_DOTS = re.compile(
    r"\s*[\[({<]\s*(?:\.|dot|punkt|point|punto)\s*[\])}>]\s*"
    r"|\s+(?:dot|punkt|point|punto)\s+(?=(?:com|net|org|info|biz|io|app|shop|de|fr|es|uk|eu|ru|cn|xyz"
    r"|top|example)\b)",
    re.I,
)
_HIDDEN = re.compile(r"[\[({<]| (?:dot|punkt|point|punto) ", re.I)
_ATS = re.compile(r"\s*[\[({<]\s*(?:@|at|arroba)\s*[\])}>]\s*", re.I)
_LINK = re.compile(
    r"(?P<scheme>[a-z][\w+.-]*:)?//(?P<authority>[^\s/?#\"'<>()\[\]]*)"
    r"|(?P<odd>\b(?:javascript|vbscript|data|file|blob):)(?=\S)"
    r"|(?P<host>(?<![\w@.-])(?:\w[\w-]*\.)+[^\W\d_]{2,})(?![\w@])",
    re.I,
)
_MAYBE_LINK = re.compile(r"//|\w\.[^\W\d_]{2}|:\S")
_CLOCK = re.compile(r"[\d.]+\.(?:am|pm|uhr)", re.I)
_ODD = re.compile("[^\\x00-\\x7f\\xa1-\\xac\\xae-\\xb1\\xb4-\\xb8\\xba\\xbb\\xbf-\\u017f‘’“”„–—…€]")
"""What may look like something else, or like nothing."""
_OTHER_DOTS = str.maketrans("。｡․﹒．", ".....")


_NO_NAMES = frozenset(("i", "i'm", "i'll", "i've", "i'd"))


class Claims(NamedTuple):
    """What a text claims. `runs` are long rows of digits, without what stands between them, each
    with the numbers that it is written as; `names` are words written like names."""

    numbers: frozenset[str] = frozenset()
    runs: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


def folded(text: str) -> str:
    """A text as it is read: without characters that nobody sees, and with look-alikes of digits and
    dots as what they look like."""
    if text.isascii() or _ODD.search(text) is None:
        return text
    text = unicodedata.normalize("NFKC", text).translate(_OTHER_DOTS)
    return "".join(_digit(one) for one in text if unicodedata.category(one) != "Cf")


def _digit(one: str) -> str:
    """A digit of any script as 0 to 9, so that none is another way to write a number."""
    if one.isascii() or not one.isdigit():
        return one
    return str(unicodedata.digit(one))


@lru_cache(maxsize=4096)
def claims_of(text: str) -> Claims:
    """All that a text claims."""
    read = folded(text)
    if _HIDDEN.search(read):
        read = _ATS.sub("@", _DOTS.sub(".", read))
    addresses = addresses_of(read) if "@" in read else frozenset()
    rest = EMAIL.sub(" ", read) if addresses else read
    words = WORD.findall(rest)
    return Claims(
        numbers=numbers_of(rest, words),
        runs=runs_of(rest),
        names=frozenset(word_of(one) for one in words if one.lower() != one) - _NO_NAMES,
        addresses=addresses,
        links=links_of(rest) if _MAYBE_LINK.search(rest) else frozenset(),
    )


def addresses_of(text: str) -> frozenset[str]:
    """Every e-mail address in a text."""
    return frozenset(one.casefold() for one in EMAIL.findall(text))


def numbers_of(text: str, words: list[str] | None = None) -> frozenset[str]:
    """Every number, code, date and amount in one form, number words too: "£20.00" is "20.00"."""
    found = WORD.findall(text) if words is None else words
    spelled = frozenset(
        NUMBERS[plain] for one in found if len(one) < 10 and (plain := word_of(one)) in NUMBERS
    )
    if not any(map(str.isdigit, text)):
        return spelled
    return spelled.union(bare(one) for one in _CODE.findall(text))


def bare(code: str) -> str:
    """A code as it is compared: without what stands around or between its parts, but for a decimal
    point, which makes another amount of it."""
    plain = code.casefold().rstrip(".,:/'-").replace(",", ".")
    return plain.translate(_SEPARATORS).removesuffix(".00")


def runs_of(text: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Rows of four or more digits written in several pieces, with the pieces."""
    return frozenset(
        ("".join(pieces), pieces)
        for found in _RUN.finditer(text)
        if len(pieces := tuple(re.findall(r"\d+", found[0]))) > 1
    )


def links_of(text: str) -> frozenset[str]:
    """The host of every link in a text, with or without a scheme; for what is no place on the web
    but acts like one ("javascript:"), the scheme with its colon."""
    found = set()
    for one in _LINK.finditer(text):
        if one["odd"]:
            found.add(one["odd"].casefold())
        elif one["host"]:
            if not _CLOCK.fullmatch(one["host"]):
                found.add(one["host"].casefold())
        else:
            scheme = (one["scheme"] or "https:").casefold()
            host = one["authority"].rpartition("@")[2].partition(":")[0].rstrip(".,;!").casefold()
            found.add(host if scheme in ("https:", "http:") else scheme)
    return frozenset(found)


def words_of(text: str) -> frozenset[str]:
    """Every word of a text as it is compared."""
    return frozenset(word_of(one) for one in WORD.findall(text))


def word_of(word: str) -> str:
    """A word as it is compared: "Ben's" is Ben's, and so is "Ben"."""
    plain = word.casefold()
    if plain.isascii() and "'" not in plain:
        return plain
    return _STUCK.sub("", unicodedata.normalize("NFKC", plain))


def plain(text: str) -> str:
    """Without differences of case, form and spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())
