"""Who may do what: the rights there are, and which of them each role has. One table, nothing else.

Whatever is not named here nobody may do. Checking who somebody is, is `gateway.access.callers`'s
work, and refusing them `gateway.access.gate`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from memory.units.people.actors import OWNER as OWNER_ROLE


class Right(StrEnum):
    """One thing that somebody may be allowed to do. Every endpoint of the API needs one."""

    SELF = "self"
    """See who one is oneself, and see to one's own account; whoever comes in at all has it."""
    CHANNELS = "channels"
    """See which channels there are, and how a message would look there."""
    SEE = "see"
    """Read conversations, customers, cases and turns."""
    ANSWER = "answer"
    """Take cases, answer customers, and close cases."""
    REMEMBER = "remember"
    """Tell of a customer, correct, pin and take off what is known, and note what was promised."""
    REVEAL = "reveal"
    """See a personal field that is hidden; each time is written down."""
    OPERATE = "operate"
    """See to the channels, and to what got stuck."""
    LINK = "link"
    """Join and part customers, decide suggestions, take back all that one source told; export and
    erase a customer."""
    RULES = "rules"
    """Try out, publish and take back the identity rules."""
    PLAYBOOK = "playbook"
    """Draft, try, publish and take back the playbook."""
    PROVISION = "provision"
    """Bring in customers of the business's own systems, and take them out again as a file."""
    AUDIT = "audit"
    """Read who changed what."""
    PEOPLE = "people"
    """Say who may come in: people, roles, tokens."""


class Role(StrEnum):
    """What somebody is to the gateway."""

    VIEWER = "viewer"
    AGENT = "agent"
    INTEGRATOR = "integrator"
    IDENTITY_ADMIN = "identity-admin"
    EDITOR = "editor"
    OWNER = OWNER_ROLE


ROLES: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.SELF, Right.CHANNELS, Right.SEE}),
    Role.AGENT: frozenset(
        {Right.SELF, Right.CHANNELS, Right.SEE, Right.ANSWER, Right.REMEMBER, Right.REVEAL}
    ),
    Role.INTEGRATOR: frozenset({Right.SELF, Right.CHANNELS, Right.OPERATE, Right.PROVISION}),
    Role.IDENTITY_ADMIN: frozenset(
        {
            Right.SELF,
            Right.CHANNELS,
            Right.SEE,
            Right.REMEMBER,
            Right.REVEAL,
            Right.LINK,
            Right.RULES,
            Right.PROVISION,
            Right.AUDIT,
        }
    ),
    Role.EDITOR: frozenset({Right.SELF, Right.CHANNELS, Right.SEE, Right.PLAYBOOK}),
    Role.OWNER: frozenset(Right),
}
"""Deny by default: a role has the rights written here, and no other."""


def rights_of(role: str) -> frozenset[Right]:
    """The rights of a role by its name; none for a name that is no role of this release."""
    return ROLES[Role(role)] if role in set(Role) else frozenset()


def rights_named(names: Iterable[str]) -> frozenset[Right]:
    """The rights a token was given, and the one that everybody has; unknown names give none."""
    known = set(Right)
    return frozenset(Right(name) for name in names if name in known) | {Right.SELF}
