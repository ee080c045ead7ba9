"""What an import would do, found out without doing any of it.

It only reads: which handles are new, which pairs would join, and what stands against it. The rules
are those of `memory.units.identity.bringing`; customers that the file itself would join are
followed through the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.identity.graph import LOGIN_KIND
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.identity.attributes import said_of
from memory.units.identity.blocking import blocked_patterns, is_blocked
from memory.units.identity.bringing import (
    AnyRow,
    Brought,
    Conflict,
    Entry,
    Source,
    link_level,
)
from memory.units.identity.bringing_standing import parted_by

_handle = table(Handle)
_link = table(Link)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two handles that would be one customer, and at which line."""

    line: int
    handle: str
    other: str
    level: int


class Preview:
    """The file as far as it was looked at. `look` takes it on by one chunk."""

    def __init__(self, source: Source, rules: IdentityRules = DEFAULT_RULES) -> None:
        self._source = source
        self._rules = rules
        self._level = link_level(source, rules, ())
        self._blocked: tuple[str, ...] | None = None
        self._leads: dict[str, str] = {}
        self._kinds: dict[str, Counter[str]] = {}
        self._firm: dict[str, str] = {}
        self._seen: set[int] = set()

    def look(
        self, connection: Connection, entries: Sequence[Entry]
    ) -> tuple[Brought, tuple[Pair, ...]]:
        """What these entries would do, given what those before them would have done."""
        if self._blocked is None:
            self._blocked = blocked_patterns(connection)
        known = self._load(connection, {one.key for entry in entries for one in entry.handles})
        told_before = said_of(connection, {row.customer_id for row in known.values()})
        done, pairs = Brought(rows=len(entries)), []
        for entry in entries:
            for one in entry.handles:
                new = self._meet(one.key, one.kind, known)
                done += Brought(new=int(new), known=int(not new))
            hub, *others = entry.handles
            for one in others:
                level = link_level(self._source, self._rules, (hub.kind, one.kind))
                if level == Assurance.NONE:
                    continue
                told = self._join(connection, entry.line, hub.key, one.key, known)
                if isinstance(told, Conflict):
                    done += Brought(conflicts=(told,))
                elif told:
                    done += Brought(joined=1)
                    pairs.append(Pair(entry.line, one.key, hub.key, int(level)))
            row = known.get(hub.key)
            said = set() if row is None else told_before[row.customer_id]
            done += Brought(attributes=len(entry.attributes.items() - said))
        return done, tuple(pairs)

    def _load(self, connection: Connection, keys: Iterable[str]) -> dict[str, AnyRow]:
        rows = connection.execute(select(_handle).where(_handle.c.key.in_(list(keys)))).all()
        strangers = {row.customer_id for row in rows} - self._seen
        self._seen |= strangers
        members = connection.execute(
            select(_handle, _link.c.customer_id.label("linked"), _link.c.level)
            .outerjoin(_link, (_link.c.handle_id == _handle.c.id) & _link.c.ended_at.is_(None))
            .where(_handle.c.customer_id.in_(strangers))
        ).all()
        for one in {row.id: row for row in members}.values():
            count = int(one.retired_at is None)
            self._kinds.setdefault(str(one.customer_id), Counter())[one.kind] += count
            self._tie(self._firm, one.key, f"home:{one.home_customer_id}")
        for one in members:
            if one.linked not in (None, one.home_customer_id) and one.level >= self._level:
                self._tie(self._firm, one.key, f"home:{one.linked}")
        return {row.key: row for row in rows}

    @staticmethod
    def _tie(leads: dict[str, str], one: str, other: str) -> None:
        for each in (one, other):
            leads.setdefault(each, each)
        leads[_lead(leads, other)] = _lead(leads, one)

    def _meet(self, key: str, kind: str, known: dict[str, AnyRow]) -> bool:
        """Whether the handle is new; it leads a customer of its own then."""
        if key in self._leads:
            return False
        row = known.get(key)
        if row is not None:
            self._leads[key] = str(row.customer_id)
            self._leads.setdefault(str(row.customer_id), str(row.customer_id))
            return False
        self._leads[key] = key
        self._kinds[key] = Counter({kind: 1})
        return True

    def _join(
        self, connection: Connection, line: int, hub: str, other: str, known: dict[str, AnyRow]
    ) -> Conflict | bool:
        for each in (hub, other):
            self._firm.setdefault(each, each)
        if _lead(self._firm, hub) == _lead(self._firm, other):
            return False
        one, two = known.get(hub), known.get(other)
        parted = None if one is None or two is None else parted_by(connection, one, two)
        if parted is not None:
            words = f"{parted} has parted them; join them by hand if that was wrong"
            return Conflict(line, other, hub, words)
        if (obstacle := self._obstacle(hub, other)) is not None:
            return Conflict(line, other, hub, obstacle)
        self._tie(self._firm, hub, other)
        to, of = _lead(self._leads, hub), _lead(self._leads, other)
        if to != of:
            self._leads[of] = to
            self._kinds[to] = self._kinds[to] + self._kinds.pop(of)
        return True

    def _obstacle(self, hub: str, other: str) -> str | None:
        """Why the two may not be one customer, if so."""
        for key in (hub, other):
            if is_blocked(key, self._rules, self._blocked or ()):
                return f"{key} is on the block list: it joins nobody"
        to, of = _lead(self._leads, hub), _lead(self._leads, other)
        if to == of:
            return None
        return _over(self._kinds[to] + self._kinds[of], self._rules)


def _lead(leads: dict[str, str], key: str) -> str:
    """Who stands for this one and all that it is tied to."""
    while leads[key] != key:
        leads[key] = leads[leads[key]]
        key = leads[key]
    return key


def _over(kinds: Counter[str], rules: IdentityRules) -> str | None:
    if kinds[LOGIN_KIND] > 1:
        return "two different logins can never be one customer"
    if kinds.total() > rules.component_limit:
        return f"the customer would have {kinds.total()} handles, more than {rules.component_limit}"
    for kind, count in kinds.items():
        limit = rules.kinds.get(kind)
        if limit is not None and limit.most is not None and count > limit.most:
            most = f"more than {limit.most}"
            return f"the customer would have {count} handles of the kind {kind}, {most}"
    return None
