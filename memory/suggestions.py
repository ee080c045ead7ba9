"""Who may be the same person: found by what was told, with every reason in words and a weight.

It only reads. A suggestion joins nobody and unlocks nothing; it is shown to people, who decide
through `memory.units.identity.suggesting`. Shared, blocked and retired handles say nothing about
anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from core.clock import from_micros
from core.identity.graph import LOGIN_KIND, is_shared
from core.identity.likeness import LIKE_ADDRESS, LIKE_NAME, address_likeness, name_likeness
from core.identity.rules import IdentityRules
from memory.hints import HINT, TOLD
from memory.pages.rows import display_names
from memory.tables.identity import Sighting, Suggestion
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.identity.blocking import blocked_patterns, is_blocked

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

COMMON = 20
"""What more handles than these have told says nothing about any of them."""

_NEAR_PREFIX = 3
_NEAR_MOST = 200

_handle = table(Handle)
_sighting = table(Sighting)
_suggestion = table(Suggestion)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for it: `kind` is one of the rules' weights."""

    kind: str
    words: str
    weight: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two handles of two customers who may be one, and why, the strongest reason first."""

    one_key: str
    other_key: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two customers, as they are now."""

    customer_id: int
    name: str
    handles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion as people see it. `status` is "open", "joined" or "apart"."""

    id: int
    score: int
    status: str
    one: Side
    other: Side
    reasons: tuple[Reason, ...]
    created_at: datetime
    updated_at: datetime
    decided_by: str | None


def find_candidates(
    connection: Connection, keys: Collection[str], rules: IdentityRules
) -> list[Candidate]:
    """Who may be the same as the customers of these handles, from the rules' threshold on."""
    search = _Search(connection, rules)
    search.look_around(keys)
    return search.candidates()


class _Search:
    """What was found so far: reasons by pair of customers, each kind once."""

    def __init__(self, connection: Connection, rules: IdentityRules) -> None:
        self.connection = connection
        self.rules = rules
        self.listed = blocked_patterns(connection)
        self.people: dict[str, AnyRow] = {}
        self.found: dict[tuple[int, int], dict[str, tuple[Reason, str, str]]] = defaultdict(dict)
        self.logins: dict[int, set[str]] = defaultdict(set)

    def look_around(self, keys: Collection[str]) -> None:
        roots = select(_handle.c.customer_id).where(_handle.c.key.in_(keys))
        rows = self.connection.execute(select(_handle).where(_handle.c.customer_id.in_(roots)))
        own = self._meet(rows)
        if not own:
            return
        sightings = self.connection.execute(
            select(_sighting)
            .where(
                or_(_sighting.c.handle_key.in_(own), _sighting.c.other_key.in_(own)),
                _sighting.c.kind.in_((HINT, TOLD)),
            )
            .order_by(_sighting.c.id)
        ).all()
        told = {one.other_key for one in sightings if one.handle_key in own}
        again = self.connection.execute(
            select(_sighting)
            .where(_sighting.c.other_key.in_(told), _sighting.c.kind == TOLD)
            .order_by(_sighting.c.id)
        ).all()
        every = sorted(
            {one.id: one for one in (*sightings, *again)}.values(), key=lambda one: one.id
        )
        self._load({key for one in every for key in (one.handle_key, one.other_key)})
        for one in sightings:
            if one.kind == HINT:
                self._told_address(one)
        self._same_words(own, [one for one in every if one.kind == TOLD])
        self._near(own, [one for one in sightings if one.handle_key in own])
        self._same_login(own)

    def candidates(self) -> list[Candidate]:
        """What is worth a person's while, the likeliest first."""
        self._load_logins()
        found = []
        for pair, reasons in self.found.items():
            if self.logins[pair[0]] and self.logins[pair[1]]:
                continue
            kinds = set(reasons)
            if "name-and-postcode" in kinds:
                kinds -= {"name", "postcode"}
            kept = sorted((reasons[kind] for kind in kinds), key=lambda one: -one[0].weight)
            score = min(100, sum(one[0].weight for one in kept))
            if score >= self.rules.suggestions.threshold:
                _, one, other = kept[0]
                found.append(Candidate(one, other, score, tuple(each[0] for each in kept)))
        return sorted(found, key=lambda one: -one.score)

    def _meet(self, rows: Iterable[AnyRow]) -> set[str]:
        """Those of these handles that can be anybody's reason."""
        met = set()
        for row in rows:
            if (
                row.retired_at is None
                and not is_shared(row.key, bool(row.shared), self.rules)
                and not is_blocked(row.key, self.rules, self.listed)
            ):
                self.people[row.key] = row
                met.add(row.key)
        return met

    def _load(self, keys: Collection[str]) -> None:
        self._meet(self.connection.execute(select(_handle).where(_handle.c.key.in_(keys))))

    def _load_logins(self) -> None:
        roots = {root for pair in self.found for root in pair}
        rows = self.connection.execute(
            select(_handle.c.customer_id, _handle.c.key).where(
                _handle.c.customer_id.in_(roots), _handle.c.kind == LOGIN_KIND
            )
        )
        for row in rows:
            self.logins[row.customer_id].add(row.key)

    def _speak(self, one: str, other: str, kind: str, words: str) -> None:
        """Remember a reason for two handles, if both can be one and are not one already."""
        first, second = self.people.get(one), self.people.get(other)
        weight = self.rules.suggestions.weights.get(kind, 0)
        if first is None or second is None or first.customer_id == second.customer_id or not weight:
            return
        pair = (
            min(first.customer_id, second.customer_id),
            max(first.customer_id, second.customer_id),
        )
        self.found[pair].setdefault(kind, (Reason(kind, words, weight), one, other))

    def _told_address(self, one: AnyRow) -> None:
        kind = "same-login" if one.other_key.startswith("login:") else "same-address"
        words = f"{one.handle_key} {one.evidence} {one.other_key}"
        self._speak(one.handle_key, one.other_key, kind, words)

    def _same_words(self, own: set[str], told: Sequence[AnyRow]) -> None:
        """Names, postcodes and order numbers that several have told."""
        by_key: dict[str, list[AnyRow]] = defaultdict(list)
        for one in told:
            by_key[one.other_key].append(one)
        words: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for key, rows in by_key.items():
            kind, _, value = key.partition(":")
            for row in rows:
                words[row.handle_key][kind].add(value)
            if len({row.handle_key for row in rows}) > COMMON:
                continue
            for mine in rows:
                for theirs in rows:
                    if mine.handle_key in own and theirs.handle_key != mine.handle_key:
                        reason = "same-order" if kind == "order" else kind
                        told_words = _both(mine.handle_key, theirs.handle_key, kind, value)
                        self._speak(mine.handle_key, theirs.handle_key, reason, told_words)
        self._names_in_places(words)

    def _names_in_places(self, words: Mapping[str, Mapping[str, set[str]]]) -> None:
        """Where the postcodes of two customers are one, their names are looked at together."""
        for pair, reasons in list(self.found.items()):
            if "postcode" not in reasons:
                continue
            _, mine, theirs = reasons["postcode"]
            ours, others = self._names(pair[0], words), self._names(pair[1], words)
            if shared := sorted(ours & others):
                said = f"both gave the name “{shared[0]}” and one postcode"
                self._speak(mine, theirs, "name-and-postcode", said)
                continue
            likeness, one, other = max(
                ((name_likeness(a, b), a, b) for a in sorted(ours) for b in sorted(others)),
                default=(0.0, "", ""),
            )
            if likeness >= LIKE_NAME:
                said = f"the names “{one}” and “{other}” are alike ({likeness:.0f} of 100)"
                self._speak(mine, theirs, "name", said)

    def _names(self, root: int, words: Mapping[str, Mapping[str, set[str]]]) -> set[str]:
        found: set[str] = set()
        for key, told in words.items():
            row = self.people.get(key)
            if row is not None and row.customer_id == root:
                found |= told["name"]
        missing = self.connection.execute(
            select(_sighting.c.other_key)
            .join(_handle, _handle.c.key == _sighting.c.handle_key)
            .where(
                _handle.c.customer_id == root,
                _sighting.c.kind == TOLD,
                _sighting.c.other_key.like("name:%"),
            )
        ).scalars()
        return found | {key.removeprefix("name:") for key in missing}

    def _near(self, own: set[str], told: Sequence[AnyRow]) -> None:
        """Addresses of one domain that differ by a slip of the hand."""
        known = {(key, key) for key in own if key.startswith("email:")}
        known |= {(one.handle_key, one.other_key) for one in told if "email:" in one.other_key[:6]}
        for handle_key, key in known:
            address = key.removeprefix("email:")
            rows = self.connection.execute(
                select(_handle)
                .where(self._begins(f"email:{address[:_NEAR_PREFIX]}"))
                .order_by(_handle.c.key)
                .limit(_NEAR_MOST)
            ).all()
            for row in rows:
                likeness = address_likeness(address, row.address)
                if row.kind == "email" and likeness >= LIKE_ADDRESS:
                    self._meet([row])
                    words = f"{key} and {row.key} are alike ({likeness:.0f} of 100)"
                    self._speak(handle_key, row.key, "near-address", words)

    def _begins(self, start: str) -> ColumnElement[bool]:
        """A key that begins so: SQLite uses its index for a range alone, and in PostgreSQL a range
        would follow the rules of a language."""
        if self.connection.dialect.name == "sqlite":
            return and_(_handle.c.key >= start, _handle.c.key < f"{start}\uffff")
        return _handle.c.key.startswith(start, autoescape=True)

    def _same_login(self, own: set[str]) -> None:
        """The name of a login and the business's own id are one."""
        other_kind = {LOGIN_KIND: "external", "external": LOGIN_KIND}
        wanted = {
            key: f"{other_kind[kind]}:{address}"
            for key in own
            for kind, _, address in (key.partition(":"),)
            if kind in other_kind
        }
        self._load(wanted.values())
        for key, other in wanted.items():
            self._speak(key, other, "same-login", f"{key} and {other} have the same name")


def _both(one: str, other: str, kind: str, value: str) -> str:
    label = {"order": "order number"}.get(kind, kind)
    return f"{one} and {other} gave the {label} “{value}”"


def suggestions(
    connection: Connection, status: str = "open", limit: int = 50
) -> list[SuggestionView]:
    """Suggestions of a status, the likeliest first. An open one whose customers are one meanwhile
    is not shown."""
    rows = connection.execute(
        select(_suggestion)
        .where(_suggestion.c.status == status)
        .order_by(_suggestion.c.score.desc(), _suggestion.c.id.desc())
        .limit(limit * 2)
    ).all()
    return _views(connection, rows)[:limit]


def suggestion(connection: Connection, suggestion_id: int) -> SuggestionView | None:
    """One suggestion, also when it is decided; nothing when there is none."""
    rows = connection.execute(select(_suggestion).where(_suggestion.c.id == suggestion_id)).all()
    found = _views(connection, rows, joined=True)
    return found[0] if found else None


def _views(
    connection: Connection, rows: Sequence[AnyRow], *, joined: bool = False
) -> list[SuggestionView]:
    homes = {home for row in rows for home in (row.one_id, row.other_id)}
    found = connection.execute(
        select(_handle.c.home_customer_id, _handle.c.customer_id).where(
            _handle.c.home_customer_id.in_(homes)
        )
    ).all()
    roots = {row.home_customer_id: row.customer_id for row in found}
    handles: dict[int, list[str]] = defaultdict(list)
    members = connection.execute(
        select(_handle.c.customer_id, _handle.c.key)
        .where(_handle.c.customer_id.in_(set(roots.values())), _handle.c.retired_at.is_(None))
        .order_by(_handle.c.id)
    )
    for member in members:
        handles[member.customer_id].append(member.key)
    names = display_names(connection, set(roots.values()))

    def side(home: int) -> Side:
        root = roots.get(home, home)
        return Side(root, names.get(root, "Unknown"), tuple(handles[root]))

    return [
        SuggestionView(
            row.id,
            row.score,
            row.status,
            side(row.one_id),
            side(row.other_id),
            tuple(Reason(*one) for one in orjson.loads(row.reasons_json)),
            from_micros(row.created_at),
            from_micros(row.updated_at),
            row.decided_by,
        )
        for row in rows
        if joined
        or row.status != "open"
        or roots.get(row.one_id, row.one_id) != roots.get(row.other_id, row.other_id)
    ]
