"""Paths between handles: the weakest link decides, the best path counts."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from core.identity.graph import Edge, components, home_edge, level_now, sender_level, widest_paths
from core.message import Assurance

NEEDED = Assurance.AUTHENTICATED

edges = st.lists(
    st.builds(Edge, st.integers(1, 4), st.integers(11, 14), st.sampled_from(list(Assurance)[1:])),
    max_size=7,
)


def _all_paths(source: int, target: int, known: list[Edge]) -> list[Assurance]:
    """The level of every way from one handle to another that uses no link twice."""
    found = []
    for length in range(len(known) + 1):
        for way in permutations(known, length):
            at, is_handle, level = source, True, Assurance.LOGGED_IN
            for edge in way:
                if at != (edge.handle if is_handle else edge.customer):
                    break
                at = edge.customer if is_handle else edge.handle
                is_handle = not is_handle
                level = min(level, edge.level)
            else:
                if is_handle and at == target:
                    found.append(level)
    return found


@given(edges.filter(lambda some: len(some) <= 5))
def test_the_widest_path_is_the_best_of_all_paths(known: list[Edge]) -> None:
    paths = widest_paths(1, known)
    for target in range(1, 5):
        best = max(_all_paths(1, target, known), default=None)
        assert paths.handles.get(target) == best


@given(edges)
def test_handles_read_each_other_or_neither_does(known: list[Edge]) -> None:
    for one in range(1, 5):
        for other, level in widest_paths(one, known).handles.items():
            assert widest_paths(other, known).handles[one] == level


@given(edges)
def test_components_part_the_handles(known: list[Edge]) -> None:
    found = list(components(known))
    handles = [handle for one in found for handle in one.handles]
    assert sorted(handles) == sorted({edge.handle for edge in known})
    for one in found:
        assert one.root == min(one.customers)
        assert one.handles == widest_paths(min(one.handles), known).handles.keys()


def test_the_minimum_along_the_path_decides() -> None:
    phone, shared_mailbox, other = 1, 2, 3
    known = [
        home_edge(phone, 11),
        home_edge(shared_mailbox, 12),
        home_edge(other, 13),
        Edge(shared_mailbox, 11, Assurance.AUTHENTICATED),
        Edge(other, 12, Assurance.ASSERTED),
    ]
    paths = widest_paths(phone, known)
    assert paths.handles == {1: 4, 2: 2, 3: 1}
    assert paths.readable(Assurance.LOGGED_IN, NEEDED) == {phone, shared_mailbox}


def test_a_second_way_around_counts() -> None:
    known = [
        home_edge(1, 11),
        home_edge(2, 12),
        Edge(2, 11, Assurance.ASSERTED),
        Edge(1, 12, Assurance.PROVED),
    ]
    assert widest_paths(2, known).handles[1] == Assurance.PROVED


def test_a_sender_that_is_not_proved_reads_nothing_over_channels() -> None:
    paths = widest_paths(1, [home_edge(1, 11), Edge(2, 11, Assurance.PROVED)])
    assert paths.readable(Assurance.ASSERTED, NEEDED) == frozenset()
    assert paths.readable(Assurance.NONE, NEEDED) == frozenset()


def test_the_sender_is_as_good_as_its_weakest_link() -> None:
    assert (
        sender_level(Assurance.LOGGED_IN, Assurance.AUTHENTICATED, NEEDED)
        == Assurance.AUTHENTICATED
    )
    assert (
        sender_level(Assurance.AUTHENTICATED, Assurance.LOGGED_IN, NEEDED)
        == Assurance.AUTHENTICATED
    )


def test_a_guess_about_somebody_takes_nothing_from_them() -> None:
    assert (
        sender_level(Assurance.AUTHENTICATED, Assurance.ASSERTED, NEEDED) == Assurance.AUTHENTICATED
    )


def test_a_proof_raises_only_a_message_that_somebody_stands_for() -> None:
    """Whoever forges a sender has shown nothing, though its owner just did."""
    none, proved = Assurance.NONE, Assurance.PROVED
    assert level_now(none, proved, shared=False) == none
    assert level_now(Assurance.ASSERTED, proved, shared=False) == proved
    assert level_now(Assurance.AUTHENTICATED, none, shared=False) == Assurance.AUTHENTICATED
