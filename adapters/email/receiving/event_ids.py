"""The id by which a mail is admitted once, however often and by whichever way it arrives.

A Message-ID alone will not do: everybody who got a copy can send another mail with it, and would
make the real one vanish. So the id covers what the mail says and what the receiving server found
out about it, but nothing that changes on the way, such as Received. It holds nothing readable.
"""

from __future__ import annotations

from hashlib import sha256

from adapters.email.parsing.auth_results import read_results
from adapters.email.parsing.parts import Fields, Unreadable, header_and_body

_COVERED = ("message-id", "from", "date", "subject")
_VERDICT = "authentication-results"
_METHODS = ("dkim", "dmarc")
_DIGITS = 40


def event_id_of(raw: bytes) -> str:
    """The id of a mail, also of one that cannot be read otherwise."""
    try:
        fields, body = header_and_body(raw)
    except Unreadable:
        return sha256(raw).hexdigest()[:_DIGITS]
    told = [f"{name}:{' '.join(value.split())}" for name in _COVERED for value in fields.all(name)]
    told.extend(_verdict(fields))
    digest = sha256("\n".join(told).encode("utf-8", "surrogatepass"))
    digest.update(b"\n\n")
    digest.update(body.replace(b"\r\n", b"\n").rstrip())
    return digest.hexdigest()[:_DIGITS]


def _verdict(fields: Fields) -> list[str]:
    """The topmost verdict, without what two deliveries of one mail may differ in."""
    read = read_results(fields.first(_VERDICT) or "")
    if read is None:
        return []
    return sorted({f"{method}={one.result}" for method in _METHODS for one in read.of(method)})
