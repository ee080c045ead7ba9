"""What a rule may ask and do: the facts, the endings, the counts and the deeds, each with its type.

These tables are the one truth: the check of a rule goes by them, and so do the schema for editors
and the page on playbooks. They decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

TEXT, NUMBER, FLAG = "text", "number", "flag"

TIMER = "timer"
STAGES = ("inbound", "before_reply", TIMER)
"""When a rule is looked at: before the answer is known, with it, or as time passes."""

STATUSES = ("new", "open", "queued")
"""How far a case is: just begun, answered by us, with people."""

FACTS: Mapping[str, str] = {
    "text": TEXT,
    "channel": TEXT,
    "stage": TEXT,
    "status": TEXT,
    "intent": TEXT,
    "confidence": NUMBER,
    "margin": NUMBER,
    "sentiment": NUMBER,
    "language": TEXT,
    "amount": NUMBER,
    "action": TEXT,
    "business_hours": FLAG,
    "grounded": FLAG,
    "asked_human": FLAG,
    "level": NUMBER,
    "customer.tier": TEXT,
    "customer.tags": TEXT,
    "minutes_since_first": NUMBER,
    "minutes_waiting": NUMBER,
}
"""Facts a rule may name, besides `slot.NAME` and the counts, with the type of each."""

COUNTERS = frozenset(
    """
    turns fallbacks negative same_intent missed lacking unanswered asked_human contacts_7d
    """.split()
)
"""Counts that a rule may name, each as `counters.NAME`, besides those the playbook declares."""

KEPT = frozenset("fallbacks negative same_intent asked_human".split())
"""Built-in counts that a rule may set."""

TIMED = frozenset(
    """
    channel stage status intent language business_hours level customer.tier customer.tags
    minutes_since_first minutes_waiting
    """.split()
)
"""Facts that a rule may name as time passes, besides slots and counts: there is no message then."""

WORDS: Mapping[str, tuple[str, ...]] = {"stage": STAGES, "status": STATUSES}
"""Facts with a closed list of values."""

SUFFIXES = ("_any_words", "_missing", "_regex", "_exact", "_not", "_gte", "_lte", "_gt", "_lt")
NUMBERS = ("_gte", "_lte", "_gt", "_lt")
"""Endings that compare with a number."""
TEXTS = ("_any_words", "_regex", "_exact")
"""Endings that search a text."""

URGENCIES = ("low", "normal", "high", "critical")

FLAGGED, WORD, WORD_LIST, COUNTS = "flag", "text", "texts", "counts"

THEN: Mapping[str, str] = {
    "escalate": FLAGGED,
    "block": WORD,
    "queue": WORD,
    "urgency": WORD,
    "say": WORD,
    "reason": WORD,
    "needs": WORD_LIST,
    "freeze_bot": FLAGGED,
    "ask": WORD,
    "tag": WORD_LIST,
    "set": COUNTS,
    "require_confirm": FLAGGED,
    "once_per_conversation": FLAGGED,
}
"""What a rule may do, with the type of its value."""

TIMED_THEN = frozenset("escalate queue urgency say reason tag set freeze_bot".split())
"""What a rule may do as time passes: there is no answer that it could change."""

DEEDS = ("escalate", "block", "ask", "tag", "set", "require_confirm")
"""Of these a rule needs one: the others say how."""

NO_AGENT = ("ticket", "callback", "message")
"""What is promised when nobody is there: an answer in the thread, a call, a message later on."""

WINDOW_LIMIT = 50
"""Messages that a count may look back over."""


@lru_cache(maxsize=512)
def split_key(key: str) -> tuple[str, str]:
    """The fact and the operator of a condition's key ("counters.fallbacks_gte")."""
    if key in FACTS:
        return key, ""
    for suffix in SUFFIXES:
        if key.endswith(suffix):
            return key.removesuffix(suffix), suffix
    return key, ""


def type_of(fact: str) -> str | None:
    """The type of a fact's value; nothing when there is no such fact, whatever is declared."""
    kind, _, name = fact.partition(".")
    if kind == "slot" and name:
        return TEXT
    return NUMBER if kind == "counters" and name else FACTS.get(fact)


def more_urgent(one: str, other: str) -> str:
    """The more urgent of two urgencies."""
    return max(one, other, key=lambda name: URGENCIES.index(name) if name in URGENCIES else 0)
