"""Measures whether questions are answered from the right article, and the others not at all.

Run `python -m benchmarks.knowledge [--business retail] [--part dev] [--embeddings] [--show]`. The
businesses are `examples/retail` and `examples/airline`. Their questions were written before
anything was tuned, and nobody looks at a held-out one: `--show` lists what went wrong of the part
`dev` alone. It is measured twice: by the search in the articles, and by the whole reply to a first
message, which may as well begin a flow. The bars are for the search.

A question is answered from an article, or the article is only named as one that may answer. The
right one comes first where it is answered from or named. A question that no article answers is
wrongly answered where sentences of one are told; where one is named, that is counted by itself.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.effects import LookUp
from core.message import Assurance, Audience, Author
from core.pipeline.contracts import Stages
from core.pipeline.decide import decide, default_stages
from core.pipeline.intent.stage import IntentModel
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.response.knowledge import least_named, least_of, likely_of
from core.pipeline.response.passages import split_sentences
from core.playbook.model import Playbook
from core.turn import CaseState, Decision, Recall, Said, Sender, TurnInput
from gateway.intents.training import model_now, playbook_rows
from gateway.playbook.reader import load_playbook
from gateway.recall.encoder_files import Found, find_model
from gateway.settings.memory import Embeddings
from gateway.settings.model import Settings
from gateway.stages.article_index import article_index
from gateway.stages.article_vectors import ArticleVectors
from gateway.turns.effects import perform
from memory.recall.encoder import load_model

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


class Source(NamedTuple):
    """The article that a question is answered from, or that is only named."""

    article: str
    answered: bool


NOTHING, WRONG, RIGHT, INVENTED, REFUSED = "nothing", "wrong", "right", "invented", "refused"


class Score:
    """How questions were answered: how many of each outcome, and of it by being answered from."""

    def __init__(self, counts: Counter[tuple[str, bool]] | None = None) -> None:
        self._counts = counts or Counter()

    def add(self, article: str, found: Source | None) -> None:
        """Count one question."""
        if article == NOWHERE:
            outcome = REFUSED if found is None else INVENTED
        elif found is None:
            outcome = NOTHING
        else:
            outcome = RIGHT if found.article == article else WRONG
        self._counts[outcome, found is not None and found.answered] += 1

    def __add__(self, other: Score) -> Score:
        """Both together."""
        return Score(self._counts + other._counts)

    def number(self, *outcomes: str, answered: bool | None = None) -> int:
        """How many came out like this, `answered` from an article or not, if that counts."""
        ways = (True, False) if answered is None else (answered,)
        return sum(self._counts[outcome, way] for outcome in outcomes for way in ways)

    def share(self, outcome: str, answered: bool | None = None) -> float:
        """Of the questions that could come out so."""
        unanswerable = (INVENTED, REFUSED)
        every = unanswerable if outcome in unanswerable else (RIGHT, WRONG, NOTHING)
        return self.number(outcome, answered=answered) / max(self.number(*every), 1)

    def line(self) -> str:
        """A row of the table."""
        wrong = f"{self.number(WRONG, answered=True)}+{self.number(WRONG, answered=False)}"
        none = f"{self.number(NOTHING)} of {self.number(RIGHT, WRONG, NOTHING)}"
        told, named = (self.share(INVENTED, answered=way) for way in (True, False))
        return (
            f"{self.share(RIGHT):7.1%} {self.share(RIGHT, answered=True):10.1%} {wrong:>7} "
            f"{none:>10} | {told:8.1%} {named:8.1%} of {self.number(INVENTED, REFUSED):3}"
        )


def questions(business: str, part: str) -> tuple[Question, ...]:
    """The questions of one part for one business."""
    with (HERE / f"{business}-{part}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Question(row["article"], row["question"]) for row in csv.DictReader(file))


class Trained(NamedTuple):
    """What the gateway would make of a playbook, and what gives it a text's vector."""

    model: IntentModel
    articles: ArticleIndex
    vector: Vector


def trained(playbook: Playbook, encoder: Found | None) -> Trained:
    """All of it, as the gateway would train it with this encoder or without one."""
    examples, titles = playbook_rows(playbook)
    with tempfile.TemporaryDirectory(prefix="onethread-knowledge-") as name:
        folder = Path(name)
        model = model_now(
            examples, folder, titles=titles, language=playbook.language, encoder=encoder
        )
        sentences = None if encoder is None else ArticleVectors(encoder, folder)
        index = article_index(playbook, sentences)
    if encoder is None:
        return Trained(model, index, _no_vector)
    loaded = load_model(encoder.name, encoder.model, encoder.vocabulary, encoder.layer)
    return Trained(model, index, lambda text: loaded.deep([text])[0])


def encoder_found() -> Found:
    """The encoder of the extra `embeddings`. Raises `ConfigError` when it is not installed."""
    settings = Settings().model_copy(update={"embeddings": Embeddings(enabled=True)})
    found = find_model(settings)
    assert found is not None
    return found


def searching(playbook: Playbook, stages: Stages, index: ArticleIndex, vector: Vector) -> Ask:
    """The best article of the search, by the guessed intent and the playbook's thresholds."""
    sure, near = least_of(playbook), least_named(playbook)

    def ask(text: str) -> Source | None:
        turn = replace(_turn(text), vector=vector(text))
        likely = likely_of(stages.intent(turn, playbook))
        hits = index.search(text, likely=likely, limit=1, least=near, vector=turn.vector)
        return Source(hits[0].article.name, hits[0].score >= sure) if hits else None

    return ask


def replying(playbook: Playbook, stages: Stages, vector: Vector) -> Ask:
    """The article that the reply to a first message tells from or names, if there is one."""
    names = {one.url: one.name for one in playbook.articles}
    bodies = {
        one.url: [each.text for each in split_sentences(one.body)] for one in playbook.articles
    }

    def ask(text: str) -> Source | None:
        decision = _decided(replace(_turn(text), vector=vector(text)), playbook, stages)
        if not decision.sources:
            return None
        title, url = decision.sources[0]
        told = (decision.reply.text if decision.reply is not None else "").replace(title, "")
        return Source(names[url], any(one in told for one in bodies[url]))

    return ask


Ask = Callable[[str], Source | None]
"""A question -> the article it is answered from, or that is named, if any."""

Vector = Callable[[str], NDArray[np.float32] | None]
"""A text -> its vector, where there is an encoder."""


def _told(found: Source | None) -> str:
    """What was found, in words."""
    if found is None:
        return "nothing"
    return found.article if found.answered else f"{found.article} (named)"


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


def _no_vector(_: str) -> None:
    """Without an encoder."""


def measure(
    business: str, encoder: Found | None, parts: Sequence[str], show: bool
) -> Iterator[tuple[str, str, Score]]:
    """How the questions of a business were answered: the way, the part, the score."""
    playbook = load_playbook(EXAMPLES / business)
    model, index, vector = trained(playbook, encoder)
    stages = default_stages(model, index)
    ways = {
        "search": searching(playbook, stages, index, vector),
        "reply": replying(playbook, stages, vector),
    }
    for way, ask in ways.items():
        for part in parts:
            score = Score()
            for article, text in questions(business, part):
                found = ask(text)
                score.add(article, found)
                right = Source(article, True) if article != NOWHERE else None
                if show and part == "dev" and found != right:
                    print(f"  {way:6} {text!r}: {_told(found)}, not {article}")
            yield way, part, score


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line for each business, way and part; exit status 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--business", choices=BUSINESSES, action="append")
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--embeddings", action="store_true", help="with the sentence encoder")
    parser.add_argument("--show", action="store_true", help="list what went wrong of dev")
    options = parser.parse_args(arguments)
    encoder = encoder_found() if options.embeddings else None
    together: dict[str, Score] = {}
    print(f"{'':28} right first  answered   wrong    nothing | of what has no answer:")
    print(f"{'':28} or named     of it    ans+named          | answered    named")
    for business in options.business or BUSINESSES:
        for way, part, score in measure(business, encoder, options.part or PARTS, options.show):
            together[way] = together.get(way, Score()) + score
            print(f"{business:8} {way:7} {part:10} {score.line()}")
    for way, score in together.items():
        print(f"{'together':8} {way:7} {'':10} {score.line()}")
    best = together["search"]
    missed = best.share(RIGHT) < RIGHT_BAR or best.share(INVENTED, answered=True) > WRONGLY_BAR
    print(
        f"bars: at least {RIGHT_BAR:.0%} right first or named, "
        f"at most {WRONGLY_BAR:.0%} answered without an answer"
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
