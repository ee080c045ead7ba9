"""Where a text may be cut: after a sentence, else a word, else between what people see as one sign.

Pure text, for every channel with a limit. It knows no encoding and keeps the order.
"""

from __future__ import annotations

import regex

_CLOSING = r"[\"'”’»)\]]*"
_SENTENCE_END = regex.compile(
    # A dot ends a sentence only before white space; the marks of Asia are written without any.
    rf"(?<=[.!?…؟।]{_CLOSING})[^\S\u00a0\u202f]+|(?<=[。！？｡]{_CLOSING})|\n+"
)
_SPACE = regex.compile(r"[^\S\u00a0\u2007\u202f]+")
"""White space at which a line may be broken: not the spaces that hold a number together."""

# Extended grapheme clusters (Unicode Standard Annex 29).
_CLUSTER = regex.compile(r"\X")
_CLUSTER_LIMIT = 256
"""Characters. Nobody sees more as one; a longer one is cut, so that no text makes a piece long."""


def split_text(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` characters, cut after a sentence, else a word, else
    between graphemes. Only white space at the cuts is dropped. Raises `ValueError` for no limit."""
    if limit < 1:
        raise ValueError("a piece needs at least one character")
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest or not pieces:
        pieces.append(rest)
    return pieces


def _cut(text: str, limit: int) -> int:
    """Where to cut so that the first piece is as long as sense allows."""
    sentence = _last(_SENTENCE_END, text, limit // 2, limit)
    if sentence:
        return sentence
    # However short the piece becomes: what follows, an address say, may then be whole.
    return _last(_SPACE, text, 1, limit) or _between_clusters(text, limit)


def _last(pattern: regex.Pattern[str], text: str, first: int, limit: int) -> int:
    """Where the last match begins of those from `first` to the limit; 0 when there is none."""
    # One more is looked at: white space may begin just behind the piece.
    found = [one.start() for one in pattern.finditer(text, 0, limit + 1) if one.start() >= first]
    return found[-1] if found else 0


def _between_clusters(text: str, limit: int) -> int:
    # Clusters are found from the beginning: flags pair up from there.
    end = 0
    for match in _CLUSTER.finditer(text, 0, limit + _CLUSTER_LIMIT):
        if match.end() > limit:
            break
        end = match.end()
    return end or limit
