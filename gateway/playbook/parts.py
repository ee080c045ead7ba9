"""A playbook as its page shows it: every intent, flow, slot, answer, article and rule, with what a
form may change of it, and how often it was used lately.

Pure. It says where each thing stands (its file and the path in it); what changes there is
`gateway.playbook.forms`' work.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.answers.defaults import DEFAULT_ANSWERS
from core.playbook.model import Playbook
from core.playbook.rule_reader import RULES
from gateway.playbook.rule_words import rule_words
from memory.pages.playbook_uses import Uses


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a form may change: where it stands in the file, how it is called, and which
    `kind` it is of: "line", "text", "lines" (a text each), "number" or "flag"."""

    path: tuple[str, ...]
    label: str
    kind: str
    value: str | bool | int | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of a playbook. `about` says in few words what it is, `uses` how often it was used
    lately, where that is known, and `off` that it decides nothing."""

    kind: str
    name: str
    title: str
    about: str
    file: str
    fields: tuple[Field, ...]
    uses: int | None = None
    off: bool = False


def parts_of(playbook: Playbook, files: Mapping[str, str], used: Uses) -> tuple[Part, ...]:
    """All of them, kind by kind, in the order in which they are written."""
    return (
        *_intents(playbook, used),
        *_flows(playbook),
        *_slots(playbook),
        *_answers(playbook),
        *_articles(playbook),
        *_rules(playbook, files, used),
    )


def _intents(playbook: Playbook, used: Uses) -> Iterator[Part]:
    for one in playbook.intents:
        then = f"begins the flow {one.flow}" if one.flow else ""
        then = then or (f"says the answer {one.answer}" if one.answer else "")
        yield Part(
            "intent",
            one.name,
            one.title,
            f"{_count(len(one.examples), 'example')}, {then or 'is answered from articles'}",
            "intents.toml",
            (
                Field((one.name, "title"), "Title", "line", one.title),
                Field((one.name, "description"), "Description", "line", one.description),
                Field((one.name, "examples"), "Examples, one a line", "lines", one.examples),
            ),
            uses=used.intents.get(one.name, 0),
        )


def _flows(playbook: Playbook) -> Iterator[Part]:
    for one in playbook.flows.values():
        fields = [Field((one.name, "found"), "What is said at its end", "lines", one.found)]
        if one.missing:
            words = "What is said when nothing is found"
            fields.append(Field((one.name, "missing"), words, "lines", one.missing))
        asks = ", ".join(playbook.slots[name].label for name in one.slots) or "nothing"
        begun = [intent.title for intent in playbook.intents if intent.flow == one.name]
        about = f"asks for {asks}"
        yield Part(
            "flow", one.name, " / ".join(begun) or one.name, about, "flows.toml", tuple(fields)
        )


def _slots(playbook: Playbook) -> Iterator[Part]:
    for one in playbook.slots.values():
        fields = [
            Field((one.name, "label"), "What people call it", "line", one.label),
            Field((one.name, "ask"), "Its question, a variant a line", "lines", one.ask),
        ]
        if one.offer:
            words = "How a remembered value is offered"
            fields.append(Field((one.name, "offer"), words, "lines", one.offer))
        about = one.kind.replace("_", " ") + (", remembered" if one.remember else "")
        yield Part("slot", one.name, one.label, about, "slots.toml", tuple(fields))


def _answers(playbook: Playbook) -> Iterator[Part]:
    for key in sorted({*playbook.answers, *DEFAULT_ANSWERS}):
        own = playbook.answers.get(key)
        shown = own if own is not None else DEFAULT_ANSWERS[key]
        about = _count(len(shown), "variant") + ("" if own is not None else ", built in")
        field = Field((key,), "Its wording, a variant a line", "lines", shown)
        yield Part("answer", key, key.replace("_", " "), about, "answers.toml", (field,))


def _articles(playbook: Playbook) -> Iterator[Part]:
    for one in playbook.articles:
        fields = (
            Field(("title",), "Title", "line", one.title),
            Field(("url",), "Public link", "line", one.url),
            Field(("keywords",), "Words that find it, one a line", "lines", one.keywords),
            Field(("body",), "Text", "text", one.body),
        )
        about = _count(len(one.body.split()), "word")
        yield Part("article", one.name, one.title, about, f"articles/{one.name}.md", fields)


def _rules(playbook: Playbook, files: Mapping[str, str], used: Uses) -> Iterator[Part]:
    """The rules of the file, those that are switched off too, and then the built-in ones."""
    rows: list[Mapping[str, Any]] = tomllib.loads(files.get(RULES, "")).get("rule", [])
    for row in rows:
        name, off = str(row["id"]), row.get("off") is True
        fields = (
            Field(("rule", name, "off"), "Switched off", "flag", off),
            Field(
                ("rule", name, "priority"), "Priority, the lowest first", "number", row["priority"]
            ),
        )
        about = rule_words(row["when"], row["then"], row.get("unless", {}))
        uses = used.rules.get(name, 0)
        yield Part("rule", name, name.replace("-", " "), about, RULES, fields, uses, off)
    own = {str(row["id"]) for row in rows}
    for one in playbook.rules:
        if one.id not in own:
            about = f"{rule_words(one.when, one.then, one.unless)} Built in."
            uses = used.rules.get(one.id, 0)
            yield Part("rule", one.id, one.id.replace("-", " "), about, "", (), uses)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
