"""Slack's request signature over the raw bytes, made and checked. It parses no body.

HMAC-SHA256 with the app's signing secret over `v0:<timestamp>:<body>`, in hexadecimal after `v0=`;
a request older than five minutes is a replay
(https://docs.slack.dev/authentication/verifying-requests-from-slack). The official verifier is the
oracle of the tests; it raises on a timestamp that is no number, and decodes the body.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from core.channel import Refused

_WINDOW_SECONDS = 300
_LONGEST_TIMESTAMP = 12


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature Slack sends for these bytes at that Unix time in seconds."""
    return "v0=" + hmac.digest(secret, b"v0:%s:%s" % (timestamp.encode(), body), "sha256").hex()


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check that Slack sent this within the last five minutes; `now` is Unix time in seconds.

    Raises `Refused` with 401. Slack may come again: a wrong clock or secret can be put right.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP):
        raise Refused(401, "the request has no readable timestamp")
    if abs(now - int(timestamp)) > _WINDOW_SECONDS:
        raise Refused(401, "the request is older than five minutes, or the clock is wrong")
    given = signature.encode("utf-8", "replace")
    if not hmac.compare_digest(sign(secret, timestamp, body).encode(), given):
        raise Refused(401, "the request is not signed with this app's signing secret")
