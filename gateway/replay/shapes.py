"""What values look like: from a slot's name and the values others told, its kind and its patterns.

Pure functions over strings. Nothing here knows a business: a kind is guessed from words that slot
names share everywhere, and a pattern is a value with its letters and digits counted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from gateway.replay.wording import STORIES

SECRET_WORDS = ("pin", "ssn", "social", "card", "password", "passcode", "cvv", "cvc", "secret")
SECRET_KINDS = {"card": "card", "cvv": "card", "cvc": "card", "ssn": "national_id", "pin": "pin"}
SECRET_KINDS |= {"social": "national_id", "password": "password", "passcode": "password"}

KIND_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("email", ("email", "mail")),
    ("phone", ("phone", "mobile", "telephone")),
    ("time", ("time", "hour")),
    ("date", ("date", "day", "birth", "dob", "month")),
    ("money", ("amount", "price", "fee", "balance", "cost", "fare")),
    ("number", ("quantity", "count", "passengers", "guests", "year", "zip", "zipcode")),
)
YES_NO = frozenset({"yes", "no", "true", "false"})

_NOT_A_CODE = (
    r"(?!(?:is|was|are|my|no|at|on|in|to|of|the|for|and|by|say|its|am|id|number|not|room)\b)"
)
_RUN = re.compile(r"[A-Za-z]+|\d+|\s+|[^A-Za-z\d\s]")
_LETTERS = r"(?!(?:my|no|is|and|the|it|for|on|at|of|to|in|am|pm|i)\b)[A-Za-z]{1,3}"
SPELLED = (
    rf"(?<![\w#])(?:{_LETTERS}\s\d{{1,3}}|\d{{1,3}}\s{_LETTERS}(?=\s\d))"
    rf"(?:\s(?:{_LETTERS}(?=\s\d)|\d{{1,3}}))*\s(?:{_LETTERS}|\d{{1,3}})(?!\w)"
)
"""A code told in pieces, in a pattern that knows no lengths: three pieces or more."""
_SPELLED_LEAST = 3
_MIN_SUFFIX = 5
_MAX_RUNS = 12
_LONGEST_CODE = 24
_BRIEF = 2.5
"""Words of a value that is picked rather than told."""


def guess_kind(words: Sequence[str], values: Sequence[str], choices: Sequence[str] = ()) -> str:
    """One of `core.playbook.model.SLOT_KINDS` for a slot of this name (in words) with these values.

    `choices` are the values that several dialogues share: a choice is between two at least.
    """
    if any(word in SECRET_WORDS for word in words):
        return "secret"
    if values and all(value.lower() in YES_NO for value in values):
        return "yes_no"
    for kind, triggers in KIND_WORDS:
        if any(word in triggers for word in words):
            return kind
    if _share(values, lambda value: "@" in value) > 0.5:
        return "email"
    if words and words[-1] in ("name", "username"):
        return "name"
    folded = {choice.casefold() for choice in choices}
    shared = _share(values, lambda value: value.casefold() in folded)
    if "answer" not in words and len(choices) > 1 and shared >= 0.8:
        return "choice"
    if _share(values, _is_code) > 0.5:
        return "order"
    brief = values and median(len(value.split()) for value in values) <= _BRIEF
    if brief and "answer" not in words and not STORIES.intersection(words):
        return "choice"
    return "text"


def secret_kind(words: Sequence[str]) -> str:
    """Which kind of secret a slot of this name holds."""
    return next((SECRET_KINDS[word] for word in words if word in SECRET_KINDS), "password")


def list_choices(values: Iterable[tuple[str, str]], least: int = 2) -> tuple[str, ...]:
    """Values that at least `least` dialogues told, from pairs of (dialogue id, value)."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    spelled: dict[str, str] = {}
    for dialogue, value in values:
        folded = " ".join(value.split()).casefold()
        if not any(char.isdigit() for char in folded) and len(folded.split()) <= 4:
            seen[folded].add(dialogue)
            spelled.setdefault(folded, " ".join(value.split()))
    kept = [folded for folded, dialogues in seen.items() if len(dialogues) >= least]
    return tuple(spelled[folded] for folded in sorted(kept))


def generalise(values: Sequence[str]) -> tuple[str, ...]:
    """Regular expressions for the shapes of values that hold digits, the most frequent first.

    "hth 656" and "df 02" become runs of counted letters and digits; a shape is kept when two values
    have it, or when it mixes letters and digits in an unmistakable way. A suffix that three or
    more values share ("gmailcom") is a shape too.
    """
    spans: defaultdict[str, list[list[tuple[str, int]]]] = defaultdict(list)
    for value in values:
        runs = [(_class(run), len(run)) for run in _RUN.findall(value.strip())]
        if any(kind == "D" for kind, _ in runs) and len(runs) <= _MAX_RUNS:
            spans["".join(kind for kind, _ in runs)].append(runs)
    patterns: list[str] = []
    for signature, every in sorted(spans.items(), key=lambda item: (-len(item[1]), item[0])):
        groups = _neighbours(every) if signature == "D" else [every]
        kept = [one for one in groups if len(one) > 1 or _is_telling(signature, one[0])]
        patterns.extend(_pattern(one) for one in kept)
    if sum(len(found) for key, found in spans.items() if _is_spelled(key)) >= _SPELLED_LEAST:
        patterns.insert(0, SPELLED)
    return (*patterns, *shared_ends(values))


def _is_spelled(signature: str) -> bool:
    """Letters and digits told in turns, with spaces between: "a 3 f 6 h 8"."""
    return re.fullmatch(r"[LD](?: [LD]){2,}", signature) is not None and len(set(signature)) == 3


def _neighbours(found: list[list[tuple[str, int]]]) -> list[list[list[tuple[str, int]]]]:
    """Plain numbers in groups of neighbouring lengths, so that one odd value widens nothing."""
    groups: list[list[list[tuple[str, int]]]] = []
    for runs in sorted(found, key=lambda runs: runs[0][1]):
        if groups and runs[0][1] - groups[-1][-1][0][1] <= 1:
            groups[-1].append(runs)
        else:
            groups.append([runs])
    return sorted(groups, key=lambda group: -len(group))


def _class(run: str) -> str:
    if run[0].isdigit():
        return "D"
    if run[0].isspace():
        return " "
    return "L" if run[0].isalpha() else run


def _is_telling(signature: str, runs: list[tuple[str, int]]) -> bool:
    digits = sum(count for kind, count in runs if kind == "D")
    return ("L" in signature and digits >= 2) or digits >= 5


def _pattern(found: list[list[tuple[str, int]]]) -> str:
    parts: list[str] = []
    for column in zip(*found, strict=True):
        kind = column[0][0]
        least, most = min(count for _, count in column), max(count for _, count in column)
        if kind == "D":
            parts.append(r"\d" + _times(least, most))
        elif kind == "L":
            parts.append(
                "[A-Za-z]" + (_times(least, most) if most <= 4 else f"{{{min(least, 2)},}}")
            )
        else:
            parts.append(r"\s+" if kind == " " else re.escape(kind))
    body = "".join(parts)
    # Most words fail at once for want of a digit behind them; the list is for those that do not.
    start = f"(?={body}){_NOT_A_CODE}" if found[0][0][0] == "L" else ""
    return rf"(?<![\w#])(?<!\d[:.,/-]){start}{body}(?![\w%])(?![:.,/-]\d)"


def _times(least: int, most: int) -> str:
    if least == most:
        return "" if least == 1 else f"{{{least}}}"
    return f"{{{least},{most}}}"


def shared_ends(values: Sequence[str]) -> tuple[str, ...]:
    """Regular expressions for the ends that three or more values share ("gmailcom")."""
    ends = Counter(value.strip().lower()[-_MIN_SUFFIX - 1 :] for value in set(values))
    found: list[str] = []
    for end, count in sorted(ends.items(), key=lambda item: (-item[1], item[0])):
        if count >= 3 and len(end) > _MIN_SUFFIX and end.isalpha():
            found.append(rf"(?<!\w)(?:[A-Za-z]+\s+\d+\s+)?[\w.]*{end}(?!\w)")
    return tuple(found)


def _is_code(value: str) -> bool:
    return any(char.isdigit() for char in value) and len(value) <= _LONGEST_CODE


def _share(values: Sequence[str], test: object) -> float:
    assert callable(test)
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0
