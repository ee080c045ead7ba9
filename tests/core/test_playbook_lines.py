"""The line that a fault of a playbook is told with."""

from __future__ import annotations

import pytest

from core.playbook.fields import PlaybookError
from core.playbook.lines import line_of
from core.playbook.reader import read_playbook
from tests.core.playbook_faults import GOOD, faults

TEXT = """version = 1
queue = "a"

[defaults]
queue = "b"

[counters]
sad = { add_when = {} }

[counters.lost]
add_when = {}

[[rule]]
id = "one"
when = {}

[[rule]]
id = "two"
priority = 1
when = {}

[[rule]]
priority = 2
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("queue", 2),
        ("defaults.queue", 5),
        ("defaults.missing", 4),
        ("counters.sad.add_when", 8),
        ("counters.lost.add_when", 11),
        ("rule[one]", 13),
        ("rule[one].when", 15),
        ("rule[two].priority", 19),
        ("rule[two].then", 17),
        ("rule[3].priority", 23),
        ("rule[four]", 0),
        ("line 7, column 2", 7),
        ("nowhere", 0),
        ("", 0),
    ],
)
def test_a_key_is_found(key: str, line: int) -> None:
    assert line_of(TEXT, key) == line


def test_nearly_every_fault_of_a_file_has_its_line() -> None:
    told = []
    for file, old, new, _ in faults():
        with pytest.raises(PlaybookError) as raised:
            read_playbook(GOOD | {file: GOOD[file].replace(old, new)})
        told += [one for one in raised.value.problems if one.file.endswith(".toml")]
    without = [str(one) for one in told if not one.line]
    assert len(without) <= len(told) // 10, without
    for one in told:
        twice = one.key.startswith("line ")
        assert (f"{one.file}:{one.line}: " in str(one)) is (bool(one.line) and not twice)
