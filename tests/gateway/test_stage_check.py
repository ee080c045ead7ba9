"""The conformance check finds each thing that a stage may not do, and passes the usual ones."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.pipeline.contracts import STAGE_KINDS, Draft, IntentGuess, StageSpec, StateStep
from core.playbook.model import Playbook
from core.turn import TurnInput
from gateway.stages.check import check_stage, faults
from tests.core.pipeline.shop import SHOP

Usual = Callable[[TurnInput, IntentGuess, StateStep, Playbook], Draft]

# One example of each intent is enough to find a fault that is always there.
SMALL = replace(SHOP, intents=tuple(replace(i, examples=i.examples[:1]) for i in SHOP.intents))


def checked(build: Callable[[Playbook, Any], Any], kind: str = "response") -> list[str]:
    return faults(check_stage(StageSpec("tried", kind, "1", build), SMALL, tick=lambda: 0))


@pytest.mark.parametrize("kind", STAGE_KINDS)
def test_the_usual_stages_keep_every_rule(kind: str) -> None:
    assert checked(lambda playbook, usual: usual, kind) == []


def rude(usual: Usual, *given: Any) -> Draft:
    raise ValueError("no")


def forgetful(usual: Usual, *given: Any) -> Draft:
    return replace(usual(*given), text=str(random.random()))


def chatty(usual: Usual, *given: Any) -> Draft:
    Path(__file__).read_bytes()
    return usual(*given)


def greedy(usual: Usual, *given: Any) -> Draft:
    return replace(usual(*given), asked=("shoe_size",))


def sticky(usual: Usual, *given: Any) -> Draft:
    given[0].case.counters["seen"] = 1
    return usual(*given)


def strange(usual: Usual, *given: Any) -> Any:
    return "Hello"


@pytest.mark.parametrize(
    ("stage", "rule"),
    [
        (rude, "never raises: ValueError"),
        (forgetful, "the same input gives the same output"),
        (chatty, "has no effect: open"),
        (greedy, "gives what its kind gives: it asks for shoe_size"),
        (sticky, "changes nothing it is given"),
        (strange, "it returned str where Draft is due"),
    ],
)
def test_what_a_stage_may_not_do_is_found(stage: Any, rule: str) -> None:
    wrong = checked(lambda playbook, usual: lambda *given: stage(usual, *given))
    assert any(rule in one for one in wrong), wrong


def test_a_stage_that_takes_long_is_found() -> None:
    clock = itertools.count(step=20_000_000)
    spec = StageSpec("slow", "response", "1", lambda playbook, usual: usual)
    (wrong,) = faults(check_stage(spec, SMALL, tick=lambda: next(clock)))
    assert wrong.startswith("keeps to its time: 20.0 ms for most messages")


def test_a_declaration_without_a_version_is_refused() -> None:
    (wrong,) = faults(check_stage(StageSpec("tried", "response", "", lambda p, u: u), SMALL))
    assert "version" in wrong
