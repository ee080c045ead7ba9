"""What earlier messages say about secrets in the next one, wherever it comes. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, literal_column, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, InboundMessage
from core.secrets import expected_code, lone
from memory.readable.sender import AnyRow, ContextQuery, read_sender
from memory.tables.main import Case, Conversation, Handle, Message
from memory.tables.rows import table

_case = table(Case)
_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)


class Expectation(NamedTuple):
    """The kind of secret that was last asked for, and whether one was ever told here, so that
    quotes may hold it."""

    kind: str | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """Which questions for a secret are still open: those of cases in which something happened after
    `since`, and for those who may read the case by these rules."""

    rules: IdentityRules = DEFAULT_RULES
    since: Micros = 0


AT_ANY_TIME = OpenQuestions()


class Writer(NamedTuple):
    """Whose message comes, and how well the channel vouches for it at `now`."""

    customer_id: int
    handle_id: int
    level: Assurance
    now: Micros


NO_SECRET = ""
"""What a case expects whose open question asks for something else."""

_theirs = _handle.alias()
AWAITED = (
    _handle.c.code_digits,
    _handle.c.code_until,
    exists()
    .where(_theirs.c.customer_id == _handle.c.customer_id)
    # Not bound: SQLite would plan the statement anew each time.
    .where(_case.c.handle_id == _theirs.c.id, _case.c.expecting > literal_column("''"))
    .correlate(_handle)
    .label("asked"),
)
"""A handle's code that is on its way, and whether a secret was asked for in any case of those who
count as the same customer."""

_newest_question = (
    select(_case.c.expecting)
    .where(
        _case.c.handle_id.in_(bindparam("handles", expanding=True)),
        _case.c.status.in_(("open", "handed")),
        _case.c.updated_at > bindparam("since"),
        _case.c.expecting.is_not(None),
    )
    .order_by(_case.c.updated_at.desc(), _case.c.id.desc())
    .limit(1)
)


def awaited(
    connection: Connection, row: AnyRow, writer: Writer, questions: OpenQuestions
) -> str | None:
    """The kind of secret that is awaited of a writer in any conversation. `row` has `AWAITED`."""
    if row.code_until > writer.now:
        return lone(expected_code(row.code_digits))
    return _asked(connection, writer, questions) if row.asked else None


def _asked(connection: Connection, writer: Writer, questions: OpenQuestions) -> str | None:
    """What the newest open question asks for, of all that were asked in cases of this writer's.

    Whoever may not read a case is asked for nothing in it: their message must not show that
    somebody else is.
    """
    who, handle, level, now = writer
    reader = read_sender(
        connection, ContextQuery(who, handle, 0, level, now, rules=questions.rules)
    )
    if not reader.everywhere:
        return None
    wanted = {"handles": list(reader.keys), "since": questions.since}
    kind: str | None = connection.execute(_newest_question, wanted).scalar()
    return lone(kind) if kind else None


def expectation(
    connection: Connection, message: InboundMessage, now: Micros, questions: OpenQuestions
) -> Expectation:
    """What is to be expected of this message, before it is admitted."""
    row = connection.execute(
        select(_conversation.c.id, _conversation.c.expecting).where(
            _conversation.c.account == message.account,
            _conversation.c.key == message.conversation_key,
        )
    ).first()
    kind = None if row is None else row.expecting
    kind = kind or _awaited_of(connection, message, now, questions)
    if row is None:
        return Expectation(kind)
    told = connection.execute(
        select(_message.c.seq)
        .where(_message.c.conversation_id == row.id, _message.c.extra_json.contains('"secrets":'))
        .limit(1)
    ).first()
    return Expectation(kind, told is not None)


def _awaited_of(
    connection: Connection, message: InboundMessage, now: Micros, questions: OpenQuestions
) -> str | None:
    columns = (_handle.c.id, _handle.c.customer_id, *AWAITED)
    row = connection.execute(select(*columns).where(_handle.c.key == message.sender.key)).first()
    if row is None:
        return None
    writer = Writer(row.customer_id, row.id, message.assurance, now)
    return awaited(connection, row, writer, questions)
