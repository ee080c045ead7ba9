"""One trained model for all tests of the intent stage."""

from __future__ import annotations

import pytest

from core.pipeline.intent.stage import IntentModel
from gateway.intents.training_child import train
from tests.core.intent.examples import EXAMPLES, TITLES


@pytest.fixture(scope="session")
def model() -> IntentModel:
    """The small shop's model."""
    return train(EXAMPLES, TITLES, "en")
