"""Stages of one's own: named in the playbook, recorded by version, replaced where they fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from core.pipeline.contracts import Draft, IntentGuess, StageSpec, StateStep
from core.pipeline.decide import decide
from core.playbook.fields import PlaybookError
from core.playbook.model import Playbook
from core.playbook.reader import read_playbook
from core.turn import Decision, TurnInput
from gateway.stages import registry as stage_registry
from gateway.stages.registry import with_own
from tests.core.pipeline.shop import SHOP, Talk, stages

NAMED = replace(SHOP, stages={"response": "loud"})


def loud(playbook: Playbook, usual: Any) -> Any:
    def stage(turn: TurnInput, guess: IntentGuess, step: StateStep, at: Playbook) -> Draft:
        draft: Draft = usual(turn, guess, step, at)
        return replace(draft, text=f"{draft.text} we really are!")

    return stage


def broken(playbook: Playbook, usual: Any) -> Any:
    def stage(turn: TurnInput, guess: IntentGuess, step: StateStep, at: Playbook) -> Draft:
        raise KeyError(turn.text)

    return stage


def wrong(playbook: Playbook, usual: Any) -> Any:
    return lambda turn, guess, step, at: "Hello"


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Offers one declaration under the name "loud", as a distribution would."""

    def offer(spec: object) -> None:
        class Point(EntryPoint):
            def load(self) -> object:
                if isinstance(spec, Exception):
                    raise spec
                return spec

        points = [Point("loud", "loud:SPEC", stage_registry.GROUP)]
        monkeypatch.setattr(stage_registry, "entry_points", lambda group: points)

    return offer


def decided(playbook: Playbook) -> Decision:
    turn = Talk().turn("when are you open?")
    decision = decide(turn, playbook, with_own(stages(), playbook), lambda: 0)
    assert isinstance(decision, Decision) and decision.reply is not None
    return decision


def test_a_stage_of_ones_own_decides_and_its_version_is_recorded(
    offered: Callable[[object], None],
) -> None:
    offered(StageSpec("loud", "response", "3", loud))
    decision = decided(NAMED)
    assert decision.reply is not None and "we really are!" in decision.reply.text
    versions = {one.stage: one.version for one in decision.stages}
    assert versions["response"] == "loud-3" and versions["state"] == stages().versions[1]


@pytest.mark.parametrize(("build", "fault"), [(broken, "KeyError"), (wrong, "TypeError")])
def test_where_it_fails_the_usual_stage_answers_and_the_record_says_so(
    offered: Callable[[object], None], build: Any, fault: str
) -> None:
    offered(StageSpec("loud", "response", "3", build))
    decision, usual = decided(NAMED), decided(SHOP)
    assert decision.reply == usual.reply
    record = next(one for one in decision.stages if one.stage == "response")
    assert record.version == stages().versions[2]
    assert record.output["failed"] == ["loud-3", fault]
    assert "open?" not in str(record.output), "its message may hold the customer's words"


def test_a_fault_of_the_usual_stages_is_the_turns() -> None:
    failing = replace(stages(), response=broken(SHOP, None))
    with pytest.raises(KeyError):
        decide(Talk().turn("when are you open?"), SHOP, failing, lambda: 0)


@pytest.mark.parametrize(
    ("spec", "named", "said"),
    [
        (StageSpec("loud", "response", "1", loud), {"response": "quiet"}, "there are loud"),
        (StageSpec("loud", "state", "1", loud), {"response": "loud"}, "of the kind state"),
        (StageSpec("loud", "voice", "1", loud), {"response": "loud"}, "of the kind voice"),
        (StageSpec("loud", "response", "", loud), {"response": "loud"}, "has no version"),
        ("a text", {"response": "loud"}, "does not declare a StageSpec"),
        (ImportError("no module"), {"response": "loud"}, "cannot be loaded"),
        (StageSpec("loud", "response", "1", lambda book, usual: 1 / 0), None, "cannot be made"),
    ],
)
def test_a_stage_that_cannot_be_had_is_told_with_its_place(
    offered: Callable[[object], None], spec: object, named: dict[str, str] | None, said: str
) -> None:
    offered(spec)
    with pytest.raises(PlaybookError) as fault:
        with_own(stages(), replace(SHOP, stages=named or NAMED.stages))
    (problem,) = fault.value.problems
    assert (problem.file, problem.key) == ("playbook.toml", "stages.response")
    assert said in problem.wrong


def test_a_playbook_names_stages_by_their_kind() -> None:
    main = 'name = "a"\nbusiness = "A"\n[stages]\nresponse = "loud"\n'
    assert read_playbook({"playbook.toml": main}).stages == {"response": "loud"}
    with pytest.raises(PlaybookError, match=r"stages\.voice"):
        read_playbook({"playbook.toml": f'{main}voice = "loud"\n'})
