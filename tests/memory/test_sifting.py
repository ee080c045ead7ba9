"""What is worth scoring of a very long history is in what is left of it; and a thread that older
messages are put before is scored as if it had been read with them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.message import Author
from memory.recall.columns import view_of
from memory.recall.indexed_thread import index
from memory.recall.scoring import score
from memory.recall.segment_view import SegmentView
from memory.recall.segments import ToPack, pack_segment, taken, unpack_segments
from memory.recall.sifting import sift
from memory.recall.terms import LANGUAGE, matter, stems_of
from tests.memory.test_about import NOW, START, rows, texts, thread_of

STEMS = stems_of(LANGUAGE)


def view_over(lines: list[str], apart: timedelta) -> tuple[SegmentView, list[int]]:
    """Sessions of two messages, so far apart."""
    begin = round((START - apart * len(lines)).timestamp())
    moments = [begin + int(apart.total_seconds()) * (at // 2) + at % 2 for at in range(len(lines))]
    said = [
        ToPack(7, at, moment * 1_000_000, "customer", None, 2, text, None, "sms")
        for at, (text, moment) in enumerate(zip(lines, moments, strict=True))
    ]
    planes, channels = unpack_segments([pack_segment(said)])
    return SegmentView(planes, channels), list(range(0, len(lines), 2))


def test_whole_sessions_are_left_and_the_one_that_is_asked_for_is_among_them() -> None:
    lines = [f"the lamp is late again, {number}" for number in range(400)]
    lines[101] = "my walnut table is order 77123-B"
    view, starts = view_over(lines, timedelta(hours=9))
    for text in ("what about 77123-B?", "when does the walnut table come?"):
        found = sift(view, starts, text, NOW, STEMS, 10)
        assert {100, 101} <= set(found.places.tolist())
        assert len(found.places) <= 12
        assert found.places[found.starts].tolist() == [
            at for at in found.places.tolist() if at % 2 == 0
        ]
    assert not len(sift(view, starts, "zebras?", NOW, STEMS, 10).places)


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=2, max_size=40), texts)
def test_with_room_for_all_whatever_matches_is_left(lines: list[str], text: str) -> None:
    lines = lines[: len(lines) // 2 * 2]
    view, starts = view_over(lines, timedelta(days=2))
    numbers = np.arange(len(starts)).repeat(2)
    scores = score(view, numbers, text, NOW, STEMS)
    found = sift(view, starts, text, NOW, STEMS, 1_000)
    own = view.postings(list(matter(text, STEMS).counts)).where.tolist()
    assert set(own) <= set(found.places.tolist()) <= set(range(len(lines)))
    assert all(scores.matches[found.places])
    part = SegmentView(taken(view.planes, found.places), view.channel_names)
    assert part.planes.seqs.tolist() == found.places.tolist()


@settings(max_examples=40, deadline=None)
@given(rows, st.integers(0, 25), st.integers(1, 25), texts)
def test_older_messages_before_a_thread_make_no_difference_to_how_it_is_scored(
    lines: list[tuple[str, int, Author, str | None]], cut: int, kept: int, text: str
) -> None:
    said = thread_of(lines, stored=True)
    cut = min(cut, len(said))
    # A thread that has lost its first messages shares the columns of what it was.
    first = index(said[:cut])
    view_of(first.columns, first.messages, first.start)
    thread = first.extended(said[cut:], limit=kept)
    joined = thread.preceded_by(said[: len(said) - len(thread.messages)])
    whole = index(said)
    one, other = (view_of(each.columns, each.messages, each.start) for each in (joined, whole))
    assert joined.thread == whole.thread and joined.sessions == whole.sessions
    np.testing.assert_array_equal(
        score(one, joined.sessions, text, NOW, STEMS).total,
        score(other, whole.sessions, text, NOW, STEMS).total,
    )
    assert list(one.essences) == list(other.essences) and list(one.tokens) == list(other.tokens)
