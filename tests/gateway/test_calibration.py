"""The threshold keeps its promise on the held-out texts it was found on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pipeline.intent.stage import DEFAULT_THRESHOLD
from gateway.intents.calibration import (
    CEILING,
    ENCODER_TARGET,
    FLOOR,
    TARGET,
    Held,
    expected,
    find_temperature,
    find_threshold,
    probabilities,
)
from gateway.intents.training_child import hold_out
from tests.core.intent.examples import EXAMPLES, TITLES


def held(seed: int, rows: int, intents: int, strangers: int, clear: float) -> Held:
    """Scores in which the right intent leads by about `clear`, and strangers have no leader."""
    chance = np.random.default_rng(seed)
    scores = chance.normal(0, 0.5, (rows + strangers, intents))
    gold = np.concatenate([chance.integers(0, intents, rows), np.full(strangers, -1)])
    scores[np.arange(rows), gold[:rows]] += clear
    return Held(scores, gold)


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(5, 200),
    intents=st.integers(2, 40),
    strangers=st.integers(0, 100),
    clear=st.floats(0, 4),
    target=st.sampled_from((TARGET, ENCODER_TARGET)),
)
def test_what_is_answered_is_as_precise_as_aimed_at(
    seed: int, rows: int, intents: int, strangers: int, clear: float, target: float
) -> None:
    found = held(seed, rows, intents, strangers, clear)
    temperature = find_temperature(found)
    threshold, metrics = find_threshold(found, temperature, target=target)
    assert FLOOR <= threshold <= CEILING
    assert 0 <= metrics["coverage"] <= 1
    kept = probabilities(found.scores, temperature).max(axis=1) >= threshold
    if threshold < CEILING and kept.any():
        assert metrics["precision"] >= target - 1e-9 or threshold == FLOOR


def test_clear_cases_are_answered_and_strangers_are_not() -> None:
    found = held(1, 200, 8, 60, 4.0)
    temperature = find_temperature(found)
    threshold, metrics = find_threshold(found, temperature)
    confidence = probabilities(found.scores, temperature).max(axis=1)
    assert metrics["coverage"] > 0.9
    assert (confidence[200:] >= threshold).mean() < 0.2


def test_strangers_weigh_less_the_more_intents_there_are() -> None:
    weights = [expected(held(1, 100, intents, 50, 1.0))[-1] for intents in (4, 8, 32, 150)]
    assert weights[0] == weights[1] == pytest.approx(0.18 / 0.82 * 100 / 50)
    assert weights[1] > weights[2] > weights[3]


def test_nothing_held_out_means_the_default() -> None:
    nothing = Held(np.empty((0, 4)), np.empty(0, dtype=np.int64))
    assert find_threshold(nothing, find_temperature(nothing)) == (DEFAULT_THRESHOLD, {})


def test_each_fold_knows_nothing_of_its_strangers() -> None:
    column = {name: at for at, name in enumerate(sorted({intent for _, intent in EXAMPLES}))}
    (found,) = hold_out(EXAMPLES, TITLES, column, "en")
    strangers = found.gold < 0
    # Every example is a stranger exactly once: in the fold that leaves its intent out.
    assert strangers.sum() == len(EXAMPLES)
    assert np.isneginf(found.scores[strangers]).any(axis=1).all()
    known = found.scores[~strangers][np.arange((~strangers).sum()), found.gold[~strangers]]
    assert np.isfinite(known).all()
