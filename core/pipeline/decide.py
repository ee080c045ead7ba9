"""One turn decided: intent, state, response, rules, each recorded; or the effect that is missing.

Pure: the same input and the same stages give the same decision. `tick` only measures. It must not
know a channel, a store or a provider.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from core.facts.learning import learned
from core.languages.telling import language_of, turn_language
from core.pipeline.contracts import Draft, IntentGuess, NeedEffect, Ruled, Stages, StateStep
from core.pipeline.intent.several import hear_several
from core.pipeline.intent.stage import IntentModel, stage
from core.pipeline.model import drafting, second_guess
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.response.knowledge import searched_of
from core.pipeline.response.stage import response_stage
from core.pipeline.rules.ruling import judging
from core.pipeline.rules.stage import rules_stage
from core.pipeline.rules.table import tags_in
from core.pipeline.stage_run import StageRun
from core.pipeline.state import acting
from core.pipeline.state.expecting import expected_secret
from core.pipeline.state.proving import with_identity
from core.pipeline.state.returning import come_back
from core.pipeline.state.stage import state_stage
from core.pipeline.state.taking_up import keep_others
from core.pipeline.state.undertaking import unasked
from core.playbook.model import Playbook
from core.turn import CONFIRMED, Decision, StageRecord, TurnInput

VERSION = "1"


def default_stages(model: IntentModel, index: ArticleIndex) -> Stages:
    """The four stages over a trained model and the playbook's articles."""
    return Stages(
        intent=hear_several(stage(model), model.classify),
        state=with_identity(come_back(keep_others(state_stage))),
        response=response_stage(index),
        rules=rules_stage,
        versions=(
            f"linear-{VERSION}",
            f"flows-{VERSION}",
            f"variants-{VERSION}",
            f"table-{VERSION}",
        ),
    )


def decide(
    turn: TurnInput, playbook: Playbook, stages: Stages, tick: Callable[[], int]
) -> Decision | NeedEffect:
    """Decide a turn, or name the effect to perform first.

    `tick` counts nanoseconds. After a `NeedEffect` the caller performs it, adds its result to
    `turn.effects` under the effect's id, and decides again.
    """
    run, usual = StageRun(stages, tick), stages.usual or stages
    guess = run.take(stages.intent, usual.intent, turn, playbook)
    if turn.model:
        second = _second_guess(turn, guess, playbook, run)
        if isinstance(second, NeedEffect):
            return second
        guess = second
    step = run.take(stages.state, usual.state, turn, guess, playbook)
    taken = step.guess or guess
    step, spoken = acting.checked(turn, taken, step, playbook, stages)
    usual = spoken.usual or spoken
    if step.move in ("look_up", "effect", "act") and step.effect is not None:
        return NeedEffect(step.effect)
    draft = run.take(spoken.response, usual.response, turn, taken, step, playbook)
    ruled = run.take(judging(spoken), judging(usual), turn, taken, step, draft, playbook)
    if turn.model:
        found = _reworded(_Made(turn, taken, step, playbook), draft, ruled, spoken, run)
        if isinstance(found, NeedEffect):
            return found
        draft, ruled = found
    kept = ruled.escalation is None and ruled.reply is not None and ruled.reply.text == draft.text
    return Decision(
        reply=ruled.reply,
        silent=ruled.silent,
        intent=step.intent,
        case=ruled.case if kept else unasked(ruled.case),
        facts=(*step.facts, *learned(turn, playbook, step.captured)),
        asked=ruled.asked,
        sources=draft.sources if kept else (),
        escalation=ruled.escalation,
        stages=_records(turn, playbook, guess, step, draft, ruled, run),
        new_case=step.new_case,
        close=_close(turn, taken, step, ruled, playbook),
        expecting=expected_secret(turn, ruled.case, playbook, ruled.asked),
        playbook=playbook.version,
        held=ruled.held,
        raised=ruled.raised,
    )


class _Made(NamedTuple):
    """What a draft is made from, as the rules stage is given it."""

    turn: TurnInput
    guess: IntentGuess
    step: StateStep
    playbook: Playbook


def _second_guess(
    turn: TurnInput, guess: IntentGuess, playbook: Playbook, run: StageRun
) -> IntentGuess | NeedEffect:
    """The guess, with what a language model makes of a message that was not understood for sure."""
    wanted = second_guess.wanted(turn, guess, playbook)
    if wanted is None:
        return guess
    if wanted.id not in turn.effects:
        return NeedEffect(wanted)
    result = turn.effects[wanted.id]
    run.note("intent", {"model": {**(result or {}), "before": guess.name}})
    return second_guess.weighed(guess, result, playbook)


def _reworded(
    made: _Made, draft: Draft, ruled: Ruled, stages: Stages, run: StageRun
) -> tuple[Draft, Ruled] | NeedEffect:
    """Draft and verdict, in the words of a language model where the rules let them leave."""
    turn, guess, step, playbook = made
    wanted = drafting.wanted(turn, guess, step, draft, ruled, playbook)
    if wanted is None:
        return draft, ruled
    if wanted.id not in turn.effects:
        return NeedEffect(wanted)
    result = turn.effects[wanted.id]
    new = drafting.reworded(wanted, result)
    again = None
    if new is not None:
        again = run.once_more(judging(stages), turn, guess, step, new, playbook)
    left, used = drafting.taken(ruled, again, new, result)
    run.note("response", {"model": drafting.told(result, left, used)})
    return (new if used and new is not None else draft), left


def _if_any(name: str, value: object) -> Mapping[str, object]:
    """What is rarely there, for a record of every turn."""
    return {name: value} if value else {}


def _close(
    turn: TurnInput, guess: IntentGuess, step: StateStep, ruled: Ruled, playbook: Playbook
) -> str | None:
    """A goodbye ends a case in which all that was begun is done; a nod after it changes nothing."""
    if step.move != "small_talk" or ruled.escalation is not None:
        return None
    intent = playbook.intent(guess.name)
    goodbye = intent is not None and intent.answer == "goodbye"
    settled = step.case.done and step.case.flow is None
    return CONFIRMED if turn.case_ended or (goodbye and settled) else None


def _records(
    turn: TurnInput,
    playbook: Playbook,
    guess: IntentGuess,
    step: StateStep,
    draft: Draft,
    ruled: Ruled,
    run: StageRun,
) -> tuple[StageRecord, ...]:
    before, taken = turn.case, step.guess or guess
    language, written = turn_language(turn, playbook), language_of(turn.text) or "unknown"
    rows: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
        (
            "intent",
            {"messages": [one.id for one in turn.messages]},
            {
                "intent": guess.name,
                "confidence": round(guess.confidence, 4),
                "margin": round(guess.margin, 4),
                "runners_up": [[name, round(share, 4)] for name, share in guess.runners_up],
                "language": language,
                **_if_any("written", written if written != language else None),
                **_if_any("others", [one for one, *_ in guess.others if one != guess.name]),
            },
        ),
        (
            "state",
            {"flow": before.flow, "asking": before.asking, "slots": len(before.slots)},
            {
                "move": step.move,
                "flow": step.case.flow,
                "captured": [one.name for one in step.captured],
                "ask": step.ask,
                "effect": step.effect.id if step.effect is not None else None,
                **_if_any("intent", taken.name if taken is not guess else None),
                **_if_any("told", step.told.key if step.told is not None else None),
                **_if_any("also", [one.intent for _, one in step.also or ()]),
                **_if_any("waiting", [one.intent for one in step.case.waiting]),
                **_if_any("action", acting.told_of(turn, step)),
            },
        ),
        (
            "response",
            {"move": step.move},
            {
                "template": draft.template,
                "grounded": draft.grounded,
                "sources": [title for title, _ in draft.sources],
                **_if_any("asked", draft.asked),
                **_if_any("searched", searched_of(draft)),
                **_if_any("quick_replies", [one.label for one in draft.quick_replies]),
            },
        ),
        (
            "rules",
            {"counters": dict(ruled.case.counters)},
            {
                "matched": list(ruled.matched),
                "escalated": ruled.escalation.rule if ruled.escalation is not None else None,
                "silent": ruled.silent,
                **_if_any("tags", tags_in(playbook, ruled.matched)),
                **_if_any("raised", ruled.raised.urgency if ruled.raised else None),
                **_if_any("held", [rule for rule, _ in ruled.held.rules] if ruled.held else None),
                **_if_any("replaced", ruled.reply is not None and ruled.reply.text != draft.text),
            },
        ),
    )
    return tuple(
        StageRecord(name, run.version(at), given, {**gave, **run.remarks(at)}, run.microseconds(at))
        for at, (name, given, gave) in enumerate(rows)
    )
