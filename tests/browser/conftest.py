"""A trained model for all browser tests of a run, so that each demo starts quickly."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demos of this run keep their trained model."""
    return tmp_path_factory.mktemp("models")
