"""The talk about who is writing: codes asked for and shown, another channel, "not me".

It stands around the state stage: what belongs to this talk is taken here, without a count and
without moving the flow, and everything else goes on as ever. Levels are compared here and granted
nowhere: a proof is an effect, and who may read what, memory says. It words nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.addresses import KINDS, masked
from core.effects import AnswerAt, AskProof, Disown, MoveTo, ShowCode, StateEffect
from core.message import Audience
from core.pipeline.contracts import IntentGuess, StateStage, StateStep, Told
from core.pipeline.reading.choices import NAMED, chosen_of, offered
from core.pipeline.reading.identity_phrases import (
    Typed,
    bare_address,
    claimed_address,
    is_not_me,
    is_wrong_number,
    wants_elsewhere,
    wrote_elsewhere,
)
from core.pipeline.reading.phrases import is_cancellation, is_chat, is_waiting, yes_or_no
from core.playbook.model import Playbook
from core.secrets import CODE
from core.turn import CaseState, Fact, Proof, TurnInput

ANSWER, FLOW, MOVE = "answer", "flow", "move:"
"""What a proof can be for; to move is followed by the kind of handle."""

_ABSTAINED = IntentGuess(None, 0.0, 0.0)
_CANNOT: Mapping[str, str] = {"outcome": "cannot"}
_SENTENCE = re.compile(r"[?!\n]|\.(?=\s)")
_WORDS = 3
"""Words from which what stands beside a claim is something of its own."""


@dataclass(frozen=True, slots=True)
class _At:
    """What the steps of one turn share. `proof` is the talk that is still open."""

    turn: TurnInput
    guess: IntentGuess
    playbook: Playbook
    talk: StateStage
    proof: Proof | None

    @property
    def case(self) -> CaseState:
        """The case as it was."""
        return self.turn.case

    @property
    def goal(self) -> str:
        """What the open talk is for."""
        return self.proof.goal if self.proof is not None else ""

    def begun(self, stage: str, goal: str, *choices: str) -> Proof:
        """A talk that begins, or goes on, now."""
        return Proof(stage, self.turn.now, goal, choices)


def with_identity(talk: StateStage) -> StateStage:
    """The state stage with the talk about who is writing around it."""

    def stage(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> StateStep:
        at = _At(turn, guess, playbook, talk, _open(turn))
        return _about_identity(at) or _anything_else(at)

    return stage


def _open(turn: TurnInput) -> Proof | None:
    """The talk that is open; some time after a code has run out, nobody waits for it any more."""
    proof = turn.case.proof
    if proof is None or (proof.goal == ANSWER and proof.stage == "address"):
        return proof
    return None if turn.now - proof.at > 2 * turn.rules.codes.life else proof


def _about_identity(at: _At) -> StateStep | None:
    """What the turn says about who is writing, if it does."""
    digest = next((one.secrets[CODE] for one in at.turn.messages if CODE in one.secrets), None)
    if digest is not None:
        return _show(at, digest)
    if _disowns(at):
        return _disown(at)
    # Where others read along, nobody is asked for a proof and nothing moves.
    if at.turn.audience is Audience.ROOM:
        return None
    typed = _claimed(at)
    if typed is not None:
        return _ask(at, typed.key, at.goal, typed)
    return _answered(at) or _moving(at) or _unnamed(at)


def _said(at: _At, told: Told, case: CaseState, facts: tuple[Fact, ...] = ()) -> StateStep:
    """A step of this talk alone: nothing is counted, and the flow stays where it is."""
    return StateStep(
        move="identity",
        case=case,
        intent=case.intent,
        facts=facts,
        new_case=at.turn.case_id is None,
        guess=_ABSTAINED,
        told=told,
    )


def _effect(at: _At, effect: StateEffect) -> StateStep | Mapping[str, str]:
    """The effect's result, or the step that asks for it."""
    if effect.id in at.turn.effects:
        return at.turn.effects[effect.id] or _CANNOT
    return StateStep("effect", at.case, at.case.intent, effect=effect)


# Asking for a proof


def _claimed(at: _At) -> Typed | None:
    """The address that the sender claims to be theirs, too, or names for a code."""
    text, region = at.turn.text, at.playbook.region
    slot = at.playbook.slots.get(at.case.asking or "")
    typed = claimed_address(text, region, slot.kind if slot is not None else None)
    wanted = at.proof is not None and at.proof.stage in ("address", "choice")
    if typed is None and wanted and (slot is None or slot.kind not in KINDS):
        typed = bare_address(text, region)
    return typed


def _ask(at: _At, key: str, goal: str, typed: Typed | None = None) -> StateStep:
    """Ask for a code to be sent there, and keep what else was told."""
    result = _effect(at, AskProof(key))
    if isinstance(result, StateStep):
        return result
    case: CaseState = at.case
    facts: tuple[Fact, ...] = ()
    if typed is not None and not at.turn.in_handoff and _says_more(at.turn.text, typed):
        case, facts = _beside(at)
    outcome = result.get("outcome")
    if outcome == "limited":
        return _said(at, Told("code_limited"), replace(case, proof=None), facts)
    if outcome != "sent":
        case = replace(case, proof=at.begun("address", goal))
        return _said(at, Told("code_cannot"), case, facts)
    return _said(at, Told("code_sent"), replace(case, proof=at.begun("code", goal, key)), facts)


def _unnamed(at: _At) -> StateStep | None:
    """Whoever says they wrote before, from where they are not known, is asked for the address."""
    kind = wrote_elsewhere(at.turn.text)
    if kind is None or at.turn.in_handoff or kind not in at.turn.reachable:
        return None
    if any(one.startswith(f"{kind}:") for one in (at.turn.sender.handle, *at.turn.sender.proved)):
        return None
    return _said(at, Told("step_up"), replace(at.case, proof=at.begun("address", at.goal)))


def _says_more(text: str, typed: Typed) -> bool:
    """Whether another sentence stands beside the claim."""
    pieces = _SENTENCE.split(f"{text[: typed.start]} {text[typed.end :]}")
    return sum(len(one.split()) >= _WORDS for one in pieces) > 1


def _beside(at: _At) -> tuple[CaseState, tuple[Fact, ...]]:
    """The case with what was told and begun in the same breath, as if nothing had been asked."""
    before, step = at.case, at.talk(at.turn, at.guess, at.playbook)
    after = step.case
    if step.move == "cancelled" or (after.flow is None and after.done != before.done):
        return replace(before, slots=after.slots), step.facts
    same = after.flow == before.flow
    case = replace(
        before,
        intent=after.intent,
        flow=after.flow,
        slots=after.slots,
        asking=before.asking if same else None,
        offering=before.offering if same else None,
    )
    return case, step.facts


# Showing the code


def _show(at: _At, digest: str) -> StateStep:
    result = _effect(at, ShowCode(digest))
    if isinstance(result, StateStep):
        return result
    outcome = result.get("outcome", "none")
    if outcome == "proved":
        return _proved(at, _thanks(at.turn.now, result))
    if outcome == "wrong":
        case = replace(at.case, proof=at.proof or at.begun("code", ""))
        return _said(at, Told("code_wrong", {"left": result.get("left", "1")}), case)
    if outcome in ("spent", "expired"):
        case = replace(at.case, proof=at.begun("address", at.goal))
        return _said(at, Told(f"code_{outcome}"), case)
    key = "code_refused" if outcome == "cannot" else "code_none"
    return _said(at, Told(key), replace(at.case, proof=None))


def _thanks(now: datetime, result: Mapping[str, str]) -> Told:
    """The thanks for the right code, and from when older messages are read."""
    later = result.get("reads_from")
    left = datetime.fromisoformat(later) - now if later else timedelta(0)
    if left <= timedelta(0):
        return Told("code_proved")
    return Told("code_proved_later", {"minutes": str(-(-int(left.total_seconds()) // 60) or 1)})


def _proved(at: _At, thanks: Told) -> StateStep:
    """The code was right: go on with what it was for."""
    case, goal = replace(at.case, proof=None), at.goal
    target = at.proof.choices[0] if at.proof is not None and at.proof.choices else None
    if target is not None and goal.startswith(MOVE):
        return _move(at, goal.removeprefix(MOVE), target, case)
    if target is not None and goal == ANSWER:
        result = _effect(at, AnswerAt(target))
        if isinstance(result, StateStep):
            return result
        noted = result.get("outcome") == "noted"
        return _said(at, Told("answer_there", {"to": masked(target)}) if noted else thanks, case)
    if at.turn.in_handoff or case.flow is None:
        return _said(at, thanks, case)
    return _resumed(at, case, thanks)


def _resumed(at: _At, case: CaseState, thanks: Told) -> StateStep:
    """The open flow from where it was, as if the code had not come between."""
    others = tuple(one for one in at.turn.messages if CODE not in one.secrets)
    silence = at.turn.messages[0]._replace(text="", quick_reply=None, secrets={})
    # The stage counts what it hears and asks; this it has heard and asked before.
    counters = dict(case.counters)
    for name in ("turns", f"asked:{case.asking}"):
        if name in counters:
            counters[name] -= 1
    before = replace(case, counters=counters, offering=None)
    turn = replace(at.turn, case=before, messages=others or (silence,))
    step = at.talk(turn, _ABSTAINED, at.playbook)
    if step.move == "step_up":
        # One proof was not enough, and asking for another would go in circles.
        counters = {**case.counters, "unanswered": 1}
        ended = replace(case, flow=None, asking=None, offering=None, counters=counters)
        return _said(at, Told("step_up_failed"), ended)
    return replace(step, told=thanks)


# Not me


def _disowns(at: _At) -> bool:
    if is_not_me(at.turn.text):
        return True
    # "Wrong number" may mean an order's, once one was spoken of.
    case = at.case
    spoken_of = case.asking or case.offering or case.flow or case.done
    return not spoken_of and is_wrong_number(at.turn.text)


def _disown(at: _At) -> StateStep:
    result = _effect(at, Disown())
    if isinstance(result, StateStep):
        return result
    case = replace(at.case, flow=None, asking=None, offering=None, proof=None)
    return _said(at, Told("disowned"), case)


# Another channel


def _moving(at: _At) -> StateStep | None:
    """The wish to go on elsewhere; while people have the case, it is theirs to answer."""
    region = at.playbook.region
    kind = wants_elsewhere(at.turn.text, region)
    if kind is None or at.turn.in_handoff or at.turn.sender.handle.startswith(f"{kind}:"):
        return None
    typed = bare_address(at.turn.text, region)
    return _move(at, kind, typed.key if typed and typed.kind == kind else None, at.case)


def _move(at: _At, kind: str, target: str | None, case: CaseState) -> StateStep:
    result = _effect(at, MoveTo(kind, target))
    if isinstance(result, StateStep):
        return result
    outcome, goal = result.get("outcome"), f"{MOVE}{kind}"
    if outcome == "which":
        keys = tuple(result.get("targets", "").split())
        case = replace(case, proof=at.begun("choice", goal, *keys))
        return _said(at, offered("move_which", keys), case)
    able = outcome == "unproved" and kind in at.turn.reachable
    if able and target is not None:
        return _ask(at, target, goal)
    if able and kind in KINDS:
        return _said(at, Told(f"move_ask_{kind}"), replace(case, proof=at.begun("address", goal)))
    key = _MOVED.get(outcome or "", "move_cannot")
    return _said(at, Told(key, {"to": result.get("to", "")}), replace(case, proof=None))


_MOVED = {"moved": "move_done", "opted-out": "move_opted_out"}


# Answers to what this talk asked


def _answered(at: _At) -> StateStep | None:
    """An answer to the offer of a code or of a place, or a change of mind about it."""
    proof = at.proof
    # Who does not say where to answer need not: what they say instead is for people.
    if proof is None or (at.turn.in_handoff and proof.stage == "address"):
        return None
    if is_cancellation(at.turn.text):
        return _dropped(at)
    if proof.stage == "choice":
        chosen = chosen_of(at.turn, proof.choices)
        if not chosen:
            return None if chosen is None else _dropped(at)
        if proof.goal.startswith(MOVE):
            return _move(at, proof.goal.removeprefix(MOVE), chosen, at.case)
        return _ask(at, chosen, proof.goal)
    refused = proof.stage == "address" and yes_or_no(at.turn.text) is False
    return _dropped(at) if refused else None


def _dropped(at: _At) -> StateStep:
    """No proof: the flow that needs one ends with it, any other goes on when it is spoken of."""
    case = replace(at.case, proof=None)
    if at.goal == FLOW:
        case = replace(case, flow=None, asking=None, offering=None)
    return _said(at, Told("code_dropped"), case)


# Everything else


def _anything_else(at: _At) -> StateStep:
    """The talk as ever; where a flow needs more than the sender has, a proof is offered."""
    proof = at.proof
    if proof is not None and proof.stage == "choice":
        # Whoever speaks of something else has not chosen, unless they only ask for time.
        waits = is_chat(at.turn.text) or is_waiting(at.turn.text)
        proof = proof if waits else None
    turn = at.turn
    if turn.case.proof is not proof:
        turn = replace(turn, case=replace(turn.case, proof=proof))
    step = at.talk(turn, at.guess, at.playbook)
    return _step_up(at, step, proof) if step.move == "step_up" else step


def _step_up(at: _At, step: StateStep, proof: Proof | None) -> StateStep:
    """Offer to prove who is writing, by an address that is known if the sender may know it."""
    case = replace(step.case, asking=None, offering=None)
    if at.turn.audience is Audience.ROOM:
        return replace(step, move="identity", case=replace(case, flow=None), told=Told("private"))
    if proof is not None and proof.stage == "code":
        told, proof = Told("code_waiting"), replace(proof, goal=FLOW)
    elif known := _known_elsewhere(at.turn):
        told = offered("step_up_offer" if len(known) == 1 else "step_up_which", known)
        proof = at.begun("choice", FLOW, *known)
    else:
        told, proof = Told("step_up"), at.begun("address", FLOW)
    return replace(step, move="identity", case=replace(case, proof=proof), told=told)


def _known_elsewhere(turn: TurnInput) -> tuple[str, ...]:
    """The sender's other handles that a code can go to, for a sender who may read history."""
    if turn.sender.level < turn.rules.levels.history:
        return ()
    others = (one for one in turn.sender.proved if one != turn.sender.handle)
    return tuple(one for one in others if one.partition(":")[0] in NAMED)
