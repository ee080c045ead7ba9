"""The shape of a playbook's files as JSON Schema, for completion and checks in an editor.

Nothing is written down twice: the reader itself is run over a probe, and notes which keys it asks
for, of which kind (`core.playbook.fields`); what rules may name comes from the tables their check
goes by. It says what a file may look like, and nothing of how the files fit together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from core.escalation.facts import (
    COUNTERS,
    COUNTS,
    DEEDS,
    FACTS,
    FLAG,
    FLAGGED,
    NUMBER,
    NUMBERS,
    SUFFIXES,
    TEXT,
    TEXTS,
    THEN,
    URGENCIES,
    WORD,
    WORD_LIST,
    WORDS,
)
from core.playbook.fields import Note, PlaybookError
from core.playbook.reader import MAIN, SETTINGS, read_playbook

DIALECT = "http://json-schema.org/draft-07/schema#"
NAME = "^[a-z][a-z0-9_]*$"
"""What a table may be called."""

PROBE: Mapping[str, str] = {
    MAIN: 'name = "probe"\nbusiness = "Probe"\n[[modes]]\n',
    "intents.toml": "[probe]\n",
    "slots.toml": "[probe]\n",
    "flows.toml": "[probe.refused]\nprobe = 1\n",
    "answers.toml": 'probe = "x"\n',
    "rules.toml": "[counters.probe]\n[[rule]]\n",
    "tables.toml": "[probe.owner]\nprobe = 1\n",
    "actions.toml": "[probe]\n",
    "tests.toml": "[[test]]\n",
    "wording.xx.toml": "[answers]\nprobe = 1\n"
    "[slots.probe]\n[flows.probe.refused]\nprobe = 1\n[intents.probe]\n[actions.probe]\n",
}
"""One of everything, so that every reader runs; its faults are of no interest."""

_ANY = "probe"
"""A name that stands for whichever the business chooses."""

_PROBED = (_ANY, *(f"{one}.{_ANY}" for one in ("counters", "slots", "flows", "intents", "actions")))

_CALLED = {"wording.xx.toml": "wording.toml"}
"""Schemas of files of which there may be several: probe -> what the schema is called by."""

Schema = dict[str, Any]


def schemas() -> Mapping[str, Schema]:
    """The schema of each file, by the file's name."""
    notes: list[Note] = []
    with contextlib.suppress(PlaybookError):
        read_playbook(PROBE, notes=notes)
    found = {file: _file(file, [one for one in notes if one.file == file]) for file in PROBE}
    found["rules.toml"]["definitions"] = {"conditions": _conditions(), "deeds": _deeds()}
    named = {_CALLED.get(file, file): one for file, one in found.items()}
    return {file: {"$schema": DIALECT, "title": file, **one} for file, one in named.items()}


def _file(file: str, notes: Iterable[Note]) -> Schema:
    by_path: dict[str, dict[str, Note]] = {}
    for one in notes:
        by_path.setdefault(_generic(one.path), {})[one.name] = one
    if "*" in by_path:
        return {
            "type": "object",
            "patternProperties": {NAME: _table("*", by_path)},
            "additionalProperties": False,
        }
    return _table("", by_path)


def _generic(path: str) -> str:
    """The path with a star where any name may stand: "probe" is "*", "rule[1]" is "rule"."""
    for probe in _PROBED:
        path = path.replace(probe, f"{probe[:-5]}*") if path.startswith(probe) else path
    return path.partition("[")[0] + path.partition("]")[2]


def _table(path: str, by_path: Mapping[str, Mapping[str, Note]]) -> Schema:
    """An object with the keys that the reader asks for at this path, and no others."""
    notes = by_path.get(path, {})
    properties = {name: _value(path, one, by_path) for name, one in notes.items()}
    found: Schema = {"type": "object", "additionalProperties": properties.pop(_ANY, False)}
    if properties:
        found["properties"] = properties
    needed = sorted(name for name, one in notes.items() if one.needed and name != _ANY)
    if needed:
        found["required"] = needed
    return found


def _value(path: str, one: Note, by_path: Mapping[str, Mapping[str, Note]]) -> Schema:
    """What may stand under one key."""
    if one.kind == "rows":
        return {"type": "array", "items": _table(one.name, by_path)}
    if one.kind == "table":
        return _inner(f"{path}.{one.name}".strip("."), by_path)
    plain: Schema = dict(_KINDS[one.kind])
    if one.among:
        plain["enum"] = list(one.among)
    if path == "settings" and one.name in SETTINGS:
        default, least, most = SETTINGS[one.name]
        plain |= {"minimum": least, "maximum": most, "default": default}
    return plain


def _inner(path: str, by_path: Mapping[str, Mapping[str, Note]]) -> Schema:
    """A table in a table: one with keys of its own, conditions, deeds, or one of free names."""
    if path.rpartition(".")[2] in ("when", "unless", "add_when", "reset_when"):
        return {"$ref": "#/definitions/conditions"}
    if path == "rule.then":
        return {"$ref": "#/definitions/deeds"}
    if f"{path}.*" in by_path:
        named = _table(f"{path}.*", by_path)
        return {
            "type": "object",
            "patternProperties": {NAME: named},
            "additionalProperties": False,
        }
    return _table(path, by_path)


def _texts() -> Schema:
    text = {"type": "string", "pattern": r"\S"}
    return {"anyOf": [text, {"type": "array", "items": text}]}


_KINDS: Mapping[str, Schema] = {
    "text": {"type": "string", "pattern": r"\S"},
    "texts": _texts(),
    "flag": {"type": "boolean"},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "dates": {
        "type": "array",
        "items": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
    },
}


def _conditions() -> Schema:
    """Every fact with every ending that goes with it."""
    again = {"$ref": "#/definitions/conditions"}
    properties: Schema = {"any": {"type": "array", "minItems": 1, "items": again}}
    for fact, kind in FACTS.items():
        properties |= {fact + end: value for end, value in _endings(kind, WORDS.get(fact, ()))}
    patterns: Schema = {}
    for end, value in _endings(NUMBER, ()):
        properties |= {f"counters.{name}{end}": value for name in sorted(COUNTERS)}
        patterns[rf"^counters\.[a-z][a-z0-9_]*{end}$"] = value
    for end, value in (*_endings(TEXT, ()), *_endings(NUMBER, ())):
        if end:
            patterns[rf"^slot\.[a-z][a-z0-9_]*{end}$"] = value
    patterns[rf"^slot\.(?!.*(?:{'|'.join(SUFFIXES)})$)[a-z][a-z0-9_]*$"] = _one_or_more(
        {"type": "string"}
    )
    return {
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": False,
    }


def _endings(kind: str, words: tuple[str, ...]) -> Iterable[tuple[str, Schema]]:
    """The endings that go with a type of fact, each with what it is compared to."""
    plain: Schema = dict(_PLAIN[kind])
    for end in ("", *SUFFIXES):
        if end == "_missing":
            yield end, {"type": "boolean"}
        elif end in NUMBERS:
            if kind == NUMBER:
                yield end, {"type": "number"}
        elif end not in TEXTS or kind == TEXT:
            closed = words and end in ("", "_not", "_exact")
            yield end, _one_or_more(plain | {"enum": list(words)} if closed else plain)


def _one_or_more(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}


_PLAIN: Mapping[str, Schema] = {
    TEXT: {"type": "string"},
    NUMBER: {"type": "number"},
    FLAG: {"type": "boolean"},
}


def _deeds() -> Schema:
    """What a rule may do."""
    change = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^[+-]\d{1,3}$"}]}
    kinds: Mapping[str, Schema] = {
        FLAGGED: {"type": "boolean"},
        WORD: {"type": "string", "pattern": r"\S"},
        WORD_LIST: {"type": "array", "minItems": 1, "items": {"type": "string"}},
        COUNTS: {
            "type": "object",
            "patternProperties": {r"^counters\.[a-z][a-z0-9_]*$": change},
            "additionalProperties": False,
        },
    }
    properties: Schema = {name: dict(kinds[kind]) for name, kind in THEN.items()}
    properties["urgency"]["enum"] = list(URGENCIES)
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "anyOf": [{"required": [one]} for one in DEEDS],
    }
