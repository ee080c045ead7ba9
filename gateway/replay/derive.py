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

from core.languages.features import plain
from core.playbook.model import Flow, Hours, Intent, Playbook, Slot
from gateway.replay.derive_slots import derive_slots
from gateway.replay.dialogues import Dialogue, Utterance
from gateway.replay.talk import ANSWERS, ESCALATIONS, SMALL_TALK, small_talk_of
from gateway.replay.wording import (
    found_for,
    split_words,
    title_of,
)

FOLDS = 6
USUAL = 0.52
"""A slot is asked for in an intent's flow when this share of its dialogues tell it."""
THRESHOLD = 0.3
"""Below this probability a derived playbook's intents abstain. Its intents are many and have few
examples; a wrong guess costs one question too many, silence a whole dialogue."""
PATIENCE = 4
"""Messages with nothing to say to them before a person takes over: one more than is usual, for a
derived playbook has no articles, and understands less than a written one."""
EXAMPLES = 40
ENOUGH = 3
"""Examples without which an intent is not told apart from the rest of its domain."""
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
    label: str
    labels: tuple[str, ...]
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
    goals = _with_enough(_goals(dialogues, extra), extra)
    slots = derive_slots(dialogues, extra)
    flows, intents = {}, []
    for goal in goals:
        wanted = _usual_slots(goal, dialogues)
        if wanted:
            details = _details(wanted, slots, extra)
            also = _told_besides(goal, wanted, dialogues)
            flows[goal.name] = Flow(goal.name, wanted, found_for(details), also=also)
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
        intents=_told_apart(intents),
        slots=slots,
        flows=flows,
        answers=ANSWERS,
        articles=(),
        rules=ESCALATIONS,
        hours=Hours("UTC", {}),
        settings={"fallback_limit": PATIENCE},
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
        title = title_of(words, matter=not label)
        goals.append(_Goal(_name(domain, label or "request"), title, label, (label,), tuple(found)))
    return goals


def _name(domain: str, label: str) -> str:
    """An intent's name: small letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", f"{domain}_{label}".lower()).strip("_")


def _with_enough(goals: Sequence[_Goal], extra: frozenset[str]) -> list[_Goal]:
    """The goals, with those of too few examples joined to what else their domain is about.

    What is then still too little to be told apart is left out, unless the domain has nothing else.
    """
    kept, spare = [], defaultdict[str, list[_Goal]](list)
    for goal in goals:
        if len(_examples(goal)) >= ENOUGH and goal.label:
            kept.append(goal)
        else:
            spare[goal.dialogues[0].domain].append(goal)
    served = {goal.dialogues[0].domain for goal in kept}
    for domain, few in spare.items():
        found = {one.id: one for goal in few for one in goal.dialogues}
        labels = tuple(label for goal in few for label in goal.labels)
        title = title_of(("other", *split_words(domain, extra)), matter=True)
        name = _name(domain, "request")
        goal = _Goal(name, title, "", labels, tuple(found.values()))
        if domain not in served or len(_examples(goal)) >= ENOUGH:
            kept.append(goal)
    return sorted(kept, key=lambda goal: goal.name)


def _told_apart(intents: Sequence[Intent]) -> tuple[Intent, ...]:
    """The intents, each example in one of them only: the last to have it, small talk above all."""
    owners = {plain(example): one.name for one in intents for example in one.examples}
    return tuple(
        replace(
            one,
            examples=tuple(text for text in one.examples if owners[plain(text)] == one.name),
        )
        for one in intents
    )


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


def _told_besides(
    goal: _Goal, wanted: Sequence[str], everyone: Sequence[Dialogue]
) -> tuple[str, ...]:
    """What else is told in the goal's domain, the most usual first: taken in, but not asked for."""
    domain = goal.dialogues[0].domain
    told = Counter(
        name
        for dialogue in everyone
        if dialogue.domain == domain
        for name in {one.name for one in dialogue.told}.difference(wanted)
    )
    return tuple(sorted(told, key=lambda name: (-told[name], name)))


def _examples(goal: _Goal) -> tuple[str, ...]:
    """The turns that open such dialogues: those labelled with it, else the first real one."""
    examples: dict[str, str] = {}
    named = {label for label in goal.labels if label}
    for dialogue in goal.dialogues:
        labelled = [turn for turn in dialogue.played if set(turn.intents) & named]
        speaking = [turn for turn in dialogue.played if not small_talk_of(turn)]
        opening = labelled or [turn for turn in speaking if len(_beside(turn, dialogue)) > 2][:1]
        for turn in opening[:2]:
            words = _beside(turn, dialogue)
            if len(words) > 1 and not small_talk_of(replace(turn, intents=())):
                examples.setdefault(plain(" ".join(words)), " ".join(words))
    return tuple(examples.values())[:EXAMPLES]


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


def _small_talk(dialogues: Iterable[Dialogue]) -> list[Intent]:
    examples: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for kind in SMALL_TALK:
        examples[kind.name].update((plain(one), one) for one in kind.examples)
    for dialogue in dialogues:
        for turn in dialogue.played:
            kind_name = small_talk_of(turn)
            if kind_name and len(examples[kind_name]) < EXAMPLES:
                text = " ".join(turn.text.split())
                examples[kind_name].setdefault(plain(text), text)
    return [replace(kind, examples=tuple(examples[kind.name].values())) for kind in SMALL_TALK]
