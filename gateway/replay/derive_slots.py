"""The slots of a playbook, learned from what customers told: kinds, shapes, choices and cues.

Pure; one half of `gateway.replay.derive`. It looks at values and at the words before them, never at
what a business or an agent made of them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.pipeline.reading.phrases import is_wish
from core.playbook.model import Slot
from gateway.replay.dialogues import Dialogue
from gateway.replay.shapes import generalise, guess_kind, list_choices, secret_kind, shared_ends
from gateway.replay.wording import OFFER, PEOPLE, ask_for, label_of, split_words

_PATTERNED = frozenset({"order", "number", "choice", "name", "phone", "money", "secret"})
"""Kinds whose values have a shape of their own in each business; a date or a time has not, and
of a mail address it is how it ends."""

_BEFORE_ANY = frozenset("i i'm am it it's its is this that that's".split())

CUES = 12
"""Cues a slot has at most, the longest first."""

Heard = Mapping[str, Mapping[str, set[str]]]
"""Slot -> words that stand before its values -> the dialogues in which they do."""


def derive_slots(dialogues: Sequence[Dialogue], extra: frozenset[str]) -> dict[str, Slot]:
    """Every slot the dialogues tell. `extra` are words that help to take names apart."""
    heard = _hear(dialogues)
    names = sorted({told.name for dialogue in dialogues for told in dialogue.told})
    return {name: _slot(name, dialogues, extra, heard) for name in names}


def _slot(
    name: str,
    dialogues: Sequence[Dialogue],
    extra: frozenset[str],
    heard: Heard,
) -> Slot:
    words = split_words(name, extra)
    told = [(one.id, said.value) for one in dialogues for said in one.told if said.name == name]
    values = [value for _, value in told]
    choices = list_choices(told)
    kind = guess_kind(words, values, choices)
    another = _names_another(name, dialogues)
    label = label_of(words, of_another=another, of_people=_are_names(values))
    return Slot(
        name=name,
        kind=kind,
        label=label,
        ask=ask_for(words, label, kind),
        offer=OFFER,
        patterns=_patterns(kind, values),
        choices=_choices(kind, told, choices),
        cues=_cues(name, words, heard, another=another),
        secret=secret_kind(words) if kind == "secret" else None,
        in_wish=kind == "text" and _told_in_wishes(name, dialogues),
        # Some of those it was learned from were served without it.
        optional=True,
    )


def _told_in_wishes(name: str, dialogues: Iterable[Dialogue]) -> bool:
    """Whether most of those who tell it do so while they say what they want."""
    wishes = Counter[bool]()
    for dialogue in dialogues:
        texts = {turn.index: turn.text for turn in dialogue.played}
        wishes.update(is_wish(texts.get(one.turn, "")) for one in dialogue.told if one.name == name)
    return wishes[True] > wishes[False]


def _patterns(kind: str, values: Sequence[str]) -> tuple[str, ...]:
    if kind == "email":
        return shared_ends(values)
    return generalise(values) if kind in _PATTERNED else ()


def _choices(
    kind: str, told: Sequence[tuple[str, str]], shared: tuple[str, ...]
) -> tuple[str, ...]:
    """The values to know a slot by: of what is picked from a few every one, else the shared ones.

    What people make up, such as a text or a name, is worth knowing when two made up the same.
    """
    if kind == "choice":
        return list_choices(told, least=1)
    return shared if kind in ("text", "name", "date") else ()


def _are_names(values: Sequence[str]) -> bool:
    """Whether most values are first and last names."""
    full = sum(len(one.split()) > 1 and one.replace(" ", "").isalpha() for one in values)
    return full * 2 > len(values)


def _names_another(name: str, dialogues: Iterable[Dialogue]) -> bool:
    """Whether a bare name is told next to another one, which is then the customer's."""
    beside: Counter[bool] = Counter()
    for dialogue in dialogues:
        names = {told.name for told in dialogue.told}
        if name in names:
            beside[any(other != name and other.endswith("Name") for other in names)] += 1
    return beside[True] > beside[False]


def _cues(
    name: str,
    words: Sequence[str],
    heard: Heard,
    *,
    another: bool,
) -> tuple[str, ...]:
    """The label, and the one to three words that come before the value in several dialogues.

    `heard` has for every slot its cues with the dialogues they were heard in. Words that come
    before another slot's values more often, or end another slot's own cue, announce neither; nor
    does what stands before any answer ("it is").
    """
    own = " ".join(words)
    stem = "my name" if own == "name" else own
    stems = [] if own == "name" and another else [f"{stem} is", stem]
    if len(words) == 2 and words[1] == "name" and words[0] in PEOPLE:
        stems.append(f"{words[0]} is")
    others = [" ".join(split_words(one)) for one in heard if one != name]
    frequent = [
        cue
        for cue, found in heard.get(name, {}).items()
        if len(found) >= 2
        and not _BEFORE_ANY.issuperset(cue.split())
        and not any(len(rival.get(cue, ())) > len(found) for rival in heard.values())
        and not any(f"{other} is".endswith(f" {cue}") for other in others if other != own)
    ]
    frequent.sort(key=lambda cue: (-len(cue.split()), -len(heard[name][cue]), cue))
    return tuple(dict.fromkeys([*stems, *frequent]))[:CUES]


def _hear(dialogues: Iterable[Dialogue]) -> Heard:
    heard: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
    for dialogue in dialogues:
        texts = {turn.index: turn.text for turn in dialogue.played}
        for told in dialogue.told:
            for cue in _words_before(texts.get(told.turn, ""), told.value):
                heard[told.name].setdefault(cue, set()).add(dialogue.id)
    return dict(heard)


def _words_before(text: str, value: str) -> list[str]:
    at = text.lower().find(value.lower())
    if at <= 0:
        return []
    words = re.findall(r"[a-z']+", text[:at].lower())
    if not words or not re.search(r"[a-z']\W{0,3}$", text[:at].lower()):
        return []
    cues = [" ".join(words[-count:]) for count in (3, 2, 1) if len(words) >= count]
    return [cue for cue in cues if len(cue) >= 4 or " " in cue]
