"""Reads what a business says in further languages: the files `wording.de.toml` and the like.

Pure, as `core.playbook.reader`, whose helper it is. A wording has texts for what the playbook
defines and defines nothing itself; what it lacks is no fault, and told by `missing_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.languages.speeches import SPEECHES, speech_of
from core.playbook.actions import said_of
from core.playbook.fields import (
    Report,
    Section,
    check_braces,
    parse_toml,
    sections,
    suggest,
)
from core.playbook.model import Action, Flow, Playbook, Slot, Wording

WORDING = re.compile(r"wording\.(?P<language>[a-z]{2})\.toml")
"""What such a file is called, with the language by its code (ISO 639-1)."""


def read_wordings(files: Mapping[str, str], language: str, report: Report) -> dict[str, Wording]:
    """The wordings among these files, by language; the playbook's own `language` needs none."""
    found = {}
    for file in sorted(files):
        named = WORDING.fullmatch(file)
        if named is None:
            continue
        if named["language"] == language:
            mend = "Write these texts into answers.toml, slots.toml and flows.toml"
            report.add(file, "", f"is of {language!r}, the playbook's own language", mend)
        found[named["language"]] = _wording(parse_toml(files[file], file, report), file, report)
    return found


def _wording(raw: Mapping[str, object], file: str, report: Report) -> Wording:
    main = Section(raw, file, "", report)
    answers = Section(main.table("answers"), file, "answers", report)
    wording = Wording(
        answers={name: answers.texts(name, needed=True) for name in main.table("answers")},
        slots=dict(_slots(main, report)),
        flows=dict(_flows(main, report)),
        titles=dict(_titles(main, report)),
        actions=dict(_actions(main, report)),
    )
    main.close()
    return wording


def _slots(main: Section, report: Report) -> Iterator[tuple[str, Slot]]:
    for name, one in sections(main.table("slots"), main.file, report, "slots"):
        label, ask, offer = one.text("label"), one.texts("ask"), one.texts("offer")
        one.close()
        yield name, Slot(name, "text", label, ask, offer)


def _flows(main: Section, report: Report) -> Iterator[tuple[str, Flow]]:
    for name, one in sections(main.table("flows"), main.file, report, "flows"):
        found, missing, failed = (one.texts(key) for key in ("found", "missing", "failed"))
        refused = one.wordings("refused")
        flow = Flow(name, (), found, missing=missing, failed=failed, refused=refused)
        one.close()
        yield name, flow


def _titles(main: Section, report: Report) -> Iterator[tuple[str, str]]:
    for name, one in sections(main.table("intents"), main.file, report, "intents"):
        title = one.text("title")
        one.close()
        if title:
            yield name, title


def _actions(main: Section, report: Report) -> Iterator[tuple[str, Action]]:
    for name, one in sections(main.table("actions"), main.file, report, "actions"):
        action = Action(name, one.text("title"), summary=one.texts("summary"))
        one.close()
        yield name, action


def check_wordings(playbook: Playbook, report: Report) -> None:
    """Report what a wording words that the playbook does not know, and what nothing fills."""
    intents = {one.name for one in playbook.intents}
    for language, wording in playbook.wordings.items():
        file = f"wording.{language}.toml"
        for name in wording.answers:
            known = {*playbook.answers, *speech_of(playbook.language).answers}
            report.check_known(file, f"answers.{name}", name, known, "answer")
        for name, slot in wording.slots.items():
            report.check_known(file, f"slots.{name}", name, playbook.slots, "slot")
            _check(file, f"slots.{name}.ask", slot.ask, ("label",), report)
            _check(file, f"slots.{name}.offer", slot.offer, ("label", "value"), report)
        for name in wording.titles:
            report.check_known(file, f"intents.{name}", name, intents, "intent")
        for name, flow in wording.flows.items():
            report.check_known(file, f"flows.{name}", name, playbook.flows, "flow")
            own = playbook.flows.get(name)
            if own is not None:
                _check_flow(file, flow, own, playbook, report)
        for name in wording.actions:
            report.check_known(file, f"actions.{name}", name, playbook.actions, "action")


def _check_flow(file: str, flow: Flow, own: Flow, playbook: Playbook, report: Report) -> None:
    """Report what nothing fills in the words of a flow, and reasons that its `own` flow lacks."""
    known = {*own.slots, *_shown(playbook, own), *said_of(own, playbook)}
    for key, texts in (("found", flow.found), ("missing", flow.missing), ("failed", flow.failed)):
        _check(file, f"flows.{own.name}.{key}", texts, known, report)
    for reason, texts in flow.refused.items():
        key = f"flows.{own.name}.refused.{reason}"
        _check(file, key, texts, known, report)
        if reason not in own.refused:
            mend = suggest(reason, own.refused, "reasons of that flow")
            report.add(file, key, "is no reason that the flow knows", mend)


def _shown(playbook: Playbook, flow: Flow) -> tuple[str, ...]:
    table = playbook.tables.get(flow.look_up or "")
    return table.show if table is not None else ()


def _check(
    file: str, key: str, texts: tuple[str, ...], known: set[str] | tuple[str, ...], report: Report
) -> None:
    for text in texts:
        check_braces(file, key, text, known, report)


def missing_words(playbook: Playbook) -> Mapping[str, tuple[str, ...]]:
    """What each language lacks: language by its code -> keys as its file would have them.

    A playbook in a language that the product has no words of lacks the built-in answers too.
    """
    found = {language: tuple(_missing(playbook, language)) for language in playbook.wordings}
    if playbook.language not in SPEECHES:
        built_in = speech_of(playbook.language).answers
        lacking = (f"answers.{key}" for key in built_in if key not in playbook.answers)
        found[playbook.language] = tuple(lacking)
    return {language: keys for language, keys in found.items() if keys}


def _missing(playbook: Playbook, language: str) -> Iterator[str]:
    wording = playbook.wordings[language]
    spoken = speech_of(language)
    built_in = spoken.answers if spoken.language == language else {}
    every = {*playbook.answers, *speech_of(playbook.language).answers}
    yield from (f"answers.{key}" for key in sorted(every - {*wording.answers, *built_in}))
    for name, slot in playbook.slots.items():
        yield from _lacking(f"slots.{name}", slot, wording.slots.get(name), ("ask", "label"))
    for name, flow in playbook.flows.items():
        own = wording.flows.get(name)
        yield from _lacking(f"flows.{name}", flow, own, ("found", "missing", "failed", "refused"))
    yield from (f"actions.{name}" for name in playbook.actions if name not in wording.actions)
    for intent in playbook.intents:
        if not intent.small_talk and intent.name not in wording.titles:
            yield f"intents.{intent.name}"


def _lacking(
    key: str, first: Slot | Flow, words: Slot | Flow | None, texts: tuple[str, ...]
) -> Iterator[str]:
    """The texts that the first language has of something and this one has not."""
    if words is None:
        yield key
        return
    for text in texts:
        if getattr(first, text) and not getattr(words, text):
            yield f"{key}.{text}"
