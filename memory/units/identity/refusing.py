""" "Not me": whoever writes from an address says that they are not whom we take them for.

Answering a code refuses it, answering a notice ends the link it told of, and without either all
that rules joined to the handle is ended. Either way it is sealed, people are told, and the same
message does it once. Links are ended by `memory.units.identity.retiring`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, select

from core.clock import Micros
from core.identity.rules import IdentityRules
from core.message import Assurance, Author
from memory.tables.main import Audit, Conversation, Handle, Link, Message
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity import challenges
from memory.units.identity.alarms import REFUSED, sound
from memory.units.identity.handles import raise_level
from memory.units.identity.link_rows import find_handle
from memory.units.identity.owners import owners_addresses
from memory.units.identity.retiring import disown

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

ACTION = "not-me"

WORDS = "not me"
"""What the reason says: never the customer's own words."""

_ANSWERED_WITHIN = timedelta(days=30)
"""So long after a code or a notice "not me" is taken for an answer to it."""

_audit = table(Audit)
_conversation = table(Conversation)
_handle = table(Handle)
_link = table(Link)
_message = table(Message)


@dataclass(frozen=True, slots=True)
class Refusing:
    """Whose words, in which message."""

    handle_key: str
    source: str
    rules: IdentityRules
    now: Micros
    new_id: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Refused:
    """ "parted" or "nothing"; how many open codes are worth nothing now; and the other handles of
    whoever said it, who hear of it."""

    outcome: str
    codes: int = 0
    told: tuple[str, ...] = ()


def say_not_me(connection: Connection, one: Refusing) -> Refused:
    """Undo what it answers. Raises `IdentityProblem` for an unknown handle."""
    handle = find_handle(connection, one.handle_key)
    known = _done_before(connection, one, f"{handle.kind}:{handle.address}")
    if known is not None:
        return known
    actor = f"customer:{one.handle_key}"
    told = owners_addresses(connection, handle, one.rules)
    codes = challenges.refuse(connection, one.handle_key, one.source, one.now)
    notice = _newest_told(connection, handle.id, one.now)
    if notice is None:
        outcome = _disown(connection, one, one.handle_key, None)
    elif "notice" in notice:
        outcome = _end(connection, one, int(notice["notice"]))
    else:
        outcome = "nothing"
    if codes and outcome == "nothing":
        words = f"{handle.key} did not ask for a code that somebody else wanted sent there."
        sound(connection, one.new_id(), REFUSED, handle.key, handle.customer_id, words, one.now)
    done = Refused(outcome, codes, told if outcome == "parted" else ())
    record(connection, one.new_id(), one.now, actor, ACTION, one.handle_key, {
        "source": one.source,
        "outcome": done.outcome,
        "codes": done.codes,
        "told": list(done.told),
    })  # fmt: skip
    return done


def _end(connection: Connection, one: Refusing, link_id: int) -> str:
    """End the link that a notice told of, whichever of the customer's handles it was told on."""
    link = connection.execute(
        select(_link, _handle.c.key)
        .join(_handle, _handle.c.id == _link.c.handle_id)
        .where(_link.c.id == link_id, _link.c.ended_at.is_(None))
    ).first()
    if link is None:
        return "nothing"
    outcome = _disown(connection, one, link.key, (link_id,))
    raise_level(connection, link.handle_id, Assurance.NONE, 0)
    return outcome


def _disown(
    connection: Connection, one: Refusing, handle_key: str, link_ids: Collection[int] | None
) -> str:
    done = disown(
        connection,
        handle_key,
        f"customer:{one.handle_key}",
        WORDS,
        one.now,
        one.new_id,
        one.rules,
        link_ids=link_ids,
    )
    return "parted" if done.link_ids or done.retired is not None else "nothing"


def _newest_told(connection: Connection, handle_id: int, now: Micros) -> dict[str, Any] | None:
    """What the newest code or notice to this handle told of."""
    extra = _message.c.extra_json
    told = connection.execute(
        select(extra)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(
            _conversation.c.handle_id == handle_id,
            _message.c.handle_id == handle_id,
            _message.c.author == Author.BOT.value,
            _message.c.created_at > now - _ANSWERED_WITHIN // timedelta(microseconds=1),
            extra.contains('"notice":') | extra.contains('"challenge":'),
        )
        .order_by(_message.c.created_at.desc())
        .limit(1)
    ).scalar()
    found: dict[str, Any] | None = None if told is None else orjson.loads(told)
    return found


def _done_before(connection: Connection, one: Refusing, address: str) -> Refused | None:
    """What came of this very message, whose turn is decided once more.

    It may have retired the handle: what was written of it stands under the key of its address.
    """
    details = connection.execute(
        select(_audit.c.detail_json)
        .where(_audit.c.subject.in_((one.handle_key, address)), _audit.c.action == ACTION)
        .order_by(_audit.c.id.desc())
    ).scalars()
    for detail in map(orjson.loads, details):
        if detail.get("source") == one.source:
            return Refused(detail["outcome"], detail["codes"], tuple(detail["told"]))
    return None
