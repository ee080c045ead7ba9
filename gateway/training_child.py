"""Trains one intent model with scikit-learn: the program that `gateway.training` runs by itself.

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
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from core.pipeline.features import CHARACTERS_MAX, CHARACTERS_MIN, Stems, plain, word_terms
from core.pipeline.intent import DEFAULT_THRESHOLD, IntentModel
from gateway.calibration import Held, Matrix, find_temperature, find_threshold
from gateway.training_meaning import EncoderFiles, Vectors, fit_meaning, head_of, vectors_of

FOLDS = 5
SEED = 20_220

Row = tuple[str, str]


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

    With an encoder it makes use of sentence vectors, too. Raises ValueError when there is no text
    to train on, and what `vectors_of` raises.
    """
    intents = tuple(sorted({intent for _, intent in (*examples, *titles)}))
    certain = _certain((*examples, *titles))
    if len(intents) < 2:
        return _only_certain(intents, certain, language)
    column = {intent: at for at, intent in enumerate(intents)}
    rows = [*examples, *titles]
    pipeline = fit(rows, column, language)
    vectors = None if encoder is None else vectors_of([text for text, _ in rows], encoder)
    held, fused = hold_out(examples, titles, column, language, vectors)
    temperature = find_temperature(held)
    threshold, metrics = find_threshold(held, temperature)
    model = freeze(pipeline, intents, language, temperature, threshold, certain, metrics)
    if encoder is None or vectors is None:
        return model
    temperature = find_temperature(fused)
    threshold, metrics = find_threshold(fused, temperature)
    return replace(
        model,
        meaning=head_of(fit_meaning(rows, column, vectors), encoder.name, temperature, threshold),
        metrics={**model.metrics, **{f"{key} with meaning": one for key, one in metrics.items()}},
    )


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
    vectors: Vectors | None = None,
) -> tuple[Held, Held]:
    """Cross-validation over examples and, at once, over whole intents.

    Each fold keeps back a part of every intent's examples and everything of some intents; the texts
    of the latter play the messages that are about nothing in the playbook. Without them a playbook
    of few intents finds that it may answer anything (measured: 86 % precision where 97 % was aimed
    at). The second of the two results is with `vectors`, and empty without.
    """
    width = len(column)
    folds = min(FOLDS, max(Counter(intent for _, intent in examples).values(), default=0))
    if folds < 2:
        return _nothing(width), _nothing(width)
    chance = np.random.default_rng(SEED)
    part = deal(examples, folds, chance)
    left_out = chance.permutation(width) % folds if width > folds else chance.permutation(width)
    if width < 3:
        left_out = np.full(width, folds)
    scores: list[Matrix] = []
    fused: list[Matrix] = []
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
        terms = decide(pipeline, [text for text, _ in tested])
        scores.append(_spread(terms, pipeline.classes_, width))
        if vectors is not None:
            said = np.stack([vectors[text] for text, _ in tested]).astype(np.float64)
            both = fit_meaning(seen, known, vectors).scores(said, terms)
            fused.append(_spread(both, pipeline.classes_, width))
        gold.extend(known.get(intent, -1) for _, intent in tested)
    if not scores:
        return _nothing(width), _nothing(width)
    truth = np.array(gold, dtype=np.int64)
    return Held(np.vstack(scores), truth), Held(np.vstack(fused), truth) if fused else _nothing(
        width
    )


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


def _encoder(told: Mapping[str, str] | None) -> EncoderFiles | None:
    if told is None:
        return None
    return EncoderFiles(
        told["name"], Path(told["model"]), Path(told["vocabulary"]), Path(told["kept"])
    )


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
        model = train(rows, titles, str(request["language"]), _encoder(request.get("encoder")))
    except (ValueError, ImportError, OSError) as fault:
        sys.stderr.write(f"the examples cannot be trained on: {fault}\n")
        return 1
    Path(request["target"]).write_bytes(model.to_bytes())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
