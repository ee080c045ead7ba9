"""What is asked about a customer's history in the support corpus, and which turns answer it.

Evidence comes from the scenes as they were written, never from a score.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.support.lives import MOMENT, STRANGER, Life, Played, Question

_ITS_ME = {"en": "{} here: ", "de": "{} hier: ", "fr": "C'est {} : "}


def ask(life: Life, sessions: Sequence[Mapping[str, Any]]) -> list[Question]:
    """About ten questions of as many kinds as there are."""
    by_kind: dict[str, list[Question]] = defaultdict(list)
    for one in (*_scenes(life), *_facts(life), *_lists(life), *_months(life, sessions)):
        by_kind[one.kind].append(one)
    for some in by_kind.values():
        life.chance.shuffle(some)
    wanted = 8 + min(len(sessions) // 5, 6)
    asked: list[Question] = []
    while len(asked) < wanted and any(by_kind.values()):
        for kind in sorted(by_kind):
            if by_kind[kind] and len(asked) < wanted:
                asked.append(by_kind[kind].pop())
    return asked


def _question(kind: str, text: str, evidence: Sequence[str]) -> Question:
    return Question(kind, text, tuple(evidence))


def _own(life: Life) -> list[Played]:
    return [one for one in life.played if one.handle != STRANGER]


def _scenes(life: Life) -> Iterator[Question]:
    """Questions about single scenes, where nothing else in the history answers them as well."""
    own = _own(life)
    # What was drawn from a short list may come twice: such a question would have two answers.
    drawn = Counter(value for one in own for value in set(one.values.values()))
    scenes = Counter(one.scene.name for one in own)
    for one in own:
        for asked in one.scene.questions:
            if asked.kind in ("now", "before"):
                continue
            text = life.chance.choice(asked.wordings)
            keys = [key for key in one.values if f"{{{key}}}" in text]
            told = [one.values[key] for key in keys if len(one.values[key]) > 3]
            if not any(drawn[value] == 1 for value in told) and scenes[one.scene.name] > 1:
                continue
            text = text.format(**one.values)
            kind, turn = asked.kind, asked.turns[0] - 1
            speaker = one.speakers[turn]
            if kind != "identifier" and speaker:
                kind, text = "shared", _ITS_ME[life.stock.language].format(speaker) + text
            elif kind in ("single", "agent") and one.handles[turn].endswith(":second"):
                kind = "merged"
            elif kind in ("single", "agent") and life.stranger and life.chance.random() < 0.5:
                kind = "unmerged"
            yield _question(kind, text, one.evidence(asked))


def _facts(life: Life) -> Iterator[Question]:
    """Questions about facts that were superseded: what holds now, and what held before."""
    by_name: dict[str, list[Played]] = defaultdict(list)
    for one in _own(life):
        by_name[one.scene.name].append(one)
    for played in by_name.values():
        newest = sorted(played, key=lambda one: int(one.ids[0].partition(".")[0]), reverse=True)
        for asked in newest[0].scene.questions:
            text = life.chance.choice(asked.wordings)
            if asked.kind == "now":
                yield _question("now", text, newest[0].evidence(asked))
            elif asked.kind == "before" and len(newest) > 1:
                yield _question("before", text, newest[1].evidence(asked))


def _lists(life: Life) -> Iterator[Question]:
    """Questions whose answer is spread over several scenes."""
    for tag, wordings in life.stock.lists.items():
        evidence = [
            one.ids[one.scene.lists[tag] - 1] for one in _own(life) if tag in one.scene.lists
        ]
        if 2 <= len(evidence) <= 5:
            yield _question("list", life.chance.choice(wordings), evidence)


def _months(life: Life, sessions: Sequence[Mapping[str, Any]]) -> Iterator[Question]:
    """Questions about the only session of a month."""
    months: dict[tuple[int, int], list[Mapping[str, Any]]] = defaultdict(list)
    for session in sessions:
        if session["handle"] != STRANGER:
            at = _moment(session)
            months[at.year, at.month].append(session)
    recent = _moment(sessions[-1]) - timedelta(days=250)
    for (year, month), some in months.items():
        if len(some) == 1:
            name = life.stock.values["months"][month - 1]
            near = datetime(year, month, 1, tzinfo=UTC) > recent
            named = name if near and life.chance.random() < 0.5 else f"{name} {year}"
            text = life.chance.choice(life.stock.months).format(month=named)
            yield _question("month", text, [some[0]["turns"][0]["id"]])


def _moment(session: Mapping[str, Any]) -> datetime:
    return datetime.strptime(session["at"], MOMENT).replace(tzinfo=UTC)
