"""Writes identity rules as the text they are read from: every key, with what it has now.

Pure. What it writes, `core.identity.rule_reader` reads as the same rules. An installation without
a text of its own begins with this one, so that what is in force can always be seen in full.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta

from core.identity.rules import IdentityRules, JoinRule, KindRule

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


def write_identity_rules(rules: IdentityRules) -> str:
    """The rules as TOML, with a comment at each part."""
    parts = [
        "# Who is who: what joins people over their channels, and what they may then read.",
        *_top(rules),
        *_part(
            "[levels]",
            "What a sender has to have proved, and every link on the way with it.",
            {
                "conversation": int(rules.levels.conversation),
                "history": int(rules.levels.history),
                "personal": int(rules.levels.personal),
            },
        ),
        *_part("[codes]", "One-time codes; limits count within an hour.", _codes(rules)),
        *_part(
            "[decay]",
            "After so many silent days whoever writes next is taken for somebody else; 0 is never.",
            {"phone": 0, **_days(rules.decay)},
        ),
    ]
    for kind, rule in rules.kinds.items():
        parts += _part(f"[kinds.{_key(kind)}]", "", _kind(rule))
    for join in rules.joins:
        parts += _part("[[joins]]", "", _join(join))
    parts += _part("[suggestions]", "", {"threshold": rules.suggestions.threshold})
    parts += _part("[suggestions.weights]", "", rules.suggestions.weights)
    if rules.disclosure:
        parts += _part("[disclosure]", "The most that may be told on a channel.", rules.disclosure)
    return "\n".join(parts) + "\n"


def _top(rules: IdentityRules) -> list[str]:
    return [
        f"cooling_off_minutes = {rules.cooling_off // _MINUTE}",
        f"component_limit = {rules.component_limit}",
        f"blocked = {_value(rules.blocked)}",
        f"shared = {_value(rules.shared)}",
    ]


def _codes(rules: IdentityRules) -> dict[str, object]:
    codes = rules.codes
    return {
        "digits": codes.digits,
        "life_minutes": codes.life // _MINUTE,
        "tries": codes.tries,
        "per_asker": codes.per_asker,
        "per_target": codes.per_target,
        "per_network": codes.per_network,
        "proof_minutes": codes.proof // _MINUTE,
    }


def _days(spans: Mapping[str, timedelta]) -> dict[str, int]:
    return {kind: span // _DAY for kind, span in spans.items()}


def _kind(rule: KindRule) -> dict[str, object]:
    return {
        "priority": rule.priority,
        **({} if rule.most is None else {"most": rule.most}),
        **({} if rule.within is None else {"within_days": rule.within // _DAY}),
    }


def _join(rule: JoinRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "evidence": rule.evidence,
        "level": int(rule.level),
        "joins": rule.joins,
        **({"kinds": tuple(sorted(rule.kinds))} if rule.kinds else {}),
    }


def _part(title: str, comment: str, values: Mapping[str, object]) -> list[str]:
    said = [f"# {comment}"] if comment else []
    return ["", *said, title, *(f"{_key(name)} = {_value(one)}" for name, one in values.items())]


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else _quoted(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        lines = [f"    {_quoted(str(one))}," for one in value]
        return "\n".join(["[", *lines, "]"]) if lines else "[]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON (TOML 1.0, "String")."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
