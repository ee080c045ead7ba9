"""What is wrong with the conditions of a rule, in words, before it is ever used.

It knows the facts, their types and the endings (`core.escalation.facts`), and nothing of the
playbook around them. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core.escalation.facts import (
    COUNTERS,
    FLAG,
    NUMBER,
    NUMBERS,
    TEXT,
    TEXTS,
    TIMED,
    TIMER,
    WORDS,
    split_key,
    type_of,
)
from core.escalation.patterns import fault_of
from core.playbook.model import Rule

_WANTED = {TEXT: "a text or a list of texts", NUMBER: "a number", FLAG: "true or false"}
_DEPTH = 4
"""How deep `any` may stand in `any`."""


def check_rule(rule: Rule, declared: Collection[str] = ()) -> tuple[str, ...]:
    """What is wrong with a rule, in words; nothing when it can be used.

    `declared` are the counts of the playbook's own.
    """
    faults = [*check_conditions(rule.when, declared), *check_conditions(rule.unless, declared)]
    faults += _check_stage(rule)
    if not rule.when:
        faults.append("it has no conditions under `when`")
    if not rule.then:
        faults.append("it does nothing: `then` is empty")
    return tuple(f"rule {rule.id}: {fault}" for fault in dict.fromkeys(faults))


def check_conditions(
    conditions: Mapping[str, object], declared: Collection[str] = (), depth: int = 0
) -> list[str]:
    """What is wrong with conditions, in words."""
    faults: list[str] = []
    for key, wanted in conditions.items():
        if key != "any":
            faults += _check_condition(key, wanted, declared)
        elif not isinstance(wanted, list | tuple) or not wanted:
            faults.append("`any` must be a list of tables")
        elif depth == _DEPTH:
            faults.append("`any` stands too deep in `any`")
        else:
            for one in wanted:
                if isinstance(one, Mapping) and one:
                    faults += check_conditions(one, declared, depth + 1)
                else:
                    faults.append("`any` holds no table")
    return faults


def stages_of(rule: Rule) -> tuple[str, ...]:
    """The stages a rule names; nothing when it names none."""
    named = rule.when.get("stage", ())
    return (named,) if isinstance(named, str) else tuple(map(str, _all_of(named)))


def _check_condition(key: str, wanted: object, declared: Collection[str]) -> list[str]:
    fact, ending = split_key(key)
    kind = type_of(fact)
    counts = fact.startswith("counters.")
    if kind is None or (counts and fact.partition(".")[2] not in {*COUNTERS, *declared}):
        return [f"the fact `{fact}` is not known"]
    if ending == "_missing":
        return [] if isinstance(wanted, bool) else [f"`{key}` needs true or false"]
    # What a customer told may be a number, too: an amount that a slot holds.
    comparable = kind == NUMBER or fact.startswith("slot.")
    if (ending in NUMBERS and not comparable) or (ending in TEXTS and kind != TEXT):
        return [f"`{ending}` does not go with `{fact}`, which is {_WANTED[kind]}"]
    if ending in NUMBERS:
        return [] if _is_number(wanted) else [f"`{key}` needs a number"]
    return _check_values(key, fact, ending, wanted, kind)


def _check_values(key: str, fact: str, ending: str, wanted: object, kind: str) -> list[str]:
    options = _all_of(wanted)
    if not options or not all(_is(one, kind) for one in options):
        return [f"`{key}` needs {_WANTED[kind]}"]
    if fact in WORDS and ending in ("", "_not", "_exact"):
        known = WORDS[fact]
        return [f"there is no {fact} {one!r}" for one in options if one not in known]
    if ending == "_regex":
        return [f"`{key}` {fault}" for one in options if (fault := fault_of(str(one))) is not None]
    return []


def _check_stage(rule: Rule) -> list[str]:
    """The stage stands by itself, and before the answer less is known."""
    faults = []
    hidden = [key for key in _keys(rule.when) if split_key(key)[0] == "stage" and key != "stage"]
    hidden += [key for key in _keys(rule.unless) if split_key(key)[0] == "stage"]
    if hidden or _keys(rule.when).count("stage") > ("stage" in rule.when):
        faults.append("`stage` belongs into `when` itself, as stage = with one of its names")
    stages = set(stages_of(rule))
    named = dict.fromkeys(split_key(key)[0] for key in (*_keys(rule.when), *_keys(rule.unless)))
    if stages == {"inbound"}:
        faults += [
            f"the fact `{fact}` is not known to an inbound rule"
            for fact in ("action", "grounded")
            if fact in named
        ]
    if TIMER in stages:
        faults += ["the stage timer stands alone"] if len(stages) > 1 else []
        faults += [
            f"the fact `{fact}` is not known to a timer rule"
            for fact in named
            if type_of(fact) is not None and not _is_timed(fact)
        ]
    return faults


def _is_timed(fact: str) -> bool:
    """Whether a fact is known though nobody writes."""
    return fact in TIMED or fact.partition(".")[0] in ("slot", "counters")


def _keys(conditions: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for key, wanted in conditions.items():
        if key != "any":
            found.append(key)
            continue
        for one in wanted if isinstance(wanted, list | tuple) else ():
            found += _keys(one) if isinstance(one, Mapping) else []
    return found


def _all_of(wanted: object) -> tuple[object, ...]:
    return tuple(wanted) if isinstance(wanted, list | tuple | frozenset | set) else (wanted,)


def _is(value: object, kind: str) -> bool:
    if kind == TEXT:
        return isinstance(value, str)
    return isinstance(value, bool) if kind == FLAG else _is_number(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
