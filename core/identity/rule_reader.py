"""Turns the text of `identity.toml` into `IdentityRules`, or into everything wrong with it.

Pure: a text comes in, frozen data goes out, with warnings for what is allowed but weaker than the
product's own rules. What a text leaves out keeps its default. It must not open a file, and it does
not stop at a first fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from core.identity.rule_fields import DAY, MINUTE, RuleFields
from core.identity.rules import (
    DEFAULT_JOINS,
    DEFAULT_RULES,
    CodeRules,
    IdentityRules,
    JoinRule,
    KindRule,
    Levels,
    SuggestionRules,
)
from core.message import Assurance, Sensitivity
from core.playbook.fields import PlaybookError, Report, Section, parse_toml, suggest

IDENTITY_FILE = "identity.toml"

MOST_LEVEL: Mapping[str, Assurance] = {one.evidence: one.level for one in DEFAULT_JOINS}
"""The best that each kind of evidence can prove: no rule makes more of it."""

ONLY_HINTS = frozenset(one.evidence for one in DEFAULT_JOINS if not one.joins)
"""What is only ever a hint: whatever somebody typed joins nobody."""

_LEVELS = ("conversation", "history", "personal")


@dataclass(frozen=True, slots=True)
class ReadRules:
    """Rules that can be used, and what in them is weaker than the product's own, in words."""

    rules: IdentityRules
    warnings: tuple[str, ...] = ()


def read_identity_rules(text: str, file: str = IDENTITY_FILE) -> ReadRules:
    """The rules this text describes. Raises `PlaybookError` with every fault.

    Their version is the start of a SHA-256 of the text.
    """
    report = Report()
    found = collect_identity_rules(text, file, report)
    if report.problems:
        raise PlaybookError(report.problems)
    return found


def digest_of(text: str) -> str:
    """The version that rules read from this text have."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def collect_identity_rules(text: str, file: str, report: Report) -> ReadRules:
    """The rules as far as they can be read; faults go to the report."""
    raw = parse_toml(text, file, report)
    main = Section(raw, file, "", report)
    reading = _Reading(report)
    rules = IdentityRules(
        version=digest_of(text),
        levels=reading.levels(main),
        codes=reading.codes(main),
        decay=reading.decay(main),
        cooling_off=reading.cooling_off(main),
        kinds=reading.kinds(main),
        component_limit=reading.count(
            main, "component_limit", DEFAULT_RULES.component_limit, 2, DEFAULT_RULES.component_limit
        ),
        blocked=reading.patterns(main, "blocked", DEFAULT_RULES.blocked, raw),
        shared=reading.patterns(main, "shared", DEFAULT_RULES.shared, raw),
        joins=reading.joins(main),
        suggestions=reading.suggestions(main),
        disclosure=reading.disclosure(main),
    )
    main.close()
    return ReadRules(rules, tuple(reading.warnings))


class _Reading(RuleFields):
    """One reading of a text, part by part."""

    def levels(self, main: Section) -> Levels:
        """What a sender needs; a looser level than the default is a warning."""
        section = self.inside(main, "levels")
        found: dict[str, Assurance] = {}
        for name in _LEVELS:
            default = getattr(DEFAULT_RULES.levels, name)
            found[name] = Assurance(self.count(section, name, int(default), 1, 4))
            if found[name] < default:
                self.warnings.append(
                    f"levels.{name} is {found[name].value}, below the default {default.value}: "
                    "more is read by people who have proved less"
                )
        section.close()
        for lower, higher in pairwise(_LEVELS):
            if found[lower] > found[higher]:
                section.fault(
                    higher,
                    f"is {found[higher].value}, below {lower} with {found[lower].value}",
                    f"Write at least {found[lower].value}: it includes what {lower} shows",
                )
        return Levels(**found)

    def codes(self, main: Section) -> CodeRules:
        """One-time codes: how long, how often."""
        section, default = self.inside(main, "codes"), DEFAULT_RULES.codes
        found = CodeRules(
            digits=self.count(section, "digits", default.digits, 6, 10),
            life=self.span(section, "life_minutes", default.life, 1, 60),
            tries=self.count(section, "tries", default.tries, 1, 10),
            per_asker=self.count(section, "per_asker", default.per_asker, 1, 20),
            per_target=self.count(section, "per_target", default.per_target, 1, 20),
            per_network=self.count(section, "per_network", default.per_network, 1, 1_000),
            proof=self.span(section, "proof_minutes", default.proof, 1, 1_440),
        )
        section.close()
        for name in ("tries", "per_asker", "per_target", "per_network"):
            if getattr(found, name) > getattr(default, name):
                self.warnings.append(
                    f"codes.{name} is {getattr(found, name)}, above the default "
                    f"{getattr(default, name)}: codes are easier to guess"
                )
        return found

    def cooling_off(self, main: Section) -> timedelta:
        """How long nothing old is read over a new link."""
        default = DEFAULT_RULES.cooling_off
        found = self.span(main, "cooling_off_minutes", default, 0, 43_200)
        if found < default:
            self.warnings.append(
                f"cooling_off_minutes is {found // MINUTE}, below the default "
                f"{default // MINUTE}: an owner who is told of a wrong join has less time"
            )
        return found

    def decay(self, main: Section) -> Mapping[str, timedelta]:
        """Days of silence by kind; 0 takes a kind out."""
        section = self.inside(main, "decay")
        raw = main.table("decay")
        found = dict(DEFAULT_RULES.decay)
        for kind in raw:
            self.check_kind(section, kind, kind)
            days = self.count(section, kind, 0, 0, 36_500)
            default = DEFAULT_RULES.decay.get(kind)
            if default is not None and (days == 0 or days * DAY > default):
                self.warnings.append(
                    f"decay.{kind} is {days or 'off'}, beyond the default {default // DAY} days: "
                    "whoever gets a number that was given up is longer taken for its old owner"
                )
            found[kind] = days * DAY
        section.close()
        return {kind: life for kind, life in found.items() if life}

    def kinds(self, main: Section) -> Mapping[str, KindRule]:
        """Limits and priorities by kind of handle."""
        found = dict(DEFAULT_RULES.kinds)
        for kind, value in main.table("kinds").items():
            path = f"kinds.{kind}"
            if not isinstance(value, dict):
                main.fault(path, "is not a table", f"Write [{path}] on a line of its own")
                continue
            one = Section(value, main.file, path, self.report)
            self.check_kind(one, kind, "")
            default = found.get(kind, KindRule())
            limit = DEFAULT_RULES.component_limit
            most = self.count(one, "most", default.most or limit, 1, limit)
            within = self.span(one, "within_days", default.within or timedelta(), 0, 36_500, DAY)
            priority = self.count(one, "priority", default.priority, 0, 1_000)
            written = most if "most" in value else default.most
            found[kind] = KindRule(priority, written, within or None)
            one.close()
            if kind == "login" and most != 1:
                one.fault("most", "has to be 1", "Two different logins are never one customer")
        return found

    def joins(self, main: Section) -> tuple[JoinRule, ...]:
        """The text's rules, and the built-in ones that it does not replace by their id."""
        found: dict[str, JoinRule] = {}
        for number, row in enumerate(main.rows("joins"), start=1):
            one = Section(row, main.file, f"joins[{row.get('id') or number}]", self.report)
            rule = self._join(one, row)
            if rule.id in found:
                one.fault("id", f"there is another rule {rule.id!r}", "Give it an id of its own")
            found[rule.id] = rule
        return (*found.values(), *(one for one in DEFAULT_JOINS if one.id not in found))

    def suggestions(self, main: Section) -> SuggestionRules:
        """From which score something is suggested, and what each reason counts."""
        section, default = self.inside(main, "suggestions"), DEFAULT_RULES.suggestions
        threshold = self.count(section, "threshold", default.threshold, 1, 100)
        raw = section.table("weights")
        weights = Section(raw, main.file, "suggestions.weights", self.report)
        found = {
            name: self.count(weights, name, weight, 0, 100)
            for name, weight in default.weights.items()
        }
        weights.close()
        section.close()
        return SuggestionRules(threshold, found)

    def disclosure(self, main: Section) -> Mapping[str, str]:
        """The most sensitive class that may be told on a channel."""
        section = self.inside(main, "disclosure")
        classes = tuple(one.value for one in Sensitivity)
        found = dict(DEFAULT_RULES.disclosure)
        for channel in main.table("disclosure"):
            name = section.text(channel)
            if name and name not in classes:
                section.fault(
                    channel, f"there is no class {name!r}", suggest(name, classes, "classes")
                )
            default = found.get(channel)
            if default in classes and name in classes[classes.index(default) + 1 :]:
                self.warnings.append(
                    f"disclosure.{channel} is {name}, above the default {default}: more is read "
                    "by whoever sees the screen"
                )
            found[channel] = name
        section.close()
        return found

    def _join(self, one: Section, row: Mapping[str, object]) -> JoinRule:
        rule_id = one.text("id", needed=True)
        evidence = one.text("evidence", needed=True)
        limit = MOST_LEVEL.get(evidence)
        if evidence and limit is None:
            one.fault(
                "evidence",
                f"there is no evidence {evidence!r}",
                suggest(evidence, MOST_LEVEL, "kinds of evidence"),
            )
        most = int(limit or Assurance.LOGGED_IN)
        level = self.count(one, "level", most, 1, most)
        joins = one.flag("joins") if "joins" in row else evidence not in ONLY_HINTS
        if joins and evidence in ONLY_HINTS:
            one.fault("joins", "a hint joins nobody", "Write false: it is only suggested")
        kinds = frozenset(one.texts("kinds"))
        for kind in sorted(kinds):
            self.check_kind(one, kind, "kinds")
        one.close()
        return JoinRule(rule_id, evidence, Assurance(level), joins, kinds)
