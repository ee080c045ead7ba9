"""A playbook as the files a person would write, to be looked at or to begin a real one from.

The opposite of `core.playbook.reader` for what a derived playbook has: intents, slots, flows and
answers. Articles, tables and rules are left to whoever goes on with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from core.playbook.checks import LEAST_EXAMPLES
from core.playbook.model import Flow, Intent, Playbook, Slot


def playbook_files(playbook: Playbook) -> dict[str, str]:
    """File name -> text. Slots get names as a file may have them."""
    playbook = with_plain_names(playbook)
    main = {
        "name": playbook.name,
        "business": playbook.business,
        "language": playbook.language,
        "region": playbook.region,
        "protected_patterns": playbook.protected_patterns,
    }
    return {
        "playbook.toml": _fields(main) + _tables([("settings", playbook.settings)]),
        "intents.toml": _tables((one.name, _intent(one)) for one in playbook.intents),
        "slots.toml": _tables((name, _slot(one)) for name, one in playbook.slots.items()),
        "flows.toml": _tables((name, _flow(one)) for name, one in playbook.flows.items()),
        "answers.toml": _fields(playbook.answers),
    }


def with_plain_names(playbook: Playbook) -> Playbook:
    """The playbook with slots named in small letters and underscores, none twice."""
    names: dict[str, str] = {}
    for name in sorted(playbook.slots, key=lambda one: (one != one.lower(), one)):
        plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\W+", "_", name).lower().strip("_")
        while plain in names.values() or not plain[:1].isalpha():
            plain = f"the_{plain}"
        names[name] = plain
    return replace(
        playbook,
        slots={names[key]: replace(one, name=names[key]) for key, one in playbook.slots.items()},
        flows={key: _renamed(one, names) for key, one in playbook.flows.items()},
    )


def _renamed(flow: Flow, names: Mapping[str, str]) -> Flow:
    def braced(found: re.Match[str]) -> str:
        return f"{{{names.get(found[1], found[1])}}}"

    return replace(
        flow,
        slots=tuple(names[one] for one in flow.slots),
        also=tuple(names[one] for one in flow.also),
        found=tuple(re.sub(r"\{(\w+)\}", braced, one) for one in flow.found),
    )


def write_playbook(playbook: Playbook, folder: Path) -> None:
    """Write the files into a folder, which is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in playbook_files(playbook).items():
        (folder / name).write_text(text, encoding="utf-8")


def _intent(one: Intent) -> Mapping[str, object]:
    return {
        "title": one.title,
        "description": one.description,
        "flow": one.flow,
        "answer": one.answer,
        "small_talk": one.small_talk,
        "examples": _enough(one),
    }


def _enough(one: Intent) -> tuple[str, ...]:
    """The examples; where people told too few, its title fills up what a playbook needs."""
    said = (one.title, f"it is about {one.title}", f"I need help with {one.title}")
    missing = max(0, LEAST_EXAMPLES - len(one.examples))
    return (*one.examples, *(text for text in said if text not in one.examples))[
        : len(one.examples) + missing
    ]


def _slot(one: Slot) -> Mapping[str, object]:
    return {
        "kind": one.kind,
        "label": one.label,
        "secret": one.secret,
        "ask": one.ask,
        "offer": one.offer,
        "patterns": one.patterns,
        "choices": one.choices,
        "cues": one.cues,
        "remember": one.remember,
        "optional": one.optional,
        "guest_only": one.guest_only,
        "in_wish": one.in_wish,
        "needs": int(one.needs),
    }


def _flow(one: Flow) -> Mapping[str, object]:
    return {
        "slots": one.slots,
        "also": one.also,
        "look_up": one.look_up,
        "found": one.found,
        "missing": one.missing,
        "escalate": one.escalate,
        "needs": None if one.needs is None else int(one.needs),
    }


def _tables(named: Iterable[tuple[str, Mapping[str, object]]]) -> str:
    return "\n".join(f"[{_quoted(name)}]\n{_fields(fields)}" for name, fields in named)


def _fields(fields: Mapping[str, object]) -> str:
    """The fields that say something, one a line; lists with an item on each line."""
    lines = [f"{name} = {_value(value)}\n" for name, value in fields.items() if value]
    return "".join(lines)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[\n" + "".join(f"    {_quoted(str(one))},\n" for one in value) + "]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, but for the one control character that JSON leaves alone."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
