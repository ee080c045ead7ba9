"""Two runs that decided the same write the same bytes; two that did not, differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.replay.decisions import decision_log

IDS = st.integers(10**15, 10**18)


def records(one: int, two: int, micros: int, reply: str = "Hi") -> list[dict[str, object]]:
    """A turn and the next, with drawn ids and times in all places they occur."""
    return [
        {
            "case": str(one),
            "now": micros,
            "messages": [{"id": f"{two}-1", "secrets": {"card": hex(one)}, "text": "hello 1234"}],
            "reply": reply,
            "stages": [{"stage": "intent", "microseconds": micros, "confidence": 0.5}],
        },
        {"case": str(one), "slots": [{"name": "day", "source": f"{two}-3"}], "secret": True},
    ]


@given(IDS, IDS, IDS, IDS, st.integers(0, 10**9), st.integers(0, 10**9))
def test_drawn_ids_and_times_do_not_show(
    a: int, b: int, c: int, d: int, early: int, late: int
) -> None:
    if (a == b) != (c == d):
        return
    assert decision_log(records(a, b, early)) == decision_log(records(c, d, late))


def test_what_was_decided_shows() -> None:
    one, two = 10**16, 10**17
    assert decision_log(records(one, two, 1)) != decision_log(records(one, two, 1, "Hello"))


def test_the_same_id_keeps_its_name_over_turns() -> None:
    first, second = decision_log(records(10**16, 10**17, 1)).splitlines()
    assert '"case": "#1"' in first
    assert '"case": "#1"' in second


def test_what_a_customer_wrote_stays() -> None:
    log = decision_log(records(10**16, 10**17, 1))
    assert "hello 1234" in log
    assert "0x" not in log


def test_what_a_provider_made_of_the_time_does_not_show() -> None:
    runs = [
        [{"events": [digest * 20, f"T0REPLAYED:D0000000{number}:17{number}0000000.00000{number}"]}]
        for number, digest in ((1, "1f"), (2, "a0"))
    ]
    assert decision_log(runs[0]) == decision_log(runs[1])
