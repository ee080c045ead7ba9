"""Measures whether questions are answered from the right article, and the others not at all.

Run `python -m benchmarks.knowledge [--business retail] [--part dev] [--show]`. The businesses are
`examples/retail` and `examples/airline`. Their questions were written before anything was tuned,
and nobody looks at a held-out one: `--show` lists what went wrong of the part `dev` alone. It is
measured twice: by the search in the articles, and by the whole reply to a first message, which may
as well begin a flow. The bars are for the search.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from core.effects import LookUp
from core.message import Assurance, Audience, Author
from core.pipeline.articles import ArticleIndex
from core.pipeline.contracts import Stages
from core.pipeline.decide import decide, default_stages
from core.pipeline.intent import IntentModel
from core.pipeline.knowledge import least_of, likely_of
from core.playbook import Playbook
from core.turn import CaseState, Decision, Recall, Said, Sender, TurnInput
from gateway.article_index import article_index
from gateway.effects import perform
from gateway.playbooks import load_playbook
from gateway.training import model_now, playbook_rows

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
BUSINESSES = ("retail", "airline")
PARTS = ("dev", "held-out")
NOWHERE = "-"
"""What stands for the article of a question that no article answers."""

RIGHT_BAR, WRONGLY_BAR = 0.90, 0.03
_NOON = datetime(2026, 3, 3, 17, tzinfo=UTC)
_HANDLE = "visitor:asker"


class Question(NamedTuple):
    """A question and the article that answers it, or `NOWHERE`."""

    article: str
    text: str


@dataclass(slots=True)
class Score:
    """How questions were answered."""

    right: int = 0
    wrong: int = 0
    unanswered: int = 0
    refused: int = 0
    invented: int = 0
    """Unanswerable ones that got an answer all the same."""

    def add(self, article: str, found: str | None) -> None:
        """Count one question."""
        if article == NOWHERE:
            self.refused += found is None
            self.invented += found is not None
        elif found is None:
            self.unanswered += 1
        else:
            self.right += found == article
            self.wrong += found != article

    def __add__(self, other: Score) -> Score:
        """Both together."""
        return Score(
            self.right + other.right,
            self.wrong + other.wrong,
            self.unanswered + other.unanswered,
            self.refused + other.refused,
            self.invented + other.invented,
        )

    @property
    def right_share(self) -> float:
        """Of the answerable questions."""
        return self.right / max(self.right + self.wrong + self.unanswered, 1)

    @property
    def invented_share(self) -> float:
        """Of the unanswerable ones."""
        return self.invented / max(self.refused + self.invented, 1)

    def line(self) -> str:
        """A row of the table."""
        answerable = self.right + self.wrong + self.unanswered
        return (
            f"{self.right_share:7.1%} {self.wrong:6} {self.unanswered:11} of {answerable:3}"
            f"   {self.invented_share:7.1%} of {self.refused + self.invented:3}"
        )


def questions(business: str, part: str) -> tuple[Question, ...]:
    """The questions of one part for one business."""
    with (HERE / f"{business}-{part}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Question(row["article"], row["question"]) for row in csv.DictReader(file))


def learned(playbook: Playbook) -> IntentModel:
    """The intent model of a playbook, as the gateway would train it."""
    examples, titles = playbook_rows(playbook)
    with tempfile.TemporaryDirectory(prefix="onethread-knowledge-") as folder:
        return model_now(examples, Path(folder), titles=titles, language=playbook.language)


def searching(playbook: Playbook, stages: Stages, index: ArticleIndex) -> Ask:
    """The best article of the search, by the guessed intent and the playbook's threshold."""
    least = least_of(playbook)

    def ask(text: str) -> str | None:
        guess = stages.intent(_turn(text), playbook)
        hits = index.search(text, likely=likely_of(guess), limit=1, least=least)
        return hits[0].article.name if hits else None

    return ask


def replying(playbook: Playbook, stages: Stages) -> Ask:
    """The article that the reply to a first message tells from, if it tells from one."""
    named = {one.url: one.name for one in playbook.articles}

    def ask(text: str) -> str | None:
        decision = _decided(_turn(text), playbook, stages)
        return named[decision.sources[0][1]] if decision.sources else None

    return ask


Ask = Callable[[str], str | None]
"""A question -> the name of the article it is answered from, if any."""


def _turn(text: str) -> TurnInput:
    said = Said("m1", _NOON, "webchat", Author.CUSTOMER, text, len(text.split()), _HANDLE)
    return TurnInput(
        id="1",
        now=_NOON,
        channel="webchat",
        audience=Audience.ONE,
        sender=Sender(_HANDLE, Assurance.ASSERTED, (_HANDLE,)),
        messages=(said,),
        case_id=None,
        case=CaseState(),
        recall=Recall(),
    )


def _decided(turn: TurnInput, playbook: Playbook, stages: Stages) -> Decision:
    while not isinstance(decision := decide(turn, playbook, stages, lambda: 0), Decision):
        effect = decision.effect
        found = perform(effect, playbook) if isinstance(effect, LookUp) else None
        turn = replace(turn, effects={**turn.effects, effect.id: found})
    return decision


def measure(business: str, parts: Sequence[str], show: bool) -> Iterator[tuple[str, str, Score]]:
    """How the questions of a business were answered: the way, the part, the score."""
    playbook = load_playbook(EXAMPLES / business)
    index = article_index(playbook)
    stages = default_stages(learned(playbook), index)
    ways = {"search": searching(playbook, stages, index), "reply": replying(playbook, stages)}
    for way, ask in ways.items():
        for part in parts:
            score = Score()
            for article, text in questions(business, part):
                found = ask(text)
                score.add(article, found)
                if show and part == "dev" and found != (None if article == NOWHERE else article):
                    print(f"  {way:6} {text!r}: {found or 'nothing'}, not {article}")
            yield way, part, score


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line for each business, way and part; exit status 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--business", choices=BUSINESSES, action="append")
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--show", action="store_true", help="list what went wrong of dev")
    options = parser.parse_args(arguments)
    together: dict[str, Score] = {}
    print(f"{'':26} right first  wrong  unanswered            answered though unanswerable")
    for business in options.business or BUSINESSES:
        for way, part, score in measure(business, options.part or PARTS, options.show):
            together[way] = together.get(way, Score()) + score
            print(f"{business:8} {way:7} {part:10} {score.line()}")
    for way, score in together.items():
        print(f"{'together':8} {way:7} {'':10} {score.line()}")
    best = together["search"]
    missed = best.right_share < RIGHT_BAR or best.invented_share > WRONGLY_BAR
    print(f"bars: at least {RIGHT_BAR:.0%} right first, at most {WRONGLY_BAR:.0%} invented")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
