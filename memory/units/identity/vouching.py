"""Somebody we were told to trust vouches for another handle of a sender's: evidence, seen once.

What it does is said by the rules and done by `memory.units.identity.sightings`. Here is only when
it is worth a transaction, as such a profile may come along with every message. Cold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Handle, Vouched
from memory.tables.identity import Sighting
from memory.tables.main import Handle as HandleRow
from memory.tables.rows import table
from memory.units.identity.link_rows import Changed
from memory.units.identity.sightings import Seen, see

ACTOR = "gateway"

LOGIN = "login"
"""The kind of evidence that the same browser signed in."""

TAKEN_ALONG: Micros = 3_600 * 1_000_000
"""So long after it wrote, an anonymous browser is taken to be whoever signs in on it."""

AGAIN_AFTER: Micros = 86_400 * 1_000_000
"""Word that was seen already is looked at again after so long: the rules may be others by then."""

_handle = table(HandleRow)
_sighting = table(Sighting)


@dataclass(frozen=True, slots=True)
class Vouching:
    """Whose message carried it, and which handle is vouched for."""

    sender: Handle
    vouched: Vouched
    now: Micros
    new_id: Callable[[], int]
    rules: IdentityRules = DEFAULT_RULES


def is_news(connection: Connection, sender_key: str, vouched: Vouched, now: Micros) -> bool:
    """Whether this word is worth writing down: it was not heard today."""
    if sender_key == vouched.handle.key:
        return False
    if vouched.kind == LOGIN and not _is_taken_along(connection, vouched.handle.key, now):
        return False
    seen_at = connection.execute(
        select(_sighting.c.seen_at).where(
            _sighting.c.handle_key == sender_key,
            _sighting.c.other_key == vouched.handle.key,
            _sighting.c.kind == vouched.kind,
        )
    ).scalar()
    return seen_at is None or bool(seen_at <= now - AGAIN_AFTER)


def _is_taken_along(connection: Connection, browser_key: str, now: Micros) -> bool:
    """Whether what was said in this browser is of the person who has just signed in there.

    Somebody else may have used it earlier, and shown whose mailbox they read: one that is joined to
    anybody stays with them.
    """
    browser = connection.execute(select(_handle).where(_handle.c.key == browser_key)).first()
    if browser is None or browser.seen_at <= now - TAKEN_ALONG:
        return False
    others = select(_handle.c.id).where(
        _handle.c.customer_id == browser.customer_id, _handle.c.id != browser.id
    )
    return connection.execute(others.limit(1)).first() is None


def vouch(connection: Connection, one: Vouching) -> Changed | None:
    """Join the pair if a rule says so; nothing when it does not, or they are joined already."""
    vouched = one.vouched
    seen = Seen(one.sender, vouched.handle, vouched.kind, vouched.level, vouched.evidence, ACTOR)
    changed = see(connection, seen, one.now, one.new_id, rules=one.rules).changed
    return changed if changed is not None and changed.changed else None
