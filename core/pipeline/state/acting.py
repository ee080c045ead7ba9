"""The action at the end of a flow: laid out for a yes, asked for once, and what came of it.

It asks for the effect and never acts. Nothing is done below the level an action needs, without the
yes it wants, or against the rules, which are asked before. It words nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from core.answers.wording import speech, spoken_to
from core.effects import Act, Consult
from core.escalation.counters import CONFIRMING, marked, unmarked
from core.message import Assurance, Audience, Sensitivity
from core.pipeline.contracts import (
    Draft,
    IntentGuess,
    Ruled,
    RulesStage,
    Stages,
    StateStep,
    Told,
)
from core.pipeline.reading.phrases import leaning, refuses
from core.pipeline.reading.whereabouts import is_above
from core.pipeline.state.asking import asked
from core.pipeline.state.flow_end import finish, give_up, missed
from core.pipeline.state.flow_turn import FlowTurn, count, stepped
from core.pipeline.state.undertaking import (
    ASKED,
    CHANGE,
    DONE,
    FAILED,
    agrees,
    awaits_yes,
    digest_of,
    given_up,
    key_of,
    replaced,
    unasked,
    undertaken,
    undertaking,
)
from core.playbook.model import Action, Flow, Playbook
from core.turn import CaseState, SlotValue, TurnInput, Undertaking

CONFIRM_LIMIT = 3
"""How often a yes is asked for before a person takes over."""

_SHOWN = 80
"""Characters of a detail that are read out again before an action."""

FLOW_RULE = "flow"
"""The rule by which a finished flow goes to people; it does not keep its action from being done."""


def level_of(flow: Flow, playbook: Playbook) -> Assurance | None:
    """The level that a flow needs: its own, or that of what is asked or done for it."""
    needs = [
        action.needs
        for name in (flow.look_up, flow.action)
        if (action := playbook.actions.get(name or "")) is not None and action.needs
    ]
    return max((*needs, flow.needs or Assurance.NONE)) if needs else flow.needs


def act(
    at: FlowTurn,
    case: CaseState,
    captured: tuple[SlotValue, ...],
    flow: Flow,
    row: Mapping[str, str] | None = None,
) -> StateStep:
    """What comes next with the action of a flow that knows all it needs. `row` was looked up."""
    action = at.playbook.actions[flow.action or ""]
    if at.turn.audience is Audience.ROOM and not at.turn.private_reply:
        # Where others read along, nobody is proved and nothing is agreed on.
        alone = replace(unasked(case), flow=None, asking=None, offering=None)
        return replace(stepped(at, "identity", alone, captured), told=Told("private"))
    if any(one.needs > at.turn.sender.level for one in values_told(case, flow, action)):
        return stepped(at, "step_up", case, captured)
    values = values_of(case, flow, action, row)
    digest = digest_of(action.name, values)
    last = undertaking(case, flow.name)
    same = last if last is not None and last.values == digest else None
    agreed = same is not None and same.stage == ASKED and agrees(at.turn.text)
    wants_yes = action.confirm or (same is not None and same.stage != FAILED)
    if wants_yes and not agreed:
        return _ask_for_yes(at, case, captured, flow, digest, row)
    key = same.key if same is not None else key_of(at.turn, flow.name, digest)
    told = values_told(case, flow, action)
    plain = {one.name: one.normal for one in told if one.normal is not None}
    before = replaced(last)
    effect = Act(action.name, key, values, plain, before or None, at.turn.sender.proved)
    if agreed and leaning(at.turn.text) is True:
        # Rules that want a yes have it with this one.
        case = marked(case, CONFIRMING + flow.name)
    if effect.id not in at.turn.effects:
        return replace(finish(at, case, captured, flow), move="act", effect=effect)
    outcome = outcome_of(at.turn, effect)
    if outcome == "refused":
        case = given_up(case, flow.name)
        if before:
            # What was done before the correction stands.
            case = undertaken(case, Undertaking(flow.name, DONE, before, ""))
        case = unmarked(case, CONFIRMING + flow.name)
        reason = reason_of(at.turn, effect)
        if flow.settles(reason):
            return replace(finish(at, case, captured, flow), effect=effect)
        return replace(missed(at, case, captured, flow, reason), effect=effect)
    stage = DONE if outcome == "done" else FAILED
    case = undertaken(case, Undertaking(flow.name, stage, key, digest, before))
    return replace(finish(at, case, captured, flow), effect=effect)


def outcome_of(turn: TurnInput, effect: Act) -> str:
    """What came of an action that was asked for: "done", "refused" or "failed"."""
    outcome = (turn.effects.get(effect.id) or {}).get("outcome", "")
    return outcome if outcome in ("done", "refused") else "failed"


def reason_of(turn: TurnInput, effect: Act) -> str:
    """The reason that the business names for its refusal, or nothing."""
    refused = outcome_of(turn, effect) == "refused"
    return (turn.effects.get(effect.id) or {}).get("why", "") if refused else ""


def values_of(
    case: CaseState, flow: Flow, action: Action, row: Mapping[str, str] | None
) -> dict[str, str]:
    """What goes along with an action, by name: details that were told, and columns of the row."""
    values = {one.name: one.value for one in values_told(case, flow, action)}
    columns = {name: row[name] for name in action.send if row is not None and name in row}
    return {**columns, **values}


def values_told(case: CaseState, flow: Flow, action: Action) -> list[SlotValue]:
    """The details at hand that go along with an action. A secret never does."""
    names = action.send or flow.slots
    found = (case.slot(name) for name in names if name in flow.slots)
    return [one for one in found if one is not None and not one.secret]


def _ask_for_yes(
    at: FlowTurn,
    case: CaseState,
    captured: tuple[SlotValue, ...],
    flow: Flow,
    digest: str,
    row: Mapping[str, str] | None,
) -> StateStep:
    """The summary; after a no the question what is to be otherwise, and after another the end."""
    last = undertaking(case, flow.name)
    same = last if last is not None and last.values == digest else None
    stage = ASKED
    if same is not None and awaits_yes(case) and refuses(at.turn.text):
        if same.stage == CHANGE:
            return dropped(at, case, captured)
        stage = CHANGE
    times = case.counters.get(asked(flow.name), 0)
    if times >= CONFIRM_LIMIT:
        return give_up(at, unasked(case), captured)
    case = count(replace(case, asking=None, offering=None), asked(flow.name), times + 1)
    if not is_above(at.turn, Sensitivity.PERSONAL if flow.look_up else Sensitivity.GENERAL):
        known = same is not None and same.stage != DONE
        key = same.key if known and same is not None else key_of(at.turn, flow.name, digest)
        case = undertaken(case, Undertaking(flow.name, stage, key, digest, replaced(last)))
    return replace(stepped(at, "confirm", case, captured), words=laid_out(at, case, flow, row))


def laid_out(
    at: FlowTurn, case: CaseState, flow: Flow, row: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """What the action of a flow is called, and what it would be done with, as it is read out."""
    spoken = spoken_to(at.turn, at.playbook)
    action, slots = spoken.actions[flow.action or ""], spoken.slots
    sent = {one.name: one for one in values_told(case, flow, action)}
    told = [(slots[name].label, sent[name].value) for name in flow.slots if name in sent]
    told += [
        (name.replace("_", " "), value)
        for name, value in values_of(case, flow, action, row).items()
        if name not in sent
    ]
    pair = speech(spoken).words["pair"]
    parts = (pair.format(label=label, value=_short(value)) for label, value in told)
    return {"title": action.title, "details": ", ".join(parts)}


def _short(value: str) -> str:
    plain = " ".join(value.split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1].rsplit(" ", 1)[0] + "…"


def dropped(at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...] = ()) -> StateStep:
    """The open flow ends, as the customer wishes, and nothing more is asked for it."""
    case = replace(unasked(case), flow=None, asking=None, offering=None)
    return stepped(at, "cancelled", case, captured)


# Before it is done


def checked(
    turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook, stages: Stages
) -> tuple[StateStep, Stages]:
    """The step and the stages, where an action may be done or laid out for a yes; where the rules
    want something else, the step as they see it, and stages by which only they have the word."""
    flow = _flow_of(step)
    if flow is None:
        return step, stages
    done = (*(one for one in step.case.done if one != flow), flow)
    case = replace(step.case, flow=None, done=done)
    seen = replace(step, move="finish", case=case, effect=None)
    ruled = _ruled(turn, guess, seen, playbook, stages)
    decided = ruled.escalation is not None and ruled.escalation.rule != FLOW_RULE
    asks = step.move == "act" and ruled.reply is not None and bool(ruled.reply.text)
    asks = asks and ruled.escalation is None
    if not (decided or asks or ruled.silent is not None):
        return step, stages
    usual = None if stages.usual is None else _silenced(stages.usual)
    return seen, replace(_silenced(stages), usual=usual)


def _silenced(stages: Stages) -> Stages:
    """Stages that say nothing of their own, and keep the flow from being taken for done."""
    return replace(stages, response=_unsaid, rules=partial(_not_done, stages.rules))


def _unsaid(turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook) -> Draft:
    """The draft of a flow that is at its end and whose action is not done."""
    return Draft("", f"found:{step.case.done[-1]}")


def _not_done(
    rules: RulesStage,
    turn: TurnInput,
    guess: IntentGuess,
    step: StateStep,
    draft: Draft,
    playbook: Playbook,
) -> Ruled:
    """What the rules make of it, with a flow that is not done, since its action is not."""
    ruled = rules(turn, guess, step, draft, playbook)
    done = tuple(one for one in ruled.case.done if one != step.case.done[-1])
    return replace(ruled, case=unasked(replace(ruled.case, done=done)))


def _flow_of(step: StateStep) -> str | None:
    if step.move == "act":
        return step.case.done[-1]
    return step.case.flow if step.move == "confirm" else None


def _ruled(
    turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook, stages: Stages
) -> Ruled:
    """What the rules stage says of it; the usual one, where one of one's own fails."""
    draft = _unsaid(turn, guess, step, playbook)
    if stages.usual is None:
        return stages.rules(turn, guess, step, draft, playbook)
    try:
        ruled = stages.rules(turn, guess, step, draft, playbook)
    except Exception:  # noqa: BLE001 - it fails again where it is recorded, if the turn comes to it
        return stages.usual.rules(turn, guess, step, draft, playbook)
    return ruled


# After it


def failure_of(turn: TurnInput, step: StateStep, playbook: Playbook) -> tuple[str, str] | None:
    """The queue to which goes what could not be done, or is left to people, and what they read of
    it; nothing where there is no such thing."""
    effect = step.effect
    if not isinstance(effect, Act):
        return None
    flow = playbook.flows[step.case.done[-1]]
    last = playbook.actions.get(flow.action or "")
    action = playbook.actions[effect.action]
    queue = action.queue or (last.queue if last is not None else "")
    outcome = outcome_of(turn, effect)
    why = (turn.effects.get(effect.id) or {}).get("why", "nobody carried it out")
    if outcome == "refused":
        title = (last or action).title
        reason = f"“{title}” is left to people: {why.replace('_', ' ')}."
    elif isinstance(effect, Consult):
        reason = f"“{action.title}” could not be looked up: {why}. Nothing was done."
    else:
        reason = (
            f"The action “{action.title}” could not be carried out: {why}. Look whether it was "
            f"done all the same before doing it by hand; its key is {effect.key}."
        )
    return None if outcome == "done" else (queue or playbook.rule_defaults.queue, reason)


def told_of(turn: TurnInput, step: StateStep) -> Mapping[str, str] | None:
    """What the record says of an action: which, by which key, and what came of it."""
    effect = step.effect
    if not isinstance(effect, Act):
        return None
    result = turn.effects.get(effect.id) or {}
    outcome = outcome_of(turn, effect)
    if isinstance(effect, Consult) and outcome == "done":
        outcome = "told"
    found = {"action": effect.action, "key": effect.key, "outcome": outcome}
    return found | {name: result[name] for name in ("why", "tries") if name in result}
