"""What one turn of the pipeline is given and what it decides, as frozen data.

A turn is one run of the pipeline for one customer over one or more inbound messages of one
conversation. These types are the seam between the stages, the memory that fills them and the
gateway that carries them; nothing here decides or stores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Audience, Author, OutboundMessage

CONFIRMED = "confirmed"
"""How a case ends when the customer says goodbye after all was settled."""

CONTEXT = "context"
"""The part of a turn's memory without which nothing is known of who writes."""


_NO_SECRETS: Mapping[str, str] = {}


class Said(NamedTuple):
    """One message of a thread as it is remembered. `id` is the stored message's id.

    `secrets` has the kind of each secret removed from the text and the keyed digest of its value.
    `about` is what recall compares it by, as memory stored it: it adds nothing to the text, and two
    messages are the same with or without it.

    A named tuple, because a turn may read a thousand of them.
    """

    id: str
    at: datetime
    channel: str
    author: Author
    text: str
    tokens: int
    handle: str
    author_name: str | None = None
    quick_reply: str | None = None
    secrets: Mapping[str, str] = _NO_SECRETS
    about: bytes | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.id)


def text_of(messages: Sequence[Said]) -> str:
    """Several messages as one text."""
    # One is the rule, and its own text need not be hashed anew by all that remember texts.
    if len(messages) == 1:
        return messages[0].text
    return "\n".join(one.text for one in messages)


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A value told for a slot. A secret's `value` is the word "provided", never the secret.

    `source` is the id of the message that told it, `handle` the key of who told it. `normal` is the
    value written in the one way of its kind (a date as 2026-12-24), where the kind has one and it
    is not how it was told. Whoever is below `needs` is not told it, unless they said it themselves
    in this very conversation.
    """

    name: str
    value: str
    source: str
    handle: str
    level: Assurance
    secret: bool = False
    digest: str | None = None
    confirmed: bool = True
    needs: Assurance = Assurance.NONE
    normal: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something remembered of a customer beyond a case, with its source and level.

    Whoever is below `needs` is not told it, unless they said it in this very conversation. It is
    only claimed unless it is `verified`; `told_by` and `channel` say who told it and where, `was`
    what it was before, until when. A promise is to be kept by `due_at`. It was told again at
    `touched_at`, and made from what the handles with the ids `made_from` said, too.
    """

    key: str
    value: str
    source: str
    handle: str
    level: Assurance
    recorded_at: datetime
    secret: bool = False
    needs: Assurance = Assurance.NONE
    verified: bool = False
    told_by: str = "customer"
    channel: str | None = None
    pinned: bool = False
    due_at: datetime | None = None
    was: tuple[str, datetime] | None = None
    touched_at: datetime | None = None
    made_from: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes on about who is writing, beside the matter itself, since `at`.

    `stage` is "code" (one is on its way to `choices[0]`), "address" (the reply asked for one) or
    "choice" (it offered `choices`, keys of handles). `goal` is what it is for: "" for its own sake,
    "flow" for the flow that needs it, "move:" and a kind of handle to go on there, or "answer" to
    be answered there, too.
    """

    stage: str
    at: datetime
    goal: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undertaking:
    """How far the action is that stands at the end of a flow.

    `stage` is "asked" (the reply asked for a yes to it), "change" (a no came, and the reply asked
    what is to be otherwise), "done", or "failed": whether it was done is then not known. `values`
    is a digest of what it is done with, and `key` is drawn once for them: the same request has the
    same key however often it is tried. `replaces` is the key of the one that was done before a
    detail was corrected.
    """

    flow: str
    stage: str
    key: str
    values: str
    replaces: str = ""


class Waiting(NamedTuple):
    """Something asked beside another matter that is still to be taken up: its intent, the id of the
    message, and which of its parts (`core.pipeline.intent.several`)."""

    intent: str
    source: str
    part: int


@dataclass(frozen=True, slots=True)
class CaseState:
    """How far one customer problem is. Empty when a case is new.

    `asking` is the slot the last reply asked for, `offering` a remembered value waiting for a
    yes or no. `counters` feed the escalation rules. `said` holds digests of sentences already used
    with this customer, so that none is repeated word for word. `proof` is the talk about who is
    writing, while there is one. `undertaken` are the actions of this case, one for each flow.
    `waiting` is what else was asked and is still to be taken up.
    """

    intent: str | None = None
    flow: str | None = None
    slots: tuple[SlotValue, ...] = ()
    asking: str | None = None
    offering: SlotValue | None = None
    refused: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    counters: Mapping[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    proof: Proof | None = None
    undertaken: tuple[Undertaking, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    def slot(self, name: str) -> SlotValue | None:
        """The value at hand for a slot, if any."""
        return next((one for one in self.slots if one.name == name), None)


class Recalled(NamedTuple):
    """An older turn that matters to this message, with why it was chosen.

    A named tuple, because a turn may bring dozens of them.
    """

    said: Said
    score: float
    why: Mapping[str, float]


class Line(NamedTuple):
    """One thing that is known of a customer, as it goes before a turn in `tokens` tokens.

    `kind` is the part of the block that it belongs to (`memory.recall.standing_block.SHARES`);
    `source` is the id of the message that told it, or names what else did. It is only claimed
    unless it is `verified`; `was` says what it was before, until when. A promise is to be kept by
    `due_at`. `handles` are whom it came from, where neither a fact nor a slot says so.
    """

    kind: str
    name: str
    value: str
    source: str = ""
    tokens: int = 0
    verified: bool = False
    was: tuple[str, datetime] | None = None
    due_at: datetime | None = None
    handles: frozenset[int] = frozenset()


class LeftOut(NamedTuple):
    """How many things were left out for one reason, and the best of them with their scores.

    `best` has ids of messages, or names of facts.
    """

    why: str
    number: int
    best: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """What memory hands a turn, already filtered by customer and assurance.

    `standing` is what is known whatever is said, `facts` are those of it for the stages to use;
    `exchanges` are the last messages on any channel, oldest first, without the turn's own;
    `recalled` are older ones that match, oldest first. `trace` and `left_out` say why.

    `degraded` names what could not be had in time or at all (`gateway.turns.recalling`), and `took`
    how many milliseconds each part that was waited for took.
    """

    facts: tuple[Fact, ...] = ()
    exchanges: tuple[Said, ...] = ()
    recalled: tuple[Recalled, ...] = ()
    tokens: int = 0
    budget: int = 0
    trace: tuple[str, ...] = ()
    standing: tuple[Line, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    degraded: tuple[str, ...] = ()
    took: Mapping[str, float] = field(default_factory=dict)

    @property
    def lost(self) -> bool:
        """Whether nothing could be read at all: it is not known what is known of the sender."""
        return CONTEXT in self.degraded


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is writing: the handle, what it may read now, and the handles proved to be the same.

    `level` is min(assurance of the sender now, weakest edge to the customer). `proved` are keys of
    handles reachable at the level that the rules want of both sides, the sender's own included
    unless its address was somebody else's before.
    """

    handle: str
    level: Assurance
    proved: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a customer likes it, as far as it is known: `language` by its code ("de"), `channel` by
    the kind of handle ("email"), the `name` they go by, `form` "formal" or "informal".

    A channel is a wish: it moves nothing by itself.
    """

    language: str | None = None
    channel: str | None = None
    name: str | None = None
    form: str | None = None


class Contact(NamedTuple):
    """An earlier case of a customer's: its id, what it was about, and when it was opened."""

    case_id: str
    intent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TurnInput:
    """Everything a decision may depend on. The same input always gives the same decision.

    `case_ended` says that the customer had said goodbye to the case a moment ago. `private_reply`
    says that what is personal reaches the sender alone, whoever reads along. `rules` are those
    about who is who, `reachable` the kinds of handle that we can write to first, `preferences` how
    the customer likes it.
    `effects` holds results of effects asked for by an earlier `NeedEffect` of the same turn.
    `model` has what a language model may be asked for in it: "answers", "intents".
    """

    id: str
    now: datetime
    channel: str
    audience: Audience
    sender: Sender
    messages: tuple[Said, ...]
    case_id: str | None
    case: CaseState
    recall: Recall
    in_handoff: bool = False
    case_ended: bool = False
    private_reply: bool = False
    rules: IdentityRules = DEFAULT_RULES
    reachable: frozenset[str] = frozenset(("email", "phone"))
    preferences: Preferences = Preferences()
    effects: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    model: frozenset[str] = frozenset()
    contacts: tuple[Contact, ...] = ()
    """Their cases of the last days, where a rule asks how often they came."""
    vector: NDArray[np.float32] | None = field(default=None, compare=False)
    """The sentence vector of the text, where there is an encoder. Behind the usual one there may be
    another of the same length, of an inner layer, for intents alone."""
    text: str = field(init=False, repr=False, compare=False)
    """The messages of the turn as one text, which every stage asks for again and again."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", text_of(self.messages))


class StageRecord(NamedTuple):
    """What one stage saw and said, for explaining and replaying a turn."""

    stage: str
    version: str
    input: Mapping[str, object]
    output: Mapping[str, object]
    microseconds: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """The case goes to people: which rule said so, to which queue, how urgent."""

    rule: str
    queue: str
    urgency: str
    reason: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An answer that was made and did not leave as it was: each rule it broke with what did so, its
    `text`, and what was `done`: "replaced", "handed over", "shortened" or "silent"."""

    rules: tuple[tuple[str, str], ...]
    text: str
    done: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a turn decided. Exactly one of `reply` and `silent` is set.

    `asked` are the slots the reply asks for; `expecting` is the kind of secret that may come next
    (`core.pipeline.state.expecting`). `sources` are (title, public link) of articles used. `facts`
    are new or touched; `close` ends the case with the given outcome. `playbook` is the version of
    the one that the stages went by, if they did. `raised` makes a case that people have more
    urgent.
    """

    reply: OutboundMessage | None
    silent: str | None
    intent: str | None
    case: CaseState
    facts: tuple[Fact, ...] = ()
    asked: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    escalation: Escalation | None = None
    stages: tuple[StageRecord, ...] = ()
    new_case: bool = False
    close: str | None = None
    expecting: str | None = None
    playbook: str = ""
    held: HeldBack | None = None
    raised: Escalation | None = None
