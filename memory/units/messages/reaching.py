"""Writing to somebody of our own accord, on a channel of theirs: where that goes, and its rows.

Each message has a cause, and is written once for it. A handle that is not known yet becomes known,
with a customer of its own and joined to nobody. Nothing is decided here, nobody's words are chosen,
and nothing is written to whom we may not write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from core.clock import Micros
from core.message import Assurance, Audience, Author
from core.message import Handle as Address
from memory.recall.about import about
from memory.tables.identity import Reach
from memory.tables.main import Conversation, Delivery, Handle, Inbound, Message
from memory.tables.rows import table
from memory.units.identity.handles import introduce

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

RULE = "reached"
"""How a handle came here that we wrote to before it wrote to us."""

_ACTOR = "gateway"
_EVIDENCE = "We were asked to write to this address; nobody has shown whose it is."
NOWHERE = "{}"
"""The reply address of a conversation in which nobody can be answered."""
_NEWEST = 5

_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(Handle)
_inbound = table(Inbound)
_message = table(Message)
_reach = table(Reach)


@dataclass(frozen=True, slots=True)
class Way:
    """A conversation in which somebody is reached. Without an id it is to be begun, if there is
    none of this key yet; `title` is then what it is called."""

    account: str
    channel: str
    key: str
    address: Mapping[str, str]
    id: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a handle can be written to, its newest conversation first. `closed`: nothing may be
    sent there, or nothing arrives."""

    closed: bool = False
    threads: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of ours. `text` is what is kept of it, `payloads` what is sent, in parts, and
    `kept` what is kept of those, where they hold a secret.

    `ids` are five fresh ids and one more for each part. `birth` are the columns with which parts
    are born. Of equal causes the first is written. `about`
    names what it tells of, for when somebody answers it.
    """

    cause: str
    to: Address
    way: Way
    text: str
    tokens: int
    payloads: tuple[Mapping[str, object], ...]
    birth: Mapping[str, object]
    now: Micros
    ids: tuple[int, ...]
    choices: tuple[tuple[str, str], ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Where the message is. `deliveries` are the rows of its parts; there are none when it had been
    written before (`repeated`)."""

    conversation_id: int
    seq: int
    handle_id: int
    customer_id: int
    account: str
    channel: str
    key: str
    deliveries: tuple[Mapping[str, object], ...] = ()
    repeated: bool = False

    @property
    def message_id(self) -> str:
        """The stored message's public id."""
        return f"{self.conversation_id}-{self.seq}"


def find_ways(connection: Connection, handle_key: str) -> Ways:
    """The conversations of a handle that nobody else reads, and whether it may be written to."""
    handle = connection.execute(select(_handle).where(_handle.c.key == handle_key)).first()
    if handle is None:
        return Ways()
    if _is_closed(handle):
        return Ways(closed=True)
    rows = connection.execute(
        select(_conversation)
        .where(
            _conversation.c.handle_id == handle.id,
            _conversation.c.audience == Audience.ONE.value,
            # Of what was brought in from elsewhere nobody is answered where it is.
            _conversation.c.reply_address_json != NOWHERE,
        )
        .order_by(_conversation.c.updated_at.desc(), _conversation.c.id.desc())
        .limit(_NEWEST)
    ).all()
    ways = ((row, _address_in(connection, row, handle.id)) for row in rows)
    return Ways(
        threads=tuple(
            Way(row.account, row.channel, row.key, address, row.id)
            for row, address in ways
            if address is not None
        )
    )


def write_letter(connection: Connection, letter: Letter) -> Written | None:
    """Write the message and its parts; nothing to whom we may not write.

    The parts are the caller's to send: they are born as `birth` says.
    """
    known = written_before(connection, letter.cause)
    if known is not None:
        return known
    handle = _handle_of(connection, letter)
    if handle is None:
        return None
    conversation_id, seq, level = _next_place(connection, letter, handle.id)
    connection.execute(insert(_reach), {
        "cause": letter.cause,
        "conversation_id": conversation_id,
        "seq": seq,
        "created_at": letter.now,
    })  # fmt: skip
    connection.execute(insert(_message), {
        "conversation_id": conversation_id,
        "seq": seq,
        "handle_id": handle.id,
        "author": Author.BOT.value,
        "text": letter.text,
        "tokens": letter.tokens,
        "created_at": letter.now,
        "level": level,
        "extra_json": _extra(letter),
        "about": about(letter.text),
    })  # fmt: skip
    rows = _part_rows(letter, conversation_id, seq, handle.id)
    connection.execute(insert(_delivery), rows)
    way = letter.way
    return Written(
        conversation_id,
        seq,
        handle.id,
        handle.customer_id,
        way.account,
        way.channel,
        way.key,
        tuple(rows),
    )


def written_before(connection: Connection, cause: str) -> Written | None:
    """The message that this cause had, if it had one."""
    row = connection.execute(
        select(
            _reach.c.conversation_id,
            _reach.c.seq,
            _message.c.handle_id,
            _handle.c.customer_id,
            _conversation.c.account,
            _conversation.c.channel,
            _conversation.c.key,
        )
        .join(_conversation, _conversation.c.id == _reach.c.conversation_id)
        .join(
            _message,
            (_message.c.conversation_id == _reach.c.conversation_id)
            & (_message.c.seq == _reach.c.seq),
        )
        .join(_handle, _handle.c.id == _message.c.handle_id)
        .where(_reach.c.cause == cause)
    ).first()
    return None if row is None else Written(*row, repeated=True)


def _is_closed(handle: AnyRow) -> bool:
    return bool(handle.opted_out or handle.dead or handle.retired_at is not None)


def _address_in(
    connection: Connection, conversation: AnyRow, handle_id: int
) -> Mapping[str, str] | None:
    """Where this handle is answered in its conversation: where its own newest message came from.
    Others may have written there since. Without any message it is where we began to write to."""
    newest = connection.execute(
        select(_message.c.handle_id, _inbound.c.reply_address_json)
        .select_from(_message)
        .outerjoin(
            _inbound,
            (_inbound.c.event_id == _message.c.event_id)
            & (_inbound.c.account == conversation.account),
        )
        .where(
            _message.c.conversation_id == conversation.id,
            _message.c.author == Author.CUSTOMER.value,
        )
        .order_by((_message.c.handle_id == handle_id).desc(), _message.c.seq.desc())
        .limit(1)
    ).first()
    if newest is not None and newest.handle_id != handle_id:
        return None
    told = None if newest is None else newest.reply_address_json
    address: Mapping[str, str] = orjson.loads(told or conversation.reply_address_json)
    return address


def _handle_of(connection: Connection, letter: Letter) -> AnyRow | None:
    """Who is written to, made known if need be; nothing when we may not write there."""
    own = select(_handle).where(_handle.c.key == letter.to.key)
    row = connection.execute(own).first()
    if row is None:
        handle_id, customer_id, link_id, audit_id = letter.ids[:4]
        ids = (handle_id, customer_id, link_id, audit_id)
        introduce(connection, letter.to, _EVIDENCE, _ACTOR, letter.now, ids, rule=RULE)
        row = connection.execute(own).one()
    return None if _is_closed(row) else row


def _next_place(connection: Connection, letter: Letter, handle_id: int) -> tuple[int, int, int]:
    """The conversation, the message's number in it, and the level at which it is said."""
    way = letter.way
    found = connection.execute(
        select(_conversation.c.id, _conversation.c.seq, _conversation.c.assurance)
        .where(_conversation.c.account == way.account, _conversation.c.key == way.key)
        .with_for_update()
    ).first()
    if found is None:
        row = _conversation_row(letter, handle_id)
        connection.execute(insert(_conversation), row)
        return letter.ids[4], 1, int(Assurance.AUTHENTICATED)
    seq = found.seq + 1
    connection.execute(
        update(_conversation)
        .where(_conversation.c.id == found.id)
        .values(seq=seq, updated_at=letter.now)
    )
    return found.id, seq, found.assurance


def _conversation_row(letter: Letter, handle_id: int) -> dict[str, object]:
    way = letter.way
    to = way.address.get("to")
    return {
        "id": letter.ids[4],
        "account": way.account,
        "channel": way.channel,
        "key": way.key,
        "handle_id": handle_id,
        "reply_address_json": orjson.dumps(dict(way.address)).decode(),
        "audience": Audience.ONE.value,
        "assurance": int(Assurance.AUTHENTICATED),
        "seq": 1,
        "place_key": None if way.title is None else way.key,
        "place_title": way.title,
        "correspondent": None if not to else to.casefold(),
        "created_at": letter.now,
        "updated_at": letter.now,
    }


def _part_rows(
    letter: Letter, conversation_id: int, seq: int, handle_id: int
) -> Sequence[dict[str, object]]:
    way = letter.way
    kept = letter.kept or (None,) * len(letter.payloads)
    return [
        {
            "id": row_id,
            "conversation_id": conversation_id,
            "seq": seq,
            "part": number,
            "parts": len(letter.payloads),
            "handle_id": handle_id,
            "account": way.account,
            "channel": way.channel,
            "author": Author.BOT.value,
            "address_json": orjson.dumps(dict(way.address)).decode(),
            "payload_json": orjson.dumps(dict(payload)).decode(),
            "kept_json": None if remains is None else orjson.dumps(dict(remains)).decode(),
            "due_at": letter.now,
            "created_at": letter.now,
            "updated_at": letter.now,
            **letter.birth,
        }
        for number, (row_id, payload, remains) in enumerate(
            zip(letter.ids[5:], letter.payloads, kept, strict=True)
        )
    ]


def _extra(letter: Letter) -> str | None:
    extra: dict[str, object] = dict(letter.about)
    if letter.choices:
        extra["quick_replies"] = [
            {"label": label, "value": value} for label, value in letter.choices
        ]
    return orjson.dumps(extra).decode() if extra else None
