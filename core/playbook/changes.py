"""What is otherwise in one playbook than in another, in sentences for the people who wrote them.

Pure. It compares what a playbook means, not its files: a comment that was moved is no change. The
sentences are short, name the thing first, and come in the order in which people think of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeAlias

from core.playbook.model import Article, Flow, Intent, Playbook, Rule, Slot, Table

Named: TypeAlias = Mapping[str, Any]

_SHORT = 40
"""Characters up to which a value is told."""

_WORDS = {
    "examples": "examples",
    "ask": "the wording of its question",
    "offer": "the wording of its offer",
    "found": "what is said at its end",
    "missing": "what is said when nothing is found",
    "body": "its text",
    "when": "when it holds",
    "unless": "its exception",
    "then": "what it does",
    "look_up": "what it looks up",
    "refused": "what is said when the business says no",
    "to_people": "the reasons for which it goes to people",
    "also": "what it takes in without asking",
    "guest_only": "whether only guests are asked",
    "in_wish": "whether the wish may tell it",
    "small_talk": "whether it is small talk",
    "needs": "the level it needs",
    "rows": "its rows",
}
"""How a field is called in a sentence, where its own name does not say it."""


def changes(before: Playbook, after: Playbook) -> tuple[str, ...]:
    """Every difference of meaning; none where two playbooks differ in their comments alone."""
    return tuple(_all(before, after))


def _all(before: Playbook, after: Playbook) -> Iterator[str]:
    kinds: tuple[tuple[str, Callable[[Playbook], Named]], ...] = (
        ("Intent", lambda one: _by(one.intents, "name")),
        ("Flow", lambda one: one.flows),
        ("Slot", lambda one: one.slots),
        ("Answer", lambda one: one.answers),
        ("Article", lambda one: _by(one.articles, "name")),
        ("Rule", lambda one: _by(one.rules, "id")),
        ("Table", lambda one: one.tables),
        ("Counter", lambda one: one.counters),
        ("Setting", lambda one: one.settings),
    )
    for kind, of in kinds:
        yield from _of_kind(kind, of(before), of(after))
    yield from _rest(before, after)


def _by(many: tuple[Any, ...], key: str) -> Named:
    return {getattr(one, key): one for one in many}


def _of_kind(kind: str, before: Named, after: Named) -> Iterator[str]:
    for name in after:
        if name not in before:
            yield f"{kind} {name}: added"
        elif before[name] != after[name]:
            yield f"{kind} {name}: {_difference(before[name], after[name])}"
    for name in before:
        if name not in after:
            yield f"{kind} {name}: removed"


def _difference(before: object, after: object) -> str:
    if isinstance(before, Intent | Flow | Slot | Article | Rule | Table):
        names = [one.name for one in fields(before)]
        parts = [
            _field(name, getattr(before, name), getattr(after, name))
            for name in names
            if getattr(before, name) != getattr(after, name)
        ]
        return ", ".join(parts)
    if isinstance(before, int | float | str):
        return f"{_value(before)} is now {_value(after)}"
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _of_list("wording", before, after)
    return "changed"


def _field(name: str, before: object, after: object) -> str:
    words = _WORDS.get(name, name.replace("_", " "))
    if name in ("examples", "keywords", "choices", "patterns", "cues", "intents", "rows"):
        assert isinstance(before, tuple)
        assert isinstance(after, tuple)
        return _of_list(words, before, after)
    plain = (bool, int, float, str, type(None))
    both = (before, after)
    short = all(isinstance(one, plain) and len(str(one)) <= _SHORT for one in both)
    if short and name != "body":
        return f"{words} {_value(before)} is now {_value(after)}"
    return f"{words} changed"


def _of_list(words: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    """How many of a list are new and how many are gone; else that their order is another."""
    new = sum(one not in before for one in after)
    gone = sum(one not in after for one in before)
    if not new and not gone:
        return f"{words} in another order"
    told = [f"{count} {how}" for count, how in ((new, "new"), (gone, "gone")) if count]
    return f"{words} changed ({', '.join(told)})"


def _rest(before: Playbook, after: Playbook) -> Iterator[str]:
    """What there is only one of."""
    told = {
        "name": "Name",
        "business": "Business",
        "language": "Language",
        "region": "Region",
        "hours": "Opening hours",
        "protected_patterns": "Protected patterns",
        "stages": "Stages",
        "rule_defaults": "Defaults of rules",
        "limits": "Limits of answers",
    }
    known = {*told, "version", "intents", "flows", "slots", "answers", "articles", "rules"}
    known |= {"tables", "counters", "settings"}
    for one in filter(lambda one: one.compare, fields(Playbook)):
        was, now = getattr(before, one.name), getattr(after, one.name)
        if one.name in told and was != now:
            yield f"{told[one.name]}: {_short(was, now)}"
        elif one.name not in known and was != now:
            yield f"{one.name.replace('_', ' ').capitalize()}: changed"


def _short(before: object, after: object) -> str:
    if isinstance(before, str) and isinstance(after, str):
        return f"{_value(before)} is now {_value(after)}"
    return "changed"


def _value(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
