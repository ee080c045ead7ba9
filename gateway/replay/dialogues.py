"""The file of dialogues a replay plays: read, checked, and turned into frozen data.

It knows the schema of one JSON object a line and nothing of channels, gateways or playbooks. Every
fault of a file is reported at once, with its line, what is wrong and what to do about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a dialogue. `index` is its number in the file; `intents` its labels, if any."""

    index: int
    speaker: str
    text: str
    intents: tuple[str, ...] = ()

    @property
    def playable(self) -> bool:
        """A customer's turn with something in it to send."""
        return self.speaker == "customer" and bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Told:
    """A value the customer tells: for which slot, and in which turn first."""

    name: str
    value: str
    turn: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One customer's dialogue, which leaves one channel for another at turn `switch`.

    `channels` are the two of its own plan. `source` is the collection it comes from, or empty.
    `known` is what the business has of the customer by the scenario: the name of a detail -> its
    values. `smooth` says that nothing in it needs a person; `due` whether it should go to one, if
    the file tells.
    """

    id: str
    domain: str
    intents: tuple[str, ...]
    switch: int
    channels: tuple[str, str]
    turns: tuple[Utterance, ...]
    told: tuple[Told, ...]
    source: str = ""
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    smooth: bool = False
    due: bool | None = None

    @property
    def played(self) -> tuple[Utterance, ...]:
        """The turns that are sent, in order."""
        return tuple(turn for turn in self.turns if turn.playable)

    def segment(self, index: int) -> int:
        """0 for a turn before the switch, 1 from it on."""
        return int(index >= self.switch)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: the line (from 1, 0 for the file itself), what, and the fix."""

    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.what} - {self.fix}"


class BadDialogues(Exception):
    """The file cannot be played; `faults` says why, for every line that is wrong."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        shown = [f"{path.name}: {fault}" for fault in self.faults[:FAULTS_SHOWN]]
        hidden = len(self.faults) - len(shown)
        if hidden:
            shown.append(f"{path.name}: and {hidden} more")
        super().__init__("\n".join(shown))


class _Wrong(Exception):
    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


def read_dialogues(path: Path) -> tuple[Dialogue, ...]:
    """All dialogues of a file, in its order. Raises `BadDialogues`, which lists every fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadDialogues(
            path, [Fault(0, "cannot be read", error.strerror or "see its rights")]
        ) from error
    except UnicodeDecodeError as error:
        raise BadDialogues(path, [Fault(0, "is not UTF-8", "save it as UTF-8")]) from error
    found: dict[str, Dialogue] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            dialogue = _read_line(line)
            if dialogue.id in found:
                raise _Wrong(f"dialogue {dialogue.id!r} is there twice", "give each its own id")
            found[dialogue.id] = dialogue
        except _Wrong as wrong:
            faults.append(Fault(number, wrong.what, wrong.fix))
    if not found and not faults:
        faults.append(Fault(0, "has no dialogues", "put one JSON object on each line"))
    if faults:
        raise BadDialogues(path, faults)
    return tuple(found.values())


def _read_line(line: str) -> Dialogue:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise _Wrong(
            f"is not JSON ({error})", "one whole JSON object belongs on each line"
        ) from error
    if not isinstance(row, dict):
        raise _Wrong("is not a JSON object", "begin the line with {")
    turns = tuple(_turn(one) for one in _list(row, "turns"))
    if not any(turn.playable for turn in turns):
        raise _Wrong("no customer turn has a text", "add one, or drop the dialogue")
    indices = [turn.index for turn in turns]
    if indices != sorted(set(indices)):
        raise _Wrong("the numbers `i` of its turns do not rise", "number the turns 0, 1, 2, ...")
    return Dialogue(
        id=_string(row, "dialogue_id"),
        domain=_domain(row),
        intents=_intents(row),
        switch=_switch(row),
        channels=_channels(row),
        turns=turns,
        told=tuple(_told(one) for one in _list(_object(row, "gold"), "slots")),
        source=str(row.get("source") or ""),
        known=_known(row),
        smooth=_is_smooth(row),
        due=_due(row),
    )


def _turn(row: object) -> Utterance:
    if not isinstance(row, dict):
        raise _Wrong("a turn is not an object", "give each turn `i`, `speaker` and `text`")
    speaker = _string(row, "speaker")
    if speaker not in ("customer", "agent", "system"):
        raise _Wrong(f"speaker {speaker!r} is unknown", "use customer, agent or system")
    text = row.get("text") or ""
    if not isinstance(text, str):
        raise _Wrong("a turn's `text` is not a string", "write it as a string")
    labels = row.get("intents") or []
    return Utterance(_whole(row, "i"), speaker, text, tuple(str(one) for one in labels))


def _told(row: object) -> Told:
    if not isinstance(row, dict):
        raise _Wrong("a slot is not an object", "give each `name`, `value` and `first_turn`")
    if row.get("value") is None:
        raise _Wrong("a slot of `gold` has no `value`", "add what the customer told")
    return Told(_string(row, "name"), str(row["value"]), _whole(row, "first_turn"))


def _domain(row: Mapping[str, object]) -> str:
    scenario = row.get("scenario")
    domain = scenario.get("domain") if isinstance(scenario, dict) else None
    if isinstance(domain, list):
        return "+".join(str(one) for one in domain) or "general"
    return str(domain) if domain else "general"


def _is_smooth(row: Mapping[str, object]) -> bool:
    """Whether the customer keeps to the happy path, or to what the business is there for."""
    scenario, gold = row.get("scenario"), _object(row, "gold")
    happy = isinstance(scenario, dict) and scenario.get("happy_path") is True
    return happy or gold.get("has_out_of_domain_turn") is False


def _due(row: Mapping[str, object]) -> bool | None:
    """Whether it should go to people: by judgement of the file, or else as it once went."""
    gold = _object(row, "gold")
    for label in (gold.get("should_escalate"), gold.get("escalated")):
        if isinstance(label, bool):
            return label
    return None


def _known(row: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """What the scenario tells of the customer and of their orders, bookings and the like."""
    scenario = row.get("scenario")
    parts = [scenario.get(one) for one in ("customer", "ids")] if isinstance(scenario, dict) else []
    known: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for name, value in part.items() if isinstance(part, dict) else ():
            values = value if isinstance(value, list) else [value]
            known[str(name)] = tuple(str(one) for one in values if isinstance(one, str | int))
    return known


def _intents(row: Mapping[str, object]) -> tuple[str, ...]:
    intent = row.get("intent")
    if intent is None:
        return ()
    if isinstance(intent, str):
        return (intent,)
    if isinstance(intent, list):
        return tuple(str(one) for one in intent)
    raise _Wrong("`intent` is neither a string nor a list", "write null, one name, or a list")


def _switch(row: Mapping[str, object]) -> int:
    plan = _object(row, "channel_plan")
    switch = _whole(plan, "switch_turn")
    if len(_list(plan, "segments")) != 2:
        raise _Wrong("`segments` are not two", "give the channel before and after the switch")
    return switch


def _channels(row: Mapping[str, object]) -> tuple[str, str]:
    segments = _list(_object(row, "channel_plan"), "segments")
    names = [_string(one, "channel") for one in segments if isinstance(one, dict)]
    if len(names) != 2:
        raise _Wrong("`segments` are not two objects", "give each its `channel` and `from_turn`")
    return names[0], names[1]


def _object(row: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = row.get(key)
    if not isinstance(value, dict):
        raise _Wrong(f"`{key}` is missing or not an object", f"add the object `{key}`")
    return value


def _list(row: Mapping[str, object], key: str) -> list[object]:
    value = row.get(key)
    if not isinstance(value, list):
        raise _Wrong(f"`{key}` is missing or not a list", f"add the list `{key}`")
    return value


def _string(row: Mapping[str, object], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(f"`{key}` is missing or empty", f"add the text `{key}`")
    return value


def _whole(row: Mapping[str, object], key: str) -> int:
    value = row.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Wrong(f"`{key}` is missing or not a whole number", f"add `{key}`, counted from 0")
    return value
