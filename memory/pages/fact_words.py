"""How the key of a fact is said to people, and among what it stands on a page.

Pure words. What a fact may be used for is decided elsewhere; nothing here reads a table.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.facts.known import IDENTIFIER

PREFERENCE, NUMBER, PROMISE, ABOUT = "preference", "number", "promise", "about"
"""Where a fact stands: how they like it, orders and numbers, what we promised, about them."""

_GROUPS: Mapping[str, str] = {"preference": PREFERENCE, "identifier": NUMBER, "promise": PROMISE}
_LIKED = frozenset({"attribute:language", "attribute:preferred_channel"})
_NUMBERS = frozenset({"amount", "email", "order", "order_number", "phone", "tracking"})
_LABELS: Mapping[str, str] = {
    "attribute:id": "Their own id",
    "email": "E-mail",
    "form": "Form of address",
    "form_of_address": "Form of address",
    "order": "Order number",
    "phone": "Phone number",
    "tracking": "Tracking number",
}


def group_of(key: str) -> str:
    """Where a fact with this key stands on a page."""
    first, _, rest = key.partition(":")
    if key in _LIKED:
        return PREFERENCE
    if rest:
        return _GROUPS.get(first, ABOUT)
    return NUMBER if key in _NUMBERS else ABOUT


def bare_key(key: str) -> str:
    """The key without the value that an identifier's has in it: for where that is not shown, or
    would outlive it."""
    return ":".join(key.split(":")[:2]) if key.startswith(IDENTIFIER) else key


def label_of(key: str) -> str:
    """What a fact with this key is called: "Order number", "Language", "Promise"."""
    if key in _LABELS:
        return _LABELS[key]
    first, _, rest = key.partition(":")
    if first == "promise" and rest:
        return "Promise"
    # Behind the kind of an identifier stands its value, which is no part of the name.
    name = rest.partition(":")[0] if first == "identifier" else rest or first
    words = _LABELS.get(name, name.replace("_", " ").replace("-", " "))
    return words[:1].upper() + words[1:]


def teller_words(told_by: str) -> str:
    """How it came to be known, for a person: "told by the customer", "read out of their words"."""
    kind, _, name = told_by.partition(":")
    if kind == "customer":
        return "told by the customer"
    if kind == "agent":
        return f"told by {actor_words(name)}"
    if kind == "system":
        return f"told by the system “{name}”" if name else "told by a system"
    if kind == "model":
        return f"read by the language model {name}" if name else "read by a language model"
    return "read out of their words" if kind == "rule" else f"told by {told_by}"


def actor_words(actor: str) -> str:
    """Whoever did something, as the log of changes names them, for a person."""
    kind, _, name = actor.partition(":")
    if kind == "token":
        return f"the program “{name}”"
    if kind == "cli":
        return f"{name}, at the command line"
    return f"{name or actor}, a person" if actor else "a person"
