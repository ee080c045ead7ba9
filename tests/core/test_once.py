"""What is made of a playbook is made once for each, and not kept for ever."""

from __future__ import annotations

from dataclasses import replace

from core.playbook.model import Playbook
from core.playbook.once import MOST, once_per_playbook
from tests.core.pipeline.shop import SHOP

made: list[tuple[int, str]] = []


@once_per_playbook
def named(playbook: Playbook, suffix: str = "") -> str:
    """What is made here."""
    made.append((id(playbook), suffix))
    return playbook.name + suffix


def test_it_is_made_once_for_each_playbook_and_what_else_is_asked() -> None:
    made.clear()
    other = replace(SHOP, name="other")
    told = [
        named(SHOP),
        named(other),
        named(SHOP),
        named(SHOP, "!"),
        named(other),
        named(SHOP, "!"),
    ]
    assert told == ["shop", "other", "shop", "shop!", "other", "shop!"]
    assert made == [(id(SHOP), ""), (id(other), ""), (id(SHOP), "!")]


def test_a_playbook_alike_is_another_one() -> None:
    made.clear()
    alike = replace(SHOP)
    assert (named(alike), named(alike)) == ("shop", "shop")
    assert len(made) == 1


def test_few_are_kept_and_no_new_one_is_taken_for_one_that_is_gone() -> None:
    for number in range(3 * MOST):
        assert named(replace(SHOP, name=str(number))) == str(number)
    made.clear()
    assert named(SHOP) == "shop"
    assert len(made) == 1
