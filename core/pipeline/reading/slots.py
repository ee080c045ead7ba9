"""Finds slot values in what a customer writes, and keeps them as they were told.

Every value is a piece of the customer's own text with the message it came from. Nothing is guessed:
a value needs its kind's shape, a pattern, a choice or a cue of its slot, or it answers the question
just asked. It must never read a secret back: secrets come in as markers and leave as "provided".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from core.pipeline.reading.bare import bare_value, is_one_code
from core.pipeline.reading.own_names import is_anybodys, lone_name, names_told
from core.pipeline.reading.pairs import WORDS, Pair, ends_told
from core.pipeline.reading.readers import Reader, Unasked, pairs_in, readers_of, unasked_in
from core.pipeline.reading.shapes import NO_CODE, NOT_NAMES
from core.pipeline.reading.spans import Reading, Span, anchored, precise, unanchored
from core.playbook.model import Playbook, Slot
from core.secrets import marker, secret_kind
from core.turn import CaseState, Said, SlotValue, TurnInput

TEXT_LIMIT = 2_000
"""Characters of a message that are looked at."""

_FEW = 4
_FROM_DIGITS = frozenset({"order", "number", "phone", "money", "date", "time", "text"})
"""Kinds whose value may have digits in it."""

NO_ANSWER = NO_CODE | NOT_NAMES
"""Words of talk: a message with one of them is no bare value."""

_WORD = re.compile(r"\w+")
_NAMING = frozenset({"name", "i", "im", "this", "it", "its"})
"""Without one of these words nobody says what they are called."""


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
    names = [*flow.slots, *flow.also] if flow else []
    if asking is not None and asking in readers:
        names = [asking, *(one for one in names if one != asking)]
    pairs = [one for one in pairs_in(playbook) if one.begin in names and one.end in names]
    unasked = unasked_in(playbook)
    at_hand = {one.name: one for one in case.slots}
    found: dict[str, SlotValue] = {}
    still_asking = asking
    for said in turn.messages:
        told = _read(said, readers, names, pairs, unasked, {**at_hand, **found}, still_asking)
        for name, value in told.items():
            found[name] = _value(turn, said, readers[name].slot, value)
        if still_asking in told:
            still_asking = None
    return tuple(
        one
        for name, one in _with_twins(found, at_hand, readers).items()
        if name not in at_hand or _differs(one, at_hand[name])
    )


def _with_twins(
    found: Mapping[str, SlotValue],
    at_hand: Mapping[str, SlotValue],
    readers: Mapping[str, Reader],
) -> Mapping[str, SlotValue]:
    """What was told, also for the slots that mean the same and have nothing else yet."""
    every = dict(found)
    for name, value in found.items():
        was = at_hand.get(name)
        for twin in readers[name].twins:
            held = at_hand.get(twin)
            same = held is None or (was is not None and not _differs(was, held))
            if same and twin not in every:
                every[twin] = replace(value, name=twin, needs=readers[twin].slot.needs)
    return every


def _read(
    said: Said,
    readers: Mapping[str, Reader],
    names: Sequence[str],
    pairs: Sequence[Pair],
    unasked: Unasked,
    held: Mapping[str, SlotValue],
    asking: str | None,
) -> dict[str, str]:
    """Slot name -> value told in one message. `held` are the slots that have one already."""
    text = said.text[:TEXT_LIMIT]
    words = frozenset(one.casefold() for one in _WORD.findall(text))
    reading = Reading(said, text, any(map(str.isdigit, text)), words, [], {}, [], held, {})
    mine = [readers[name] for name in names if name in readers]
    _take_secrets(reading, mine, readers)
    _take_own_name(reading, mine, asking, readers)
    _take_pairs(reading, pairs, readers)
    _take_of_flow(reading, mine, asking, readers)
    settled = {*names, *(one for one in held if not _is_exact(readers, one))}
    for reader in unasked.spoken_of(text, words, has_digit=reading.has_digit):
        if reader.slot.name not in settled:
            _take(reading, reader, precise(reading, reader))
    return reading.filled


def _take_of_flow(
    reading: Reading, mine: Sequence[Reader], asking: str | None, readers: Mapping[str, Reader]
) -> None:
    """What a flow's slots find: after their cues, by their shape, and as the bare answer."""
    asked = readers.get(asking or "")
    for reader in mine:
        _take(reading, reader, anchored(reading, reader, asked=reader is asked))
    empty = [one for one in mine if one.slot.name not in reading.held and one is not asked]
    again = [one for one in mine if one.slot.name in reading.held and one is not asked]
    if asked is not None:
        if asked.slot.kind == "name":
            # "Jesse John" is more than the one name of it that somebody else had, too.
            _take_bare(reading, asked)
        _take(reading, asked, unanchored(reading, asked, asked=True))
        if asked.slot.kind == "order" and is_one_code(reading.text):
            # A code told in pieces is no number of anything else.
            _take_bare(reading, asked)
    for reader in (*empty, *(one for one in again if _is_exact(readers, one.slot.name))):
        _take(reading, reader, unanchored(reading, reader, asked=False))
    _take_lone_name(reading, mine, asked, readers)
    if asked is not None:
        _take_bare(reading, asked)
        _take_out_of_turn(reading, empty)
    for reader in again:
        _take(reading, reader, unanchored(reading, reader, asked=False))


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


def _take_out_of_turn(reading: Reading, empty: Sequence[Reader]) -> None:
    """A few words that do not answer the open question answer another one of the flow."""
    words = [one.casefold() for one in _WORD.findall(reading.text)]
    if reading.filled or not 0 < len(words) <= _FEW or not NO_ANSWER.isdisjoint(words):
        return
    for reader in empty:
        fits = reader.slot.kind in _FROM_DIGITS or not reading.has_digit
        if fits and not reader.patterns:
            _take_bare(reading, reader)
            if reading.filled:
                return


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
    if _NAMING.isdisjoint(reading.words):
        return
    asked = [one for one in mine if one.slot.name == asking and one.slot.kind == "name"]
    spans = list(names_told(reading.text, asked=bool(asked)))
    if spans:
        _take_as_own(reading, spans, asked, mine, readers)


def _take_pairs(reading: Reading, pairs: Sequence[Pair], readers: Mapping[str, Reader]) -> None:
    """Both ends of a way or a time: "from here to there" says which value is which."""
    if WORDS.isdisjoint(reading.words) and not reading.has_digit:
        return
    for pair in pairs:
        for name, span in ends_told(reading.text, pair):
            _take(reading, readers[name], iter([span]))
            reading.ends.append(span)


def _take_lone_name(
    reading: Reading, mine: Sequence[Reader], asked: Reader | None, readers: Mapping[str, Reader]
) -> None:
    """A message that is only a name is the customer's own, if another question was open or none."""
    if asked is not None and asked.slot.kind in ("name", "text"):
        return
    known = (*reading.held, *reading.filled)
    if any(readers[one].own_name for one in known if one in readers):
        return
    span = lone_name(reading.text)
    if span is not None:
        _take_as_own(reading, [span], [], mine, readers)


def _take_as_own(
    reading: Reading,
    spans: Sequence[Span],
    asked: Sequence[Reader],
    mine: Sequence[Reader],
    readers: Mapping[str, Reader],
) -> None:
    """Fill every slot that is the customer's own name; without any, the one name that is asked."""
    free = [one for one in spans if reading.is_free(one)]
    own = [one for one in readers.values() if one.own_name and not _is_settled(one, reading)]
    for reader in own:
        _take(reading, reader, iter(free))
        if reader.slot.name in reading.filled:
            told = reading.filled[reader.slot.name]
            reading.ends.extend(free)
            reading.filled |= {one.slot.name: told for one in own}
            return
    for reader in asked or [one for one in mine if one.slot.kind == "name"][:1]:
        _take(reading, reader, iter(free))


def _is_settled(reader: Reader, reading: Reading) -> bool:
    """Whether somebody else's name was told for it: "I am Ann" does not rename her guest."""
    return reader.slot.name in reading.held and is_anybodys(reader.slot)


def _take(reading: Reading, reader: Reader, spans: Iterator[Span]) -> None:
    """Fill the slot with the first free span, if it has none yet."""
    name = reader.slot.name
    if name in reading.filled or reader.slot.secret is not None:
        return
    for start, end in spans:
        value = reading.text[start:end].strip().strip(',;:!?"').rstrip(".")
        if not value or "removed]" in value:
            continue
        if name in reading.held and plain_value(value) == plain_value(reading.held[name].value):
            # Said again, it is still its own; what it is corrected to stands elsewhere.
            reading.taken.append((start, end))
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
        and span not in reading.ends
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
