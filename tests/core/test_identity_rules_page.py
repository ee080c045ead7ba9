"""The page on the rules of who is who says what the rules are: its defaults and its examples."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from core.identity.rule_reader import read_identity_rules
from core.identity.rules import DEFAULT_RULES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "identity-rules.md").read_text("utf-8")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def rows(header: str) -> list[list[str]]:
    """The cells of the table with this header."""
    table = PAGE.partition(f"{header}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table]


def test_the_defaults_on_the_page_are_those_in_force() -> None:
    rules, told = (
        DEFAULT_RULES,
        {key: default for key, default, _ in rows("| key | default | what it means |")},
    )
    known = {
        **{
            f"levels.{name}": int(getattr(rules.levels, name))
            for name in ("conversation", "history", "personal")
        },
        **{
            f"codes.{name}": getattr(rules.codes, name)
            for name in ("digits", "tries", "per_asker", "per_target", "per_network")
        },
        "codes.life_minutes": rules.codes.life // MINUTE,
        "codes.proof_minutes": rules.codes.proof // MINUTE,
        **{f"decay.{kind}": span // DAY for kind, span in rules.decay.items()},
        "cooling_off_minutes": rules.cooling_off // MINUTE,
        "component_limit": rules.component_limit,
        "blocked": "see below",
        "shared": "see below",
        "suggestions.threshold": rules.suggestions.threshold,
        "disclosure.CHANNEL": "confidential`; on `sms` `personal",
    }
    assert told == {key: str(value) for key, value in known.items()}


def test_text_messages_alone_carry_less_by_default() -> None:
    assert DEFAULT_RULES.disclosure == {"sms": "personal"}


def test_kinds_evidence_and_weights_on_the_page_are_the_built_in_ones() -> None:
    rules = DEFAULT_RULES
    assert rows("| kind | priority | most | within_days |") == [
        [
            kind,
            str(one.priority),
            str(one.most),
            "" if one.within is None else str(one.within // DAY),
        ]
        for kind, one in rules.kinds.items()
    ]
    joins = [
        (name, level) for name, level, _ in rows("| id and evidence | level | what was seen |")
    ]
    assert joins == [(one.id, str(int(one.level))) for one in rules.joins]
    assert {
        name: int(weight) for name, weight in rows("| reason | weight |")
    } == rules.suggestions.weights


def test_the_examples_on_the_page_are_in_order() -> None:
    examples = [
        read_identity_rules(text) for text in re.findall(r"^```toml\n(.*?)^```$", PAGE, re.M | re.S)
    ]
    assert len(examples) == 3
    assert [one.warnings for one in examples] == [(), (), ()]
    lists = examples[1].rules
    assert set(DEFAULT_RULES.blocked) < set(lists.blocked)
    assert set(DEFAULT_RULES.shared) < set(lists.shared)
