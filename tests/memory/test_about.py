"""What recall compares a message by: the same whether it was stored or is made now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zlib import crc32

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.message import Author
from core.turn import Said
from memory.recall import about as packed_form
from memory.recall.about import about, is_current, unpack
from memory.recall.columns import view_of
from memory.recall.indexed_thread import IndexedThread, index
from memory.recall.scoring import Scores, score
from memory.recall.segment_view import SegmentView
from memory.recall.segments import ToPack, in_time, pack_segment, unpack_segments
from memory.recall.vocabulary import ASKING, IRREGULAR, STOP_WORDS, TELLING_TIME

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)

words = st.sampled_from(
    [
        "order",
        "1042-B",
        "refunds",
        "late",
        "anna@x.org",
        "Zoë",
        "it",
        "?",
        "monday",
        "12.50 €",
        "Kim",
    ]
)
texts = st.lists(words, max_size=9).map(" ".join)
rows = st.lists(
    st.tuples(texts, st.integers(0, 300), st.sampled_from(Author), st.sampled_from([None, "Kim"])),
    min_size=1,
    max_size=25,
)


def thread_of(lines: list[tuple[str, int, Author, str | None]], *, stored: bool) -> list[Said]:
    """Messages some minutes apart, with their packed forms or without."""
    at, thread = START, []
    for number, (text, minutes, author, name) in enumerate(lines):
        at += timedelta(minutes=minutes)
        packed = about(text) if stored else None
        thread.append(
            Said(f"7-{number}", at, "sms", author, text, 5, "phone:+1", name, None, {}, packed)
        )
    return thread


def scored(thread: IndexedThread, text: str) -> Scores:
    view = view_of(thread.columns, thread.messages, thread.start)
    return score(view, thread.sessions, text, NOW, thread.stems)


@settings(max_examples=60, deadline=None)
@given(rows, texts, st.integers(0, 25))
def test_scores_are_the_same_to_the_last_bit_wherever_a_message_came_from(
    lines: list[tuple[str, int, Author, str | None]], text: str, carried: int
) -> None:
    cold = scored(index(thread_of(lines, stored=True)), text)
    made = thread_of(lines, stored=False)
    warm = index(made[:carried])
    if warm.messages:
        scored(warm, text)
    grown = scored(warm.extended(made[carried:]), text)
    assert np.array_equal(cold.total, grown.total)
    assert np.array_equal(cold.parts, grown.parts)
    assert np.array_equal(cold.matches, grown.matches)


@settings(max_examples=60, deadline=None)
@example(
    [("order", 0, Author.CUSTOMER, None)] * 2 + [("order order", 0, Author.CUSTOMER, None)], "order"
)
@given(rows, texts)
def test_a_packed_history_is_scored_as_its_messages_are(
    lines: list[tuple[str, int, Author, str | None]], text: str
) -> None:
    # Who of our people said something is not told apart there.
    thread = thread_of([(said, gap + 1, who, None) for said, gap, who, _ in lines], stored=True)
    half = len(thread) // 2
    pieces = [
        pack_segment(
            [
                ToPack(7, int(one.id[2:]), round(one.at.timestamp() * 1e6), one.author.value,
                       one.author_name, 2, one.text, one.about, one.channel)
                for one in some
            ]
        )
        for some in (thread[half:], thread[:half])
    ]  # fmt: skip
    planes, channels = unpack_segments(pieces)
    planes = in_time(planes)
    view = SegmentView(planes, channels)
    indexed = index(thread)
    expected = scored(indexed, text)
    found = score(view, np.array(indexed.sessions), text, NOW, indexed.stems)
    assert planes.seqs.tolist() == list(range(len(thread)))
    np.testing.assert_allclose(found.total, expected.total, atol=2e-4)
    assert np.array_equal(found.matches, expected.matches)


def test_a_form_of_another_version_counts_as_none() -> None:
    packed = about("Where is order 1042?")
    other = bytearray(packed)
    other[6] += 1
    assert is_current(packed) and not is_current(bytes(other))
    assert not is_current(None) and not is_current(b"")
    [said] = thread_of([("Where is order 1042?", 1, Author.CUSTOMER, None)], stored=True)
    stale = index([said._replace(about=bytes(other))])
    assert stale.messages[0].about == packed


def test_repeated_words_numbers_and_flags_survive_the_packing() -> None:
    found = unpack([about("late late late 77123-B?"), about("")])
    assert found.counts.max() == 3 and len(found.identifiers) == 1
    assert found.flags[0] & packed_form.ASKS_BIT and found.flags[0] & packed_form.TELLS_TIME_BIT
    assert found.essences[1] == 0 and found.lengths.tolist()[1] == 0


def test_the_version_is_raised_when_texts_are_taken_apart_otherwise() -> None:
    known = (*sorted(IRREGULAR), *sorted(STOP_WORDS), *sorted(TELLING_TIME), *sorted(ASKING))
    sample = [*known, "I went to the deliveries of 2026-03-02, ticket AB-77, 12.50 € to a.b@x.org?"]
    assert (packed_form.VERSION, crc32(b"".join(map(about, sample)))) == (1, 2190282568)
