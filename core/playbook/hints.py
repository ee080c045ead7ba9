"""What is allowed in a playbook and could be better, in sentences for whoever writes it.

Pure. A hint is no fault: nothing is refused over it. Each names the thing, what is odd about it,
and what follows for customers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil
from typing import TypeAlias

from core.playbook.article_hints import alike_articles, lacking_words
from core.playbook.model import Playbook, Rule

FEW_EXAMPLES = 8
"""Below this many examples an intent is understood, but not well."""
FEW_VARIANTS = 4
NEAR = 0.8
"""From this share of common words two examples are nearly the same."""
_SHOWN = 3
_Example: TypeAlias = tuple[str, str]
_DECIDING = ("escalate", "block")


def hints(playbook: Playbook) -> tuple[str, ...]:
    """All of them, in the order of the files."""
    return tuple(
        one
        for look in (
            _examples,
            _overlapping,
            _slots,
            _flows,
            _answers,
            _articles,
            alike_articles,
            lacking_words,
            _rules,
            _hours,
        )
        for one in look(playbook)
    )


def _examples(playbook: Playbook) -> Iterator[str]:
    for intent in playbook.intents:
        if len(intent.examples) < FEW_EXAMPLES and not intent.small_talk:
            count = len(intent.examples)
            yield f"{intent.name} has {count} examples; 10 or more are understood far better"


def _overlapping(playbook: Playbook) -> Iterator[str]:
    """Intents whose examples are nearly the same: one of the two will be missed now and then."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for (one, mine), (other, theirs) in _alike(playbook):
        found.setdefault((other, one), []).append((theirs, mine))
    for (one, other), pairs in found.items():
        mine, theirs = pairs[0]
        more = f", and {len(pairs) - 1} more" if len(pairs) > 1 else ""
        yield f"{one} and {other} are hard to tell apart: {mine!r} and {theirs!r}{more}"


def _alike(playbook: Playbook) -> Iterator[tuple[_Example, _Example]]:
    """Pairs of examples of two intents that share nearly all their words.

    Two of them share one of their rarest words, so that only those that do are compared.
    """
    words = {
        (intent.name, text): frozenset(re.findall(r"\w+", text.casefold()))
        for intent in playbook.intents
        for text in intent.examples
    }
    common = Counter(word for one in words.values() for word in one)
    seen: dict[str, list[_Example]] = {}
    for example, mine in words.items():
        rare = sorted(mine, key=lambda word: (common[word], word))
        rare = rare[: len(rare) - ceil(NEAR * len(rare)) + 1]
        for other in dict.fromkeys(one for word in rare for one in seen.get(word, ())):
            if other[0] != example[0] and _near(mine, words[other]):
                yield example, other
        for word in rare:
            seen.setdefault(word, []).append(example)


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < 2:
        return False
    return len(one & other) >= NEAR * len(one | other)


def _slots(playbook: Playbook) -> Iterator[str]:
    flows = playbook.flows.values()
    asked = {slot for flow in flows for slot in (*flow.slots, *flow.also)}
    for rule in playbook.rules:
        asked.update(_texts(rule.then.get("needs")))
        asked.update(_named(rule, "slot."))
    for name, slot in playbook.slots.items():
        # What is remembered is learned from messages, too, without being asked for.
        if name not in asked and not slot.remember:
            yield f"slot {name} is asked by no flow and no rule"


def _flows(playbook: Playbook) -> Iterator[str]:
    begun = {one.flow for one in playbook.intents}
    for name in playbook.flows:
        if name not in begun:
            yield f"flow {name} is begun by no intent"


def _answers(playbook: Playbook) -> Iterator[str]:
    for key, variants in playbook.answers.items():
        if len(variants) < FEW_VARIANTS:
            yield f"{key} has {len(variants)} variants; with 6 a long talk repeats none"


def _articles(playbook: Playbook) -> Iterator[str]:
    for one in playbook.articles:
        if not one.keywords and not one.intents:
            yield f"article {one.name} has no keywords and no intents; its words alone find it"
    searched = [one for one in playbook.intents if not one.flow and not one.answer]
    named = {name for article in playbook.articles for name in article.intents}
    named.add("talk_to_human")
    lacking = [one.name for one in searched if one.name not in named]
    if lacking:
        shown = ", ".join(lacking[:_SHOWN]) + (", ..." if len(lacking) > _SHOWN else "")
        yield f"no article names {shown}: what is said there is found by its words alone"


def _rules(playbook: Playbook) -> Iterator[str]:
    """Rules behind one that always decides before them."""
    ordered = sorted(playbook.rules, key=lambda one: one.priority)
    for place, rule in enumerate(ordered):
        first = next((one for one in ordered[:place] if _covers(one, rule)), None)
        if first is not None:
            yield f"rule {rule.id} never decides: {first.id} comes first and holds whenever it does"


def _covers(first: Rule, later: Rule) -> bool:
    """Whether the first decides wherever the later would."""
    if not any(first.then.get(one) for one in _DECIDING) or first.unless:
        return False
    if first.when.get("stage") != later.when.get("stage") or "any" in first.when:
        return False
    return all(_within(later.when.get(key), wanted) for key, wanted in first.when.items())


def _within(narrow: object, wide: object) -> bool:
    """Whether whatever meets one condition meets the other, of the same fact and operator."""
    if narrow == wide:
        return True
    if isinstance(wide, list) and narrow is not None:
        return set(_texts(narrow)) <= set(_texts(wide))
    return False


def _named(rule: Rule, prefix: str) -> Iterator[str]:
    for conditions in (rule.when, rule.unless):
        yield from _keys(conditions, prefix)


def _keys(conditions: Mapping[str, object], prefix: str) -> Iterator[str]:
    for key, value in conditions.items():
        if key == "any" and isinstance(value, list | tuple):
            for one in value:
                if isinstance(one, Mapping):
                    yield from _keys(one, prefix)
        elif key.startswith(prefix):
            name = key.removeprefix(prefix)
            yield name
            # An operator is an ending of the name; which one it is does not matter here.
            parts = name.split("_")
            yield from ("_".join(parts[:end]) for end in range(1, len(parts)))


def _texts(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


def _hours(playbook: Playbook) -> Iterator[str]:
    if not any(playbook.hours.week.values()):
        yield "no opening hours: a handoff cannot say when somebody answers"
