"""Where the tokens of `tokens` stand in a mail: addresses, Message-IDs and the text.

Written and read side by side, so that what is sent is what can be read back. What is read here is
only shaped like a token: whether it is one of ours is for `Tokens` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from adapters.email.tokens import TOKEN

BOUNCE_PREFIX = "b-"
"""Stands before a sent token in the address a bounce comes back to."""

_SHAPE = re.compile(TOKEN)
_MARKER = re.compile(rf"\[ref:({TOKEN})\]", re.IGNORECASE)
_OUR_ID = re.compile(rf"<({TOKEN})\.({TOKEN})@", re.IGNORECASE)
_LOOKED_AT = 20


def plus_address(address: str, token: str) -> str:
    """Our address with a thread token, as what answers go to."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def bounce_address(address: str, token: str, domain: str | None = None) -> str:
    """The envelope sender with a sent token, as what bounces come back to (VERP)."""
    local, _, own = address.rpartition("@")
    return f"{local}+{BOUNCE_PREFIX}{token}@{domain or own}"


def message_id(thread: str, sent: str, domain: str) -> str:
    """Our Message-ID with both tokens: it names the thread, and the mail itself."""
    return f"<{thread}.{sent}@{domain}>"


def marker(token: str) -> str:
    """What stands in a mail's text, for senders that keep neither addresses nor ids."""
    return f"[ref:{token}]"


def plus_part(address: str) -> str | None:
    """What stands behind the plus of an address in lower case, if it may be a token of ours."""
    local, at, _ = address.rpartition("@")
    _, plus, part = local.partition("+")
    return part.lower() if at and plus else None


def thread_token_in_address(address: str) -> str | None:
    """The thread token an address may carry, unverified."""
    part = plus_part(address)
    return part if part is not None and _SHAPE.fullmatch(part) else None


def sent_token_in_address(address: str) -> str | None:
    """The sent token a bounce's address may carry, unverified."""
    part = plus_part(address)
    if part is None or not part.startswith(BOUNCE_PREFIX):
        return None
    token = part.removeprefix(BOUNCE_PREFIX)
    return token if _SHAPE.fullmatch(token) else None


def tokens_in_ids(ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The thread and sent tokens of those ids that look like ours, unverified."""
    for one in ids:
        found = _OUR_ID.match(one)
        if found:
            yield found[1].lower(), found[2].lower()


def sent_tokens_in_text(text: str) -> Iterator[str]:
    """The sent tokens of the first Message-IDs in a text that look like ours, unverified."""
    for found in islice(_OUR_ID.finditer(text), _LOOKED_AT):
        yield found[2].lower()


def tokens_in_text(text: str) -> Iterator[str]:
    """The thread tokens of the first markers in a text, unverified."""
    for found in islice(_MARKER.finditer(text), _LOOKED_AT):
        yield found[1].lower()
