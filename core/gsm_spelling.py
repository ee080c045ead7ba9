"""How characters that SMS's alphabet lacks are written in those it has, where they mean the same.

A table, and its use on a text. Letters keep their accents: a name is never spelled another way. It
does not know whether the result is cheaper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

INVISIBLE = str.maketrans({"\u200b": None, "\ufeff": None})
"""What nobody sees in any writing: a space of no width, and the mark of a file's beginning."""


def _each(characters: str, plain: str) -> Mapping[str, str]:
    return dict.fromkeys(characters, plain)


def _span(first: int, last: int) -> Iterable[str]:
    return map(chr, range(first, last + 1))


_TABLE: Mapping[str, str] = {
    # Quotation marks, primes, and accents that stand alone.
    **_each("‘’‚‛‹›′‵ʹʻʼʽˈˊˋ´`❛❜＇", "'"),
    **_each("“”„‟«»″‶ʺˮ❝❞〝〞〟＂", '"'),
    **_each("‐‑‒–—―−⁃﹘﹣－", "-"),
    **_each("•·‣◦∙▪●", "-"),
    "…": "...",
    "‥": "..",
    "‼": "!!",
    "⁇": "??",
    "⁈": "?!",
    "⁉": "!?",
    # Spaces of every width; the ends of lines and paragraphs.
    **dict.fromkeys(_span(0x2000, 0x200A), " "),
    **_each("\t\u00a0\u1680\u202f\u205f\u3000", " "),
    **_each("\v\x85\u2028\u2029", "\n"),
    # Where a word may break, what joins, writing direction, the look of the sign before: all they
    # do in a text of this alphabet is to make it expensive.
    **dict.fromkeys(("\u00ad", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060"), ""),
    **dict.fromkeys((*_span(0x202A, 0x202E), *_span(0x2066, 0x2069), "\ufe0e", "\ufe0f"), ""),
    "×": "x",
    "÷": "/",
    "⁄": "/",
    "∕": "/",
    "∗": "*",
    "∼": "~",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "±": "+/-",
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "¦": "|",
    "₤": "£",
    "©": "(C)",
    "®": "(R)",
    "™": "TM",
    "№": "No.",
    "¼": "1/4",
    "½": "1/2",
    "¾": "3/4",
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬆ": "st",
    # Full-width forms stand as far apart as those they are forms of.
    **{one: chr(ord(one) - 0xFEE0) for one in _span(0xFF01, 0xFF5E) if one not in "＂＇－｀"},
    "｀": "'",
    # The alphabet has Greek capitals only where no Latin letter looks the same (TS 23.038, 6.2.1).
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
}
_PLAIN = str.maketrans(dict(_TABLE))
_MIXED_NUMBER = re.compile(r"(?<=[0-9])(?=[¼½¾])")


def respelled(text: str) -> str:
    """The text with each of those characters in another spelling. 2½ is not 21/2."""
    return _MIXED_NUMBER.sub(" ", text).translate(_PLAIN)
