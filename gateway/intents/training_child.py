"""Trains one intent model with scikit-learn: the program that `gateway.intents.training` runs by
itself.

Reads a request as JSON from standard input and writes the model to the file named in it. The
serving process must never import this module, which costs it scikit-learn's memory and start-up
time.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from core.languages.features import CHARACTERS_MAX, CHARACTERS_MIN, Stems, plain, word_terms
from core.pipeline.intent.meaning_head import ENCODER_SHARES, PIECE_SHARES, MeaningHead
from core.pipeline.intent.stage import DEFAULT_THRESHOLD, IntentModel
from gateway.intents.calibration import (
    ENCODER_TARGET,
    FLOOR,
    TARGET,
    Held,
    Matrix,
    find_temperature,
    find_threshold,
    right,
)
from gateway.intents.piece_file import load_pieces
from gateway.intents.training_meaning import (
    ENCODER_PENALTY,
    NEAR_FROM,
    PIECE_PENALTY,
    EncoderFiles,
    Fitted,
    Vectors,
    fit_meaning,
    gists_of,
    head_of,
    vectors_of,
)

FOLDS = 5
SEED = 20_220

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """Another way to look at texts than their terms: vectors that `name` made, the shares of the
    terms beside them (`core.pipeline.intent.meaning_head.fuse_share`), and the strength and
    the `first` numbers that `fit_meaning` takes."""

    name: str
    vectors: Vectors
    shares: tuple[float, float] = ENCODER_SHARES
    penalty: float = ENCODER_PENALTY
    first: int = 0

    @property
    def heads(self) -> int:
        """How many heads `fits` makes."""
        return 2 if self.first else 1

    def fits(self, rows: Sequence[Row], column: Mapping[str, int]) -> tuple[Fitted, ...]:
        """What `fit` makes and, where nearness counts in it, the same without before it."""
        fitted = self.fit(rows, column)
        return (replace(fitted, nearest=None), fitted) if self.first else (fitted,)

    def fit(self, rows: Sequence[Row], column: Mapping[str, int]) -> Fitted:
        """What can be told from the vectors of rows."""
        return fit_meaning(rows, column, self.vectors, self.shares, self.penalty, self.first)

    def of(self, texts: Sequence[str]) -> Matrix:
        """A vector for each text, all of which are known."""
        return np.stack([self.vectors[text] for text in texts]).astype(np.float64)


def recipe(language: str) -> Pipeline:
    """The scikit-learn pipeline that the frozen model must equal, before training."""
    stems = Stems(language)
    words = TfidfVectorizer(analyzer=_after(plain, word_terms(stems)), sublinear_tf=True)
    characters = TfidfVectorizer(
        preprocessor=plain,
        analyzer="char_wb",
        ngram_range=(CHARACTERS_MIN, CHARACTERS_MAX),
        sublinear_tf=True,
    )
    return Pipeline(
        [
            ("terms", FeatureUnion([("words", words), ("characters", characters)])),
            ("classifier", LinearSVC(random_state=SEED)),
        ]
    )


def _after(first: Any, second: Any) -> Any:
    """`second` of `first`: scikit-learn gives a callable analyser the raw text."""
    return lambda text: second(first(text))


def train(
    examples: Sequence[Row],
    titles: Sequence[Row],
    language: str,
    encoder: EncoderFiles | None = None,
) -> IntentModel:
    """The model of (text, intent) examples; `titles` are further rows, trained on, never held out.

    It makes use of word pieces where the table knows the language, and with an encoder of sentence
    vectors, too. Raises ValueError when there is no text to train on, and what `vectors_of` raises.
    """
    intents = tuple(sorted({intent for _, intent in (*examples, *titles)}))
    certain = _certain((*examples, *titles))
    if len(intents) < 2:
        return _only_certain(intents, certain, language)
    column = {intent: at for at, intent in enumerate(intents)}
    rows = [*examples, *titles]
    texts = [text for text, _ in rows]
    gist = gist_view(texts)
    meaning = None if encoder is None else encoder_view(rows, encoder)
    held = hold_out(examples, titles, column, language, [one for one in (gist, meaning) if one])
    temperature = find_temperature(held[0])
    threshold, metrics = find_threshold(held[0], temperature)
    pipeline = fit(rows, column, language)
    model = freeze(pipeline, intents, language, temperature, threshold, certain, metrics)
    if gist is not None:
        # A few held-out examples say too little about strangers to be less careful than the terms.
        head, metrics = _headed(gist, rows, column, held[1], threshold)
        model = replace(model, pieces=load_pieces(), gist=head, metrics=metrics)
    if meaning is not None:
        meaning, its = _better(meaning, held[-meaning.heads :])
        head, metrics = _headed(meaning, rows, column, its, target=ENCODER_TARGET)
        more = {f"{key} with meaning": one for key, one in metrics.items()}
        model = replace(model, meaning=head, metrics={**model.metrics, **more})
    return model


def encoder_view(rows: Sequence[Row], encoder: EncoderFiles) -> View:
    """What the sentence encoder says of the rows' texts, and from `NEAR_FROM` examples of each
    intent on by their nearness, too. Raises what `vectors_of` raises."""
    vectors = vectors_of([text for text, _ in rows], encoder)
    many = len(rows) >= NEAR_FROM * len({intent for _, intent in rows})
    whole = len(next(iter(vectors.values())))
    first = whole if encoder.layer is None else whole // 2
    return View(encoder.name, vectors, first=first if many else 0)


def _better(view: View, held: Sequence[Held]) -> tuple[View, Held]:
    """The view as more held-out texts are right with it, and what was held out: with nearness, or
    as it is without."""
    alone, both = held[0], held[-1]
    return (view, both) if right(both) > right(alone) else (replace(view, first=0), alone)


def gist_view(texts: Sequence[str]) -> View | None:
    """What the table of word pieces says of texts; nothing where it does not know the language."""
    pieces = load_pieces()
    vectors = gists_of(texts, pieces)
    if pieces is None or vectors is None:
        return None
    return View(pieces.name, vectors, PIECE_SHARES, PIECE_PENALTY)


def _headed(
    view: View,
    rows: Sequence[Row],
    column: Mapping[str, int],
    held: Held,
    least: float = FLOOR,
    target: float = TARGET,
) -> tuple[MeaningHead, Mapping[str, float]]:
    """The head of a view with its own temperature and threshold, and what was measured of it."""
    temperature = find_temperature(held)
    threshold, metrics = find_threshold(held, temperature, least, target)
    return head_of(view.fit(rows, column), view.name, temperature, threshold), metrics


def fit(rows: Sequence[Row], column: Mapping[str, int], language: str) -> Pipeline:
    """The recipe, trained on rows whose intents are at least two."""
    pipeline = recipe(language)
    pipeline.fit([text for text, _ in rows], [column[intent] for _, intent in rows])
    return pipeline


def hold_out(
    examples: Sequence[Row],
    titles: Sequence[Row],
    column: Mapping[str, int],
    language: str,
    views: Sequence[View] = (),
) -> tuple[Held, ...]:
    """Cross-validation over examples and, at once, over whole intents.

    Each fold keeps back a part of every intent's examples and everything of some intents; the texts
    of the latter play the messages that are about nothing in the playbook. Without them a playbook
    of few intents finds that it may answer anything (measured: 86 % precision where 97 % was aimed
    at). The first result is of the terms alone, the others are of them with each view's `fits`.
    """
    width, results = len(column), 1 + sum(one.heads for one in views)
    folds = min(FOLDS, max(Counter(intent for _, intent in examples).values(), default=0))
    if folds < 2:
        return (_nothing(width),) * results
    chance = np.random.default_rng(SEED)
    part = deal(examples, folds, chance)
    left_out = chance.permutation(width) % folds if width > folds else chance.permutation(width)
    if width < 3:
        left_out = np.full(width, folds)
    scores: list[list[Matrix]] = [[] for _ in range(results)]
    gold: list[int] = []
    for fold in range(folds):
        known = {name: at for name, at in column.items() if left_out[at] != fold}
        rows = [row for row, its in zip(examples, part, strict=True) if its != fold]
        tested = [
            row
            for row, its in zip(examples, part, strict=True)
            if row[1] not in known or its == fold
        ]
        seen = [row for row in (*rows, *titles) if row[1] in known]
        known = {name: known[name] for name in {intent for _, intent in seen}}
        if len(known) < 2 or not tested:
            continue
        pipeline = fit(seen, known, language)
        texts = [text for text, _ in tested]
        terms = decide(pipeline, texts)
        both = (
            fitted.scores(one.of(texts), terms) for one in views for fitted in one.fits(seen, known)
        )
        for its, decided in zip(scores, (terms, *both), strict=True):
            its.append(_spread(decided, pipeline.classes_, width))
        gold.extend(known.get(intent, -1) for _, intent in tested)
    if not gold:
        return (_nothing(width),) * results
    truth = np.array(gold, dtype=np.int64)
    return tuple(Held(np.vstack(its), truth) for its in scores)


def _nothing(width: int) -> Held:
    return Held(np.empty((0, width)), np.empty(0, dtype=np.int64))


def deal(examples: Sequence[Row], folds: int, chance: np.random.Generator) -> list[int]:
    """A fold for each example, so that every intent is spread evenly."""
    dealt: Counter[str] = Counter()
    part = [0] * len(examples)
    for at in chance.permutation(len(examples)):
        intent = examples[at][1]
        # Starting every intent elsewhere keeps the folds equal when there are few examples of each.
        part[at] = (dealt[intent] + sum(intent.encode())) % folds
        dealt[intent] += 1
    return part


def _spread(decided: Matrix, columns: Sequence[int], width: int) -> Matrix:
    """Scores with a column for every intent, those not trained on at minus infinity."""
    scores = np.full((len(decided), width), -np.inf)
    scores[:, columns] = decided
    return scores


def decide(pipeline: Pipeline, texts: Sequence[str]) -> Matrix:
    """Decision values, a column for each of the pipeline's classes: scikit-learn gives one value
    for two of them."""
    decision: Matrix = pipeline.decision_function(texts)
    return np.stack([-decision, decision], axis=1) if decision.ndim == 1 else decision


def freeze(
    pipeline: Pipeline,
    intents: tuple[str, ...],
    language: str,
    temperature: float,
    threshold: float,
    certain: Mapping[str, str],
    metrics: Mapping[str, float],
) -> IntentModel:
    """The trained pipeline as weights and dictionaries."""
    blocks = dict(pipeline["terms"].transformer_list)
    words, characters = blocks["words"], blocks["characters"]
    classifier = pipeline["classifier"]
    weights = np.asarray(classifier.coef_).T
    intercept = np.asarray(classifier.intercept_)
    if weights.shape[1] == 1:
        weights = np.hstack([-weights, weights])
        intercept = np.concatenate([-intercept, intercept])
    return IntentModel(
        intents=intents,
        language=language,
        words={term: int(row) for term, row in words.vocabulary_.items()},
        characters={
            term: int(row) + len(words.vocabulary_) for term, row in characters.vocabulary_.items()
        },
        idf=np.concatenate([words.idf_, characters.idf_]).astype(np.float32),
        weights=np.ascontiguousarray(weights, dtype=np.float32),
        intercept=intercept.astype(np.float32),
        temperature=temperature,
        threshold=threshold,
        certain=certain,
        metrics=metrics,
        stems=Stems(language),
    )


def _certain(rows: Sequence[Row]) -> Mapping[str, str]:
    """Texts that belong to exactly one intent, as the model will see them."""
    owners: dict[str, set[str]] = {}
    for text, intent in rows:
        owners.setdefault(plain(text), set()).add(intent)
    return {text: min(its) for text, its in sorted(owners.items()) if text and len(its) == 1}


def _only_certain(
    intents: tuple[str, ...], certain: Mapping[str, str], language: str
) -> IntentModel:
    """With fewer than two intents nothing can be told apart: only known texts are recognised."""
    nothing = np.zeros(0, dtype=np.float32)
    return IntentModel(
        intents=intents,
        language=language,
        words={},
        characters={},
        idf=nothing,
        weights=np.zeros((0, len(intents)), dtype=np.float32),
        intercept=np.zeros(len(intents), dtype=np.float32),
        temperature=1.0,
        threshold=DEFAULT_THRESHOLD,
        certain=certain,
        stems=Stems(language),
    )


def encoder_told(told: Mapping[str, Any] | None) -> EncoderFiles | None:
    """What `gateway.intents.training.told_of_encoder` told a child."""
    if told is None:
        return None
    model, vocabulary, kept = (Path(told[name]) for name in ("model", "vocabulary", "kept"))
    return EncoderFiles(told["name"], model, vocabulary, kept, told["layer"])


def main() -> int:
    """Train as standard input says; a failure is one line on standard error and exit status 1."""
    if hasattr(os, "nice"):
        os.nice(10)
    request = json.load(sys.stdin)
    rows, titles = (
        [(str(text), str(intent)) for text, intent in request[key]]
        for key in ("examples", "titles")
    )
    try:
        model = train(rows, titles, str(request["language"]), encoder_told(request.get("encoder")))
    except (ValueError, ImportError, OSError) as fault:
        sys.stderr.write(f"the examples cannot be trained on: {fault}\n")
        return 1
    Path(request["target"]).write_bytes(model.to_bytes())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
