"""How a request over HTTP is signed, ours and those to us: an HMAC over time and body.

Whoever knows the secret can tell that a body is whole and new; no log of a proxy can repeat it.
Pure: the time is given.
"""

from __future__ import annotations

import hmac

TIMESTAMP = "x-onethread-timestamp"
"""The header with the seconds since 1970 at which a request was signed."""

SIGNATURE = "x-onethread-signature"

WINDOW_SECONDS = 300
"""How far a signed time may be from ours: what is older may be a repetition."""


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature: "v1=" and the hexadecimal HMAC-SHA256 over "time.body"."""
    return "v1=" + hmac.digest(secret, timestamp.encode() + b"." + body, "sha256").hex()
