"""How a link is told in words: its level, its rule, and every sentence that answers "why?".

Words only, made of one link's row; the graph that shows them is in `memory.pages.identity`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Row

from core.clock import Micros, from_micros
from core.message import Assurance

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

LEVEL_WORDS = {
    Assurance.NONE: "not proved",
    Assurance.ASSERTED: "claimed",
    Assurance.AUTHENTICATED: "vouched for by the channel",
    Assurance.PROVED: "proved",
    Assurance.LOGGED_IN: "logged in",
}
RULE_WORDS = {
    "first-contact": "Wrote to us from here",
    "by-hand": "Joined by hand",
    "merge": "Merged by hand",
    "login": "Joined by a login",
    "login-profile": "Joined by what the business's login says",
    "code": "Joined by a one-time code",
    "import": "Joined by an import",
    "trusted-profile": "Joined by a profile we were told to trust",
}
_LEVEL_MEANING = {
    Assurance.NONE: "Nothing speaks for it, and nothing is read over it.",
    Assurance.ASSERTED: "Somebody says so. No memory is read over it.",
    Assurance.AUTHENTICATED: "Memory of all channels is read over it, but nothing personal.",
    Assurance.PROVED: "Possession was shown, or there is evidence. Personal things are read over "
    "it by whoever is proved that well at the moment.",
    Assurance.LOGGED_IN: "The business's own application vouches for it.",
}


_NO_CHANNELS = frozenset({"by-hand", "merge", "import"})
"""Rules whose links rest on the word of people or lists: no channel has vouched for them."""


def level_words(level: int, rule: str = "") -> str:
    """A level as people say it; of a link, by the `rule` it was made."""
    if level == Assurance.AUTHENTICATED and rule in _NO_CHANNELS:
        return "as good as a channel's word"
    return LEVEL_WORDS[Assurance(level)]


def rule_words(rule: str, *, home: bool = False) -> str:
    """A rule as people say it: "Joined by a one-time code". That of a handle's link with its own
    `home` customer joined nobody: it says how the handle came to be known."""
    words = RULE_WORDS.get(rule, f"Joined by the rule “{rule}”")
    return words.replace("Joined by", "Known to us by") if home else words


def moment(at: Micros) -> str:
    """A time in a sentence, in UTC."""
    when = from_micros(at)
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def actor_words(actor: str) -> str:
    """Who did it, as people say it: "ada, on the console", "the gateway"."""
    kind, colon, name = actor.partition(":")
    if not colon:
        return "the gateway itself" if actor == "gateway" else actor
    places = {"person": "on the console", "token": "over the API", "cli": "at the command line"}
    return f"{name}, {places[kind]}" if kind in places else actor


def link_sentences(link: AnyRow, handle: str, customer: str, now: Micros) -> tuple[str, ...]:
    """Everything there is to say about one link, the most important first."""
    return tuple(_sentences(link, handle, customer, now))


def _sentences(link: AnyRow, handle: str, customer: str, now: Micros) -> Iterator[str]:
    level = Assurance(link.level)
    if link.customer_id == link.home_customer_id:
        words = rule_words(link.rule, home=True)
        yield f"{words}: {handle} began as customer {link.customer_id}, {customer}."
        yield "This is who the handle is by itself, and says nothing about anybody else."
    else:
        yield f"{rule_words(link.rule)}: {handle} is taken for customer {link.customer_id}, "\
            f"{customer}."  # fmt: skip
        by = actor_words(link.actor)
        yield f"Done on {moment(link.created_at)} by {by}, under the rule “{link.rule}”."
    yield f"Evidence: {link.evidence}" if link.evidence else "No evidence was named."
    yield f"Level {int(level)}, {level_words(level, link.rule)}. {_LEVEL_MEANING[level]}"
    yield from _limits(link, now)


def _limits(link: AnyRow, now: Micros) -> Iterator[str]:
    if link.batch_id is not None:
        yield f"It came with the import {link.batch_id} and can be undone with it."
    if link.ended_at is None and link.reads_from > now:
        yield (
            f"It is cooling off: nothing old is read over it before {moment(link.reads_from)}, so "
            "that its owner can still say “not me”."
        )
    if link.expires_at is not None:
        word = "ended" if link.expires_at <= now else "ends"
        yield f"It {word} by itself on {moment(link.expires_at)}."
    if link.ended_at is not None:
        by = actor_words(link.ended_by or "somebody")
        yield f"It was ended on {moment(link.ended_at)} by {by}: {link.end_reason}."
