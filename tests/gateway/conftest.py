"""What tests of a whole gateway share: the folder of trained models."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shops of this run keep their trained model, so that it is trained once."""
    return tmp_path_factory.mktemp("models")
