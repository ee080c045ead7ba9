"""What tests of the kit share that run all of its rules again and again."""

from __future__ import annotations

import pytest

from adapters.testing import rules_fuzz


@pytest.fixture
def few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw few requests for each of the rules that draw them."""
    monkeypatch.setattr(rules_fuzz, "EXAMPLES", 15)
