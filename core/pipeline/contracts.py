"""The seams between the four stages: what each is given, what it hands on, what it has to wait for.

Data and signatures only. A stage is a function; `Stages` names the four that a decision uses. A
playbook may name one of another distribution's, which declares it by a `StageSpec`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.effects import Classify, StateEffect
from core.message import OutboundMessage, QuickReply, Sensitivity
from core.playbook.model import Playbook
from core.turn import CaseState, Escalation, Fact, HeldBack, SlotValue, TurnInput, Waiting


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """What the customer wants. `name` is absent when the classifier abstains.

    `confidence` is a calibrated probability of the best intent and `margin` its lead over the
    second; `runners_up` are the next intents with their probabilities. `others` are what the
    message asks for besides.
    """

    name: str | None
    confidence: float
    margin: float
    runners_up: tuple[tuple[str, float], ...] = ()
    others: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What the talk about who is writing has to say: an answer's key, its words, and choices."""

    key: str
    words: Mapping[str, str] = field(default_factory=dict)
    quick_replies: tuple[QuickReply, ...] = ()


@dataclass(frozen=True, slots=True)
class StateStep:
    """Where the case stands after this turn's messages, and what should happen next.

    `move` is one of "ask" (the slot in `ask`), "offer" (`case.offering`), "look_up" (perform
    `effect`, then come back), "act" (perform it if the rules let it be done, then come back),
    "confirm" (ask for a yes to the action of the open flow), "finish" (the flow's slots are all
    known), "answer" (no flow), "small_talk", "unclear", "cancelled", "silent", "step_up" (the flow
    needs a better proof of who is writing), "effect" (perform `effect` of that talk) or "identity"
    (say `told` and no more).
    With any other move `told` is said first. `words` are what a question is about: of the one for a
    yes the "title" of the action and its "details", of one that is asked again the "fault" of the
    "value" that was told. `guess` is what the later stages go by, where the
    state made something else of the first stage's guess. Where two matters are answered at once,
    `also` has the step of each and the turn as it is for it, and the step is that of the second.
    """

    move: str
    case: CaseState
    intent: str | None
    captured: tuple[SlotValue, ...] = ()
    ask: str | None = None
    effect: StateEffect | None = None
    facts: tuple[Fact, ...] = ()
    new_case: bool = False
    guess: IntentGuess | None = None
    told: Told | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    also: tuple[tuple[TurnInput, StateStep], tuple[TurnInput, StateStep]] | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked for in the articles: the score from which one answers, and the best of them
    with theirs, best first."""

    least: float
    best: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the response stage would say. `grounded` is false when nothing was found to say.

    `template` names the answer, flow or article the text was made from.
    """

    text: str
    template: str
    asked: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    quick_replies: tuple[QuickReply, ...] = ()
    sensitivity: Sensitivity = Sensitivity.GENERAL
    grounded: bool = True
    searched: Searched | None = None


@dataclass(frozen=True, slots=True)
class Compose:
    """An effect: have a language model put `body`, the part of `draft` that may be worded anew, in
    other words, from `sources` alone, in at most `limit` characters of the language `language`.

    `instructions` are ours and hold nothing that was written by others. With `remembered` it may be
    given what is known of the customer. The result's "outcome" is "composed", with "text"; any
    other says why the draft stands, for "refused" with "rule" and "what" of the "text" that was not
    let through (`core.pipeline.model.drafting`).
    """

    body: str
    sources: tuple[str, ...]
    instructions: str
    language: str
    limit: int
    remembered: bool
    draft: Draft
    step: StateStep

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn: another draft is another effect."""
        parts = (self.draft.text, self.body, *self.sources, self.instructions, str(self.limit))
        whole = "\0".join((*parts, str(self.remembered)))
        return f"compose:{hashlib.blake2s(whole.encode(), digest_size=8).hexdigest()}"


Effect = StateEffect | Classify | Compose
"""What a decision may ask to be done before it can be made."""


@dataclass(frozen=True, slots=True)
class NeedEffect:
    """The pipeline cannot go on without an effect; perform it and decide again."""

    effect: Effect


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules made of a draft: the reply that may leave, or why none does.

    `raised` is what people who have the case see of it from now on.
    """

    reply: OutboundMessage | None
    silent: str | None
    case: CaseState
    escalation: Escalation | None = None
    asked: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    held: HeldBack | None = None
    raised: Escalation | None = None


IntentStage = Callable[[TurnInput, Playbook], IntentGuess]
StateStage = Callable[[TurnInput, IntentGuess, Playbook], StateStep]
ResponseStage = Callable[[TurnInput, IntentGuess, StateStep, Playbook], Draft]
RulesStage = Callable[[TurnInput, IntentGuess, StateStep, Draft, Playbook], Ruled]


STAGE_KINDS = ("intent", "state", "response", "rules")
"""The four kinds of stages, in the order in which they run."""

MOVES = frozenset(
    "ask offer look_up act confirm finish answer small_talk unclear cancelled silent step_up "
    "effect identity".split()
)
"""What a `StateStep` may say is to happen next."""


@dataclass(frozen=True, slots=True)
class StageSpec:
    """What another distribution declares of a stage, under the entry points `onethread.stages`.

    `kind` is one of `STAGE_KINDS`. `version` is recorded with each turn: another behaviour is
    another version. `build` gets the playbook and the usual stage of that kind, which it may call,
    and returns the stage. It is called once at the start: what takes long, such as reading a file,
    belongs there.
    """

    name: str
    kind: str
    version: str
    build: Callable[[Playbook, Any], Any]


@dataclass(frozen=True, slots=True)
class Stages:
    """The four functions a decision uses, each with the version recorded with its output.

    `usual` are those that step in where one fails. Without them a fault is the turn's. What
    they say is `judged` by the playbook's limits, unless they are stages that only echo.
    """

    intent: IntentStage
    state: StateStage
    response: ResponseStage
    rules: RulesStage
    versions: tuple[str, str, str, str]
    usual: Stages | None = None
    judged: bool = True
