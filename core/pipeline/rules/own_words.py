"""What a business says in its own words: all that its playbook, and the product for it, may utter.

Gathered once for a playbook. Articles are kept apart: they speak for an answer only when it names
them. Nothing here judges a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from core.answers.sentences import split_sentences
from core.answers.wording import speech
from core.grounding import Claims, claims_of, folded, plain, words_of
from core.languages.unspoken import OTHER, UNSPOKEN
from core.pipeline.rules.verdict_words import loads
from core.playbook.bounds import figure
from core.playbook.model import Playbook
from core.playbook.once import once_per_playbook

_BRACED = re.compile(r"\{[\w.]+\}")


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """A business's own words. `sentences` are those among them that bind or ask for a secret, and
    `templates` those with a gap; `labels` are what slots are called; `articles` have their text by
    title and link."""

    claims: Claims
    words: frozenset[str]
    sentences: frozenset[str]
    templates: tuple[re.Pattern[str], ...]
    labels: frozenset[str]
    domains: frozenset[str]
    promises: re.Pattern[str] | None
    articles: Mapping[tuple[str, str], tuple[str, ...]] = field(repr=False)

    def allows(self, host: str) -> bool:
        """Whether an answer may name this place: it, or one above it, is the business's."""
        parts = host.split(".")
        return any(".".join(parts[at:]) in self.domains for at in range(len(parts)))


@once_per_playbook
def own_words(playbook: Playbook) -> Own:
    """The own words of a playbook."""
    texts = tuple(spoken(playbook))
    promises = _phrases(playbook.limits.words)
    every = [claims_of(_BRACED.sub(" ", one)) for one in texts]
    written = [one for text in texts for one in split_sentences(text)]
    bound = [one for one in written if any(loads(folded(one).casefold(), promises))]
    return Own(
        claims=Claims(*(frozenset().union(*parts) for parts in zip(*every, strict=True))),
        words=frozenset().union(*(words_of(one) for one in texts)),
        sentences=frozenset(plain(one) for one in bound if "{" not in one),
        templates=tuple(dict.fromkeys(_shape(one) for one in written if _BRACED.search(one))),
        labels=frozenset(plain(one.label) for one in playbook.slots.values()),
        domains=domains_of(playbook),
        promises=promises,
        articles={
            (one.title, one.url): tuple(split_sentences(one.body)) for one in playbook.articles
        },
    )


def spoken(playbook: Playbook) -> Iterator[str]:
    """Everything that is said in a playbook's name, but for its articles."""
    yield playbook.business
    yield playbook.name
    built_in = speech(playbook)
    yield from (*built_in.words.values(), *built_in.days)
    yield from (*built_in.where.values(), *built_in.by.values())
    yield from (OTHER, *(text for texts in UNSPOKEN.values() for text in texts))
    for variants in (*built_in.answers.values(), *playbook.answers.values()):
        yield from variants
    yield from (one.title for one in playbook.intents)
    for slot in playbook.slots.values():
        yield from (slot.label, *slot.ask, *slot.offer, *slot.choices, slot.expects)
        yield from (figure(one) for one in (slot.least, slot.most) if one is not None)
    for flow in playbook.flows.values():
        yield from (*flow.found, *flow.missing, *flow.failed)
        yield from (text for texts in flow.refused.values() for text in texts)
    for action in playbook.actions.values():
        yield from (action.title, *action.summary)


def domains_of(playbook: Playbook) -> frozenset[str]:
    """The places an answer may name: those allowed by name, and where the articles stand."""
    hosts = (urlsplit(one.url).hostname or "" for one in playbook.articles)
    return frozenset(one.casefold() for one in (*playbook.limits.domains, *hosts) if one)


def _phrases(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    parts = (r"\s+".join(map(re.escape, plain(one).split())) for one in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


def _shape(sentence: str) -> re.Pattern[str]:
    """A sentence with gaps, as what it is when they are filled."""
    pieces = (re.escape(plain(one)) for one in _BRACED.split(sentence))
    return re.compile(r"\s?(.{1,300}?)\s?".join(pieces))
