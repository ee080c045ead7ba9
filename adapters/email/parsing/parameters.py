"""A field such as Content-Type in its value and its parameters, continued and encoded ones too.

RFC 2045, section 5.1 and RFC 2231. What breaks the rules is read as well as it can be, since all it
decides is how something is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from adapters.email.parsing.charsets import decode_text
from adapters.email.parsing.headers import unfold

_LONGEST = 4000
_PARAMETER = re.compile(
    r';\s*(?P<name>[^\s=;"]{1,100})\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<bare>[^;]*))'
)
_ESCAPED = re.compile(r"\\(.)")
_SECTION = re.compile(r"(?P<name>[^*]+)(?:\*(?P<number>[0-9]{1,3}))?(?P<encoded>\*)?")
_COMMENT = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Told:
    """The value before the first semicolon, and the parameters by their names in lower case."""

    value: str
    named: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Section:
    number: int
    text: str
    encoded: bool


def parameters(field: str) -> Told:
    """What a field says."""
    text = unfold(field[:_LONGEST])
    value = _COMMENT.sub("", text.partition(";")[0]).strip()
    sections: dict[str, list[_Section]] = {}
    for found in _PARAMETER.finditer(text):
        shape = _SECTION.fullmatch(found["name"].lower())
        if shape is None:
            continue
        said = found["quoted"]
        said = (
            _COMMENT.sub("", found["bare"]).strip() if said is None else _ESCAPED.sub(r"\1", said)
        )
        number = -1 if shape["number"] is None else int(shape["number"])
        sections.setdefault(shape["name"], []).append(
            _Section(number, said, shape["encoded"] is not None)
        )
    return Told(value, {name: _joined(found) for name, found in sections.items()})


def _joined(sections: list[_Section]) -> str:
    """The sections in their order. An encoded whole goes before a plain one, as section 4 wants."""
    whole = [one for one in sections if one.number < 0]
    if whole:
        best = next((one for one in whole if one.encoded), whole[0])
        return _decoded(best.text) if best.encoded else best.text
    ordered = sorted(sections, key=lambda one: one.number)
    if not ordered[0].encoded:
        return "".join(one.text for one in ordered)
    charset, _, _ = ordered[0].text.partition("'")
    joined = b"".join(
        unquote_to_bytes(one.text.split("'", 2)[-1] if at == 0 else one.text)
        if one.encoded
        else one.text.encode("utf-8", "surrogatepass")
        for at, one in enumerate(ordered)
    )
    return decode_text(joined, charset or "utf-8").text


def _decoded(text: str) -> str:
    """`charset'language'percent-encoded` (section 4)."""
    charset, _, rest = text.partition("'")
    said = rest.partition("'")[2]
    if not said:
        return text
    return decode_text(unquote_to_bytes(said), charset or "utf-8").text
