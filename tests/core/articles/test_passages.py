"""Cutting CommonMark into sentences loses nothing but headings, rules and comments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.pipeline.response.passages import join_sentences, split_sentences

BODY = """<!-- for staff -->
# Title

First sentence. Second one, e.g. This is still it! Third?

## Steps ##

1. Open the app.
2. Tap *Cards*. Then block.
- a bullet
  goes on

***

Setext heading
--------------
It costs 4.90 approx. 5 days later.
"""


def test_sentences_know_their_heading_and_place() -> None:
    found = split_sentences(BODY)
    assert [(one.text, one.heading, one.item) for one in found] == [
        ("First sentence.", "Title", False),
        ("Second one, e.g. This is still it!", "Title", False),
        ("Third?", "Title", False),
        ("1. Open the app.", "Steps", True),
        ("2. Tap *Cards*. Then block.", "Steps", True),
        ("- a bullet goes on", "Steps", True),
        ("It costs 4.90 approx. 5 days later.", "Setext heading", False),
    ]
    assert [one.section for one in found] == [1, 1, 1, 2, 2, 2, 3]


def test_joined_sentences_keep_lists_and_paragraphs_apart() -> None:
    found = split_sentences("One. Two.\n\nThree.\n\n- a\n- b")
    assert join_sentences(found) == "One. Two.\n\nThree.\n\n- a\n- b"
    assert join_sentences(()) == ""


@given(
    st.lists(
        st.text(alphabet="abcXYZ .!?,'()", min_size=1).filter(lambda one: one.strip()), max_size=8
    )
)
def test_no_word_is_lost_or_added(paragraphs: list[str]) -> None:
    found = split_sentences("\n\n".join(paragraphs))
    assert " ".join(one.text for one in found).split() == " ".join(paragraphs).split()
