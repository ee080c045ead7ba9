"""Reads single header fields of a mail from their raw text, strictly where it matters who wrote.

The standard library guesses: it takes the first of two addresses and half of a malformed id. Here
a sender is one address or none, and an id is kept as it stands. Nothing here knows what a field
is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

import idna

from adapters.email.parsing.charsets import decode_text, printable

_LONGEST_ADDRESS = 254
"""RFC 5321, section 4.5.3.1, less the angle brackets."""
_LONGEST_NAME = 120
_LONGEST_SUBJECT = 300
_LONGEST_WORDS = 4000
"""Characters of a field that are decoded for people; what follows would be cut anyway."""
_MOST_IDS = 200
_LONGEST_ID = 500
_LOCAL = re.compile(
    r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\".]+(?:\.[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\".]+)*"
)
_QUOTED_LOCAL = re.compile(r'"[^"\\\r\n]{1,62}"')
_LABELS = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_LOOSE = re.compile(r"[^\s<>()\[\]:;,\"\\@]{1,64}@[^\s<>()\[\]:;,\"\\@]{1,255}")
_ID = re.compile(rf"<[^<>\r\n]{{1,{_LONGEST_ID}}}>")
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_SPACES = re.compile(r"\s+")
_SPECIAL = re.compile(r'[\\"(),:;<>]')


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: its address in lower case, and what it calls itself, which proves nothing."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class AddressList:
    """The addresses of a field, and whether the field could be read by the rules."""

    addresses: tuple[Address, ...]
    sound: bool = True


def unfold(value: str) -> str:
    """A field's text on one line (RFC 5322, section 2.2.3)."""
    return _FOLD.sub(" ", value).strip()


def words(value: str, longest: int = _LONGEST_SUBJECT) -> str:
    """Unstructured text for people: encoded words decoded (RFC 2047), on one line, cut."""
    return _SPACES.sub(" ", printable(_decoded_words(unfold(value[:_LONGEST_WORDS])))).strip()[
        :longest
    ]


def _decoded_words(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        piece if isinstance(piece, str) else decode_text(piece, charset or "utf-8").text
        for piece, charset in pieces
    )


def ids(values: Sequence[str]) -> tuple[str, ...]:
    """Every `<id>` of the fields as it stands, malformed ones included, in order and once each."""
    found = (one for value in values for one in _ID.findall(unfold(value)))
    return tuple(dict.fromkeys(found))[:_MOST_IDS]


def date_of(value: str) -> datetime | None:
    """A date in UTC; nothing when it makes no sense."""
    try:
        at = parsedate_to_datetime(unfold(value))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def addresses(values: Sequence[str], *, groups: bool = True) -> AddressList:
    """The addresses of all fields of one name. Named groups give their members, if allowed.

    A field that breaks the rules gives what looks like an address in it, and is called unsound:
    good enough to tell who else reads along, never to tell who wrote.
    """
    found: list[Address] = []
    sound = True
    for value in values:
        read = _strict(unfold(value), groups)
        if read is None:
            sound = False
            loose = (normal(one) for one in _LOOSE.findall(value))
            found.extend(Address(one) for one in loose if one is not None)
        else:
            found.extend(read)
    return AddressList(tuple(found), sound)


def normal(address: str) -> str | None:
    """An address in the one form by which it is known: lower case, its domain in ASCII.

    Nothing when it is not one (RFC 5322, section 3.4.1; RFC 6531 allows letters beyond ASCII).
    """
    local, at, domain = address.rpartition("@")
    if not at or not (_LOCAL.fullmatch(local) or _QUOTED_LOCAL.fullmatch(local)):
        return None
    ascii_domain = normal_domain(domain)
    if ascii_domain is None or not local.isprintable():
        return None
    whole = f"{local.lower()}@{ascii_domain}"
    return whole if len(whole.encode()) <= _LONGEST_ADDRESS else None


def normal_domain(domain: str) -> str | None:
    """A domain in lower case and ASCII (RFC 5891); nothing when it is not one."""
    lower = domain.lower().removesuffix(".")
    if not lower.isascii():
        try:
            lower = idna.encode(lower, uts46=True).decode()
        except (idna.IDNAError, UnicodeError, ValueError):
            return None
    return lower if _LABELS.fullmatch(lower) else None


def _strict(value: str, groups: bool) -> list[Address] | None:
    """An address list by the rules of RFC 5322, section 3.4; nothing when it breaks them."""
    tokens = _tokens(value)
    if tokens is None or (not groups and (":", ":") in tokens):
        return None
    found: list[Address] = []
    for mailbox in _split(tokens):
        if not mailbox:
            continue  # "a@x.com,,b@x.com" is obsolete and harmless (section 4.4)
        address = _mailbox(mailbox)
        if address is None:
            return None
        found.append(address)
    return found


_Token = tuple[str, str]
"""What kind it is ("word", "quoted", "comment", "angle" or a special), and its text."""


def _tokens(value: str) -> list[_Token] | None:
    found: list[_Token] = []
    at = 0
    while at < len(value):
        special = _SPECIAL.search(value, at)
        end = special.start() if special else len(value)
        if value[at:end].strip():
            found.append(("word", value[at:end].strip()))
        if special is None:
            break
        at = _special(value, end, found)
        if at < 0:
            return None
    return found


def _special(value: str, at: int, found: list[_Token]) -> int:
    """Reads the token that begins with a special character; where it ends, or -1."""
    match value[at]:
        case '"':
            end = _closing_quote(value, at)
            found.append(("quoted", value[at + 1 : end]))
        case "(":
            end = _closing_bracket(value, at)
            found.append(("comment", value[at + 1 : end]))
        case "<":
            end = value.find(">", at)
            found.append(("angle", value[at + 1 : end].strip()))
        case "," | ";" | ":":
            end = at
            found.append((value[at], value[at]))
        case _:
            return -1
    return end + 1 if end >= at else -1


def _closing_quote(value: str, at: int) -> int:
    end = at + 1
    while end < len(value) and value[end] != '"':
        end += 2 if value[end] == "\\" else 1
    return end if end < len(value) else -1


def _closing_bracket(value: str, at: int) -> int:
    depth = 0
    end = at
    while end < len(value):
        if value[end] == "\\":
            end += 1
        elif value[end] in "()":
            depth += 1 if value[end] == "(" else -1
            if depth == 0:
                return end
        end += 1
    return -1


def _split(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    """The mailboxes of a list. A group gives its members (`name: a@x.com, b@x.com;`)."""
    one: list[_Token] = []
    for token in tokens:
        if token[0] == ":":
            one = []  # what stood before was the group's name
        elif token[0] in (",", ";"):
            yield one
            one = []
        elif token[0] != "comment" or one:
            one.append(token)
    yield one


def _mailbox(tokens: Sequence[_Token]) -> Address | None:
    while tokens and tokens[-1][0] == "comment":
        tokens = tokens[:-1]
    kinds = [kind for kind, _ in tokens]
    if kinds.count("angle") > 1 or "angle" in kinds[:-1]:
        return None
    if kinds and kinds[-1] == "angle":
        address = normal(tokens[-1][1])
        name = " ".join(text for kind, text in tokens[:-1] if kind in ("word", "quoted"))
    else:
        address = normal("".join(_bare(token) for token in tokens))
        name = ""
    return None if address is None else Address(address, _shown(name, address))


def _bare(token: _Token) -> str:
    """A token of an address without brackets; a comment inside one is no part of any."""
    kind, text = token
    return f'"{text}"' if kind == "quoted" else text if kind == "word" else " "


def _shown(name: str, address: str) -> str:
    """A name for people. One that looks like an address would be taken for the address."""
    shown = words(name.replace('\\"', '"').replace("\\\\", "\\"), _LONGEST_NAME).strip("'\" ")
    return "" if "@" in shown or shown.lower() == address else shown
