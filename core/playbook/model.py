"""What the business wants, as frozen data: intents, slots, flows, answers, articles, rules, hours.

These are the types only. Reading a folder is the gateway's work; turning files into these types,
with every fault named, is `core.playbook.reader`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from core.limits import DEFAULT_LIMITS, Limits
from core.message import Assurance


@dataclass(frozen=True, slots=True)
class Slot:
    """Something a flow needs to know, and how to find it in what a customer writes.

    `kind` is one of `SLOT_KINDS`. A value is found by the kind's own shape, by one of `patterns`
    (regular expressions, group 1 or the whole match), by one of `choices` (whole words, case
    folded), or after one of `cues` ("my name is"). `label` is how a person would call it ("order
    number").
    `ask` and `offer` are variants of the question; `offer` contains `{value}`. `secret` names the
    kind of secret the slot holds; its value is then only ever carried as "provided". `remember`
    keeps the value as a fact beyond the case, to be offered in the next one. `guest_only` slots are
    asked only of senders who could not be recognised as the owner. Whoever is below `needs` is
    neither offered nor told the value again. With `strict` only what its patterns or choices allow
    is taken. With `in_wish` a text is also what the wish that begins the flow says beyond itself.
    A number, a sum, or the length of a text is from `least` to `most`; a day is in the
    "future" or the "past" if `when` says so. `expects` are words for all that, and `currency`
    (ISO 4217) is that of a sum that names none.
    """

    name: str
    kind: str
    label: str
    ask: tuple[str, ...]
    offer: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    secret: str | None = None
    remember: bool = False
    optional: bool = False
    guest_only: bool = False
    in_wish: bool = False
    needs: Assurance = Assurance.NONE
    strict: bool = False
    expects: str = ""
    least: float | None = None
    most: float | None = None
    when: str = ""
    currency: str = ""


SLOT_KINDS = (
    "text",
    "name",
    "number",
    "order",
    "email",
    "phone",
    "date",
    "time",
    "money",
    "choice",
    "yes_no",
    "secret",
)


@dataclass(frozen=True, slots=True)
class Flow:
    """The slots an intent needs, in asking order, and what happens when all are known.

    `look_up` names a table, or an action by which a system of the business's is asked first;
    `found` may name its columns or results and the flow's slots in braces; `missing` is said when
    there is no such row or it is not the asker's. Without either, `found` is said.
    `escalate` hands the finished flow to a queue. `action` is carried out before `found` is said,
    which may name its results, as `missing` may if it was refused; `failed` is said if it could not
    be done. A reason of a refusal that stands in `refused` is said in those words and ends the
    flow; one in `to_people` also hands it over to them, and one that is called as a slot asks for
    that one again. A sender below `needs` is asked for a proof; without it anybody may go through
    the flow, and to be shown a row as its owner takes the level that the rules want for history.
    Slots in `also` are taken in when they are told, and never asked for.
    """

    name: str
    slots: tuple[str, ...]
    found: tuple[str, ...]
    look_up: str | None = None
    missing: tuple[str, ...] = ()
    escalate: str | None = None
    needs: Assurance | None = None
    action: str | None = None
    failed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    to_people: tuple[str, ...] = ()

    def settles(self, reason: str) -> bool:
        """Whether a refusal for this reason ends the flow; any other leaves it open."""
        return reason in self.refused and reason not in self.slots


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is done in a system of the business's when a flow is at its end, or that is
    asked there before.

    Either the system is asked at `url`, or the entry point `run` of `onethread.actions` does it.
    `send` names what goes along: slots of the flow, and columns that its table shows; `results`
    what of the answer may be said, and `sometimes` what not every answer has. A sender below
    `needs` is asked for a proof first. With `confirm` the customer reads one of `summary`, and
    nothing is done without a yes. One try takes `timeout_seconds` at most, and there are up to
    `attempts`; what failed goes to `queue`.
    """

    name: str
    title: str
    url: str = ""
    run: str = ""
    send: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    sometimes: tuple[str, ...] = ()
    needs: Assurance = Assurance.NONE
    confirm: bool = True
    summary: tuple[str, ...] = ()
    timeout_seconds: float = 5.0
    attempts: int = 3
    queue: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """All that its answers may tell."""
        return (*self.results, *self.sometimes)


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing customers want, with examples of how they say it.

    Exactly one of `flow` and `answer` may be set; with neither, articles are searched. `answer`
    names canned variants. `small_talk` intents (hello, thanks) never open or change a case.
    """

    name: str
    title: str
    examples: tuple[str, ...]
    description: str = ""
    flow: str | None = None
    answer: str | None = None
    small_talk: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """A knowledge article: what a customer may be told, with title and public link as source.
    `language` is that of its text by its code, or empty for the playbook's."""

    name: str
    title: str
    url: str
    body: str
    keywords: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the business says in one more language, by the names of what says it in the first.

    Slots, flows and actions here have only their texts; what they do is the first language's.
    """

    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slots: Mapping[str, Slot] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the escalation table; see the operators in `core.escalation.rules`.

    All rules are checked in ascending `priority`; the first that escalates or blocks wins.
    """

    id: str
    priority: int
    when: Mapping[str, object]
    then: Mapping[str, object]
    unless: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counter:
    """A count that the playbook declares: one more when `add_when` holds of a message, none when
    `reset_when` does. With `window_messages` it looks at the last so many messages only."""

    name: str
    add_when: Mapping[str, object]
    reset_when: Mapping[str, object] = field(default_factory=dict)
    window_messages: int = 0


@dataclass(frozen=True, slots=True)
class RuleDefaults:
    """What holds for every rule that does not say otherwise: the queue, whether a rule acts once
    in a case, and what is promised when nobody is there (`core.escalation.facts.NO_AGENT`)."""

    queue: str = "general"
    once_per_conversation: bool = True
    on_no_agent: str = "ticket"


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: weekday (0 is Monday) -> spans in local time, and closed days."""

    timezone: str
    week: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Business data a flow may look up: `key` columns identify a row; `owner` columns hold handle
    keys' addresses of whose it is; `verify` columns are the second details a guest may give; `show`
    may be told."""

    name: str
    key: tuple[str, ...]
    show: tuple[str, ...]
    owner: Mapping[str, str]
    verify: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


STRICT, GUIDED, FREE = "strict", "guided", "free"
MODES = (STRICT, GUIDED, FREE)
"""How an answer from the articles is worded: in their own sentences alone; those within a frame of
the business's words; or anew by a language model, from those sentences."""


@dataclass(frozen=True, slots=True)
class ModeRow:
    """One row of the table of modes: how answers are worded to these intents, on these channels,
    from this level on. Without names, any is meant."""

    mode: str
    intents: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    level: Assurance = Assurance.NONE


@dataclass(frozen=True, slots=True)
class Playbook:
    """The whole of it. `version` is a digest of the files it was read from.

    `answers` maps a key ("greeting", "handoff_requested") to variants. `settings` are the tunable
    numbers with their defaults filled in (`article_threshold`, `point_threshold`,
    `fallback_limit`, `repeat_limit`).
    `region` (ISO 3166-1) is where a phone number without a country code is at home, or empty.
    """

    name: str
    version: str
    business: str
    language: str
    intents: tuple[Intent, ...]
    slots: Mapping[str, Slot]
    flows: Mapping[str, Flow]
    answers: Mapping[str, tuple[str, ...]]
    articles: tuple[Article, ...]
    rules: tuple[Rule, ...]
    hours: Hours
    tables: Mapping[str, Table] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)
    region: str = ""
    protected_patterns: tuple[str, ...] = ()
    """Order and tracking number shapes that must never be taken for a card number."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """Which stages of one's own stand in the place of the usual ones: kind -> name."""
    rule_defaults: RuleDefaults = RuleDefaults()
    counters: Mapping[str, Counter] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    limits: Limits = DEFAULT_LIMITS
    """What an answer may say, whoever made it."""
    modes: tuple[ModeRow, ...] = ()
    """How answers are worded; of several rows that hold, the first counts."""
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    """What is said in further languages: language by its code -> wording."""
    _named: Mapping[str, Intent] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_named", {one.name: one for one in reversed(self.intents)})

    def intent(self, name: str | None) -> Intent | None:
        """The intent of that name, if any."""
        return None if name is None else self._named.get(name)
