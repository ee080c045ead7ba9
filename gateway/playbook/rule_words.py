"""Says a rule of a playbook in one sentence, for whoever looks at it and has never written one.

Pure wording over what the file says: a fact that this knows no words for is told by its name. What
a rule means is `core.escalation.facts`' and `core.escalation.rules`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.escalation.facts import split_key

_SHOWN = 6
"""Values of a list that are shown; of more, how many there are."""

_SUBJECTS = {
    "text": "the message",
    "intent": "what is asked for",
    "confidence": "the certainty",
    "margin": "the lead over the next intent",
    "sentiment": "the mood",
    "amount": "a sum in it",
    "action": "the flow at its end",
    "level": "the proof of who writes",
    "stage": "the time of the check",
    "status": "the case",
    "minutes_since_first": "minutes since the case began",
    "minutes_waiting": "minutes of waiting",
}

_KINDS = {
    "slot": "the detail “{}”",
    "counters": "the count “{}”",
    "customer": "the customer's {}",
}

_FLAGS = {
    "business_hours": ("the shop is open", "the shop is closed"),
    "grounded": ("there is an answer", "there is no answer"),
    "asked_human": ("a person was asked for", "no person was asked for"),
}

_OPERATORS = {
    "": "is",
    "_exact": "is exactly",
    "_not": "is not",
    "_any_words": "has",
    "_gt": "is more than",
    "_gte": "is at least",
    "_lt": "is less than",
    "_lte": "is at most",
}

_DEEDS = {
    "escalate": "a person takes over",
    "block": "nothing is said ({})",
    "ask": "“{}” is said instead of an answer",
    "say": "“{}” is said",
    "tag": "it is tagged {}",
    "needs": "{} is asked for first",
    "set": "{} is counted",
    "require_confirm": "a yes is waited for",
}
"""What a rule does, in the order in which it is told."""


def rule_words(
    when: Mapping[str, object], then: Mapping[str, object], unless: Mapping[str, object]
) -> str:
    """When the rule holds and what it does then, as a sentence."""
    held = f"When {_all_of(when)}"
    if unless:
        held += f", unless {_all_of(unless)}"
    return f"{held}: {'; '.join(_deeds(then)) or 'nothing is done'}."


def _all_of(conditions: Mapping[str, object]) -> str:
    return " and ".join(_condition(key, value) for key, value in conditions.items())


def _condition(key: str, value: object) -> str:
    if key == "any":
        rows = value if isinstance(value, list | tuple) else ()
        return " or ".join(f"({_all_of(one)})" for one in rows if isinstance(one, Mapping))
    fact, ending = split_key(key)
    if fact in _FLAGS and isinstance(value, bool):
        return _FLAGS[fact][value == (ending == "_not")]
    if ending == "_missing":
        return f"{_subject(fact)} is {'not known' if value else 'known'}"
    if ending == "_regex":
        return f"{_subject(fact)} fits a pattern"
    return f"{_subject(fact)} {_OPERATORS[ending]} {_values(value, 'or')}"


def _subject(fact: str) -> str:
    kind, _, name = fact.partition(".")
    words = _KINDS.get(kind) if name else _SUBJECTS.get(fact)
    return (words or "{}").format(_plain(name or fact))


def _deeds(then: Mapping[str, object]) -> Iterator[str]:
    for name, words in _DEEDS.items():
        value = then.get(name)
        if value is None or value is False:
            continue
        told = words.format(_values(value, "and", quoted=False))
        yield told + (_to_whom(then) if name == "escalate" else "")
    if then.get("reason"):
        yield f"people read “{str(then['reason']).rstrip('.')}”"


def _to_whom(then: Mapping[str, object]) -> str:
    said = [
        f"queue {then['queue']}" if "queue" in then else "",
        f"urgency {then['urgency']}" if "urgency" in then else "",
    ]
    told = ", ".join(one for one in said if one)
    return f" ({told})" if told else ""


def _values(value: object, last: str, *, quoted: bool = True) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_plain(name.partition('.')[2])} {one}" for name, one in value.items())
    many = list(value) if isinstance(value, list | tuple) else [value]
    cut = len(many) if len(many) <= _SHOWN + 1 else _SHOWN
    shown = [_value(one, quoted=quoted) for one in many[:cut]]
    if cut < len(many):
        shown.append(f"{len(many) - cut} others")
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _value(value: object, *, quoted: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return str(value)
    return f"“{_plain(value)}”" if quoted else _plain(value)


def _plain(name: str) -> str:
    return name.replace("_", " ")
