"""What the business rules about who is who, as frozen data: levels, codes, limits, what joins whom.

Types and defaults only. Reading them from a text, with every fault named, is
`core.identity.rule_reader`'s work; applying them is `core.identity.graph`'s and memory's. The
defaults are the product's: a business that writes nothing has these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from core.message import Assurance


@dataclass(frozen=True, slots=True)
class Levels:
    """What a sender needs, of itself now and of the weakest link on the way.

    `conversation`: what was said in this very conversation. `history`: slots, cases and messages
    over all channels. `personal`: address, payment state, documents, and changing data.
    """

    conversation: Assurance = Assurance.ASSERTED
    history: Assurance = Assurance.AUTHENTICATED
    personal: Assurance = Assurance.PROVED


@dataclass(frozen=True, slots=True)
class CodeRules:
    """One-time codes. Limits count within an hour; a proof lasts `proof` from the right code."""

    digits: int = 6
    life: timedelta = timedelta(minutes=10)
    tries: int = 3
    per_asker: int = 3
    per_target: int = 3
    per_network: int = 20
    proof: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class KindRule:
    """How handles of one kind join: at most `most` of a kind per customer within `within` (or ever,
    without); lower `priority` numbers count more when a limit leaves only some."""

    priority: int = 100
    most: int | None = None
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class JoinRule:
    """What one kind of evidence does. `evidence` is a sighting's kind; `level` bounds the link it
    makes; without `joins` it only suggests. `kinds` are the kinds of handle it may join, or all."""

    id: str
    evidence: str
    level: Assurance
    joins: bool = True
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SuggestionRules:
    """From which score, of 100, two customers are suggested to be one, and what each kind of reason
    counts."""

    threshold: int = 60
    weights: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """All of it. `version` is a digest of the text it was read from, "default" without one.

    `decay`: how long a handle of a kind may be silent before whoever writes from it next is taken
    for somebody else. `cooling_off`: how long after a code joined two handles nothing old is read
    over the link. `blocked` and `shared` are handle keys, or patterns of keys with `*`: a blocked
    one never joins anybody, a shared one (a role mailbox, an office phone) proves no person.
    `disclosure` is the most sensitive class that may be told on a channel, by its name.
    """

    version: str = "default"
    levels: Levels = Levels()
    codes: CodeRules = CodeRules()
    decay: Mapping[str, timedelta] = field(default_factory=lambda: {"phone": timedelta(days=365)})
    cooling_off: timedelta = timedelta(minutes=15)
    kinds: Mapping[str, KindRule] = field(default_factory=dict)
    component_limit: int = 50
    blocked: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    joins: tuple[JoinRule, ...] = ()
    suggestions: SuggestionRules = SuggestionRules()
    disclosure: Mapping[str, str] = field(default_factory=dict)


DEFAULT_BLOCKED = (
    "email:test@test.com",
    "email:test@example.com",
    "email:noreply@*",
    "email:no-reply@*",
    "email:donotreply@*",
    "phone:+0*",
    "phone:*0000000",
)
"""Addresses that people type to be left alone, and that nobody writes from."""

DEFAULT_SHARED = (
    "email:info@*",
    "email:office@*",
    "email:sales@*",
    "email:support@*",
    "email:contact@*",
    "email:hello@*",
    "email:team@*",
    "email:accounts@*",
    "email:billing@*",
    "email:admin@*",
)
"""Role mailboxes (RFC 2142 and what businesses call theirs): several people read them."""

DEFAULT_JOINS = (
    JoinRule("code", "code", Assurance.PROVED),
    JoinRule("login", "login", Assurance.LOGGED_IN),
    JoinRule("login-profile", "login-profile", Assurance.PROVED),
    JoinRule("trusted-profile", "trusted-profile", Assurance.AUTHENTICATED),
    JoinRule("import", "import", Assurance.AUTHENTICATED),
    JoinRule("hint", "hint", Assurance.ASSERTED, joins=False),
)

DEFAULT_WEIGHTS: Mapping[str, int] = {
    "same-address": 70,
    "same-login": 80,
    "name-and-postcode": 65,
    "same-order": 60,
    "name": 30,
    "postcode": 25,
    "near-address": 35,
}

DEFAULT_RULES = IdentityRules(
    kinds={
        "login": KindRule(priority=10, most=1),
        "external": KindRule(priority=15, most=1),
        "email": KindRule(priority=20, most=10),
        "phone": KindRule(priority=30, most=5),
        "slack": KindRule(priority=40, most=5),
        "visitor": KindRule(priority=90, most=30, within=timedelta(days=365)),
    },
    blocked=DEFAULT_BLOCKED,
    shared=DEFAULT_SHARED,
    joins=DEFAULT_JOINS,
    suggestions=SuggestionRules(weights=DEFAULT_WEIGHTS),
    # A text message is read on a locked screen, by whoever is near.
    disclosure={"sms": "personal"},
)


def matches(key: str, patterns: tuple[str, ...]) -> bool:
    """Whether a handle's key is one of these, or of their shape; `*` stands for any characters."""
    folded = key.casefold()
    return any(_fits(folded, pattern.casefold()) for pattern in patterns)


def _fits(key: str, pattern: str) -> bool:
    """One pattern, without regular expressions: whatever stands between the stars, in order."""
    first, *rest = pattern.split("*")
    if not rest:
        return key == pattern
    last = rest.pop()
    if not key.startswith(first) or len(key) < len(first) + len(last) or not key.endswith(last):
        return False
    at, end = len(first), len(key) - len(last)
    for piece in rest:
        found = key.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def joining_rule(rules: IdentityRules, evidence: str, kinds: Iterable[str]) -> JoinRule | None:
    """The first rule for this kind of evidence between handles of these kinds, if there is one.

    What the business wrote stands before what is built in.
    """
    between = frozenset(kinds)
    return next(
        (
            one
            for one in rules.joins
            if one.evidence == evidence and (not one.kinds or between <= one.kinds)
        ),
        None,
    )
