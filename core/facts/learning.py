"""What is learned of a customer out of what they write themselves, though nobody asked for it.

Identifiers and wishes, by rule and so only claimed, each with its message. Nothing is learned from
who is not proved at all, where others read along, from words that are quoted, and from words that
give themselves out as a machine's: what somebody was made to paste orders nobody about. What the
business itself says of a customer is never learned from a message. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from core.facts.identifiers import TEXT_LIMIT, find_identifiers
from core.facts.known import IDENTIFIER
from core.facts.preferences import KEY, find_wishes
from core.languages.features import words
from core.message import Assurance, Audience
from core.pipeline.reading.readers import readers_of
from core.playbook.model import Playbook
from core.playbook.once import once_per_playbook
from core.turn import Fact, Said, SlotValue, TurnInput

RULE = "rule"
"""Who tells what was found by a rule."""

_ADDRESS = "address"
_LONGEST = 200

_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|\|).*$", re.M)
_QUOTED_TAIL = re.compile(
    r"^[ \t]*(?:-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht|"
    r"message d'origine|mensaje original)|begin forwarded message|on .{5,80} wrote:|"
    r"am .{5,80} schrieb|le .{5,80} a écrit|el .{5,80} escribió).*\Z",
    re.I | re.M | re.S,
)
_QUOTE = re.compile(r"\"[^\"\n]{12,}\"|“[^”\n]{12,}”|„[^“”\n]{12,}[“”]|«[^»\n]{12,}»")
_MARKS = frozenset('>|"“„«')
_QUOTING = frozenset("wrote schrieb écrit escribió forwarded original originale".split())
_QUOTING |= frozenset("nachricht origine".split())

_AS_MACHINE: tuple[tuple[frozenset[str], re.Pattern[str]], ...] = tuple(
    (frozenset(cues.split()), re.compile(pattern, re.I | re.M))
    for cues, pattern in (
        (
            "system assistant developer tool bot ai instruction instructions prompt",
            r"^[\W_]*(?:system|assistant|developer|tool|bot|ai|instructions?|prompt)\b[\W_]{0,8}:|"
            r"[<\[]\|?/?(?:system|assistant)\b",
        ),
        ("im inst message", r"<\|?/?(?:im_start|im_end|message|inst)\b|\[/?inst\]"),
        ("role", r"[\"']role[\"']\s*:"),
        ("now", r"\bfrom now on\b.{0,80}\b(?:customer|user|you|i am|treat)\b"),
        (
            "ignore disregard forget",
            r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules?|previous|above)\b",
        ),
        ("remember", r"\bremember(?: this| that)?\b.{0,40}:"),
        ("jetzt sofort nun", r"\b(?:von jetzt an|ab sofort|von nun an)\b.{0,60}\bkund"),
        (
            "ignoriere ignorieren ignoriert vergiss",
            r"\b(?:ignorier\w*|vergiss)\b.{0,40}\b(?:anweisung|regel)",
        ),
        ("ignorez ignore oublie oubliez", r"\b(?:ignorez?|oubliez?)\b.{0,40}\b(?:instruct|règle)"),
        ("désormais dorénavant", r"\b(?:désormais|dorénavant)\b.{0,60}\bclient"),
        ("ignora ignore olvida olvide", r"\b(?:ignor|olvid)[ae]\w*\b.{0,40}\b(?:instruc|regla)"),
        ("ahora", r"\ba partir de ahora\b.{0,60}\bcliente"),
    )
)
"""How a text speaks that gives itself out as a machine's, or gives orders to one, each with the
words that it cannot be without."""


def learned(
    turn: TurnInput, playbook: Playbook, captured: Sequence[SlotValue] = ()
) -> tuple[Fact, ...]:
    """What the messages of a turn tell by themselves, as facts that are only claimed.

    Whoever may not be told a slot is told no number either that was read out of the same message:
    it is the slot's own value, or a piece of it. `captured` are the slots of this turn.
    """
    if turn.sender.level < Assurance.ASSERTED or turn.audience is not Audience.ONE:
        return ()
    found: dict[tuple[str, str], Fact] = {}
    for said in turn.messages:
        for fact in _told(turn, said, playbook, captured):
            found[fact.handle, fact.key] = fact
    return tuple(found.values())


def own_words(text: str) -> str:
    """A text without what it quotes; nothing when it speaks as a machine."""
    told = frozenset(words(text))
    for cues, pattern in _AS_MACHINE:
        if not cues.isdisjoint(told) and pattern.search(text) is not None:
            return ""
    if not _MARKS.isdisjoint(text) or not _QUOTING.isdisjoint(told):
        for quoted in (_QUOTED_TAIL, _QUOTED_LINE, _QUOTE):
            text = quoted.sub(" ", text)
    return text


def told_in(
    text: str, playbook: Playbook, personal: Assurance
) -> Iterator[tuple[str, str, Assurance]]:
    """What one text tells by itself: keys, values, and the level that each needs to be told; what
    is personal needs that one."""
    own = own_words(text[:TEXT_LIMIT])
    if not own:
        return
    by_kind = _needs_of(playbook)
    for kind, value in find_identifiers(own, _order_shapes(playbook)):
        if len(value) <= _LONGEST:
            needs = max(
                personal if kind == _ADDRESS else Assurance.NONE, by_kind.get(kind, Assurance.NONE)
            )
            key = f"{IDENTIFIER}{kind}:{value.casefold() if kind == _ADDRESS else value}"
            yield key, value, needs
    for name, value in find_wishes(own):
        yield f"{KEY}{name}", value, Assurance.NONE


def _told(
    turn: TurnInput, said: Said, playbook: Playbook, captured: Sequence[SlotValue]
) -> Iterator[Fact]:
    least = max((one.needs for one in captured if one.source == said.id), default=Assurance.NONE)
    asked = playbook.slots.get(turn.case.asking or "")
    if asked is not None:
        least = max(least, asked.needs)
    for key, value, needs in told_in(said.text, playbook, turn.rules.levels.personal):
        found = key.startswith(IDENTIFIER)
        yield _fact(turn, said, key, value, max(needs, least) if found else needs)


def _fact(turn: TurnInput, said: Said, key: str, value: str, needs: Assurance) -> Fact:
    return Fact(
        key,
        value,
        said.id,
        said.handle or turn.sender.handle,
        turn.sender.level,
        turn.now,
        needs=needs,
        told_by=RULE,
        channel=turn.channel,
    )


@once_per_playbook
def _needs_of(playbook: Playbook) -> Mapping[str, Assurance]:
    """What the business lets nobody be told of a kind of number below a level, over its slots."""
    needs: dict[str, Assurance] = {}
    for slot in playbook.slots.values():
        kind = "amount" if slot.kind == "money" else slot.kind
        needs[kind] = max(slot.needs, needs.get(kind, Assurance.NONE))
    return needs


@once_per_playbook
def _order_shapes(playbook: Playbook) -> tuple[re.Pattern[str], ...]:
    """The business's own shapes of an order number."""
    return tuple(
        pattern
        for reader in readers_of(playbook).values()
        if reader.slot.kind == "order" and reader.slot.secret is None
        for pattern in reader.patterns
    )
