"""The frozen scorer gives scikit-learn's own decision values, and is fast without it."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline

from core.languages.features import TEXT_LIMIT, character_terms, plain
from core.pipeline.intent.stage import IntentModel
from gateway.intents.training_child import fit, freeze
from tests.core.intent.examples import EXAMPLES, TITLES

ROOT = Path(__file__).resolve().parents[3]
INTENTS = tuple(sorted({intent for _, intent in EXAMPLES}))
ODD = (
    "",
    " ",
    "\n\t",
    "?!",
    "a",
    "I",
    "ok",
    "🙂",
    "naïve CAFÉ, déjà vu",
    "Straße STRASSE ﬁne",
    "ＦＵＬＬ ｗｉｄｔｈ １２３",
    "Где мой заказ?",
    "注文はどこですか",
    "أين طلبي",
    "order#1042,1043;1044",
    "under_score and don't",
    "the\u200bzero\u00a0width",
    "İstanbul",
    "where is my order " * 400,
    "x" * 10_000,
)


@pytest.fixture(scope="module")
def trained() -> tuple[Pipeline, IntentModel]:
    """The recipe as scikit-learn holds it, and as we freeze it."""
    column = {intent: at for at, intent in enumerate(INTENTS)}
    pipeline = fit([*EXAMPLES, *TITLES], column, "en")
    return pipeline, freeze(pipeline, INTENTS, "en", 0.3, 0.5, {}, {})


def sentences(count: int) -> list[str]:
    """Texts put together from the examples' words, with noise in case, spelling and punctuation."""
    chance = random.Random(7)
    vocabulary = [word for text, _ in EXAMPLES for word in text.split()]
    made = []
    for _ in range(count):
        chosen = [chance.choice(vocabulary) for _ in range(chance.randint(1, 25))]
        if chance.random() < 0.5:
            at = chance.randrange(len(chosen))
            chosen[at] = chosen[at][::-1] + chance.choice("!?.,;:é_-'7")
        text = " ".join(chosen)
        made.append(text.upper() if chance.random() < 0.2 else text)
    return made


def test_scores_equal_scikit_learn(trained: tuple[Pipeline, IntentModel]) -> None:
    pipeline, model = trained
    texts = [*ODD, *sentences(500)]
    expected = pipeline.decision_function(texts)
    scored = np.stack([model.scores(text) for text in texts])
    assert np.abs(scored - expected).max() < 1e-5


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=120))
def test_scores_equal_scikit_learn_on_any_text(
    trained: tuple[Pipeline, IntentModel], text: str
) -> None:
    pipeline, model = trained
    assert np.abs(model.scores(text) - pipeline.decision_function([text])[0]).max() < 1e-5


def test_two_intents_score_as_scikit_learn_decides() -> None:
    rows = [row for row in EXAMPLES if row[1] in ("hello", "cancel_order")]
    pipeline = fit(rows, {"cancel_order": 0, "hello": 1}, "en")
    model = freeze(pipeline, ("cancel_order", "hello"), "en", 0.3, 0.5, {}, {})
    for text in ("hello", "please cancel", "something else"):
        value = pipeline.decision_function([text])[0]
        assert np.allclose(model.scores(text), [-value, value], atol=1e-5)


@given(st.text(max_size=60))
def test_character_terms_are_those_of_char_wb(text: str) -> None:
    analyse = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()
    folded = plain(text)
    # scikit-learn's analyser lower-cases once more, which changes nothing that is already folded
    # except for a few letters of which casefold and lower disagree.
    if folded == folded.lower():
        assert sorted(character_terms(folded)) == sorted(analyse(folded))


def test_only_the_beginning_of_a_long_text_is_scored(
    trained: tuple[Pipeline, IntentModel],
) -> None:
    _, model = trained
    start = ("my parcel is late " * 300)[:TEXT_LIMIT]
    assert np.array_equal(model.scores(start), model.scores(start + "cancel my order " * 50))


def test_serving_never_loads_scikit_learn() -> None:
    script = (
        "import sys, core.pipeline.intent.stage, core.pipeline.response.articles\n"
        "import gateway.intents.training\n"
        "print([n for n in sys.modules if n.split('.')[0] in ('sklearn', 'scipy')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
