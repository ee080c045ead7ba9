"""What a beginner breaks first: each time the file, the line, and a remedy that needs no manual."""

from __future__ import annotations

import pytest

from core.playbook.fields import PlaybookError
from core.playbook.reader import read_playbook
from core.playbook.toml_faults import toml_fault
from tests.core.playbook_faults import GOOD


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "wrong", "mend"),
    [
        ("answers.toml", '"Bonjour!"', '"Bonjour!', 1, "text is not ended", 'a straight "'),
        ("answers.toml", '"Bonjour!"', "“Bonjour!”", 1, "is no text", "curly ones"),
        ("answers.toml", '"]\nbig', '"\nbig', 2, "a list is broken off", "the line above"),
        ("answers.toml", 'decides."]', 'decides."', 2, "a list is broken off", "] ends"),
        ("answers.toml", "greeting", "big", 2, "second time", "Keep one"),
        ("answers.toml", "greeting =", "greeting", 1, "has no =", "name ="),
        ("answers.toml", '"]\nbig', '"] too\nbig', 1, "behind the end", "line of its own"),
        ("slots.toml", "'\\b\\d{2}\\b'", '"\\d{2}"', 5, "backslash", "single quotes"),
        ("intents.toml", "[hello]", "[hello", 5, "in brackets is not ended", "[name]"),
        ("intents.toml", ', "hi", "good morning"', "", 9, "has 1 of the 3 examples", "more ways"),
        ("flows.toml", '"street"]', '"stret"]', 3, "no slot 'stret'", "Did you mean street?"),
        ("articles/bread.md", 'title = "Bread"\n', "", 1, "is missing", "Add it"),
        (
            "articles/bread.md",
            'title = "Bread"',
            "title = Bread",
            2,
            "is no text",
            "straight quotes",
        ),
        ("articles/bread.md", "+++\ntitle", "title", 1, "has no head", "two lines of +++"),
        ("articles/bread.md", "We bake at 5:00.\n", "", 1, "has no text", "below the second +++"),
    ],
)
def test_it_is_told_where_it_is_and_how_to_mend_it(
    file: str, old: str, new: str, line: int, wrong: str, mend: str
) -> None:
    assert old in GOOD[file]
    with pytest.raises(PlaybookError) as raised:
        read_playbook({**GOOD, file: GOOD[file].replace(old, new, 1)})
    first = raised.value.problems[0]
    assert (first.file, first.line) == (file, line)
    assert wrong in first.wrong and mend in first.mend


def test_what_the_parser_says_and_we_know_no_words_for_is_told_as_it_is() -> None:
    wrong, mend = toml_fault("Invalid hex value")
    assert (wrong, "in quotes" in mend) == ("invalid hex value", True)
