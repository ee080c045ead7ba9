"""Tries a playbook as a customer would: the real stages over a talk, in memory, with no effect.

Nothing is stored, sent or done outside. A look-up reads the playbook's own tables; whatever else a
turn would have done is answered by a stand-in, and what comes back says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from core.effects import Act, AskProof, Consult, Disown, LookUp, MoveTo, ShowCode
from core.message import Assurance, Audience, Author, OutboundMessage
from core.pipeline.contracts import Effect
from core.pipeline.decide import decide
from core.playbook.model import Playbook
from core.secrets import find_secrets
from core.turn import CaseState, Decision, Escalation, HeldBack, Recall, Said, Sender, TurnInput
from gateway.stages.deciding import Deciding
from gateway.turns.effects import Result, perform
from gateway.turns.replaying import Vector
from gateway.turns.story import decided_data
from gateway.turns.trace import tell
from gateway.turns.trace_details import lines_of

MOST_MESSAGES = 20
LONGEST = 2_000

_TURN = timedelta(minutes=1)
_EFFECTS = 8
_KEY = b"what is tried is kept nowhere"


@dataclass(frozen=True, slots=True)
class Who:
    """Who is imagined to write: on which channel, by which handle, and how well that is proved."""

    channel: str
    handle: str
    level: Assurance = Assurance.NONE


@dataclass(frozen=True, slots=True)
class Tried:
    """One turn of the talk. `slots` are all that is known by now, `stands_in` says what was not
    done in earnest, and `why` explains it in the words that explain a turn of a customer's."""

    text: str
    intent: str | None
    confidence: float
    slots: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]
    escalation: Escalation | None
    held: HeldBack | None
    silent: str | None
    reply: OutboundMessage | None = field(repr=False)
    stands_in: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


def try_talk(
    by: Deciding,
    who: Who,
    say: Sequence[str],
    now: datetime,
    encode: Callable[[str], Vector] | None = None,
) -> tuple[Tried, ...]:
    """The talk from its first message on. Once people have the case, no machine answers."""
    found: list[Tried] = []
    case, case_id, queued = CaseState(), None, False
    expecting: str | None = None
    exchanges: tuple[Said, ...] = ()
    for number, text in enumerate(say, start=1):
        said = _said(number, text, who, now, by.playbook, expecting)
        turn = TurnInput(
            id=str(number),
            now=now,
            channel=who.channel,
            audience=Audience.ONE,
            sender=_sender(who),
            messages=(said,),
            case_id=case_id,
            case=case,
            recall=Recall(exchanges=exchanges[-6:]),
            in_handoff=queued,
            vector=None if encode is None else encode(said.text),
        )
        decision, notes = _decided(turn, by)
        if _SHOWN in notes:
            who = replace(who, level=max(who.level, Assurance.PROVED))
        found.append(_told(said.text, decision, notes))
        case, case_id = decision.case, "1"
        queued = queued or decision.escalation is not None
        expecting = decision.expecting
        exchanges = (*exchanges, said, *_answer(number, decision, who, now))
        now += _TURN
    return tuple(found)


def _said(
    number: int, text: str, who: Who, now: datetime, playbook: Playbook, expecting: str | None
) -> Said:
    clean, secrets = find_secrets(text, playbook.protected_patterns, _KEY, expecting)
    tokens = len(clean.split())
    return Said(
        f"1-{number}", now, who.channel, Author.CUSTOMER, clean, tokens, who.handle, secrets=secrets
    )


def _sender(who: Who) -> Sender:
    holds = who.level >= Assurance.AUTHENTICATED
    return Sender(who.handle, who.level, (who.handle,) if holds else ())


def _proved(turn: TurnInput) -> Sender:
    """Who writes once a code was typed: the holder of the address that it went to as well."""
    proof, before = turn.case.proof, turn.sender
    others = proof.choices[:1] if proof is not None else ()
    proved = tuple(dict.fromkeys((*before.proved, before.handle, *others)))
    return replace(before, level=max(before.level, Assurance.PROVED), proved=proved)


def _answer(number: int, decision: Decision, who: Who, now: datetime) -> Iterable[Said]:
    if decision.reply is not None:
        text = decision.reply.text
        tokens = len(text.split())
        yield Said(f"2-{number}", now, who.channel, Author.BOT, text, tokens, who.handle)


def _decided(turn: TurnInput, by: Deciding) -> tuple[Decision, tuple[str, ...]]:
    notes: list[str] = []
    for _ in range(_EFFECTS):
        decision = decide(turn, by.playbook, by.stages, lambda: 0)
        if isinstance(decision, Decision):
            return decision, tuple(notes)
        result, note = _stand_in(decision.effect, by.playbook)
        notes.append(note)
        if isinstance(decision.effect, ShowCode):
            turn = replace(turn, sender=_proved(turn))
        turn = replace(turn, effects={**turn.effects, decision.effect.id: result})
    raise RuntimeError(f"a turn asked for more than {_EFFECTS} effects")


def _stand_in(effect: Effect, playbook: Playbook) -> tuple[Result, str]:
    """What an effect would have come to if all went well, and in words what was not done."""
    match effect:
        case LookUp():
            found = perform(effect, playbook)
            what = "found" if found else "found nothing they may see"
            return found, f"Looked into the table {effect.table} of this draft and {what}."
        case Act():
            return _acted(effect, playbook)
        case AskProof():
            words = f"No code was sent to {effect.target}; in earnest one would be."
            return {"outcome": "sent", "to": effect.target.partition(":")[2]}, words
        case ShowCode():
            return {"outcome": "proved"}, _SHOWN
        case Disown():
            return {"outcome": "nothing"}, "Nobody was parted from anybody."
        case MoveTo():
            return {"outcome": "cannot"}, "The talk was not moved to another channel."
        case _:
            return {"outcome": "not tried"}, _ELSEWHERE.get(type(effect).__name__, _OTHER)


def _acted(effect: Act, playbook: Playbook) -> tuple[Result, str]:
    action = playbook.actions[effect.action]
    samples = {name: f"({name.replace('_', ' ')})" for name in action.results}
    left = "asked" if isinstance(effect, Consult) else "done"
    words = f"“{action.title}” was not {left}; it is taken as if it had been."
    return {"outcome": "done", **samples}, words


_SHOWN = "Whatever is typed is taken for the right code here."
_OTHER = "What it would have done besides was left undone."
_MODEL = "The language model was not asked; the answer is the one without it."
_ELSEWHERE: Mapping[str, str] = {
    "Compose": _MODEL,
    "Classify": _MODEL,
    "AnswerAt": "No other address was noted to be answered at.",
}


def _told(text: str, decision: Decision, notes: tuple[str, ...]) -> Tried:
    data = decided_data(decision)
    guess: Mapping[str, Any] = next(
        (one.output for one in decision.stages if one.stage == "intent"), {}
    )
    return Tried(
        text=text,
        intent=decision.intent if decision.intent is not None else guess.get("intent"),
        confidence=float(guess.get("confidence", 0.0)),
        slots=tuple((one.name, one.value) for one in decision.case.slots),
        asked=decision.asked,
        escalation=decision.escalation,
        held=decision.held,
        silent=decision.silent,
        reply=decision.reply,
        stands_in=notes,
        why=(tell("decided", data) or "", *lines_of("decided", data)),
    )
