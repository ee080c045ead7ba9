"""A word of agreement is heard as one, and what tells something besides is not."""

from __future__ import annotations

import pytest

from core.pipeline.go_ahead import is_go_ahead


@pytest.mark.parametrize(
    "text",
    [
        "Yes, I confirm. Let's proceed with that.",
        "Okay, please go ahead and make that change. Thank you!",
        "that sounds perfect! Please proceed with the booking.",
        "Great, everything looks good. Please finalize it, thanks a lot".replace(" a lot", ""),
        "go ahead",
        "Yes please, go on with the return",
        "All right, you can do that.",
        "I'd like to proceed with the upgrade",
    ],
)
def test_what_only_agrees(text: str) -> None:
    assert is_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "the blue one in size M",
        "go ahead with order 1042, it is the one with the lamp from May",
        "12 Mill Lane, please proceed there",
        "yes",
        "process 17 was wrong",
        "It is good for nothing",
        "please change it to Friday",
        "my lamp is broken, do that first",
        "confirm my address: 4 Hill Road",
    ],
)
def test_what_tells_something(text: str) -> None:
    assert not is_go_ahead(text)


@pytest.mark.timeout(20)
def test_no_message_makes_it_go_back_and_forth() -> None:
    for word in ("please ", "yes, ", "go ahead with the ", "that is good ", "i confirm "):
        assert not is_go_ahead((word * 200)[:158] + "7")
