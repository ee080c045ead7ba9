"""What one sender may know at the start of a turn, filtered here by customer and by assurance.

Nothing leaves this module that the sender may not read, so that no later stage can leak it: the
messages, the open case with its slots, and the facts. Nor does what was made of it: an answer that
drew on handles which the sender does not read (any more) is as closed as these are. It only reads;
what is put before the pipeline within a token budget is `memory.recall.choosing`'s choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, bindparam, or_, select

from core.clock import Micros
from core.message import Assurance, Author
from core.turn import CONFIRMED, CaseState, Fact, Said, Sender
from memory.readable.case import made_from, readable_case
from memory.readable.facts import load_facts
from memory.readable.messages import said_in, undrawn
from memory.readable.sender import NEVER, AnyRow, ContextQuery, Reader, read_sender
from memory.recall.thread_rows import thread_rows
from memory.tables.main import Case
from memory.tables.rows import table

REOPEN_WINDOW: Micros = 2 * 3_600 * 1_000_000
"""How long after the customer's goodbye a message still belongs to the case it ended."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the sender may know. `thread` is oldest first and without messages waiting for a turn.

    `case_id` is the readable case that is not closed, or was by a goodbye a moment ago;
    `in_handoff` says that people have the case or this conversation. `version` is the customer's,
    to fence the commit; `until` is when all this has to be read again though nothing was written.

    `handles` are the keys of all readable handles by id. `drawn` says of answers in the thread, by
    message id, from which other handles they were made; `case_handle` opened the case, and
    `case_from` are the handles that it was made from, or that told something of it. `everywhere`
    says that all of the handles' conversations are read; `silenced` are those of them that want no
    messages, by id.
    """

    sender: Sender
    case_id: int | None
    case: CaseState
    case_status: str | None
    in_handoff: bool
    facts: tuple[Fact, ...]
    thread: tuple[Said, ...]
    version: int
    until: Micros
    handles: Mapping[int, str] = field(default_factory=dict)
    drawn: Mapping[str, frozenset[int]] = field(default_factory=dict)
    case_handle: int | None = None
    case_from: frozenset[int] = frozenset()
    everywhere: bool = False
    silenced: Mapping[int, str] = field(default_factory=dict)


_case = table(Case)

_HANDED, _CLOSED = "handed", "closed"

_cases = (
    select(
        _case.c.id,
        _case.c.handle_id,
        _case.c.conversation_id,
        _case.c.status,
        _case.c.state_json,
        _case.c.opened_at,
        _case.c.updated_at,
    )
    .where(
        _case.c.handle_id.in_(bindparam("handles", expanding=True)),
        or_(
            # What was set aside for people is nobody's conversation with the bot.
            _case.c.status.in_(("open", _HANDED)),
            and_(_case.c.outcome == CONFIRMED, _case.c.updated_at > bindparam("ended_after")),
        ),
    )
    .order_by(
        (_case.c.status == _HANDED).desc(),
        (_case.c.status == _CLOSED).asc(),
        _case.c.updated_at.desc(),
        _case.c.id.desc(),
    )
)


def load_context(connection: Connection, query: ContextQuery) -> Context:
    """What the sender may know now.

    Level 0 reads nothing; level 1 reads this conversation and the case opened in it, as far as
    they were said at no higher level; from level 2 on, everything of the handles that are joined to
    the sender's at level 2 or better. Raises `LookupError` when the handle is not the customer's.
    """
    reader = read_sender(connection, query)
    thread: tuple[Said, ...] = ()
    drawn: dict[str, frozenset[int]] = {}
    since: Micros = 0
    if reader.level >= Assurance.ASSERTED:
        rows = thread_rows(connection, query, reader)
        if not reader.everywhere:
            rows, since = _own_tail(rows, reader)
        rows, drawn = undrawn(rows, reader)
        thread = said_in(connection, rows, reader.keys)
    found, in_handoff = _find_cases(connection, reader, since, query.now - REOPEN_WINDOW)
    case_row = found[0] if found else None
    ends = [reader.until]
    if case_row is not None and case_row.status == _CLOSED:
        ends.append(case_row.updated_at + REOPEN_WINDOW)
    return Context(
        sender=reader.sender,
        case_id=None if case_row is None else case_row.id,
        case=readable_case(connection, found, reader),
        case_status=None if case_row is None else case_row.status,
        in_handoff=in_handoff,
        facts=load_facts(connection, reader, since),
        thread=thread,
        version=reader.version,
        until=min(ends),
        handles=reader.keys,
        drawn=drawn,
        case_handle=None if case_row is None else case_row.handle_id,
        case_from=frozenset().union(*(made_from(row) & reader.keys.keys() for row in found)),
        everywhere=reader.everywhere,
        silenced=reader.silenced,
    )


def _own_tail(rows: list[AnyRow], reader: Reader) -> tuple[list[AnyRow], Micros]:
    """The end of the conversation since this sender was last better proved, and when it begins.

    Whoever holds a recycled number, or a session that has lost its login, starts afresh.
    """
    start = 0
    for at, row in enumerate(rows):
        if (
            row.author == Author.CUSTOMER
            and row.handle_id == reader.handle_id
            and row.level > reader.level
        ):
            start = at + 1
    if start == 0:
        return rows, 0
    own = [at for at in range(start, len(rows)) if rows[at].author == Author.CUSTOMER]
    if not own:
        return [], NEVER
    return rows[own[0] :], rows[own[0]].created_at


def _find_cases(
    connection: Connection, reader: Reader, since: Micros, ended_after: Micros
) -> tuple[list[AnyRow], bool]:
    """The readable case to go on with and what else is open beside it; and whether people have it
    or this conversation."""
    wanted = {"handles": list(reader.keys), "ended_after": ended_after}
    rows = connection.execute(_cases, wanted).all()
    here = [row for row in rows if row.conversation_id == reader.conversation_id]
    handed = any(row.status == _HANDED for row in here)
    if reader.everywhere:
        readable = [*rows[:1], *(row for row in rows[1:] if row.updated_at > ended_after)]
    elif reader.level >= Assurance.ASSERTED:
        readable = [row for row in here if row.opened_at >= since][:1]
    else:
        readable = []
    return readable, handed or (bool(readable) and readable[0].status == _HANDED)
