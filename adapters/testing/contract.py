"""The contract as a test class to inherit.

    class TestMine(AdapterContract):
        harness = MyHarness()

Each rule becomes one test, named by its sentence; rules that say nothing about your channel are
left out. `prove` tells the same without pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from adapters.testing.harness import Harness
from adapters.testing.proof import hold, rules_for
from adapters.testing.rule import Rule

if TYPE_CHECKING:
    import pytest


class AdapterContract:
    """Everything a channel has to keep, whatever its transport."""

    harness: ClassVar[Harness]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each rule."""
        if "rule" in metafunc.fixturenames:
            rules = rules_for(self.harness)
            metafunc.parametrize("rule", rules, ids=[one.name for one in rules])

    def test_the_channel_keeps_its_contract(self, rule: Rule) -> None:
        """The sentence of the rule is true of this channel."""
        hold(rule, self.harness)
