"""Bringing in what was said elsewhere before, and taking it back: chunk by chunk, within a batch.

Messages get their own time and nothing else happens with them: no turn, no answer, no delivery and
no case comes of them, and nobody is told that something new is there. Each import keeps them in
conversations of its own, one for each handle and thread, so that they part with their handle and go
as one with their batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Audience
from memory.past import PastMessage, Piece, Places
from memory.tables.main import Conversation, Customer, Handle, Link, Message
from memory.tables.remembered import HistoryLine
from memory.tables.rows import table
from memory.units.identity.bringing import Entry, Source, bring
from memory.units.identity.importing import count_in
from memory.units.messages.reaching import NOWHERE
from memory.units.remembering.episodes import ask_anew
from memory.units.remembering.fact_rows import RULE, Given, Telling, lay
from memory.units.remembering.segmenting import forget_segments

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_conversation = table(Conversation)
_customer = table(Customer)
_handle = table(Handle)
_line = table(HistoryLine)
_link = table(Link)
_message = table(Message)

_advance = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("row"))
    .values(seq=bindparam("new_seq"), updated_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of some messages: new here, here already, or left out; and of whose handles, that
    are new or were known."""

    rows: int = 0
    messages: int = 0
    repeated: int = 0
    left_out: int = 0
    new: int = 0
    known: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


def account_of(batch_id: int) -> str:
    """The account of an import's conversations: no channel has it, so nothing is sent there."""
    return f"import:{batch_id}"


def take_in(
    connection: Connection,
    source: Source,
    pieces: Sequence[Piece],
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> Taken:
    """Bring in one chunk of a batch, in the order of handles and times.

    Raises `memory.units.identity.importing.ImportProblem` when the batch was undone meanwhile.
    """
    assert source.batch_id is not None
    with count_in(connection, source.batch_id) as counted:
        done = _Chunk(connection, source, now, new_id, rules).take_in(pieces)
        counted.update(asdict(done))
    return done


class _Chunk:
    """One call: the rows of its messages, gathered so that each statement runs once."""

    def __init__(
        self,
        connection: Connection,
        source: Source,
        now: Micros,
        new_id: Callable[[], int],
        rules: IdentityRules,
    ) -> None:
        self.connection = connection
        self.source = source
        self.now = now
        self.new_id = new_id
        self.rules = rules
        self.account = account_of(source.batch_id or 0)

    def take_in(self, pieces: Sequence[Piece]) -> Taken:
        places = Places(self.connection, pieces, self.rules)
        fit: list[Piece] = []
        repeated = left_out = 0
        seen = set(places.brought)
        for one in pieces:
            if one.message.digest in seen:
                repeated += 1
            elif places.obstacle(one) is not None:
                left_out += 1
            else:
                seen.add(one.message.digest)
                fit.append(one)
        handles, new = self._handles(fit, places)
        self._write([one.message for one in fit], handles)
        ended = self._make_anew(pieces, fit, handles)
        known = len(ended) - self._made_here(ended)
        return Taken(len(pieces), len(fit), repeated, left_out, new, known)

    def _handles(self, fit: Sequence[Piece], places: Places) -> tuple[Mapping[str, int], int]:
        """The handles by key, and how many of them were made."""
        fresh = {
            one.message.handle.key: one for one in fit if one.message.handle.key not in places.rows
        }
        handles = {key: row.id for key, row in places.rows.items()}
        if not fresh:
            return handles, 0
        entries = [Entry((one.message.handle,), {}, one.message.line) for one in fresh.values()]
        made = self._bring(entries)
        rows = self.connection.execute(
            select(_handle.c.key, _handle.c.id, _handle.c.seen_at).where(_handle.c.key.in_(fresh))
        ).all()
        # Whoever was last heard of then is as silent since as the file says.
        self.connection.execute(
            update(_handle)
            .where(_handle.c.id == bindparam("row"), _handle.c.seen_at == self.now)
            .values(seen_at=bindparam("at"), created_at=bindparam("at")),
            [{"row": row.id, "at": _heard(fresh[row.key])} for row in rows],
        )
        return handles | {row.key: row.id for row in rows}, made

    def _bring(self, entries: Sequence[Entry]) -> int:
        def made() -> int:
            arguments = (self.source, entries, self.now, self.new_id, self.rules)
            return bring(self.connection, *arguments).new

        try:
            with self.connection.begin_nested():
                return made()
        except IntegrityError:
            # One of them wrote to us for the first time this very moment: they are known now.
            return made()

    def _write(self, messages: Sequence[PastMessage], handles: Mapping[str, int]) -> None:
        if not messages:
            return
        threads = self._threads(messages, handles)
        rows: list[dict[str, Any]] = []
        told: list[Given] = []
        for one in messages:
            thread = threads[_key(one)]
            thread["seq"] += 1
            thread["updated_at"] = max(thread["updated_at"], one.at)
            rows.append(self._row(one, thread, handles[one.handle.key]))
            told += self._facts(one, rows[-1])
        fresh = [
            {name: value for name, value in one.items() if name != "known"}
            for one in threads.values()
            if not one["known"]
        ]
        moved = [
            {"row": one["id"], "new_seq": one["seq"], "at": one["updated_at"]}
            for one in threads.values()
            if one["known"]
        ]
        for statement, values in (
            (insert(_conversation), fresh),
            (_advance, moved),
            (insert(_message), rows),
            (insert(_line), self._digests(messages)),
        ):
            if values:
                self.connection.execute(statement, values)
        lay(self.connection, told)

    def _threads(
        self, messages: Sequence[PastMessage], handles: Mapping[str, int]
    ) -> dict[str, dict[str, Any]]:
        """The conversations of these messages, those that there are and those that begin."""
        keys = {_key(one) for one in messages}
        found = self.connection.execute(
            select(
                _conversation.c.key,
                _conversation.c.id,
                _conversation.c.seq,
                _conversation.c.updated_at,
            ).where(_conversation.c.key.in_(keys), _conversation.c.account == self.account)
        ).mappings()
        threads: dict[str, dict[str, Any]] = {row["key"]: {**row, "known": True} for row in found}
        for one in messages:
            if _key(one) not in threads:
                threads[_key(one)] = self._thread(one, handles[one.handle.key])
        return threads

    def _thread(self, one: PastMessage, handle_id: int) -> dict[str, Any]:
        return {
            "id": self.new_id(),
            "account": self.account,
            "channel": one.channel,
            "key": _key(one),
            "handle_id": handle_id,
            "reply_address_json": NOWHERE,
            "audience": Audience.ONE.value,
            "assurance": int(self.source.level),
            "seq": 0,
            "place_key": _key(one),
            "place_title": one.subject or self.source.name,
            "created_at": one.at,
            "updated_at": one.at,
            "known": False,
        }

    def _row(self, one: PastMessage, thread: Mapping[str, Any], handle_id: int) -> dict[str, Any]:
        extra = {"secrets": dict(one.secrets)} if one.secrets else None
        return {
            "conversation_id": thread["id"],
            "seq": thread["seq"],
            "handle_id": handle_id,
            "author": one.author.value,
            "author_name": one.author_name,
            "text": one.text,
            "tokens": one.tokens,
            "created_at": one.at,
            "sent_at": one.at,
            "level": int(self.source.level),
            "extra_json": None if extra is None else orjson.dumps(extra).decode(),
            "about": one.about,
        }

    def _facts(self, one: PastMessage, row: Mapping[str, Any]) -> list[Given]:
        """What rules find in the message; so it was when it was written. Nothing is learned from
        what is not believed at all."""
        if self.source.level < Assurance.ASSERTED:
            return []
        source = f"{row['conversation_id']}-{row['seq']}"
        return [
            Given(
                self.new_id(),
                Telling(
                    row["handle_id"], key, value, source, int(self.source.level), RULE,
                    one.channel, needs=needs, valid_from=one.at,
                ),
                self.now,
            )
            for key, value, needs in one.tells
        ]  # fmt: skip

    def _digests(self, messages: Sequence[PastMessage]) -> list[dict[str, object]]:
        return [{"digest": one.digest, "batch_id": self.source.batch_id} for one in messages]

    def _made_here(self, handles: Collection[int]) -> int:
        """How many of these handles this batch made."""
        query = select(func.count(_link.c.handle_id.distinct())).where(
            _link.c.handle_id.in_(handles), _link.c.batch_id == self.source.batch_id
        )
        return self.connection.execute(query).scalar_one() if handles else 0

    def _make_anew(
        self, pieces: Sequence[Piece], fit: Sequence[Piece], handles: Mapping[str, int]
    ) -> Collection[int]:
        """What was made of a handle's past is made again, and whoever is served just now reads it
        anew: from the last of its messages on, so that no turn is decided again and again.

        Gives the handles whose last message this was.
        """
        new = Counter(one.message.handle.key for one in fit)
        here = Counter(one.message.handle.key for one in pieces)
        if fit:
            at = [one.message.at for one in fit]
            forget_segments(
                self.connection, [handles[key] for key in new], min(at) - 1, max(at) + 1
            )
        changed = []
        for one in pieces:
            key = one.message.handle.key
            # Where others of it came in chunks before, they may have been new.
            if one.last and key in handles and (new[key] or one.span.count > here[key]):
                changed.append(handles[key])
        for handle_id in changed:
            ask_anew(self.connection, handle_id, self.new_id())
        if changed:
            refresh(self.connection, changed)
        return changed


def refresh(connection: Connection, handle_ids: Collection[int]) -> None:
    """Let whoever works on the customers of these handles read them anew."""
    roots = select(_handle.c.customer_id).where(_handle.c.id.in_(handle_ids))
    # In one order, as others lock them too.
    locked = connection.execute(
        select(_customer.c.id)
        .where(_customer.c.id.in_(roots))
        .order_by(_customer.c.id)
        .with_for_update()
    ).scalars().all()  # fmt: skip
    connection.execute(
        update(_customer).where(_customer.c.id.in_(locked)).values(version=_customer.c.version + 1)
    )


def _key(one: PastMessage) -> str:
    return f"{one.handle.key}|{one.channel}|{one.thread}"


def _heard(piece: Piece) -> Micros:
    """When the handle was last heard of; where it only ever was written to, when that was."""
    return piece.span.written_at or piece.span.newest
