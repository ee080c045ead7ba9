"""Finds slot values in what a customer writes, and keeps them as they were told.

Every value is a piece of the customer's own text with the message it came from. Nothing is guessed:
a value needs its kind's shape, a pattern, a choice or a cue of its slot, or it answers the question
just asked. It must never read a secret back: secrets come in as markers and leave as "provided".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.pipeline.bare import bare_value
from core.pipeline.readers import Reader, readers_of
from core.pipeline.shapes import (
    CAPITALISED,
    NAME_CUE,
    NAME_CUE_LOOSE,
    NOT_NAMES,
    ORDER_CUE,
    SHAPES,
    SPELLED_CODE,
    SPLIT_CODE,
)
from core.playbook import Playbook, Slot
from core.secrets import marker, secret_kind
from core.turn import CaseState, Said, SlotValue, TurnInput

TEXT_LIMIT = 2_000
"""Characters of a message that are looked at."""

_WORD = re.compile(r"\w+")
_CODE = re.compile(r"#?(?=[\w-]*\d)[A-Za-z0-9][\w-]*")
_PHRASE = re.compile(r"[^\W_][^,.;!?\n]*")
_SENTENCE = re.compile(r"[^\W_](?:[^.;!?\n]|(?<=,)[ \t]*\n)*")
_STOP = re.compile(r"\s*(?:[,.;!?]|$)")
_MENTIONS = ("date", "time", "money", "email", "phone")
_WORDED = ("date", "time", "email", "number")
_PHRASE_WORDS = 6
_I_AM = re.compile(
    r"\W*(?:(?:hi|hello|hey|yes|ok|sure)\W+)*(?:i am|i'm|this is)\s+"
    r"(?P<value>[^\W\d_][\w'’-]+)\W*",
    re.IGNORECASE,
)
_OWN_NAME = re.compile(
    r"(?:^(?:your|full|own)|(?:customer|guest|patient|renter|caller|employee|member)(?:'s)?)"
    r" name$",
    re.IGNORECASE,
)

Span = tuple[int, int]


@dataclass(slots=True)
class _Text:
    """One message being read, with the spans that are taken."""

    said: Said
    text: str
    has_digit: bool
    words: frozenset[str]
    taken: list[Span]
    filled: dict[str, str]

    def is_free(self, span: Span) -> bool:
        """Whether no value was found in any part of the span."""
        return all(span[1] <= start or end <= span[0] for start, end in self.taken)


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
    state = _Text(said, text, any(map(str.isdigit, text)), words, [], {})
    mine = [readers[name] for name in names if name in readers]
    _take_secrets(state, mine, readers)
    _take_own_name(state, mine, asking, readers)
    for reader in mine:
        _take(state, reader, _anchored(state, reader, asked=reader.slot.name == asking))
    empty = [one for one in mine if one.slot.name not in at_hand and one.slot.name not in found]
    again = [one for one in mine if one not in empty and one.slot.name != asking]
    first = [one for one in mine if one.slot.name == asking]
    if first and first[0].slot.kind == "name":
        # "Jesse John" is more than the one name of it that somebody else had, too.
        _take_bare(state, first[0])
    for reader in (*first, *(one for one in empty if one.slot.name != asking)):
        _take(state, reader, _unanchored(state, reader, asked=reader.slot.name == asking))
    for reader in again:
        if _is_exact(readers, reader.slot.name):
            _take(state, reader, _unanchored(state, reader, asked=False))
    if asking is not None and asking in readers:
        _take_bare(state, readers[asking])
    for reader in again:
        _take(state, reader, _unanchored(state, reader, asked=False))
    settled = {*names, *(one for one in (*at_hand, *found) if not _is_exact(readers, one))}
    for name, reader in readers.items():
        if name not in settled and _may_speak_of(state, reader):
            _take(state, reader, _precise(state, reader))
    return state.filled


def _take_bare(state: _Text, reader: Reader) -> None:
    """Fill the slot that was asked for with the bare answer, if the message is one."""
    if reader.slot.name in state.filled:
        return
    bare = bare_value(reader.slot, state.text, bool(state.filled))
    if bare is not None and state.is_free(bare):
        _take(state, reader, iter([bare]))


def _is_exact(readers: Mapping[str, Reader], name: str) -> bool:
    """Whether a slot's shape is exact enough to correct it though no flow asks for it."""
    return name in readers and readers[name].slot.kind in ("order", "email", "phone")


def _may_speak_of(state: _Text, reader: Reader) -> bool:
    """A cheap look whether a slot that no flow asks for could be in the message at all."""
    if not reader.first_words.isdisjoint(state.words):
        return True
    return reader.slot.secret is None and (state.has_digit or reader.slot.kind == "email")


def _take_secrets(state: _Text, mine: Sequence[Reader], readers: Mapping[str, Reader]) -> None:
    if not state.said.secrets and " removed]" not in state.text:
        return
    kinds = {secret_kind(one) for one in state.said.secrets}
    used: set[str] = set()
    for reader in (*mine, *readers.values()):
        kind = secret_kind(reader.slot.secret) if reader.slot.secret else None
        if kind is None or kind in used or reader.slot.name in state.filled:
            continue
        if kind in kinds or marker(kind) in state.text:
            state.filled[reader.slot.name] = "provided"
            used.add(kind)


def _take_own_name(
    state: _Text, mine: Sequence[Reader], asking: str | None, readers: Mapping[str, Reader]
) -> None:
    """ "My name is ..." tells the customer's own name, whichever name the flow asks for first."""
    named = "name" in state.words and NAME_CUE_LOOSE.search(state.text)
    cued = named or _I_AM.fullmatch(state.text)
    if cued is None:
        return
    names = [one for one in mine or readers.values() if one.slot.kind == "name"]
    asked = [one for one in names if one.slot.name == asking]
    own = [one for one in names if _OWN_NAME.search(one.slot.label)]
    plain = [one for one in names if one.slot.label.casefold() in ("name", "your name")]
    for reader in ((own if mine else plain) or plain or asked or (names if mine else []))[:1]:
        spans = [one.span("value") for one in NAME_CUE_LOOSE.finditer(state.text)]
        whole = _I_AM.fullmatch(state.text)
        if whole is not None and whole["value"].casefold() not in NOT_NAMES:
            spans.append(whole.span("value"))
        _take(state, reader, iter(spans))


def _take(state: _Text, reader: Reader, spans: Iterator[Span]) -> None:
    """Fill the slot with the first free span, if it has none yet."""
    name = reader.slot.name
    if name in state.filled or reader.slot.secret is not None:
        return
    for start, end in spans:
        value = state.text[start:end].strip().strip(',;:!?"').rstrip(".")
        if not value or "removed]" in value:
            continue
        if state.is_free((start, end)) or _is_shared_choice(state, reader, (start, end)):
            state.filled[name] = value
            state.taken.append((start, end))
            return


def _is_shared_choice(state: _Text, reader: Reader, span: Span) -> bool:
    phrase = state.text[span[0] : span[1]]
    return (
        reader.choices is not None
        and reader.choices.fullmatch(phrase) is not None
        and span in state.taken
    )


def _anchored(state: _Text, reader: Reader, *, asked: bool) -> Iterator[Span]:
    """Values that stand right after one of the slot's own cues.

    A text that was asked for ("the new address is ...") goes on to the end of its sentence.
    """
    if reader.cues is None:
        return
    if reader.cue_words and reader.cue_words.isdisjoint(state.words):
        return
    if asked and reader.slot.kind == "text":
        yield from _sentences_told(state, reader)
    for cue in reader.cues.finditer(state.text):
        span = _after(state.text, cue.end(), reader)
        if span is not None:
            yield span
    if reader.telling is not None and reader.slot.kind in ("text", "choice", "name"):
        for cue in reader.telling.finditer(state.text):
            phrase = _PHRASE.match(state.text, cue.end())
            words = phrase[0].split() if phrase else []
            if phrase and 0 < len(words) <= _PHRASE_WORDS and _may_be_value(words, reader.slot):
                yield phrase.span()


def _sentences_told(state: _Text, reader: Reader) -> Iterator[Span]:
    """What follows a cue of several words, to the end of the sentence."""
    for cue in reader.telling.finditer(state.text) if reader.telling is not None else ():
        sentence = _SENTENCE.match(state.text, cue.end())
        if sentence is not None:
            yield sentence.span()


def _may_be_value(words: Sequence[str], slot: Slot) -> bool:
    if slot.kind == "name":
        return len(words) <= 3 and not NOT_NAMES.intersection(one.casefold() for one in words)
    return words[0].casefold() not in NOT_NAMES


def _after(text: str, at: int, reader: Reader) -> Span | None:
    """The value that begins at a place, by the slot's patterns, choices or kind."""
    if reader.choices is not None and (chosen := reader.choices.match(text, at)):
        return chosen.span()
    for pattern in reader.patterns:
        if found := pattern.match(text, at):
            return _span(found)
    kind = reader.slot.kind
    if kind == "name":
        named = CAPITALISED.match(text, at)
        return _name_span(named) if named else None
    shape = SHAPES.get(kind)
    if shape is not None and (found := shape.match(text, at)):
        return _span(found)
    code = _CODE.match(text, at)
    if code is None or kind not in ("text", "choice", "number", "order"):
        return None
    # "3" is no address though "3 Elm Road" begins with it.
    alone = kind != "text" or _STOP.match(text, code.end())
    return code.span() if alone else None


def _span(found: re.Match[str]) -> Span:
    if "value" in found.re.groupindex and found["value"]:
        return found.span("value")
    if found.re.groups >= 1 and "value" not in found.re.groupindex and found[1]:
        return found.span(1)
    return found.span()


def _name_span(found: re.Match[str]) -> Span | None:
    """The words of a capitalised run that can be a name: up to the first that cannot."""
    start, end = found.span("value")
    kept = start
    for word in re.finditer(r"\S+", found["value"]):
        if word[0].strip(".,").casefold() in NOT_NAMES:
            break
        kept = start + word.end()
    return (start, min(kept, end)) if kept > start else None


def _unanchored(state: _Text, reader: Reader, *, asked: bool) -> Iterator[Span]:
    """Values by pattern, choice or the kind's own shape, wherever they stand."""
    yield from _by_pattern(state, reader)
    if reader.choices is not None and not reader.first_words.isdisjoint(state.words):
        yield from (one.span() for one in reader.choices.finditer(state.text))
    kind = reader.slot.kind
    if kind == "name":
        yield from _names(state, reader, asked=asked)
    elif kind == "order":
        yield from _cued_codes(state, reader)
        if asked and not reader.patterns:
            for shape in (SPELLED_CODE, SPLIT_CODE, SHAPES["order"]):
                yield from (one.span() for one in shape.finditer(state.text))
    elif (kind in _MENTIONS or (kind == "number" and asked and not reader.patterns)) and (
        state.has_digit or kind in _WORDED
    ):
        yield from (one.span() for one in SHAPES[kind].finditer(state.text))


def _cued_codes(state: _Text, reader: Reader) -> Iterator[Span]:
    """Codes after a word like "order" or "booking" that the slot itself is called by."""
    if not state.has_digit or not reader.called:
        return
    for found in ORDER_CUE.finditer(state.text):
        if found["cue"].casefold() in reader.called:
            yield found.span("value")


def _names(state: _Text, reader: Reader, *, asked: bool) -> Iterator[Span]:
    if not asked and _OWN_NAME.search(reader.slot.label) is None:
        return
    for found in NAME_CUE.finditer(state.text):
        if (span := _name_span(found)) is not None:
            yield span


def _by_pattern(state: _Text, reader: Reader) -> Iterator[Span]:
    for pattern in reader.patterns:
        if state.has_digit or r"\d" not in pattern.pattern:
            yield from (_span(one) for one in pattern.finditer(state.text))


def _precise(state: _Text, reader: Reader) -> Iterator[Span]:
    """Values of a slot that nobody asked for: only what can hardly be anything else."""
    for start, end in _by_pattern(state, reader):
        value = state.text[start:end]
        mixed = any(map(str.isalpha, value)) and any(map(str.isdigit, value))
        if mixed or sum(map(str.isdigit, value)) >= 5:
            yield start, end
    if reader.choices is not None and not reader.first_words.isdisjoint(state.words):
        for one in reader.choices.finditer(state.text):
            # A name is one person's: unlike a place, it fills no second slot by itself.
            again = reader.slot.kind == "name" and not state.is_free(one.span())
            if one.end() - one.start() >= 4 and not again:
                yield one.span()
    if reader.slot.kind in ("email", "phone"):
        yield from (one.span() for one in SHAPES[reader.slot.kind].finditer(state.text))
    elif reader.slot.kind == "order":
        yield from _cued_codes(state, reader)


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
