"""Finds slot values in what a customer writes, and keeps them as they were told.

Every value is a piece of the customer's own text with the message it came from. Nothing is guessed:
a value needs its kind's shape, a pattern, a choice or a cue of its slot, or it answers the question
just asked. It must never read a secret back: secrets come in as markers and leave as "provided".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from core.pipeline.bare import bare_value
from core.pipeline.readers import Reader, readers_of
from core.pipeline.shapes import NAME_CUE_LOOSE, NOT_NAMES
from core.pipeline.spans import OWN_NAME, Reading, Span, anchored, precise, unanchored
from core.playbook import Playbook, Slot
from core.secrets import marker, secret_kind
from core.turn import CaseState, Said, SlotValue, TurnInput

TEXT_LIMIT = 2_000
"""Characters of a message that are looked at."""

_WORD = re.compile(r"\w+")
_I_AM = re.compile(
    r"\W*(?:(?:hi|hello|hey|yes|ok|sure)\W+)*(?:i am|i'm|this is)\s+"
    r"(?P<value>[^\W\d_][\w'’-]+)\W*",
    re.IGNORECASE,
)


def capture(
    turn: TurnInput, case: CaseState, playbook: Playbook, asking: str | None
) -> tuple[SlotValue, ...]:
    """The values told in this turn: new ones, and corrections of values at hand.

    Slots of `case.flow`, or of the flow done last, come first, the one in `asking` before the
    others; then every other slot of the playbook that has an unmistakable shape. One piece of text
    fills one slot, except that several slots may share a phrase that is a choice of each.
    """
    readers = readers_of(playbook)
    flow = playbook.flows.get(case.flow or (case.done[-1] if case.done else ""))
    names = list(flow.slots) if flow else []
    if asking is not None and asking in readers:
        names = [asking, *(one for one in names if one != asking)]
    at_hand = {one.name: one for one in case.slots}
    found: dict[str, SlotValue] = {}
    still_asking = asking
    for said in turn.messages:
        told = _read(said, readers, names, at_hand, found, still_asking)
        for name, value in told.items():
            found[name] = _value(turn, said, readers[name].slot, value)
        if still_asking in told:
            still_asking = None
    return tuple(
        one for name, one in found.items() if name not in at_hand or _differs(one, at_hand[name])
    )


def _read(
    said: Said,
    readers: Mapping[str, Reader],
    names: Sequence[str],
    at_hand: Mapping[str, SlotValue],
    found: Mapping[str, SlotValue],
    asking: str | None,
) -> dict[str, str]:
    """Slot name -> value told in one message."""
    text = said.text[:TEXT_LIMIT]
    words = frozenset(one.casefold() for one in _WORD.findall(text))
    reading = Reading(said, text, any(map(str.isdigit, text)), words, [], {})
    mine = [readers[name] for name in names if name in readers]
    _take_secrets(reading, mine, readers)
    _take_own_name(reading, mine, asking, readers)
    for reader in mine:
        _take(reading, reader, anchored(reading, reader, asked=reader.slot.name == asking))
    empty = [one for one in mine if one.slot.name not in at_hand and one.slot.name not in found]
    again = [one for one in mine if one not in empty and one.slot.name != asking]
    first = [one for one in mine if one.slot.name == asking]
    if first and first[0].slot.kind == "name":
        # "Jesse John" is more than the one name of it that somebody else had, too.
        _take_bare(reading, first[0])
    for reader in (*first, *(one for one in empty if one.slot.name != asking)):
        _take(reading, reader, unanchored(reading, reader, asked=reader.slot.name == asking))
    for reader in again:
        if _is_exact(readers, reader.slot.name):
            _take(reading, reader, unanchored(reading, reader, asked=False))
    if asking is not None and asking in readers:
        _take_bare(reading, readers[asking])
    for reader in again:
        _take(reading, reader, unanchored(reading, reader, asked=False))
    settled = {*names, *(one for one in (*at_hand, *found) if not _is_exact(readers, one))}
    for name, reader in readers.items():
        if name not in settled and _may_speak_of(reading, reader):
            _take(reading, reader, precise(reading, reader))
    return reading.filled


def _take_bare(reading: Reading, reader: Reader) -> None:
    """Fill the slot that was asked for with the bare answer, if the message is one."""
    if reader.slot.name in reading.filled:
        return
    bare = bare_value(reader.slot, reading.text, bool(reading.filled))
    if bare is not None and reading.is_free(bare):
        _take(reading, reader, iter([bare]))


def _is_exact(readers: Mapping[str, Reader], name: str) -> bool:
    """Whether a slot's shape is exact enough to correct it though no flow asks for it."""
    return name in readers and readers[name].slot.kind in ("order", "email", "phone")


def _may_speak_of(reading: Reading, reader: Reader) -> bool:
    """A cheap look whether a slot that no flow asks for could be in the message at all."""
    if not reader.first_words.isdisjoint(reading.words):
        return True
    return reader.slot.secret is None and (reading.has_digit or reader.slot.kind == "email")


def _take_secrets(reading: Reading, mine: Sequence[Reader], readers: Mapping[str, Reader]) -> None:
    if not reading.said.secrets and " removed]" not in reading.text:
        return
    kinds = {secret_kind(one) for one in reading.said.secrets}
    used: set[str] = set()
    for reader in (*mine, *readers.values()):
        kind = secret_kind(reader.slot.secret) if reader.slot.secret else None
        if kind is None or kind in used or reader.slot.name in reading.filled:
            continue
        if kind in kinds or marker(kind) in reading.text:
            reading.filled[reader.slot.name] = "provided"
            used.add(kind)


def _take_own_name(
    reading: Reading, mine: Sequence[Reader], asking: str | None, readers: Mapping[str, Reader]
) -> None:
    """ "My name is ..." tells the customer's own name, whichever name the flow asks for first."""
    named = "name" in reading.words and NAME_CUE_LOOSE.search(reading.text)
    cued = named or _I_AM.fullmatch(reading.text)
    if cued is None:
        return
    names = [one for one in mine or readers.values() if one.slot.kind == "name"]
    asked = [one for one in names if one.slot.name == asking]
    own = [one for one in names if OWN_NAME.search(one.slot.label)]
    plain = [one for one in names if one.slot.label.casefold() in ("name", "your name")]
    for reader in ((own if mine else plain) or plain or asked or (names if mine else []))[:1]:
        spans = [one.span("value") for one in NAME_CUE_LOOSE.finditer(reading.text)]
        whole = _I_AM.fullmatch(reading.text)
        if whole is not None and whole["value"].casefold() not in NOT_NAMES:
            spans.append(whole.span("value"))
        _take(reading, reader, iter(spans))


def _take(reading: Reading, reader: Reader, spans: Iterator[Span]) -> None:
    """Fill the slot with the first free span, if it has none yet."""
    name = reader.slot.name
    if name in reading.filled or reader.slot.secret is not None:
        return
    for start, end in spans:
        value = reading.text[start:end].strip().strip(',;:!?"').rstrip(".")
        if not value or "removed]" in value:
            continue
        if reading.is_free((start, end)) or _is_shared_choice(reading, reader, (start, end)):
            reading.filled[name] = value
            reading.taken.append((start, end))
            return


def _is_shared_choice(reading: Reading, reader: Reader, span: Span) -> bool:
    phrase = reading.text[span[0] : span[1]]
    return (
        reader.choices is not None
        and reader.choices.fullmatch(phrase) is not None
        and span in reading.taken
    )


def _value(turn: TurnInput, said: Said, slot: Slot, value: str) -> SlotValue:
    secret = slot.secret is not None
    digests = {secret_kind(kind): digest for kind, digest in said.secrets.items()}
    return SlotValue(
        name=slot.name,
        value=value,
        source=said.id,
        handle=said.handle or turn.sender.handle,
        level=turn.sender.level,
        secret=secret,
        digest=digests.get(secret_kind(slot.secret)) if slot.secret else None,
        needs=slot.needs,
    )


def _differs(new: SlotValue, old: SlotValue) -> bool:
    return new.digest != old.digest or plain_value(new.value) != plain_value(old.value)


def plain_value(value: str) -> str:
    """A value as people vary it: without case, spaces and punctuation."""
    return "".join(char for char in value.casefold() if char.isalnum())
