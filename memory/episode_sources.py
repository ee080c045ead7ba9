"""What episodes are made of: which stretches of talk are over, and the messages in one.

Reads only. What it finds beside a transaction are places, never words: the words are read again in
the transaction that writes the episode (`memory.units.remembering.episodes`), since somebody may
change or take back a message in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, and_, func, or_, select

from core.clock import Micros, from_micros
from core.facts.episode_head import Line, stretches
from core.languages.features import TEXT_LIMIT
from core.message import Assurance, Author
from memory.episodes import SESSION, Part
from memory.readable.drawing import MESSAGE, drawn_of, is_withdrawn, load_drawn
from memory.recall.scoring import SESSION_LENGTH
from memory.recall.terms import identifiers
from memory.tables.main import Case, Conversation, Inbound, Message, Turn
from memory.tables.remembered import Episode
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

LINES = 400
"""Messages of one episode that are looked at; somebody who writes more has said it by then."""

_LENGTH: Micros = SESSION_LENGTH // timedelta(microseconds=1)
_BURST: Micros = 3_600 * 1_000_000
_OPENERS = 10
"""A case is opened by a turn about the messages just before: so many at most, so long ago."""

_episode = table(Episode)
_case = table(Case)
_conversation = table(Conversation)
_inbound = table(Inbound)
_message = table(Message)
_turn = table(Turn)


@dataclass(frozen=True, slots=True)
class Marks:
    """How far was looked for what is over: the last inbound row, and the last case that closed."""

    inbound: int = 0
    case_at: Micros = 0
    case: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """What may be over: of these handles and cases. `more` says that there was not room for all."""

    marks: Marks
    handles: tuple[int, ...]
    cases: tuple[int, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """One handle's messages from one moment to another, by where they lie."""

    handle_id: int
    started_at: Micros
    ended_at: Micros
    parts: tuple[Part, ...]

    @property
    def messages(self) -> int:
        """How many there are at most, as far as an episode looks at them."""
        return min(sum(one.last - one.first + 1 for one in self.parts), LINES)


@dataclass(frozen=True, slots=True)
class Plan:
    """The stretches of a handle that began after one moment, and until another: no others did."""

    after: Micros
    until: Micros
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The messages of a stretch, oldest first, and of which other handles they were made."""

    lines: tuple[Line, ...]
    drawn: Mapping[int, frozenset[str]]


def find_ended(connection: Connection, marks: Marks, now: Micros, limit: int) -> Ended:
    """What was said so long before `now` that its session is over, and cases closed by then."""
    newest = (now - _LENGTH) << 10  # ids grow with time (core.clock.id_source)
    said = connection.execute(
        select(_inbound.c.id, _inbound.c.handle_id)
        .where(_inbound.c.id > marks.inbound, _inbound.c.id < newest)
        .order_by(_inbound.c.id)
        .limit(limit)
    ).all()
    later = or_(
        _case.c.updated_at > marks.case_at,
        and_(_case.c.updated_at == marks.case_at, _case.c.id > marks.case),
    )
    closed = connection.execute(
        select(_case.c.id, _case.c.updated_at)
        .where(_case.c.status == "closed", later, _case.c.updated_at <= now)
        .order_by(_case.c.updated_at, _case.c.id)
        .limit(limit)
    ).all()
    return Ended(
        Marks(
            said[-1].id if said else marks.inbound,
            closed[-1].updated_at if closed else marks.case_at,
            closed[-1].id if closed else marks.case,
        ),
        tuple(dict.fromkeys(row.handle_id for row in said)),
        tuple(row.id for row in closed),
        len(said) == limit or len(closed) == limit,
    )


def plan_sessions(connection: Connection, handle_id: int, now: Micros) -> Plan:
    """The handle's sessions that are over and are not written yet, or have to be written again."""
    mine = (_episode.c.handle_id == handle_id, _episode.c.kind == SESSION)
    stale = connection.execute(
        select(func.min(_episode.c.started_at)).where(*mine, _episode.c.made_at == 0)
    ).scalar()
    good = select(func.max(_episode.c.started_at)).where(*mine, _episode.c.made_at > 0)
    if stale is not None:
        good = good.where(_episode.c.started_at < stale)
    last = connection.execute(good).scalar()
    after = -1 if last is None else last + _LENGTH
    rows = _places(connection, handle_id, after, now)
    found = stretches([from_micros(row.created_at) for row in rows], SESSION_LENGTH)
    over = [one for one in found if rows[one[0]].created_at + _LENGTH < now]
    made = (_stretch(handle_id, rows[start:end]) for start, end in over)
    return Plan(after, now - _LENGTH - 1, tuple(made))


def plan_case(connection: Connection, case_id: int) -> Stretch | None:
    """Where a case's messages lie, of the handle that opened it; nothing when it has none."""
    case = connection.execute(select(_case).where(_case.c.id == case_id)).first()
    if case is None:
        return None
    begun = _begun(connection, case)
    rows = _places(connection, case.handle_id, begun - 1, case.updated_at)
    return _stretch(case.handle_id, rows) if rows else None


def read_lines(connection: Connection, handle_id: int, parts: Iterable[Part]) -> Lines:
    """The handle's messages there as they are now, without what was taken back or withdrawn."""
    rows = [row for part in parts for row in _rows(connection, handle_id, part)]
    rows.sort(key=lambda row: (row.created_at, row.conversation_id, row.seq))
    drawn: dict[int, set[str]] = {}
    kept = [row for row in rows if not is_withdrawn(row.extra_json)][:LINES]
    for row in kept:
        for handle, kinds in load_drawn(row.drawn_json).items():
            drawn.setdefault(handle, set()).update(kinds)
        for handle in drawn_of(row.extra_json):
            drawn.setdefault(handle, set()).add(MESSAGE)
    drawn.pop(handle_id, None)
    return Lines(
        tuple(_line(row) for row in kept if row.text),
        {handle: frozenset(kinds) for handle, kinds in drawn.items()},
    )


def _places(
    connection: Connection, handle_id: int, after: Micros, until: Micros
) -> Sequence[AnyRow]:
    """Where the handle's messages lie that were said after one moment and until another, in order.

    An unproved message is nobody's memory.
    """
    return connection.execute(
        select(_message.c.conversation_id, _message.c.seq, _message.c.created_at)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(
            _conversation.c.handle_id == handle_id,
            _message.c.handle_id == handle_id,
            _message.c.created_at > after,
            _message.c.created_at <= until,
            _message.c.level >= int(Assurance.ASSERTED),
        )
        .order_by(_message.c.created_at, _message.c.conversation_id, _message.c.seq)
    ).all()


def _begun(connection: Connection, case: AnyRow) -> Micros:
    """When the first of the messages was said that the case was opened about."""
    before = connection.execute(
        select(_message.c.author, _message.c.created_at)
        .where(
            _message.c.conversation_id == case.conversation_id,
            _message.c.handle_id == case.handle_id,
            _message.c.created_at <= case.opened_at,
            _message.c.created_at > case.opened_at - _BURST,
        )
        .order_by(_message.c.seq.desc())
        .limit(_OPENERS)
    ).all()
    begun: Micros = case.opened_at
    for row in before:
        if row.author != Author.CUSTOMER:
            break
        begun = row.created_at
    return begun


def _stretch(handle_id: int, rows: Sequence[AnyRow]) -> Stretch:
    return Stretch(handle_id, rows[0].created_at, rows[-1].created_at, _parts(rows))


def _parts(rows: Iterable[AnyRow]) -> tuple[Part, ...]:
    seqs: dict[int, list[int]] = {}
    for row in rows:
        seqs.setdefault(row.conversation_id, []).append(row.seq)
    return tuple(Part(one, min(seqs[one]), max(seqs[one])) for one in sorted(seqs))


def _rows(connection: Connection, handle_id: int, part: Part) -> Sequence[AnyRow]:
    """The messages of one part, each with its turn. A turn is known by the answer or the event."""
    return connection.execute(
        select(
            _message.c.conversation_id,
            _message.c.seq,
            _message.c.created_at,
            _message.c.author,
            _message.c.author_name,
            _message.c.text,
            _message.c.extra_json,
            _conversation.c.channel,
            _turn.c.intent,
            _turn.c.escalated,
            _turn.c.drawn_json,
        )
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .outerjoin(
            _inbound,
            and_(
                _inbound.c.event_id == _message.c.event_id,
                _inbound.c.account == _conversation.c.account,
            ),
        )
        .outerjoin(_turn, _turn.c.id == func.coalesce(_message.c.turn_id, _inbound.c.turn_id))
        .where(
            _message.c.conversation_id == part.conversation_id,
            _message.c.seq.between(part.first, part.last),
            _message.c.handle_id == handle_id,
            _message.c.level >= int(Assurance.ASSERTED),
        )
        .order_by(_message.c.seq)
        .limit(LINES)
    ).all()


def _line(row: AnyRow) -> Line:
    return Line(
        f"{row.conversation_id}-{row.seq}",
        from_micros(row.created_at),
        row.channel,
        Author(row.author),
        row.text,
        _written(row.text),
        row.intent,
        row.escalated,
        row.author_name,
    )


def _written(text: str) -> tuple[str, ...]:
    """The identifiers in a text in their order, as they stand there: recall has them without what
    parts them."""
    found = identifiers(text)
    if not found:
        return ()
    text = text[:TEXT_LIMIT]
    at = [place for place, one in enumerate(text) if one.isalnum()]
    bare = "".join([text[place].lower()[:1] for place in at])
    return tuple([words for _, words in sorted(_stands(one, text, bare, at) for one in found)])


def _stands(identifier: str, text: str, bare: str, at: Sequence[int]) -> tuple[int, str]:
    """Where an identifier stands by itself in the text, whose letters and digits are in `bare`;
    what does not is told as it is."""
    plain = "".join([one for one in identifier if one.isalnum()])
    start = bare.find(plain)
    while start >= 0:
        first, last = at[start], at[start + len(plain) - 1]
        if not (text[max(first - 1, 0) : first].isalnum() or text[last + 1 : last + 2].isalnum()):
            return first, " ".join(text[first : last + 1].split())
        start = bare.find(plain, start + 1)
    return len(text), identifier
