"""The escalation table: which rule hands a case to people, from facts alone.

Rows are data: facts with an operator as key suffix, combined by `any` and `unless`. All rules are
checked in ascending priority, and the first that escalates or blocks wins. No expressions, no code,
no side effects; `core.escalation.conditions` names every fault of a row before it is ever used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.escalation.facts import COUNTERS, FACTS, SUFFIXES, split_key
from core.playbook.model import Rule

__all__ = [
    "COUNTERS",
    "DEFAULT_RULES",
    "FACTS",
    "SUFFIXES",
    "Verdict",
    "asked_by",
    "asked_in",
    "decides",
    "evaluate",
    "holds",
    "split_key",
    "stuck_rules",
]

TEXT_LIMIT = 4_000
"""Characters of a text that words are looked for in."""

EXPRESSION_LIMIT = 2_000
"""Characters of a text that expressions are tried on: `core.escalation.patterns` lets none pass
that takes longer than the square of it."""

_WORD = re.compile(r"\w+")

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the table says: the rule that wins, if any, and every rule whose conditions hold."""

    winner: Rule | None
    matched: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    """The rules that `matched` names, in the same order: what they do besides accumulates."""


NOTHING = Verdict(None, ())
"""What the table says where no rule holds."""


def evaluate(rules: Sequence[Rule], facts: Facts, silent: Container[str] = ()) -> Verdict:
    """Check all rules in ascending priority, ties in their order; those `silent` names rest."""
    found = tuple(
        [
            rule
            for rule in sorted(rules, key=_priority)
            if holds(rule.when, facts)
            and not (rule.unless and holds(rule.unless, facts))
            and rule.id not in silent
        ]
    )
    if not found:
        return NOTHING
    winner = next((one for one in found if decides(one)), None)
    return Verdict(winner, tuple(one.id for one in found), found)


def _priority(rule: Rule) -> int:
    return rule.priority


def decides(rule: Rule) -> bool:
    """Whether a rule ends the turn: by handing over, or by saying nothing."""
    return bool(rule.then.get("escalate") or rule.then.get("block"))


def holds(conditions: Mapping[str, object], facts: Facts) -> bool:
    """Whether all conditions are true; of the list under `any`, one is enough."""
    for key, wanted in conditions.items():
        if key == "any":
            options = wanted if isinstance(wanted, list | tuple) else ()
            if not any(isinstance(one, Mapping) and holds(one, facts) for one in options):
                return False
        else:
            name, operator = split_key(key)
            if not _OPERATORS[operator](facts.get(name), wanted):
                return False
    return True


def asked_by(rules: Iterable[Rule]) -> frozenset[str]:
    """Every fact that a condition of these rules asks for."""
    return frozenset(name for one in rules for name in (*asked_in(one.when), *asked_in(one.unless)))


def asked_in(conditions: Mapping[str, object]) -> Iterator[str]:
    """Every fact that these conditions ask for, those under `any` included."""
    for key, wanted in conditions.items():
        if key != "any":
            yield split_key(key)[0]
            continue
        for one in wanted if isinstance(wanted, list | tuple) else ():
            yield from asked_in(one) if isinstance(one, Mapping) else ()


def _fold(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFKC", value).casefold().strip()
    return value


def _options(wanted: object) -> tuple[object, ...]:
    return tuple(wanted) if isinstance(wanted, list | tuple | frozenset | set) else (wanted,)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _equals(value: object, wanted: object) -> bool:
    """Whether a value is what is wanted, or one of it; of several values, one is enough."""
    values = value if isinstance(value, tuple) else (value,)
    return any(_fold(mine) == _fold(one) for mine in values for one in _options(wanted))


def _compare(test: Callable[[float, float], bool]) -> Callable[[object, object], bool]:
    def compare(value: object, wanted: object) -> bool:
        mine, bar = _number(value), _number(wanted)
        return mine is not None and bar is not None and test(mine, bar)

    return compare


def _any_words(value: object, wanted: object) -> bool:
    text, said = _plain(str(value or ""))
    first, pattern = _words(wanted if isinstance(wanted, tuple) else _options(wanted))
    if first and first.isdisjoint(said):
        return False
    return pattern is not None and pattern.search(text) is not None


@lru_cache(maxsize=64)
def _plain(text: str) -> tuple[str, frozenset[str]]:
    """A text as words are looked for in it, and its words: several rules ask for some."""
    plain = unicodedata.normalize("NFKC", text)[:TEXT_LIMIT].casefold().replace("’", "'")
    return plain, frozenset(_WORD.findall(plain))


@lru_cache(maxsize=256)
def _words(phrases: tuple[object, ...]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """The words with which the phrases begin, and the pattern that finds any of them.

    The first are few enough to tell most texts apart without a search; when a phrase begins with
    none, there are none.
    """
    folded = [unicodedata.normalize("NFKC", str(one)).casefold().split() for one in phrases]
    parts = [r"\s+".join(re.escape(word) for word in one) for one in folded if one]
    if not parts:
        return frozenset(), None
    begins = [_WORD.match(one[0]) for one in folded if one]
    first = frozenset(word[0] for word in begins if word is not None)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
    return (
        first if len(begins) == sum(word is not None for word in begins) else frozenset()
    ), pattern


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _regex(value: object, wanted: object) -> bool:
    text = str(value or "")[:EXPRESSION_LIMIT]
    return any(_expression(str(one)).search(text) is not None for one in _options(wanted))


def _missing(value: object, wanted: object) -> bool:
    return (value in (None, "", ())) is bool(wanted)


_OPERATORS: Mapping[str, Callable[[object, object], bool]] = {
    "": _equals,
    "_not": lambda value, wanted: not _equals(value, wanted),
    "_gte": _compare(lambda value, bar: value >= bar),
    "_lte": _compare(lambda value, bar: value <= bar),
    "_gt": _compare(lambda value, bar: value > bar),
    "_lt": _compare(lambda value, bar: value < bar),
    "_any_words": _any_words,
    "_regex": _regex,
    "_exact": _equals,
    "_missing": _missing,
}

SAFETY_WORDS = (
    "suicide",
    "suicidal",
    "kill myself",
    "killing myself",
    "end my life",
    "take my own life",
    "self harm",
    "self-harm",
    "hurt myself",
    "harm myself",
    "want to die",
    "i am in danger",
    "i'm in danger",
    "kill you",
    "bomb threat",
    "being abused",
)
LEGAL_WORDS = (
    "lawyer",
    "attorney",
    "solicitor",
    "lawsuit",
    "sue you",
    "suing you",
    "legal action",
    "take you to court",
    "gdpr request",
    "data protection request",
    "chargeback",
    "ombudsman",
)


@lru_cache(maxsize=64)
def stuck_rules(fallback_limit: int, negative_limit: int) -> tuple[Rule, ...]:
    """The rules that end a talk that leads nowhere; a limit of 0 leaves its rule out."""
    rules = [
        Rule(
            "unanswered",
            910,
            {"counters.unanswered_gte": 1},
            {"escalate": True, "say": "handoff_stuck"},
        )
    ]
    if fallback_limit > 0:
        when = {"counters.fallbacks_gte": fallback_limit, "grounded": False}
        rules.append(Rule("no-answer", 920, when, {"escalate": True, "say": "handoff_stuck"}))
    if negative_limit > 0:
        then = {"escalate": True, "urgency": "high", "say": "handoff_sorry"}
        rules.append(Rule("negative", 930, {"counters.negative_gte": negative_limit}, then))
    return tuple(rules)


DEFAULT_RULES: tuple[Rule, ...] = (
    Rule(
        "safety",
        10,
        {"text_any_words": SAFETY_WORDS},
        {"escalate": True, "queue": "safety", "urgency": "critical", "say": "safety_notice"},
    ),
    Rule(
        "legal",
        20,
        {"text_any_words": LEGAL_WORDS},
        {"escalate": True, "queue": "legal", "urgency": "high", "say": "handoff_legal"},
    ),
    Rule(
        "asked-for-human",
        30,
        {"any": ({"intent": "talk_to_human", "confidence_gte": 0.5}, {"asked_human": True})},
        {"escalate": True, "say": "handoff_requested"},
    ),
)
"""The table of a playbook that has none of its own."""
