"""The rules stage: a draft leaves, is replaced by the word of a handoff, or nothing leaves.

Counts what feeds the escalation table, evaluates it, and says once and honestly when and where a
person will answer. It is silent while a person has the case, and keeps personal matters out of
places where others read along.
"""

from __future__ import annotations

from dataclasses import replace

from core.answers.sentences import choose, is_fresh, remember
from core.answers.wording import speech, variants
from core.escalation.rules import Verdict
from core.hours import is_open, opening_words
from core.message import Audience, OutboundMessage, Sensitivity
from core.pipeline.contracts import Draft, IntentGuess, Ruled, StateStep
from core.pipeline.reading.whereabouts import asks_where, elsewhere_words, is_above, where_words
from core.pipeline.response.foreign import foreign_escalation, is_foreign
from core.pipeline.response.letter import lettered
from core.pipeline.response.pointing import POINTED, points
from core.pipeline.rules.acts import acted, reason_of
from core.pipeline.rules.raising import raised
from core.pipeline.rules.table import forgotten, judge
from core.pipeline.state.acting import failure_of
from core.pipeline.state.flow_turn import count
from core.pipeline.state.proving import ANSWER
from core.playbook.model import Flow, Playbook
from core.turn import CaseState, Escalation, Proof, TurnInput

IN_HANDOFF = "a person has the case"


def rules_stage(
    turn: TurnInput, guess: IntentGuess, step: StateStep, draft: Draft, playbook: Playbook
) -> Ruled:
    """The rules stage of the default pipeline."""
    if turn.in_handoff:
        if step.move == "identity":
            return _let_through(step.case, draft, ())
        return raised(turn, guess, step.case, playbook, IN_HANDOFF)
    if step.move == "silent":
        return Ruled(None, IN_HANDOFF, step.case)
    ruled = _judged(turn, guess, step, draft, playbook)
    return _as_letter(turn, step, draft, ruled, playbook)


def _as_letter(
    turn: TurnInput, step: StateStep, draft: Draft, ruled: Ruled, playbook: Playbook
) -> Ruled:
    """What this stage worded itself, in the shape of its channel; a draft has its shape already."""
    if ruled.reply is None or ruled.reply.text == draft.text:
        return ruled
    text = lettered(turn, playbook, ruled.reply.text, step.case.said)
    case = replace(ruled.case, said=remember(ruled.case.said, text))
    return replace(ruled, reply=replace(ruled.reply, text=text), case=case)


def _judged(
    turn: TurnInput, guess: IntentGuess, step: StateStep, draft: Draft, playbook: Playbook
) -> Ruled:
    """What the table says of the draft, and then where and to whom it may be said."""
    about_identity = step.move == "identity"
    case = step.case if about_identity else _count_fallbacks(step, draft)
    verdict, case = judge(turn, guess, case, draft, playbook)
    if not about_identity and not is_foreign(draft):
        question = acted(turn, guess, step, case, draft, playbook, verdict)
        if question is not None:
            return question
    case = forgotten(case)
    if verdict.winner is not None:
        return _apply(turn, step, case, draft, playbook, verdict)
    handed = _handed(turn, step, case, draft, playbook, verdict.matched)
    if handed is not None:
        return handed
    others_read = turn.audience is Audience.ROOM and not turn.private_reply
    if others_read and draft.sensitivity is not Sensitivity.GENERAL:
        return _refuse(case, playbook, verdict.matched)
    if is_above(turn, draft.sensitivity):
        return _point_elsewhere(turn, step, case, draft.sensitivity, playbook)
    if not about_identity:
        case = replace(case, said=remember(case.said, draft.text))
    return _let_through(case, draft, verdict.matched)


def _let_through(case: CaseState, draft: Draft, matched: tuple[str, ...]) -> Ruled:
    reply = OutboundMessage(
        draft.text, quick_replies=draft.quick_replies, sensitivity=draft.sensitivity
    )
    return Ruled(reply, None, case, asked=draft.asked, matched=matched)


def _count_fallbacks(step: StateStep, draft: Draft) -> CaseState:
    """The case with one more fruitless turn, or none after a reply that said something."""
    case = count(step.case, POINTED, int(points(draft)))
    before = case.counters.get("fallbacks", 0)
    if not draft.grounded or draft.template == "clarify":
        return count(case, "fallbacks", before + 1)
    return count(case, "fallbacks", 0)


def _apply(
    turn: TurnInput,
    step: StateStep,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    verdict: Verdict,
) -> Ruled:
    """What the winning rule does: silence, or the case to people with one honest message."""
    rule = verdict.winner
    assert rule is not None
    blocked = rule.then.get("block")
    if blocked:
        return Ruled(None, f"blocked: {blocked}", case, matched=verdict.matched)
    escalation = Escalation(
        rule=rule.id,
        queue=str(rule.then.get("queue", playbook.rule_defaults.queue)),
        urgency=str(rule.then.get("urgency", "normal")),
        reason=reason_of(rule, verdict),
    )
    say = str(rule.then.get("say", "handoff_stuck"))
    # Where nothing else can be said in the customer's language, this can.
    foreign = is_foreign(draft) and say != "safety_notice"
    text = draft.text if foreign else handoff_words(turn, case, playbook, say)
    return _hand_over(turn, playbook, case, text, escalation, verdict.matched)


def _hand_over(
    turn: TurnInput,
    playbook: Playbook,
    case: CaseState,
    text: str,
    escalation: Escalation,
    matched: tuple[str, ...],
) -> Ruled:
    """The reply of a handoff; the counters begin anew for when the case is handed back."""
    if asks_where(turn):
        text = f"{text} {where_words(playbook, case)}"
        case = replace(case, proof=Proof("address", turn.now, ANSWER))
    counters = {"turns": case.counters.get("turns", 0)}
    case = replace(
        case, asking=None, offering=None, counters=counters, said=remember(case.said, text)
    )
    return Ruled(OutboundMessage(text), None, case, escalation, matched=matched)


def handoff_words(turn: TurnInput, case: CaseState, playbook: Playbook, key: str) -> str:
    """One honest message: that a person takes over, when, and where the answer arrives."""
    said = frozenset(case.said)
    own = playbook.answers.get(key) or playbook.answers.get("handoff_stuck", ())
    built_in = speech(playbook).answers
    texts = (*own, *built_in.get(key, ()), *built_in["handoff_stuck"])
    first = choose(texts, {}, said) or texts[0]
    return f"{first} {_when(turn, playbook, frozenset((*said, *remember((), first))))}"


_NOBODY_THERE = {"ticket": "when_closed", "callback": "when_callback", "message": "when_message"}


def _when(turn: TurnInput, playbook: Playbook, said: frozenset[str]) -> str:
    spoken = speech(playbook)
    where = spoken.where_words(turn.channel)
    words = {"where": where}
    key = "when_unknown"
    opened = is_open(playbook.hours, turn.now)
    if opened is True:
        key = "when_open"
    elif (
        opened is False and (opening := opening_words(playbook.hours, turn.now, spoken)) is not None
    ):
        key = _NOBODY_THERE[playbook.rule_defaults.on_no_agent]
        words = {"where": where, "opening": opening}
    last = spoken.words["last_where"].format(where=where, count=len(said))
    return choose(variants(playbook, key), words, said) or last


def _handed(
    turn: TurnInput,
    step: StateStep,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    matched: tuple[str, ...],
) -> Ruled | None:
    """What goes to people without a rule: a finished flow, or a language nobody here speaks."""
    if is_foreign(draft):
        escalation = foreign_escalation(draft, playbook.rule_defaults.queue)
        return _hand_over(turn, playbook, case, draft.text, escalation, matched)
    flow = _handed_flow(step, draft, playbook)
    if flow is None:
        return None
    return _finish_with_people(turn, step, case, draft, playbook, flow, matched)


def _handed_flow(step: StateStep, draft: Draft, playbook: Playbook) -> Flow | None:
    """The finished flow that the playbook hands to a queue."""
    kind = draft.template.partition(":")[0]
    if step.move != "finish" or kind not in ("found", "failed"):
        return None
    flow = playbook.flows.get(step.case.done[-1]) if step.case.done else None
    if kind == "failed":
        return flow
    return flow if flow is not None and flow.escalate else None


def _finish_with_people(
    turn: TurnInput,
    step: StateStep,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    flow: Flow,
    matched: tuple[str, ...],
) -> Ruled:
    """What the flow says at its end, and when and where a person goes on with it."""
    told = not is_above(turn, draft.sensitivity)
    if flow.found and told and turn.audience is Audience.ONE:
        case = replace(case, said=remember(case.said, draft.text))
        text = f"{draft.text} {_when(turn, playbook, frozenset(case.said))}"
    else:
        text = handoff_words(turn, case, playbook, "handoff_flow")
    queue, reason = str(flow.escalate), "The request is complete and needs a person."
    if (failure := failure_of(turn, step, playbook)) is not None:
        queue, reason = failure
    escalation = Escalation("flow", queue, "normal", reason)
    return _hand_over(turn, playbook, case, text, escalation, matched)


def _refuse(case: CaseState, playbook: Playbook, matched: tuple[str, ...]) -> Ruled:
    """In a place where others read along, nothing personal is said."""
    texts = variants(playbook, "private")
    text = choose(texts, {}, case.said)
    if text is None:
        text = speech(playbook).words["last_private"].format(count=len(case.said))
        text = text if is_fresh(text, case.said) else texts[0]
    case = replace(case, asking=None, offering=None, said=remember(case.said, text))
    return Ruled(OutboundMessage(text), None, case, matched=matched)


def _point_elsewhere(
    turn: TurnInput, step: StateStep, case: CaseState, about: Sensitivity, playbook: Playbook
) -> Ruled:
    """On a channel that may not carry it, a short text says where to ask; there it is told."""
    text = elsewhere_words(turn, case, playbook, about)
    flow = playbook.flows.get(case.done[-1]) if step.move == "finish" and case.done else None
    if flow is not None and flow.look_up:
        # Not told, so not done: the flow goes on wherever the customer writes next.
        case = replace(case, flow=flow.name, done=case.done[:-1])
    case = replace(case, asking=None, offering=None, said=remember(case.said, text))
    return Ruled(OutboundMessage(text), None, case)
