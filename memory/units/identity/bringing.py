"""Bringing in what another system knows: handles, what joins them, and attributes, row by row.

A file and the business's own server bring the same: which handles are one customer there, and how
well that source is believed. What is all new is written in one go; whatever touches a handle that
we know goes through `memory.units.identity.linking`, with every rule and limit. Nothing here is
guessed, and nobody is overruled: what a person has parted, a file does not join again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, Executable, Row, insert, select, text

from core.clock import Micros
from core.identity.graph import LOGIN_KIND
from core.identity.rules import DEFAULT_RULES, IdentityRules, joining_rule
from core.message import Assurance
from core.message import Handle as Address
from memory.tables.identity import BlockedValue
from memory.tables.main import Customer, Handle, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.attributes import attribute_row, said_of, tell_attributes
from memory.units.identity.blocking import is_blocked
from memory.units.identity.bringing_standing import Standing, parted_by, reached
from memory.units.identity.linking import IdentityProblem, link

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

IMPORT = "import"
"""The rule and the kind of evidence of everything that is brought in."""

HINT = "hint"

_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)
_blocked = table(BlockedValue)
_sight = text(
    "insert into sighting (id, handle_key, other_key, kind, level, evidence, actor, created_at,"
    " seen_at) values (:id, :handle_key, :other_key, :kind, :level, :evidence, :actor, :now, :now)"
    " on conflict (handle_key, other_key, kind) do update set seen_at = excluded.seen_at"
)


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it and how far that is believed. At level 0 nothing is joined, only suggested.

    `batch_id` is the import that it belongs to; without one, a system tells it by itself.
    """

    name: str
    level: Assurance
    reason: str
    actor: str
    batch_id: int | None = None

    @property
    def evidence(self) -> str:
        """What a link says about where it is from."""
        return f"{self.name}: {self.reason}"

    @property
    def teller(self) -> str:
        """What a fact says about where it is from."""
        return f"source:{self.name}" if self.batch_id is None else f"batch:{self.batch_id}"

    @property
    def witness(self) -> str:
        """Who is remembered to have seen that two belong together."""
        return self.actor if self.batch_id is None else f"batch:{self.batch_id}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One customer as a source knows them. The first handle is the one that the others join;
    `line` is where it stood."""

    handles: tuple[Address, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two handles that were not joined, and why, in words for a person."""

    line: int
    handle: str
    other: str
    words: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of it: handles that are new or were known, links made, attributes told."""

    rows: int = 0
    new: int = 0
    known: int = 0
    joined: int = 0
    attributes: int = 0
    conflicts: tuple[Conflict, ...] = ()

    def __add__(self, other: Brought) -> Brought:
        return Brought(
            self.rows + other.rows,
            self.new + other.new,
            self.known + other.known,
            self.joined + other.joined,
            self.attributes + other.attributes,
            self.conflicts + other.conflicts,
        )


def bring(
    connection: Connection,
    source: Source,
    entries: Sequence[Entry],
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> Brought:
    """Bring in these entries. Bringing the same again changes nothing."""
    return _Bringing(connection, source, now, new_id, rules).bring(entries)


def link_level(source: Source, rules: IdentityRules, kinds: Iterable[str]) -> Assurance:
    """The level at which this source joins handles of these kinds; `NONE` when what it says of them
    only suggests."""
    rule = joining_rule(rules, IMPORT, kinds)
    if rule is None or not rule.joins:
        return Assurance.NONE
    return min(source.level, rule.level, Assurance.AUTHENTICATED)


def is_plain(entry: Entry, rules: IdentityRules, blocked: Collection[str]) -> bool:
    """Whether no rule or limit can stand against joining these handles while all are new."""
    kinds = [one.kind for one in entry.handles]
    if len(kinds) > rules.component_limit or kinds.count(LOGIN_KIND) > 1:
        return False
    for kind in set(kinds):
        limit = rules.kinds.get(kind)
        if limit is not None and limit.most is not None and kinds.count(kind) > limit.most:
            return False
    return not any(is_blocked(one.key, rules, blocked) for one in entry.handles)


class _Bringing:
    """One call: the rows of what is all new, gathered so that each statement runs once."""

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
        self.known: dict[str, AnyRow] = {}
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.fresh: set[str] = set()
        self.standing: Standing | None = None

    def bring(self, entries: Sequence[Entry]) -> Brought:
        self._load({one.key for entry in entries for one in entry.handles})
        self.standing = Standing(self.connection, self.known.values())
        blocked = tuple(self.connection.execute(select(_blocked.c.pattern)).scalars())
        done = Brought(rows=len(entries))
        for entry in entries:
            keys = {one.key for one in entry.handles}
            if self._stands(entry):
                done += Brought(known=len(keys))
                self._sight(entry)
                continue
            if keys & self.fresh:
                self._flush()
            joins = all(level > Assurance.NONE for _, level in self._levels(entry))
            if joins and not keys & self.known.keys() and is_plain(entry, self.rules, blocked):
                done += self._all_new(entry)
            else:
                done += self._with_known(entry)
        self._flush()
        return done

    def _stands(self, entry: Entry) -> bool:
        """Whether all of it is so already."""
        if self.standing is None:
            return False
        levels = {one.key: level for one, level in self._levels(entry)}
        return self.standing.holds(entry.handles[0].key, levels, entry.attributes)

    def _load(self, keys: Iterable[str]) -> None:
        found = self.connection.execute(select(_handle).where(_handle.c.key.in_(list(keys))))
        self.known |= {row.key: row for row in found}

    def _all_new(self, entry: Entry) -> Brought:
        """Handles nobody has seen, as one customer: the rows that links would have made."""
        hub, *others = entry.handles
        hub_id, root = self._new_handle(hub, None)
        for one, level in self._levels(entry):
            handle_id, _ = self._new_handle(one, root)
            self._row("link", self._link_row(handle_id, root, level))
        self._sight(entry)
        for name, value in entry.attributes.items():
            told_at = int(self.source.level)
            self._row(
                "fact",
                attribute_row(
                    self.new_id(), hub_id, name, value, self.source.teller, told_at, self.now
                ),
            )
        self.fresh |= {one.key for one in entry.handles}
        return Brought(new=len(entry.handles), joined=len(others), attributes=len(entry.attributes))

    def _with_known(self, entry: Entry) -> Brought:
        # What was read at first may be otherwise from here on.
        self.standing = None
        self._flush()
        new = [one for one in entry.handles if one.key not in self.known]
        for one in new:
            self._new_handle(one, None)
        self._flush()
        self._load({one.key for one in entry.handles})
        hub = entry.handles[0]
        done = Brought(new=len(new), known=len(entry.handles) - len(new))
        for one, level in self._levels(entry):
            if level > Assurance.NONE:
                done += self._join(entry.line, hub.key, one.key, level)
        self._sight(entry)
        return done + Brought(attributes=self._tell(hub.key, entry.attributes))

    def _levels(self, entry: Entry) -> list[tuple[Address, Assurance]]:
        """All handles but the first, each with the level at which it is joined to that."""
        hub, *others = entry.handles
        return [(one, link_level(self.source, self.rules, (hub.kind, one.kind))) for one in others]

    def _join(self, line: int, hub: str, other: str, level: Assurance) -> Brought:
        self._load((hub, other))
        one, two = self.known[hub], self.known[other]
        if reached(self.connection, one, two) >= level:
            return Brought()
        if (parted := parted_by(self.connection, one, two)) is not None:
            words = f"{parted} has parted them; join them by hand if that was wrong"
            return Brought(conflicts=(Conflict(line, other, hub, words),))
        try:
            with self.connection.begin_nested():
                link(
                    self.connection,
                    other,
                    one.home_customer_id,
                    level,
                    IMPORT,
                    self.source.evidence,
                    self.source.actor,
                    self.now,
                    (self.new_id(), self.new_id()),
                    rules=self.rules,
                    batch_id=self.source.batch_id,
                )
        except IdentityProblem as problem:
            return Brought(conflicts=(Conflict(line, other, hub, str(problem)),))
        return Brought(joined=1)

    def _tell(self, hub: str, attributes: Mapping[str, str]) -> int:
        """Attributes that nobody of this customer has said in the same words already."""
        if not attributes:
            return 0
        self._load((hub,))
        row = self.known[hub]
        said = said_of(self.connection, {row.customer_id})[row.customer_id]
        left = {name: value for name, value in attributes.items() if (name, value) not in said}
        return tell_attributes(
            self.connection,
            row.id,
            left,
            self.source.teller,
            int(self.source.level),
            self.now,
            self.new_id,
        )

    def _sight(self, entry: Entry) -> None:
        """Remember who said that they belong together: the rules may come to see it otherwise."""
        hub, *others = entry.handles
        for one in others:
            self._row(
                "sighting",
                {
                    "id": self.new_id(),
                    "handle_key": one.key,
                    "other_key": hub.key,
                    "kind": IMPORT if self.source.level > Assurance.NONE else HINT,
                    "level": int(self.source.level),
                    "evidence": self.source.evidence,
                    "actor": self.source.witness,
                    "now": self.now,
                },
            )

    def _new_handle(self, address: Address, root: int | None) -> tuple[int, int]:
        """A handle with a customer of its own, which stands for `root` where one is given."""
        handle_id, home = self.new_id(), self.new_id()
        self._row("customer", {"id": home, "merged_into": root, "created_at": self.now})
        self._row(
            "handle",
            {
                "id": handle_id,
                "key": address.key,
                "kind": address.kind,
                "address": address.address,
                "customer_id": home if root is None else root,
                "home_customer_id": home,
                "seen_at": self.now,
                "created_at": self.now,
            },
        )
        self._row("link", self._link_row(handle_id, home, Assurance.ASSERTED))
        return handle_id, home

    def _link_row(self, handle_id: int, customer_id: int, level: Assurance) -> dict[str, object]:
        return {
            "id": self.new_id(),
            "handle_id": handle_id,
            "customer_id": customer_id,
            "level": int(level),
            "rule": IMPORT,
            "evidence": self.source.evidence,
            "actor": self.source.actor,
            "created_at": self.now,
            "batch_id": self.source.batch_id,
        }

    def _row(self, name: str, row: dict[str, object]) -> None:
        self.rows.setdefault(name, []).append(row)

    def _flush(self) -> None:
        for name, statement in _INSERTS.items():
            if rows := self.rows.pop(name, None):
                self.connection.execute(statement, rows)
        self._load(self.fresh)
        self.fresh.clear()


_INSERTS: Mapping[str, Executable] = {
    "customer": insert(_customer),
    "handle": insert(_handle),
    "link": insert(_link),
    "fact": insert(table(Fact)),
    "sighting": _sight,
}
