"""The table of guards is true of the code: each can be taken out, and names its tests."""

from __future__ import annotations

import pytest

from tests.mutants.table import ROOT, Mutant, mutants


@pytest.mark.parametrize("one", mutants(), ids=lambda one: one.guard)
def test_a_guard_stands_where_the_table_says(one: Mutant) -> None:
    text = (ROOT / one.file).read_text(encoding="utf-8")
    assert text.count(one.find) == 1
    assert one.put != one.find
    for test in one.tests:
        file, _, name = test.partition("::")
        assert name.split("[")[0] in (ROOT / file).read_text(encoding="utf-8"), test


def test_no_guard_is_named_twice() -> None:
    names = [one.guard for one in mutants()]
    assert len(names) == len(set(names)) > 10
