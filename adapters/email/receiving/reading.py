"""What has to be known of a mailbox to read its mail: plain values, which the adapter fills in.

It holds no secret and decides nothing, but for the questions whose address is ours or a form's.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.email.parsing.headers import normal

MAX_MAIL_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """One mailbox as its reader sees it.

    `address` is the one we write from, `own` all that reach us. `authserv_ids`, in lower case, are
    the servers whose Authentication-Results are believed (RFC 8601, section 5). `form_senders` are
    the addresses contact forms write from, with their visitor in Reply-To.
    """

    account: str
    address: str
    own: frozenset[str] = frozenset()
    authserv_ids: frozenset[str] = frozenset()
    form_senders: frozenset[str] = frozenset()
    max_bytes: int = MAX_MAIL_BYTES

    def own_address(self, address: str) -> str | None:
        """Which of our addresses a mail's address is, also with something behind a plus.

        It is given as it was configured; nothing if it is none of ours.
        """
        local, at, domain = address.rpartition("@")
        known = {address, f"{local.partition('+')[0]}{at}{domain}"}
        return next((one for one in (self.address, *self.own) if normal(one) in known), None)

    def is_form(self, address: str) -> bool:
        """Whether a mail's address is that of a contact form."""
        return any(normal(one) == address for one in self.form_senders)
