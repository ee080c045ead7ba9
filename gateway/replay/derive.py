"""A playbook learned from other dialogues: their intents, slot names and value shapes.

Dialogues are dealt into folds by a digest of their ids; the playbook a fold is played with comes
from the other folds alone, so nothing a customer says was ever an example. Pure; reads no file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median

from core.playbook import Flow, Hours, Intent, Playbook, Slot
from gateway.replay.dialogues import Dialogue, Utterance
from gateway.replay.shapes import generalise, guess_kind, list_choices, secret_kind
from gateway.replay.talk import ANSWERS, ESCALATIONS, SMALL_TALK, small_talk_of
from gateway.replay.wording import (
    OFFER,
    ask_for,
    found_for,
    label_of,
    split_words,
    title_of,
)

FOLDS = 6
USUAL = 0.25
"""A slot belongs to an intent's flow when this share of its dialogues tell it."""
THRESHOLD = 0.3
"""Below this probability a derived playbook's intents abstain. Its intents are many and have few
examples; a wrong guess costs one question too many, silence a whole dialogue."""
EXAMPLES = 40
CUES = 12
DETAILS = 3
PRIVATE = frozenset({"security", "answer", "birth", "account", "policy"})
SHORT_KINDS = frozenset({"name", "date", "time", "choice", "number", "order"})
UNLABELLED = frozenset({"contentonly", "outofdomain"})

_TELLING = re.compile(r"\b(?:my name is|i am|i'm|this is|name is)\s*(?=[,.;!?]|and\b|$)", re.I)
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")


@dataclass(frozen=True, slots=True)
class _Goal:
    """An intent of a domain, with the dialogues that pursue it."""

    name: str
    title: str
    dialogues: tuple[Dialogue, ...]


def fold_of(dialogue_id: str, folds: int = FOLDS) -> int:
    """The fold a dialogue is played in, the same on every machine."""
    return int.from_bytes(hashlib.sha256(dialogue_id.encode()).digest()[:4], "big") % folds


def derive_playbooks(dialogues: Sequence[Dialogue], folds: int = FOLDS) -> Mapping[int, Playbook]:
    """For every fold that has dialogues, the playbook learned from all the other folds."""
    dealt = {dialogue.id: fold_of(dialogue.id, folds) for dialogue in dialogues}
    return {
        fold: derive_playbook([one for one in dialogues if dealt[one.id] != fold])
        for fold in sorted(set(dealt.values()))
    }


def derive_playbook(dialogues: Sequence[Dialogue]) -> Playbook:
    """The playbook these dialogues would have been served by."""
    extra = _vocabulary(dialogues)
    goals = _goals(dialogues, extra)
    heard = _hear(dialogues)
    slots = {name: _slot(name, dialogues, extra, heard) for name in _slot_names(dialogues)}
    flows, intents = {}, []
    for goal in goals:
        wanted = _usual_slots(goal, dialogues)
        if wanted:
            details = _details(wanted, slots, extra)
            flows[goal.name] = Flow(goal.name, wanted, found_for(details))
        examples = _examples(goal)
        if examples:
            flow = goal.name if wanted else None
            answer = None if wanted else "noted"
            intents.append(Intent(goal.name, goal.title, examples, flow=flow, answer=answer))
    intents += _small_talk(dialogues)
    playbook = Playbook(
        name="derived",
        version="",
        business="Replay",
        language="en",
        intents=tuple(intents),
        slots=slots,
        flows=flows,
        answers=ANSWERS,
        articles=(),
        rules=ESCALATIONS,
        hours=Hours("UTC", {}),
    )
    return replace(playbook, version=_digest(playbook))


def _digest(playbook: Playbook) -> str:
    text = json.dumps(asdict(playbook), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _vocabulary(dialogues: Iterable[Dialogue]) -> frozenset[str]:
    """Words that at least three dialogues use: enough to take run-together names apart."""
    seen: Counter[str] = Counter()
    for dialogue in dialogues:
        words = {word.lower() for turn in dialogue.turns for word in _WORD.findall(turn.text)}
        seen.update(word for word in words if len(word) >= 4)
    return frozenset(word for word, count in seen.items() if count >= 3)


def _goals(dialogues: Iterable[Dialogue], extra: frozenset[str]) -> list[_Goal]:
    """The intents, named by domain and label; what carries no label shares its domain's intent."""
    grouped: defaultdict[tuple[str, str], list[Dialogue]] = defaultdict(list)
    for dialogue in dialogues:
        labels = [label for label in dialogue.intents if label not in UNLABELLED]
        for label in labels or [""]:
            grouped[dialogue.domain, label].append(dialogue)
    goals = []
    for (domain, label), found in sorted(grouped.items()):
        words = split_words(label, extra) if label else ("other", *split_words(domain, extra))
        name = re.sub(r"\W+", "_", f"{domain}_{label or 'request'}".lower())
        goals.append(_Goal(name, title_of(words, matter=not label), tuple(found)))
    return goals


def _slot_names(dialogues: Iterable[Dialogue]) -> list[str]:
    return sorted({told.name for dialogue in dialogues for told in dialogue.told})


def _usual_slots(goal: _Goal, everyone: Sequence[Dialogue]) -> tuple[str, ...]:
    """The slots most dialogues of a goal tell, in the order in which they tell them.

    A goal seen in fewer than three dialogues borrows from its whole domain.
    """
    dialogues: Sequence[Dialogue] = goal.dialogues
    if len(dialogues) < 3:
        domain = dialogues[0].domain
        dialogues = [one for one in everyone if one.domain == domain]
    places: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for dialogue in dialogues:
        for place, told in enumerate(dialogue.told):
            order = told.turn + place / 100
            mine = places[told.name]
            mine[dialogue.id] = min(order, mine.get(dialogue.id, order))
    usual = [name for name, seen in places.items() if len(seen) >= USUAL * len(dialogues)]
    return tuple(sorted(usual, key=lambda name: (median(places[name].values()), name)))


def _examples(goal: _Goal) -> tuple[str, ...]:
    """The turns that open such dialogues: those labelled with it, else the first real one."""
    label = goal.name
    examples: dict[str, None] = {}
    for dialogue in goal.dialogues:
        labelled = [turn for turn in dialogue.played if _carries(turn.intents, dialogue, label)]
        speaking = [turn for turn in dialogue.played if not small_talk_of(turn)]
        opening = labelled or [turn for turn in speaking if len(_beside(turn, dialogue)) > 2][:1]
        for turn in opening[:2]:
            words = _beside(turn, dialogue)
            if len(words) > 1 and not small_talk_of(replace(turn, intents=())):
                examples.setdefault(" ".join(words))
    return tuple(examples)[:EXAMPLES]


def _beside(turn: Utterance, dialogue: Dialogue) -> list[str]:
    """The words of a turn without the names and numbers it tells, which mean no intent."""
    text = turn.text
    for told in dialogue.told:
        private = told.name.lower().endswith("name") and told.name != "Name"
        if told.turn == turn.index and (private or any(map(str.isdigit, told.value))):
            text = re.sub(re.escape(told.value), " ", text, flags=re.IGNORECASE)
    return _TELLING.sub(" ", text).split()


def _details(
    wanted: Sequence[str], slots: Mapping[str, Slot], extra: frozenset[str]
) -> list[tuple[str, str]]:
    """The slots a closing sentence repeats: short values, and nothing that proves an identity."""
    short = [name for name in wanted if slots[name].kind in SHORT_KINDS]
    shown = [name for name in short if not PRIVATE.intersection(split_words(name, extra))]
    return [(slots[name].label, name) for name in shown[:DETAILS]]


def _carries(labels: Sequence[str], dialogue: Dialogue, goal: str) -> bool:
    names = (re.sub(r"\W+", "_", f"{dialogue.domain}_{label}".lower()) for label in labels)
    return goal in names


def _slot(
    name: str,
    dialogues: Sequence[Dialogue],
    extra: frozenset[str],
    heard: Mapping[str, Mapping[str, set[str]]],
) -> Slot:
    words = split_words(name, extra)
    told = [(one.id, said.value) for one in dialogues for said in one.told if said.name == name]
    values = [value for _, value in told]
    kind = guess_kind(words, values)
    label = label_of(words)
    another = _names_another(name, dialogues)
    return Slot(
        name=name,
        kind=kind,
        label=label,
        ask=ask_for(words, label, kind, of_another=another),
        offer=OFFER,
        patterns=generalise(values) if kind not in ("yes_no", "text") else (),
        choices=list_choices(told) if kind in ("choice", "text", "name", "date") else (),
        cues=_cues(name, words, heard, another=another),
        secret=secret_kind(words) if kind == "secret" else None,
    )


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
    heard: Mapping[str, Mapping[str, set[str]]],
    *,
    another: bool,
) -> tuple[str, ...]:
    """The label, and the one to three words that come before the value in several dialogues.

    `heard` has for every slot its cues with the dialogues they were heard in. Words that come
    before another slot's values more often, or end another slot's own cue, announce neither.
    """
    own = " ".join(words)
    stem = "my name" if own == "name" else own
    stems = [] if own == "name" and another else [f"{stem} is", stem]
    others = [" ".join(split_words(one)) for one in heard if one != name]
    frequent = [
        cue
        for cue, found in heard.get(name, {}).items()
        if len(found) >= 2
        and not any(len(rival.get(cue, ())) > len(found) for rival in heard.values())
        and not any(f"{other} is".endswith(f" {cue}") for other in others if other != own)
    ]
    frequent.sort(key=lambda cue: (-len(cue.split()), -len(heard[name][cue]), cue))
    return tuple(dict.fromkeys([*stems, *frequent]))[:CUES]


def _hear(dialogues: Iterable[Dialogue]) -> dict[str, dict[str, set[str]]]:
    """Slot -> words that stand before its values -> the dialogues in which they do."""
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


def _small_talk(dialogues: Iterable[Dialogue]) -> list[Intent]:
    examples: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for kind in SMALL_TALK:
        examples[kind.name].update(dict.fromkeys(kind.examples))
    for dialogue in dialogues:
        for turn in dialogue.played:
            kind_name = small_talk_of(turn)
            if kind_name and len(examples[kind_name]) < EXAMPLES:
                examples[kind_name].setdefault(" ".join(turn.text.split()))
    return [replace(kind, examples=tuple(examples[kind.name])) for kind in SMALL_TALK]
