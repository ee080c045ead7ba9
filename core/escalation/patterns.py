"""Whether an expression of a business takes time in proportion to what it is tried on.

Python's expressions go back and try again, and one that is written carelessly can do so for years
over a message made for it. What could is refused when the playbook is loaded, with the reason:
repeats in repeats, alternatives in a repeat that begin alike, two open repeats over the same
characters, references back. It errs on the side of refusing; it must never run an expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

PATTERN_LIMIT = 500
"""Characters that an expression may have."""

OPEN = 100
"""A repeat of more than this is as good as one without an end."""

WAYS = 10_000
"""Ways to share out a text between two bounded repeats that are still soon tried."""

_parser: Any = re._parser  # type: ignore[attr-defined]  # the parser of the standard library
_REPEATS = frozenset(("MAX_REPEAT", "MIN_REPEAT"))
_SAMPLES = tuple(map(chr, range(9, 14))) + tuple(map(chr, range(32, 127))) + tuple("äßéñ…€")
_EVERY = frozenset(_SAMPLES)

Items = Sequence[tuple[Any, Any]]


def fault_of(pattern: str) -> str | None:
    """What is wrong with an expression, in words that follow "it"; nothing when it may be used."""
    if len(pattern) > PATTERN_LIMIT:
        return f"has {len(pattern)} characters, more than {PATTERN_LIMIT}"
    try:
        parsed = _parser.parse(pattern, re.IGNORECASE)
        re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as fault:
        return f"is no regular expression: {getattr(fault, 'msg', fault)}"
    items = list(parsed)
    if _ways(items) > WAYS:
        return "has so many repeats that a text fits it in too many ways"
    return _slow(items) or _shared(items)


def _ways(items: Items) -> int:
    """In how many ways the bounded repeats may share out a text, at most."""
    ways = 1
    for operator, given in items:
        name = str(operator)
        if name in _REPEATS and int(given[1]) <= OPEN:
            ways *= int(given[1]) - int(given[0]) + 1
        for body in _bodies(name, given):
            ways *= _ways(body)
    return ways


def _slow(items: Items, ways: int = 1) -> str | None:
    """What in these parts may take too long inside of a repeat that goes `ways` ways; 1 is none."""
    for operator, given in items:
        name = str(operator)
        if name == "GROUPREF":
            return "refers back to what a group found"
        if name == "BRANCH" and ways > 1 and _begin_alike(given[1]):
            return "has alternatives in a repeat that may begin with the same character"
        inside = ways
        if name in _REPEATS:
            least, most, _ = given
            if least != most and _too_many(ways, int(most)):
                return "has a repeat inside of a repeat"
            if most > 1:
                inside = max(ways, min(int(most), OPEN + 1))
        for body in _bodies(name, given):
            if (found := _slow(body, inside)) is not None:
                return found
    return None


def _too_many(outer: int, inner: int) -> bool:
    if outer == 1:
        return False
    if outer > OPEN or inner > OPEN:
        return True
    return bool(max(inner, 2) ** outer > WAYS)


def _shared(items: Items) -> str | None:
    """Whether two open repeats could share out the same characters between them."""
    flat = list(_flat(items))
    for at, (first, is_open) in enumerate(flat):
        if not is_open:
            continue
        for other, other_open in flat[at + 1 :]:
            if other_open and first & other:
                return "has two open repeats that fit the same characters"
            if not other_open and other and not first & other:
                break
    return None


def _flat(items: Items) -> Iterator[tuple[frozenset[str], bool]]:
    """Each part in its order: the characters it takes, and whether it does so without an end.

    What need not be there separates nothing and is left out, unless it is open itself.
    """
    for operator, given in items:
        name = str(operator)
        if name in _REPEATS:
            least, most, body = given
            if most > OPEN:
                yield _takes(list(body)), True
            elif least > 0 or any(is_open for _, is_open in _flat(list(body))):
                yield from _flat(list(body))
        elif name == "SUBPATTERN":
            yield from _flat(list(given[3]))
        elif name == "BRANCH":
            for one in given[1]:
                yield from ((takes, True) for takes, is_open in _flat(list(one)) if is_open)
        elif (takes := _takes([(operator, given)])) != frozenset():
            yield takes, False


def _bodies(name: str, given: Any) -> Iterator[Items]:
    if name in _REPEATS or name == "POSSESSIVE_REPEAT":
        yield list(given[2])
    elif name == "SUBPATTERN":
        yield list(given[3])
    elif name == "BRANCH":
        yield from (list(one) for one in given[1])
    elif name in ("ASSERT", "ASSERT_NOT"):
        yield list(given[1])
    elif name == "ATOMIC_GROUP":
        yield list(given)


def _begin_alike(branches: Sequence[Any]) -> bool:
    taken: frozenset[str] = frozenset()
    for one in branches:
        begins = _begins(list(one))
        if not begins or taken & begins:
            return True
        taken |= begins
    return False


def _begins(items: Items) -> frozenset[str]:
    """The characters that these parts may begin with; nothing when they may be empty."""
    found: frozenset[str] = frozenset()
    for operator, given in items:
        name = str(operator)
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue
        if name in _REPEATS:
            found |= _begins(list(given[2]))
            if given[0] == 0:
                continue
            return found
        if name == "SUBPATTERN":
            return found | _begins(list(given[3]))
        if name == "BRANCH":
            every = [_begins(list(one)) for one in given[1]]
            return found.union(*every) if all(every) else frozenset()
        return found | _takes([(operator, given)])
    return frozenset()


def _takes(items: Items) -> frozenset[str]:
    """Every character that these parts could take, of those that are tried."""
    found: frozenset[str] = frozenset()
    for operator, given in items:
        name = str(operator)
        if name in ("LITERAL", "NOT_LITERAL"):
            same = frozenset(one for one in _SAMPLES if one.lower() == chr(given).lower())
            same = same or frozenset(chr(given))
            found |= same if name == "LITERAL" else _EVERY - same
        elif name == "ANY":
            found |= _EVERY
        elif name == "IN":
            found |= _class(tuple(given))
        elif name not in ("AT", "ASSERT", "ASSERT_NOT"):
            found = found.union(*(_takes(body) for body in _bodies(name, given)))
    return found


@lru_cache(maxsize=256)
def _class(members: tuple[Any, ...]) -> frozenset[str]:
    """The characters of a class such as `[a-z]` or `\\d`."""
    found: set[str] = set()
    negated = False
    for operator, given in members:
        name = str(operator)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found |= {one for one in _SAMPLES if one.lower() == chr(given).lower()} or {chr(given)}
        elif name == "RANGE":
            low, high = given
            found |= {one for one in _SAMPLES if low <= ord(one) <= high}
            found |= {one.swapcase() for one in found if len(one.swapcase()) == 1}
        else:
            found |= {one for one in _SAMPLES if _CATEGORIES[str(given)].match(one)}
    return _EVERY - found if negated else frozenset(found)


_CATEGORIES = {
    "CATEGORY_DIGIT": re.compile(r"\d"),
    "CATEGORY_NOT_DIGIT": re.compile(r"\D"),
    "CATEGORY_SPACE": re.compile(r"\s"),
    "CATEGORY_NOT_SPACE": re.compile(r"\S"),
    "CATEGORY_WORD": re.compile(r"\w"),
    "CATEGORY_NOT_WORD": re.compile(r"\W"),
}
