"""What a merge or a parting would do, found out by doing it and taking it back at once.

The change itself is made by its own unit, within a savepoint that never lasts, so that what is
shown and what would be refused are what would really happen. It needs a writing connection and
leaves no row, lease or audit entry behind. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from memory.pages.customer import root_of
from memory.pages.identity import edges_of, handle_words
from memory.pages.identity_sides import AnyRow, customer_side, handles_of, reads_of, told_fields
from memory.pages.identity_views import (
    Conflict,
    CustomerSide,
    MergePreview,
    SameField,
    UnmergePreview,
)
from memory.pages.rows import display_names
from memory.tables.identity import Suggestion
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.identity.linking import IdentityProblem, merge
from memory.units.identity.parting import part

_handle = table(Handle)
_link = table(Link)
_suggestion = table(Suggestion)

_ACTOR = "rehearsal"
_SHOWN_FIELDS = ("attribute:name", "name", "email", "phone", "postcode", "order", "order_id")


@contextmanager
def taken_back(connection: Connection) -> Iterator[None]:
    """Whatever is changed within is undone at the end, whether it succeeds or raises."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def merge_preview(
    connection: Connection,
    one_id: int,
    other_id: int,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
    *,
    level: Assurance = Assurance.AUTHENTICATED,
    evidence: str = "tried",
) -> MergePreview | None:
    """What making these two customers one would do, with everything that speaks against it.

    Nothing when one of them does not exist.
    """
    one, other = root_of(connection, one_id), root_of(connection, other_id)
    if one is None or other is None:
        return None
    sides = {root: handles_of(connection, root) for root in {one, other}}
    before = {root: reads_of(connection, root, now, rules) for root in sides}
    refused, after, stays = _try_merge(connection, one, other, now, new_id, rules, level, evidence)
    shown = [
        customer_side(connection, root, sides[root], before[root], after or before[root], rules)
        for root in (one, other)
    ]
    conflicts = [*([] if refused is None else [Conflict("refused", refused, stops=True)])]
    if one == other:
        conflicts = [Conflict("same", "they are one customer already", stops=True)]
    else:
        conflicts += _doubts(connection, one, other, sides)
    told = [told_fields(connection, sides[root]) for root in (one, other)]
    return MergePreview(
        one=shown[0],
        other=shown[1],
        possible=not any(conflict.stops for conflict in conflicts),
        conflicts=tuple(conflicts),
        fields=_same_fields(told[0], told[1]),
        stays_id=stays,
        effect=_merge_effect(shown, stays),
    )


def unmerge_preview(
    connection: Connection,
    link_ids: Collection[int],
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> UnmergePreview:
    """Which customers there would be without these links. Raises as `part` does."""
    owners = _owners(connection, link_ids)
    before: dict[int, tuple[str, ...]] = {}
    for root in owners:
        before |= reads_of(connection, root, now, rules)
    names = display_names(connection, owners)
    with taken_back(connection):
        parted = part(connection, link_ids, _ACTOR, "tried", now, new_id, rules)
        sides = tuple(_side_now(connection, one, before, now, rules) for one in parted.customers)
    return UnmergePreview(
        customer_id=owners[0],
        name=names[owners[0]],
        links=tuple(edges_of(connection, link_ids, now)),
        sides=sides,
        parts=len(sides) > len(owners),
        effect=_unmerge_effect(len(sides) > len(owners), parted.cases, parted.discarded),
    )


def _owners(connection: Connection, link_ids: Collection[int]) -> list[int]:
    """The customers whose links these are, the oldest first."""
    query = (
        select(_handle.c.customer_id)
        .join(_link, _link.c.handle_id == _handle.c.id)
        .where(_link.c.id.in_(link_ids))
        .distinct()
        .order_by(_handle.c.customer_id)
    )
    found = list(connection.execute(query).scalars())
    if not found:
        raise IdentityProblem("there is no such link")
    return found


def _side_now(
    connection: Connection,
    root: int,
    before: Mapping[int, tuple[str, ...]],
    now: Micros,
    rules: IdentityRules,
) -> CustomerSide:
    handles = handles_of(connection, root)
    then = reads_of(connection, root, now, rules)
    return customer_side(connection, root, handles, before, then, rules)


def _try_merge(
    connection: Connection,
    one: int,
    other: int,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules,
    level: Assurance,
    evidence: str,
) -> tuple[str | None, Mapping[int, tuple[str, ...]] | None, int]:
    """Why it would be refused, else who would read what, and whose id would stand for both."""
    with taken_back(connection):
        try:
            done = merge(
                connection,
                one,
                other,
                level,
                evidence,
                _ACTOR,
                now,
                (new_id(), new_id()),
                rules=rules,
            )
        except IdentityProblem as problem:
            return str(problem), None, min(one, other)
        return None, reads_of(connection, done.customer_id, now, rules), done.customer_id


def _doubts(
    connection: Connection, one: int, other: int, sides: Mapping[int, Sequence[AnyRow]]
) -> Iterator[Conflict]:
    """What does not stop a merge, but should make a person think twice."""
    names = display_names(connection, [one, other])
    if _set_apart(connection, sides):
        yield Conflict("apart", "somebody has said before that these are two people", stops=False)
    for root, handles in sides.items():
        for handle in handles:
            words = handle_words(handle)
            if handle.shared:
                yield Conflict(
                    "shared",
                    f"{words}, of {names[root]}, is shared by several people: nothing of the "
                    "other's is read from it",
                    stops=False,
                )
            if handle.retired_at is not None:
                yield Conflict(
                    "retired",
                    f"{words}, of {names[root]}: the address has gone to somebody else",
                    stops=False,
                )


def _set_apart(connection: Connection, sides: Mapping[int, Sequence[AnyRow]]) -> bool:
    homes = [{one.home_customer_id for one in handles} for handles in sides.values()]
    query = select(_suggestion.c.one_id, _suggestion.c.other_id).where(
        _suggestion.c.one_id.in_(homes[0] | homes[-1]),
        _suggestion.c.other_id.in_(homes[0] | homes[-1]),
        _suggestion.c.status == "apart",
    )
    return any(
        (row.one_id in homes[0]) != (row.other_id in homes[0]) for row in connection.execute(query)
    )


def _same_fields(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[SameField, ...]:
    """What both have told, the telling ones first; never what only one of them has."""
    both = [name for name in one if name in other]
    both.sort(key=lambda name: (name not in _SHOWN_FIELDS, name))
    return tuple(
        SameField(name, one[name], other[name], _plain(one[name]) == _plain(other[name]))
        for name in both[:12]
    )


def _plain(value: str) -> str:
    return " ".join(value.casefold().split())


def _merge_effect(sides: Sequence[CustomerSide], stays: int) -> tuple[str, ...]:
    handles = sum(len(side.handles) for side in sides)
    open_cases = sum(side.open_cases for side in sides)
    gaining = [
        handle.key
        for side in sides
        for handle in side.handles
        if set(handle.reads_then) - set(handle.reads_now)
    ]
    words = [
        f"One customer with {handles} addresses, called {stays}. The other id stays theirs too.",
        (
            f"Whoever writes from {', '.join(gaining)} may be told what came from the other side."
            if gaining
            else "Nobody may be told anything of the other side: no address is proved well enough."
        ),
        "Nothing is rewritten: every message, fact and case keeps the address it came from, and "
        "the merge can be undone.",
    ]
    if open_cases > 1:
        words.insert(1, f"{open_cases} cases are open; each stays in its own conversation.")
    return tuple(words)


def _unmerge_effect(
    parts: bool,
    cases: Collection[int],
    discarded: Collection[int],
) -> tuple[str, ...]:
    words = ["Each side keeps what came from its own addresses, and reads nothing of the other."]
    if not parts:
        words = ["Other links still hold them together, so that nobody is parted."]
    if cases:
        words.append(
            f"{_count(len(cases), 'case')} with words of both sides "
            f"{'is' if len(cases) == 1 else 'are'} taken apart by who told what."
        )
    if discarded:
        words.append(
            f"{_count(len(discarded), 'answer')} not sent yet "
            f"{'is' if len(discarded) == 1 else 'are'} held back, because the other side's "
            "memory is in it."
        )
    words.append("Rules will not join them again. A person may.")
    return tuple(words)


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
