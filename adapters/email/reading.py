"""What has to be known of a mailbox to read its mail: plain values, which the adapter fills in.

It holds no secret and decides nothing, but for the one question whose address is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_MAIL_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """One mailbox as its reader sees it. All addresses are in lower case.

    `address` is the one we write from, `own` all that reach us. `authserv_ids` are the servers
    whose Authentication-Results are believed (RFC 8601, section 5). `form_senders` are the
    addresses contact forms write from, with their visitor in Reply-To.
    """

    account: str
    address: str
    own: frozenset[str] = frozenset()
    authserv_ids: frozenset[str] = frozenset()
    form_senders: frozenset[str] = frozenset()
    max_bytes: int = MAX_MAIL_BYTES

    def own_address(self, address: str) -> str | None:
        """Which of our addresses this is, also with something behind a plus; nothing if none."""
        local, at, domain = address.lower().rpartition("@")
        for one in (f"{local}{at}{domain}", f"{local.partition('+')[0]}{at}{domain}"):
            if one == self.address or one in self.own:
                return one
        return None
