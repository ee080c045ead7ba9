"""What a draft of the identity rules would do to everybody who is stored. Nothing is changed.

The whole of it is read at once, because a limit may depend on any other link; what the rules make
of it is `core.identity.rule_effect`'s to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from core.clock import Micros
from core.identity.rule_effect import effect_of
from core.identity.rule_reader import IDENTITY_FILE, collect_identity_rules
from core.identity.rule_world import Bond, Effect, Known, Seen, Standing, World
from core.identity.rules import DEFAULT_JOINS, IdentityRules
from core.message import Assurance
from core.playbook.fields import Report
from memory.tables.identity import BlockedValue, RuleVersion, Sighting
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.identity.joining import HARMLESS

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_handle = table(Handle)
_link = table(Link)
_sighting = table(Sighting)
_blocked = table(BlockedValue)
_version = table(RuleVersion)

_handles = select(
    _handle.c.id,
    _handle.c.key,
    _handle.c.kind,
    _handle.c.home_customer_id,
    _handle.c.customer_id,
    _handle.c.created_at,
    _handle.c.seen_at,
    _handle.c.shared,
    _handle.c.retired_at,
)
_links = (
    select(
        _link.c.id,
        _link.c.handle_id,
        _link.c.customer_id,
        _link.c.level,
        _link.c.rule,
        _link.c.created_at,
        _link.c.expires_at,
        _link.c.ended_at,
        _link.c.end_reason,
    )
    .select_from(_link)
    .join(_handle, _handle.c.id == _link.c.handle_id)
    .where(_link.c.customer_id != _handle.c.home_customer_id)
    .order_by(_link.c.id)
)
_sightings = select(
    _sighting.c.handle_key,
    _sighting.c.other_key,
    _sighting.c.kind,
    _sighting.c.level,
    _sighting.c.created_at,
).order_by(_sighting.c.id)


@dataclass(slots=True)
class _Two:
    """What is known of two handles; the first is the one whose link it would be."""

    one: int
    other: int
    since: Micros
    seen: dict[str, Assurance] = field(default_factory=dict)
    links: list[Standing] = field(default_factory=list)
    by_hand: bool = False
    apart: bool = False

    def bond(self) -> Bond:
        """The same, frozen."""
        seen = tuple(Seen(kind, level) for kind, level in self.seen.items())
        return Bond(
            self.one,
            self.other,
            self.since,
            seen,
            tuple(self.links),
            by_hand=self.by_hand,
            apart=self.apart,
        )


def dry_run(
    connection: Connection,
    rules: IdentityRules,
    now: Micros,
    step: Callable[[int, int], None] = lambda done, of: None,
) -> Effect:
    """What publishing these rules now would change. `step` is told how much of how much is done."""
    world = read_world(connection, now)
    return effect_of(world, rules, lambda done: step(done, len(world.bonds)))


def read_world(connection: Connection, now: Micros) -> World:
    """All handles, and all that joins or parted them."""
    handles = {row.id: _known(row) for row in connection.execute(_handles)}
    by_key = {one.key: one.id for one in handles.values()}
    at_home = {one.home: one.id for one in handles.values()}
    evidence = _evidence_by_rule(connection)
    pairs: dict[tuple[int, int], _Two] = {}
    for row in connection.execute(_links):
        other = at_home.get(row.customer_id)
        if other is not None:
            two = _between(pairs, row.handle_id, other, row.created_at)
            _note_link(two, row, evidence.get(row.rule), now)
    for seen in connection.execute(_sightings):
        one, other = by_key.get(seen.handle_key), by_key.get(seen.other_key)
        if one is not None and other is not None and one != other:
            two = _between(pairs, one, other, seen.created_at)
            level = max(two.seen.get(seen.kind, Assurance.NONE), Assurance(seen.level))
            two.seen[seen.kind] = level
    patterns = connection.execute(select(_blocked.c.pattern)).scalars()
    return World(handles, tuple(_bonds(pairs)), tuple(sorted(patterns)), now)


def _known(row: AnyRow) -> Known:
    closed = ""
    if row.retired_at is not None:
        closed = "was given up"
    elif row.shared:
        closed = "is shared by several people"
    return Known(
        row.id,
        row.key,
        row.kind,
        row.home_customer_id,
        row.customer_id,
        row.created_at,
        row.seen_at,
        closed,
    )


def _between(pairs: dict[tuple[int, int], _Two], one: int, other: int, since: Micros) -> _Two:
    two = pairs.setdefault((min(one, other), max(one, other)), _Two(one, other, since))
    two.since = min(two.since, since)
    return two


def _note_link(two: _Two, row: AnyRow, evidence: str | None, now: Micros) -> None:
    """What this link says of the two. Without `evidence` it is no rule's, but people's."""
    if row.ended_at is not None:
        two.apart |= not (row.end_reason or "").startswith(HARMLESS)
    elif row.expires_at is not None and row.expires_at <= now:
        return
    elif evidence is None:
        two.by_hand = True
    else:
        level = Assurance(row.level)
        two.links.append(Standing(row.id, level, evidence))
        two.seen[evidence] = max(two.seen.get(evidence, Assurance.NONE), level)


def _evidence_by_rule(connection: Connection) -> Mapping[str, str]:
    """What each rule that was ever in force goes by; a link names the rule that made it."""
    found = {one.id: one.evidence for one in DEFAULT_JOINS}
    for text in connection.execute(select(_version.c.text).order_by(_version.c.id)).scalars():
        rules = collect_identity_rules(text, IDENTITY_FILE, Report()).rules
        found |= {one.id: one.evidence for one in rules.joins}
    return found


def _bonds(pairs: dict[tuple[int, int], _Two]) -> list[Bond]:
    """Those that say something: the two were seen together, joined by a person, or parted."""
    return [two.bond() for two in pairs.values() if two.by_hand or two.seen or two.apart]
