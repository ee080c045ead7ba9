"""Customers of whom every column that holds words holds a canary: a word that stands nowhere else.

A row in each table that may hold something of a customer, made from the table itself: a column that
is added later has its canary without anybody's doing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Column, Connection, LargeBinary, Table, Text, insert, select
from sqlmodel import SQLModel

from memory.tables.holdings import HELD
from memory.tables.main import Customer, Handle
from memory.tables.rows import table

NOT_WORDS = frozenset(
    {
        # One of a few words of ours.
        *("alarm.kind", "audit.action", "case_.status", "challenge.purpose", "challenge.status"),
        *("conversation.audience", "delivery.author", "delivery.status", "episode.kind"),
        *("handle.kind", "handoff.status", "inbound.audience", "inbound.status"),
        *("message.author", "parked.status", "parked_update.status", "sighting.kind"),
        *("suggestion.status",),
        # An account or a channel as the settings name it, or a worker.
        *("conversation.account", "conversation.channel", "customer.lease_owner"),
        *("delivery.account", "delivery.channel", "delivery.claimed_by", "inbound.account"),
        *("parked.account", "parked_update.account", "fact.channel"),
        # The names of an encoder and of people of the business.
        *("vector.model", "viewing.actor"),
        # Ids alone.
        *("episode.drawn_json", "fact.drawn_json", "turn.drawn_json"),
        # What a handle is retired for, while it is there.
        "handle.retired_because",
    }
)
"""Columns of text that nobody outside can put a word into."""


@dataclass
class Person:
    """One customer, with one handle. `mark` is in each of their canaries, and in nobody else's."""

    mark: str
    handle_id: int
    customer_id: int
    conversation_id: int
    planted: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Of their handle."""
        return f"email:{self.mark}@mail.example"

    def word(self, column: Column[Any]) -> str:
        """The canary of a column, kept in mind."""
        name = f"{column.table.name}.{column.name}"
        return self.planted.setdefault(
            name, f"{self.mark}-{name.replace('_', '').replace('.', '-')}-w"
        )


class Plants:
    """Plants people. Ids go up from `first`."""

    def __init__(self, connection: Connection, first: int, now: int) -> None:
        self._connection = connection
        self._next = first
        self._now = now

    def id(self) -> int:
        """A fresh id."""
        self._next += 1
        return self._next

    def person(self, mark: str) -> Person:
        """Somebody new, with a row in every table."""
        one = Person(mark, self.id(), self.id(), self.id())
        special = self._special(one)
        for name in sorted(HELD):
            rows = SQLModel.metadata.tables[name]
            for values in special.get(name, ({},)):
                self._plant(one, rows, values)
        return one

    def _plant(self, one: Person, rows: Table, values: Mapping[str, Any]) -> None:
        row = {column.name: self._value(one, column) for column in rows.columns}
        self._connection.execute(insert(rows), {**row, **values})

    def _value(self, one: Person, column: Column[Any]) -> Any:
        known = {
            "id": self.id(),
            "handle_id": one.handle_id,
            "asker_handle_id": one.handle_id,
            "customer_id": one.customer_id,
            "home_customer_id": one.customer_id,
            "conversation_id": one.conversation_id,
            "merged_into": None,
            "retired_at": None,
            "succeeds": None,
            "ended_at": None,
            "claimed_until": 0,
        }
        if column.name in known and (known[column.name] is not None or column.nullable):
            return known[column.name]
        if isinstance(column.type, LargeBinary):
            return one.word(column).encode()
        if not isinstance(column.type, Text):
            return self._now if column.name.endswith("_at") else 1
        if f"{column.table.name}.{column.name}" in NOT_WORDS:
            return None if column.nullable else "x"
        word = one.word(column)
        return orjson.dumps({"words": word}).decode() if column.name.endswith("_json") else word

    def _special(self, one: Person) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """Values without which a row would not be theirs, or not be read."""
        case, turn = self.id(), self.id()
        inbound = table_column("message", "event_id")
        event = one.word(inbound)
        one.planted["inbound.event_id"] = event
        extra = orjson.dumps(
            {
                "attachments": [{"name": f"{one.mark}-file-w", "reference": f"sms:{one.mark}-r-w"}],
                "versions": [{"text": f"{one.mark}-edited-w", "at": 1}],
            }
        ).decode()
        one.planted |= {"name of a file": f"{one.mark}-file-w", "edited": f"{one.mark}-edited-w"}
        one.planted["message.extra_json"] = f"{one.mark}-r-w"
        named = f"from {one.mark}@mail.example: "
        one.planted["handle.key"] = one.planted["handle.address"] = f"{one.mark}@mail.example"
        words = {
            name: named + one.word(table_column(*name.split(".")))
            for name in ("parked.title", "parked_update.reason", "audit.detail_json")
        }
        detail = orjson.dumps({"evidence": words["audit.detail_json"]}).decode()
        return {
            "audit": (
                {"subject": one.key, "actor": "person:eve", "action": "link"},
                {"subject": "login:else", "detail_json": detail, "actor": f"customer:{one.key}"},
            ),
            "blocked_value": ({"pattern": one.key},),
            "case_": ({"id": case, "status": "closed", "state_json": self._case(one)},),
            "customer": ({"id": one.customer_id},),
            "handle": (
                {"id": one.handle_id, "key": one.key, "kind": "email",
                 "address": f"{one.mark}@mail.example"},
            ),
            "conversation": ({"id": one.conversation_id, "audience": "one"},),
            "delivery": ({"status": "delivered", "turn_id": turn},),
            "handoff": ({"case_id": case, "status": "closed", "turn_id": turn},),
            "inbound": ({"event_id": event, "status": "done", "seq": 1, "turn_id": turn},),
            "message": ({"author": "customer", "turn_id": turn, "extra_json": extra},),
            "parked": ({"title": words["parked.title"]},),
            "parked_update": ({"reason": words["parked_update.reason"]},),
            "sighting": ({"handle_key": one.key},),
            "suggestion": ({"one_id": one.customer_id, "other_id": self.id()},),
            "turn": ({"id": turn},),
            "fact": ({"valid_to": None, "secret": False}, {"valid_to": self._now, "key": "older"}),
        }  # fmt: skip

    def _case(self, one: Person) -> str:
        word = one.word(table_column("case_", "state_json"))
        return orjson.dumps({"intent": word}).decode()


def table_column(table_name: str, column: str) -> Column[Any]:
    """A column by its names."""
    found: Column[Any] = SQLModel.metadata.tables[table_name].c[column]
    return found


def text_columns() -> set[str]:
    """Every column with words or packed bytes that somebody outside can put something into."""
    return {
        f"{name}.{column.name}"
        for name in HELD
        for column in SQLModel.metadata.tables[name].columns
        if isinstance(column.type, Text | LargeBinary)
    } - NOT_WORDS


def all_words(connection: Connection) -> str:
    """Every value of every row of every table, as text."""
    return "\n".join(
        repr(tuple(row))
        for one in SQLModel.metadata.sorted_tables
        for row in connection.execute(select(one))
    )


def customers(connection: Connection) -> int:
    """How many rows of handles there are."""
    return len(connection.execute(select(table(Handle).c.id)).all())


__all__ = ["Customer", "Person", "Plants", "all_words", "customers", "text_columns"]
