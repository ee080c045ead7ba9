"""Turns a playbook's files into a `Playbook`, or into the list of everything wrong with them.

Pure: file names and their texts come in, frozen data goes out. It must not open a file or stop at a
first fault: whoever wrote the playbook sees all of them at once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from core.addresses import is_region
from core.escalation.fixtures import FIXTURES, read_fixtures
from core.escalation.rules import DEFAULT_RULES
from core.identity.rule_reader import IDENTITY_FILE, collect_identity_rules
from core.message import Assurance
from core.pipeline.response.articles import DEFAULT_ARTICLE_THRESHOLD, DEFAULT_POINT_THRESHOLD
from core.pipeline.rules.table import FALLBACK_LIMIT, NEGATIVE_LIMIT
from core.pipeline.state.asking import ASK_LIMIT
from core.pipeline.state.returning import FLOW_HOURS
from core.playbook.actions import ACTIONS, read_actions
from core.playbook.bounds import read_bounds
from core.playbook.checks import check_playbook
from core.playbook.documents import read_articles, read_hours, read_stages, read_tables
from core.playbook.fields import (
    Note,
    PlaybookError,
    PlaybookProblem,
    Report,
    Section,
    parse_toml,
    sections,
    suggest,
)
from core.playbook.limits import read_limits
from core.playbook.lines import located
from core.playbook.model import SLOT_KINDS, Flow, Intent, Playbook, Rule, Slot
from core.playbook.modes import read_modes
from core.playbook.rule_reader import RULES, read_rules
from core.playbook.wordings import WORDING, read_wordings

__all__ = ["PLAYBOOK_FILES", "SETTINGS", "PlaybookError", "PlaybookProblem", "read_playbook"]

MAIN = "playbook.toml"
PLAYBOOK_FILES = (
    MAIN,
    "intents.toml",
    "slots.toml",
    "flows.toml",
    "answers.toml",
    "rules.toml",
    "tables.toml",
    ACTIONS,
)
"""The files of a playbook; beside them stand `tables/*.csv`, `articles/*.md`, `wording.*.toml`, and
`_BESIDE`."""
_BESIDE = (IDENTITY_FILE, FIXTURES)
"""Files that are no part of the playbook's data, and are checked with the others: who is who takes
effect only by being published, and tests decide nothing."""
_FILES = (*PLAYBOOK_FILES, *_BESIDE)

SETTINGS: Mapping[str, tuple[float, float, float]] = {
    "article_threshold": (DEFAULT_ARTICLE_THRESHOLD, 0.0, 1.0),
    "point_threshold": (DEFAULT_POINT_THRESHOLD, 0.0, 1.0),
    "fallback_limit": (FALLBACK_LIMIT, 0, 20),
    "negative_limit": (NEGATIVE_LIMIT, 0, 20),
    "repeat_limit": (ASK_LIMIT, 0, 20),
    "flow_hours": (FLOW_HOURS, 0, 8_760),
}
"""Tunable number -> default, least, most."""


def read_playbook(
    files: Mapping[str, str], unread: Collection[str] = (), notes: list[Note] | None = None
) -> Playbook:
    """The playbook these files describe: path inside the folder -> text.

    Raises `PlaybookError` with every fault. All files but `playbook.toml` may be missing. The
    version is the start of a SHA-256 of all names and texts, so that it changes with any of them.
    `unread` names files that are there and could not be read: their absence is no fault here, nor
    is a reference to what may stand in them. What is asked for is added to `notes`.
    """
    report = Report(unread, notes)
    _check_names(files, report)
    raw = {name: parse_toml(files[name], name, report) for name in PLAYBOOK_FILES if name in files}
    main = Section(raw.get(MAIN, {}), MAIN, "", report)
    readable = MAIN in files and MAIN not in report.broken
    name = main.text("name", needed=readable)
    language = main.text("language", default="en")
    table = read_rules(raw.get(RULES, {}), report)
    playbook = Playbook(
        name=name,
        version=_digest({name: files[name] for name in files if name not in _BESIDE}),
        business=main.text("business", needed=readable),
        language=language,
        intents=_intents(raw, report),
        slots=_slots(raw, report),
        flows=_flows(raw, report),
        answers=_answers(raw, report),
        articles=read_articles(files, report),
        rules=table.rules,
        hours=read_hours(main),
        tables=read_tables(raw.get("tables.toml", {}), files, report),
        settings=_settings(main),
        region=_region(main),
        protected_patterns=main.texts("protected_patterns"),
        stages=read_stages(main),
        actions=read_actions(raw.get(ACTIONS, {}), report, _needs),
        limits=read_limits(main),
        modes=read_modes(main),
        wordings=read_wordings(files, language, report),
        rule_defaults=table.defaults,
        counters=table.counters,
    )
    main.close()
    check_playbook(playbook, report)
    if IDENTITY_FILE in files:
        collect_identity_rules(files[IDENTITY_FILE], IDENTITY_FILE, report)
    playbook = replace(playbook, rules=_with_built_in(playbook.rules))
    if FIXTURES in files:
        read_fixtures(parse_toml(files[FIXTURES], FIXTURES, report), playbook, report)
    if report.problems:
        raise PlaybookError(located(report.problems, files))
    return playbook


def _with_built_in(own: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The playbook's rules and the built-in ones it does not replace by their id.

    So a playbook that adds one rule does not thereby switch off the words of danger.
    """
    ids = {rule.id for rule in own}
    return (*own, *(rule for rule in DEFAULT_RULES if rule.id not in ids))


def _digest(files: Mapping[str, str]) -> str:
    hashed = hashlib.sha256()
    for name in sorted(files):
        for part in (name, files[name]):
            content = part.encode()
            hashed.update(len(content).to_bytes(8, "big") + content)
    return hashed.hexdigest()[:16]


def _check_names(files: Mapping[str, str], report: Report) -> None:
    if MAIN not in files and MAIN not in report.broken:
        report.add(MAIN, "", "is missing", "Add it, with at least name and business")
    for name in files:
        beside = re.fullmatch(r"tables/[^/]+\.csv|articles/[^/]+\.md", name)
        known = name in _FILES or beside or WORDING.fullmatch(name)
        if not known:
            report.add(
                name,
                "",
                "is read by nobody",
                suggest(name, _FILES, "files"),
            )


def _tables_of(
    raw: Mapping[str, Mapping[str, object]], file: str, report: Report
) -> list[tuple[str, Section]]:
    return list(sections(raw.get(file, {}), file, report))


def _intents(raw: Mapping[str, Mapping[str, object]], report: Report) -> tuple[Intent, ...]:
    found = []
    for name, one in _tables_of(raw, "intents.toml", report):
        found.append(
            Intent(
                name=name,
                title=one.text("title", default=name.replace("_", " ")),
                examples=one.texts("examples", needed=True),
                description=one.text("description"),
                flow=one.text("flow") or None,
                answer=one.text("answer") or None,
                small_talk=one.flag("small_talk"),
            )
        )
        one.close()
    return tuple(found)


def _slots(raw: Mapping[str, Mapping[str, object]], report: Report) -> dict[str, Slot]:
    found = {}
    for name, one in _tables_of(raw, "slots.toml", report):
        kind = one.text("kind", needed=True, default="text", among=SLOT_KINDS)
        if kind not in SLOT_KINDS:
            one.fault("kind", f"there is no kind {kind!r}", suggest(kind, SLOT_KINDS, "kinds"))
        if one.flag("in_wish") and kind != "text":
            one.fault("in_wish", "is for a text alone", 'Leave it out, or write kind = "text"')
        found[name] = Slot(
            name=name,
            kind=kind,
            label=one.text("label", default=name.replace("_", " ")),
            ask=one.texts("ask", needed=True),
            offer=one.texts("offer"),
            patterns=one.texts("patterns"),
            choices=one.texts("choices"),
            cues=one.texts("cues"),
            secret=one.text("secret") or None,
            remember=one.flag("remember"),
            optional=one.flag("optional"),
            guest_only=one.flag("guest_only"),
            in_wish=one.flag("in_wish"),
            needs=_needs(one) or Assurance.NONE,
            **read_bounds(one),
        )
        one.close()
    return found


def _flows(raw: Mapping[str, Mapping[str, object]], report: Report) -> dict[str, Flow]:
    found = {}
    for name, one in _tables_of(raw, "flows.toml", report):
        found[name] = Flow(
            name=name,
            slots=one.texts("slots", needed=True),
            found=one.texts("found", needed=True),
            look_up=one.text("look_up") or None,
            missing=one.texts("missing"),
            escalate=one.text("escalate") or None,
            needs=_needs(one),
            action=one.text("action") or None,
            failed=one.texts("failed"),
            also=one.texts("also"),
            refused=one.wordings("refused"),
            to_people=one.texts("to_people"),
        )
        one.close()
    return found


def _needs(section: Section) -> Assurance | None:
    """The level that something needs, if it names one."""
    absent = -1
    level = section.whole("needs", default=absent, among=map(int, Assurance))
    if level == absent:
        return None
    if level not in Assurance.__members__.values():
        section.fault("needs", "is no level", "Write a number from 0 (none) to 4 (logged in)")
        return None
    return Assurance(level)


def _region(main: Section) -> str:
    region = main.text("region")
    if region and not is_region(region):
        mend = 'Write two capital letters of ISO 3166-1, such as "GB"'
        main.fault("region", f"there are no phone numbers of {region!r}", mend)
    return region


def _answers(raw: Mapping[str, Mapping[str, object]], report: Report) -> dict[str, tuple[str, ...]]:
    file = "answers.toml"
    section = Section(raw.get(file, {}), file, "", report)
    return {name: section.texts(name, needed=True) for name in raw.get(file, {})}


def _settings(main: Section) -> dict[str, float]:
    written = main.table("settings")
    section = Section(written, main.file, "settings", main.report)
    values = {}
    for name, (default, least, most) in SETTINGS.items():
        values[name] = section.number(name, default)
        if not least <= values[name] <= most:
            section.fault(name, "is out of range", f"Write a number from {least:g} to {most:g}")
    answers, names = values["article_threshold"], values["point_threshold"]
    if names > answers and "point_threshold" in written:
        mend = f"Write a number up to {answers:g}"
        section.fault("point_threshold", "is above article_threshold", mend)
    section.close()
    return values | {"point_threshold": min(names, answers)}
