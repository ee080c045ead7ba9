"""Two handles were seen to belong together: it is remembered, and the rules say whether it joins.

Evidence is kept also when it joins nobody, so that other rules can be tried on it. The link itself
is made by `memory.units.identity.linking`, under its limits; what is refused is told to people, as
there is nobody else to hear it. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select, update

from core.clock import Micros
from core.identity.graph import LOGIN_KIND, is_shared, may_change_hands
from core.identity.rules import DEFAULT_RULES, IdentityRules, JoinRule, joining_rule
from core.message import Assurance, Handle
from memory.tables.identity import Sighting
from memory.tables.main import Handle as HandleRow
from memory.tables.main import Link
from memory.tables.rows import table
from memory.units.identity.alarms import COMPONENT, CONTRADICTION, SHARED, sound
from memory.units.identity.handles import introduce
from memory.units.identity.joining import is_silent
from memory.units.identity.link_rows import AnyRow, find_handle, joins_of
from memory.units.identity.linking import Changed, IdentityProblem, link
from memory.units.identity.making_room import make_room
from memory.units.identity.retiring import part_off, retire, silence_words

_handle = table(HandleRow)
_link = table(Link)
_sighting = table(Sighting)

HINT = "hint"
"""The kind of evidence that anybody can make by typing: it raises no alarm."""

SHARED_WITHIN: Micros = 90 * 86_400 * 1_000_000
"""How far back it is looked with how many customers a handle was seen."""

BY_LOGIN = frozenset({"login", "login-profile"})
"""Kinds of evidence by which the business itself says whose a handle is now. A code is none: who
was sent it may have been tricked out of it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`handle` was seen to be the same person's as `other`, by evidence of a `kind` that proves
    `level` at most. `evidence` says in words what it was."""

    handle: Handle
    other: Handle
    kind: str
    level: Assurance
    evidence: str
    actor: str


@dataclass(frozen=True, slots=True)
class Sighted:
    """What came of it: the link, or in words why there is none."""

    changed: Changed | None = None
    refused: str | None = None


def join_rule(rules: IdentityRules, seen: Seen) -> JoinRule | None:
    """The rule by which this evidence joins these two handles, if it does."""
    found = joining_rule(rules, seen.kind, (seen.handle.kind, seen.other.kind))
    return found if found is not None and found.joins else None


def see(
    connection: Connection,
    seen: Seen,
    now: Micros,
    new_id: Callable[[], int],
    *,
    rules: IdentityRules = DEFAULT_RULES,
    reads_from: Micros = 0,
) -> Sighted:
    """Remember that the two were seen together, and join them if a rule says so.

    Seen again, it changes nothing more. A handle that was silent for too long begins anew first: it
    may be somebody else's. So does one that the business says is another login's than the one it
    was joined to.
    """
    _remember(connection, seen, now, new_id)
    rule = join_rule(rules, seen)
    if rule is None or seen.handle.key == seen.other.key:
        return Sighted()
    if _is_of_several(connection, seen, rules):
        return Sighted(refused="a handle that several people hold is joined to nobody by a rule")
    for one in (seen.handle, seen.other):
        ids = (new_id(), new_id(), new_id(), new_id())
        introduce(connection, one, seen.evidence, seen.actor, now, ids, rule=rule.id)
    _begin_anew_if_silent(connection, seen, rules, now, new_id)
    if seen.kind in BY_LOGIN:
        _resolve_contradiction(connection, seen, now, new_id)
    done = _join(connection, seen, rule, rules, reads_from, now, new_id)
    _suspect_shared(connection, seen, now, new_id)
    return done


def _remember(connection: Connection, seen: Seen, now: Micros, new_id: Callable[[], int]) -> None:
    values = {
        "level": int(seen.level),
        "evidence": seen.evidence,
        "actor": seen.actor,
        "seen_at": now,
    }
    known = connection.execute(
        update(_sighting)
        .where(
            _sighting.c.handle_key == seen.handle.key,
            _sighting.c.other_key == seen.other.key,
            _sighting.c.kind == seen.kind,
        )
        .values(**values)
    )
    if not known.rowcount:
        keys = {"handle_key": seen.handle.key, "other_key": seen.other.key, "kind": seen.kind}
        connection.execute(insert(_sighting), {"id": new_id(), "created_at": now, **keys, **values})


def _is_of_several(connection: Connection, seen: Seen, rules: IdentityRules) -> bool:
    keys = (seen.handle.key, seen.other.key)
    marked = select(_handle.c.key).where(_handle.c.key.in_(keys), _handle.c.shared)
    flagged = set(connection.execute(marked).scalars())
    return any(is_shared(key, key in flagged, rules) for key in keys)


def _begin_anew_if_silent(
    connection: Connection,
    seen: Seen,
    rules: IdentityRules,
    now: Micros,
    new_id: Callable[[], int],
) -> None:
    for one in (seen.handle, seen.other):
        handle = find_handle(connection, one.key)
        if is_silent(handle, rules, now) and not _are_joined(connection, seen):
            because = silence_words(handle.seen_at, now)
            retire(connection, one.key, because, seen.actor, now, new_id)


def _are_joined(connection: Connection, seen: Seen) -> bool:
    one, other = (find_handle(connection, key.key) for key in (seen.handle, seen.other))
    return bool(one.customer_id == other.customer_id)


def _resolve_contradiction(
    connection: Connection, seen: Seen, now: Micros, new_id: Callable[[], int]
) -> None:
    """A handle of one login that is shown to be another's: what joined it ends at once."""
    login, other = seen.handle, seen.other
    if login.kind != LOGIN_KIND:
        login, other = other, login
    handle = find_handle(connection, other.key)
    if login.kind != LOGIN_KIND or not may_change_hands(handle.kind):
        return
    theirs = connection.execute(
        select(_handle.c.key).where(
            _handle.c.customer_id == handle.customer_id, _handle.c.kind == LOGIN_KIND
        )
    ).scalars().all()  # fmt: skip
    if not theirs or login.key in theirs:
        return
    because = f"{login.key} is proved to hold it, and it was joined to {' and '.join(theirs)}"
    joins = joins_of(connection, handle)
    part_off(connection, handle, joins, seen.actor, because, now, new_id)
    retire(connection, handle.key, because, seen.actor, now, new_id)
    sound(connection, new_id(), CONTRADICTION, handle.key, handle.customer_id, because, now)


def _join(
    connection: Connection,
    seen: Seen,
    rule: JoinRule,
    rules: IdentityRules,
    reads_from: Micros,
    now: Micros,
    new_id: Callable[[], int],
) -> Sighted:
    """Join the pair within the limits. What is refused is said in words, and to people."""
    pair = find_handle(connection, seen.handle.key), find_handle(connection, seen.other.key)

    def join() -> Changed:
        level = min(seen.level, rule.level)
        return link(
            connection, pair[0].key, pair[1].home_customer_id, level, rule.id, seen.evidence,
            seen.actor, now, (new_id(), new_id()), rules=rules, reads_from=reads_from,
        )  # fmt: skip

    try:
        with connection.begin_nested():
            return Sighted(join())
    except IdentityProblem as problem:
        refused = problem
    if refused.alarm == COMPONENT:
        try:
            with connection.begin_nested():
                if make_room(connection, pair, rules, seen.actor, now, new_id):
                    return Sighted(join())
        except IdentityProblem as problem:
            refused = problem
    if refused.alarm is not None:
        words = f"{seen.other.key} was not joined to it: {refused}"
        customer = pair[0].customer_id
        sound(connection, new_id(), refused.alarm, seen.handle.key, customer, words, now)
    return Sighted(refused=str(refused))


def _suspect_shared(
    connection: Connection, seen: Seen, now: Micros, new_id: Callable[[], int]
) -> None:
    """A handle that was seen with several customers who are not one may be several people's."""
    for one in (seen.handle, seen.other):
        handle = find_handle(connection, one.key)
        if not may_change_hands(handle.kind):
            continue
        met = _met(connection, handle, now - SHARED_WITHIN)
        if len(met) > 1 and not handle.shared:
            words = f"{handle.key} was seen with {len(met)} customers. Do several people use it?"
            sound(connection, new_id(), SHARED, handle.key, handle.customer_id, words, now)


def _met(connection: Connection, handle: AnyRow, since: Micros) -> set[int]:
    """The customers, as they are now, of whom it was seen with or joined to lately."""
    rows = connection.execute(
        select(_sighting.c.handle_key, _sighting.c.other_key).where(
            or_(_sighting.c.handle_key == handle.key, _sighting.c.other_key == handle.key),
            _sighting.c.kind != HINT,
            _sighting.c.seen_at >= since,
        )
    ).all()
    keys = {key for row in rows for key in row} - {handle.key}
    home = handle.home_customer_id
    joined = select(_link.c.customer_id).where(
        _link.c.handle_id == handle.id, _link.c.customer_id != home, _link.c.created_at >= since
    )
    joining = select(_link.c.handle_id).where(
        _link.c.customer_id == home, _link.c.handle_id != handle.id, _link.c.created_at >= since
    )
    met = select(_handle.c.customer_id).where(
        or_(
            _handle.c.key.in_(keys),
            _handle.c.home_customer_id.in_(joined),
            _handle.c.id.in_(joining),
        )
    )
    return set(connection.execute(met).scalars())
