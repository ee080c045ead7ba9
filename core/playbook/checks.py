"""What a playbook's parts must have to do with one another, checked over the whole of it.

References that lead nowhere, braces nobody fills, patterns that do not compile, examples that are
too few or claimed twice, and answers that would opt a phone out. Pure; it mends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from core.answers.defaults import DEFAULT_ANSWERS
from core.answers.notices import HOLDS
from core.escalation.patterns import fault_of
from core.pipeline.reading.identity_phrases import is_not_me
from core.playbook.actions import ACTIONS, check_actions, said_of
from core.playbook.bounds import check_bounds
from core.playbook.fields import Report, check_braces, suggest
from core.playbook.model import Flow, Playbook, Slot
from core.playbook.rule_checks import check_rules, mend_pattern
from core.playbook.wordings import check_wordings

LEAST_EXAMPLES = 3
"""Examples an intent needs: below, nothing can be held out to find out how sure is sure enough."""

CARRIER_WORDS = frozenset(
    "stop stopall unsubscribe cancel end quit revoke optout start unstop help info".split()
)
"""Whole messages that carriers act on before we do: opt out, opt in, help
(https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out). YES is one too, but it changes
nothing for a phone that is not opted out, so it may be asked for."""

_WORDS = "|".join(sorted(CARRIER_WORDS, key=len, reverse=True))
_TOLD = re.compile(
    rf"\b(?:reply|answer|respond|text|send|write|type|say)\b(?:\s+(?:us|me|back|with|the word))*"
    rf"\s+[\"'“‘*]?(?P<word>{_WORDS})\b",
    re.I,
)
_FIRST = re.compile(rf"(?<![\w'])(?P<word>{_WORDS})[\"'”’]?\s*(?:,?\s*\bor\b|/)[^.!?]*\?", re.I)
_LAST = re.compile(rf"(?:\bor\b|/)\s*(?:to\s+)?[\"'“‘]?(?P<word>{_WORDS})\b[^.!?]*\?", re.I)
_BRACED = re.compile(r"\{([^{}]*)\}")

INTENTS, SLOTS, FLOWS, ANSWERS = "intents.toml", "slots.toml", "flows.toml", "answers.toml"


def check_playbook(playbook: Playbook, report: Report) -> None:
    """Report everything that does not fit together in a playbook whose files were readable."""
    _check_intents(playbook, report)
    _check_examples(playbook, report)
    for slot in playbook.slots.values():
        _check_slot(slot, report)
    for flow in playbook.flows.values():
        _check_flow(flow, playbook, report)
    check_actions(playbook, report)
    _check_answers(playbook, report)
    _check_patterns("playbook.toml", "protected_patterns", playbook.protected_patterns, report)
    for article in playbook.articles:
        names = {one.name for one in playbook.intents}
        file = f"articles/{article.name}.md"
        for name in article.intents:
            report.check_known(file, "intents", name, names, "intent")
    for number, row in enumerate(playbook.modes, start=1):
        names = {one.name for one in playbook.intents}
        for name in row.intents:
            report.check_known("playbook.toml", f"modes[{number}].intents", name, names, "intent")
    check_wordings(playbook, report)
    check_rules(playbook.rules, answer_keys(playbook), playbook, report)
    for file, key, text in _spoken(playbook):
        _check_carrier_words(file, key, text, report)


def answer_keys(playbook: Playbook) -> frozenset[str]:
    """The keys that may be said: the built-in ones and the playbook's own."""
    return frozenset((*DEFAULT_ANSWERS, *playbook.answers))


def _check_intents(playbook: Playbook, report: Report) -> None:
    for intent in playbook.intents:
        key = intent.name
        if intent.flow and intent.answer:
            report.add(INTENTS, key, "has both a flow and an answer", "Keep one of the two")
        if intent.flow:
            report.check_known(INTENTS, f"{key}.flow", intent.flow, playbook.flows, "flow")
        if intent.answer:
            keys = answer_keys(playbook)
            report.check_known(INTENTS, f"{key}.answer", intent.answer, keys, "answer")
        if intent.small_talk and not intent.answer:
            mend = "Add answer = with a key of answers.toml"
            report.add(INTENTS, key, "is small talk without an answer", mend)
        if 0 < len(intent.examples) < LEAST_EXAMPLES:
            wrong = f"has {len(intent.examples)} of the {LEAST_EXAMPLES} examples it needs"
            mend = "Write more ways to say it; 10 or more make a good start"
            report.add(INTENTS, f"{key}.examples", wrong, mend)


def _check_examples(playbook: Playbook, report: Report) -> None:
    """An example may belong to one intent only: with two, it teaches neither."""
    owner: dict[str, str] = {}
    for intent in playbook.intents:
        for text in intent.examples:
            plain = " ".join(re.findall(r"\w+", text.casefold()))
            other = owner.setdefault(plain, intent.name)
            if other != intent.name:
                wrong = f"{text!r} is an example of {other} too"
                report.add(INTENTS, f"{intent.name}.examples", wrong, "Keep it in one of the two")


def _check_slot(slot: Slot, report: Report) -> None:
    check_bounds(slot, SLOTS, report)
    _check_patterns(SLOTS, f"{slot.name}.patterns", slot.patterns, report)
    for text in slot.ask:
        check_braces(SLOTS, f"{slot.name}.ask", text, {"label"}, report)
    for text in slot.offer:
        check_braces(SLOTS, f"{slot.name}.offer", text, {"label", "value"}, report)
        if "{value}" not in text:
            mend = "Write {value} where the remembered value belongs"
            report.add(SLOTS, f"{slot.name}.offer", f"{text!r} names no value", mend)
    if slot.kind == "choice" and len(slot.choices) < 2:
        report.add(SLOTS, f"{slot.name}.choices", "are fewer than two", "List what may be chosen")
    if (slot.kind == "secret") != (slot.secret is not None):
        mend = 'Write kind = "secret" and secret = "pin" (or card, password, ...) together'
        report.add(SLOTS, slot.name, "is a secret only by half", mend)
    if slot.secret and slot.remember:
        report.add(SLOTS, f"{slot.name}.remember", "would keep a secret", "Remove it")
    for choice in slot.choices:
        if choice.casefold() in CARRIER_WORDS:
            _report_carrier_word(SLOTS, f"{slot.name}.choices", choice, report)


def _check_flow(flow: Flow, playbook: Playbook, report: Report) -> None:
    for name in flow.slots:
        report.check_known(FLOWS, f"{flow.name}.slots", name, playbook.slots, "slot")
    for name in flow.also:
        report.check_known(FLOWS, f"{flow.name}.also", name, playbook.slots, "slot")
        if name in flow.slots:
            report.add(FLOWS, f"{flow.name}.also", f"has {name}, which is asked for", "Remove it")
    known = {*flow.slots, *said_of(flow, playbook)}
    for text in flow.missing:
        check_braces(FLOWS, f"{flow.name}.missing", text, known, report)
    if flow.look_up and flow.look_up not in playbook.actions:
        tables = playbook.tables
        report.check_known(FLOWS, f"{flow.name}.look_up", flow.look_up, tables, "table")
        table = tables.get(flow.look_up)
        if table is None:
            return
        known |= set(table.show)
        guests = {one.name for one in playbook.slots.values() if one.guest_only}
        if len(set(flow.slots) - guests) < len(table.key):
            wrong = f"has too few slots to find a row of {flow.look_up}"
            report.add(FLOWS, f"{flow.name}.slots", wrong, "Add a slot for each key column")
    elif flow.missing and not flow.look_up and not flow.action:
        mend = "Add look_up or action, or remove it"
        wrong = "is never said without a table or an action"
        report.add(FLOWS, f"{flow.name}.missing", wrong, mend)
    for text in flow.found:
        check_braces(FLOWS, f"{flow.name}.found", text, known, report)


def _check_answers(playbook: Playbook, report: Report) -> None:
    used = {one.answer for one in playbook.intents if one.answer}
    for deed in ("say", "ask"):
        used |= {str(rule.then[deed]) for rule in playbook.rules if deed in rule.then}
    for key, variants in playbook.answers.items():
        if key not in DEFAULT_ANSWERS and key not in used and not report.broken:
            known = used | set(DEFAULT_ANSWERS)
            report.add(ANSWERS, key, "is never said", suggest(key, known, "answers"))
        filled = {name for text in DEFAULT_ANSWERS.get(key, ()) for name in _BRACED.findall(text)}
        for text in variants:
            check_braces(ANSWERS, key, text, filled, report)
            _check_notice(ANSWERS, key, text, report)
    for language, wording in playbook.wordings.items():
        for key, variants in wording.answers.items():
            said = (*DEFAULT_ANSWERS.get(key, ()), *playbook.answers.get(key, ()))
            filled = {name for text in said for name in _BRACED.findall(text)}
            file = f"wording.{language}.toml"
            for text in variants:
                check_braces(file, f"answers.{key}", text, filled, report)
                _check_notice(file, key, text, report)


def _check_notice(file: str, key: str, text: str, report: Report) -> None:
    """What a code or a notice must hold, and that its way to object is understood."""
    for name in HOLDS.get(key, ()):
        if f"{{{name}}}" not in text:
            mend = f"Write {{{name}}} where it belongs"
            report.add(file, key, f"{text!r} lacks {{{name}}}", mend)
    if key == "not_me" and not is_not_me(text):
        mend = 'Write one that is, such as "NOT ME", "NICHT ICH", "PAS MOI" or "NO SOY YO"'
        report.add(file, key, f"{text!r} is not understood as an objection", mend)


def _check_patterns(file: str, key: str, patterns: Iterable[str], report: Report) -> None:
    for pattern in patterns:
        # Customers' messages are read with these, too: none may take long over one made for it.
        if (fault := fault_of(pattern)) is not None:
            report.add(file, key, f"{pattern!r} {fault}", mend_pattern(fault))
        elif re.fullmatch(pattern, ""):
            mend = r"Write what must be there, such as '\b\d{4}\b'"
            report.add(file, key, f"{pattern!r} matches nothing at all", mend)


def _spoken(playbook: Playbook) -> Iterator[tuple[str, str, str]]:
    """Everything a customer may read that the playbook words itself: file, key, text."""
    for intent in playbook.intents:
        yield INTENTS, f"{intent.name}.title", f"Do you mean {intent.title}, or something else?"
    for slot in playbook.slots.values():
        yield from ((SLOTS, f"{slot.name}.ask", text) for text in slot.ask)
        yield from ((SLOTS, f"{slot.name}.offer", text) for text in slot.offer)
    for flow in playbook.flows.values():
        yield from ((FLOWS, f"{flow.name}.found", text) for text in flow.found)
        yield from ((FLOWS, f"{flow.name}.missing", text) for text in flow.missing)
        yield from ((FLOWS, f"{flow.name}.failed", text) for text in flow.failed)
        for reason, texts in flow.refused.items():
            yield from ((FLOWS, f"{flow.name}.refused.{reason}", text) for text in texts)
    for action in playbook.actions.values():
        yield ACTIONS, f"{action.name}.title", f"Shall I go ahead with {action.title}?"
        yield from ((ACTIONS, f"{action.name}.summary", text) for text in action.summary)
    answers: Mapping[str, tuple[str, ...]] = playbook.answers
    for key, variants in answers.items():
        yield from ((ANSWERS, key, text) for text in variants)
    for language, wording in playbook.wordings.items():
        file = f"wording.{language}.toml"
        for key, variants in wording.answers.items():
            yield from ((file, f"answers.{key}", text) for text in variants)
        for slot in wording.slots.values():
            yield from ((file, f"slots.{slot.name}", text) for text in (*slot.ask, *slot.offer))


def _check_carrier_words(file: str, key: str, text: str, report: Report) -> None:
    for shape in (_TOLD, _FIRST, _LAST):
        found = shape.search(text)
        if found is not None:
            _report_carrier_word(file, key, found["word"], report)
            return


def _report_carrier_word(file: str, key: str, word: str, report: Report) -> None:
    report.add(
        file,
        key,
        f"offers {word!r} as an answer, which is a command to phone companies",
        "Offer another word: one that answers it by SMS would be cut off or get an automatic reply",
    )
