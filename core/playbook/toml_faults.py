"""Says what breaks a file of TOML, and how to mend it, to whoever has never heard of TOML.

A table from the words of the standard library's parser to ours; what it does not know is told in
the parser's own words. Pure.
"""

from __future__ import annotations

from typing import Final

_TWICE = ("a name stands here for the second time", "Keep one of the two")
_ENDED = ("a text is not ended", 'Put a straight " at its end; a longer text has """ on both sides')
_SLASH = (
    "a text in double quotes has a backslash",
    "Put a text with a backslash into single quotes, such as '\\d+'",
)
_HEAD = ("a name in brackets is not ended", "Write it like [name], on a line of its own")
_NAME = (
    "a line begins with something that is no name",
    'Write it like name = "text"; a text of several lines stands in brackets or between """',
)

_FAULTS: Final[tuple[tuple[str, tuple[str, str]], ...]] = (
    ("illegal character '\\n'", _ENDED),
    ("unterminated string", _ENDED),
    (
        "unclosed array",
        (
            "a list is broken off",
            "Look here and at the line above: between texts stands a comma, and ] ends the list",
        ),
    ),
    (
        "invalid value",
        (
            "what stands here is no text, number or list",
            'Put texts into straight quotes, "like this"; curly ones do not count',
        ),
    ),
    ("cannot overwrite a value", _TWICE),
    ("cannot declare", _TWICE),
    ("cannot redefine", _TWICE),
    ("cannot mutate", _TWICE),
    ("duplicate inline table key", _TWICE),
    ("expected '='", ("a name has no = behind it", 'Write it like name = "text"')),
    (
        "expected newline or end",
        (
            "something stands behind the end of a value",
            'Give it a line of its own; quotes within a text are written as \\"',
        ),
    ),
    ("expected ']", _HEAD),
    ("unescaped '\\'", _SLASH),
    ("escaped character", _SLASH),
    (
        "unclosed inline table",
        ("a table in braces is not ended", 'Write it on one line, like { name = "text" }'),
    ),
    ("invalid initial character", _NAME),
    ("invalid statement", _NAME),
)
"""How the parser's words begin, in small letters, with what is wrong and the remedy."""

_OTHER = "Texts stand in quotes, tables in [brackets], and each key once"


def toml_fault(told: str) -> tuple[str, str]:
    """What is wrong and how to mend it, by what the parser told."""
    small = f"{told[:1].lower()}{told[1:]}"
    known = (words for start, words in _FAULTS if small.startswith(start))
    return next(known, (small, _OTHER))
