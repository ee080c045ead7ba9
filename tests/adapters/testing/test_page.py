"""The page on the kit names every rule there is, and no other."""

from __future__ import annotations

from pathlib import Path

from adapters.testing.rules import ALL

PAGE = Path(__file__).parents[3] / "docs" / "adapter-kit.md"


def test_the_page_names_the_rules_as_they_are() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    named = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    assert sorted(named) == sorted(rule.name for rule in ALL)
