"""Takes raw mail that a mail service or an own server posts to us.

It checks who posts and finds the mail in the request; what the mail means is for its reader. Either
proof is accepted: `Authorization` with the secret as Bearer token or as Basic password (RFC 6750,
RFC 7617), which is what mail services can be told to send, or, for own scripts, an HMAC over time
and body, which no proxy's log can repeat.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterator, Mapping
from datetime import datetime

from core.channel import Refused, WebhookRequest
from core.signing import SIGNATURE, TIMESTAMP, WINDOW_SECONDS, sign

_RAW_FIELDS = ("email", "body-mime", "rawemail", "raw", "mail")
"""The field with the whole mail at SendGrid ("Post the raw, full MIME message"), at Mailgun (routes
with a URL that ends in "mime"), and of own forms."""
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,\-./:=? ]{1,70})"?', re.IGNORECASE)
_FIELD_NAME = re.compile(rb'\bname="([^"\r\n]{1,100})"', re.IGNORECASE)
_MOST_PARTS = 100


def check_sender(request: WebhookRequest, secret: str, now: datetime) -> None:
    """Whether whoever posts knows the secret. Raises `Refused`."""
    given = request.headers.get(SIGNATURE)
    if given is not None:
        timestamp = request.headers.get(TIMESTAMP, "")
        wanted = sign(secret.encode(), timestamp, request.body)
        if not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
            raise Refused(403, "the signature does not fit the body")
        if not _is_near(timestamp, now):
            raise Refused(403, "the signed time is too far from ours")
        return
    offered = _offered(request.headers.get("authorization", ""))
    if not hmac.compare_digest(offered.encode("utf-8", "replace"), secret.encode()):
        raise Refused(403, "the request does not show the webhook_secret")


def raw_mail(request: WebhookRequest, limit: int) -> bytes:
    """The mail in the request. Raises `Refused`, with 413 when it is over `limit` bytes."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("message/rfc822", "application/octet-stream", "text/plain"):
        raw = request.body
    elif kind == "multipart/form-data":
        raw = _field(_parts(request))
    elif kind == "application/x-www-form-urlencoded":
        raw = _field({name: value.encode() for name, value in request.form})
    else:
        raise Refused(415, "the body is neither message/rfc822 nor a form with the raw mail")
    if len(raw) > limit:
        raise Refused(413, "the mail is larger than max_mail_bytes")
    if not raw:
        raise Refused(400, "the mail is empty")
    return raw


def _is_near(timestamp: str, now: datetime) -> bool:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    return abs(int(timestamp) - now.timestamp()) <= WINDOW_SECONDS


def _offered(authorization: str) -> str:
    """The secret of an Authorization header; of Basic the password, whoever the user is."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(value.strip(), validate=True).decode().partition(":")[2]
        except (NoBase64, UnicodeDecodeError):
            return ""
    return ""


def _field(fields: Mapping[str, bytes]) -> bytes:
    for name in _RAW_FIELDS:
        if name in fields:
            return fields[name]
    raise Refused(
        400, "no field holds the raw mail; have the service post the raw, full MIME message"
    )


def _parts(request: WebhookRequest) -> Mapping[str, bytes]:
    """The fields of a multipart form (RFC 7578), each as bytes; the first of a name counts."""
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if found is None:
        raise Refused(400, "the form has no boundary")
    fields: dict[str, bytes] = {}
    for head, content in _split(request.body, b"--" + found[1].strip().encode()):
        name = _FIELD_NAME.search(head)
        if name is not None:
            fields.setdefault(name[1].decode("utf-8", "replace"), content)
    return fields


def _split(body: bytes, delimiter: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Headers and content of each part (RFC 2046, section 5.1.1): a delimiter stands at the
    beginning of a line, and the line end before it belongs to it."""
    pieces = (b"\r\n" + body).split(b"\r\n" + delimiter, _MOST_PARTS)
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return
        head, gap, content = piece.partition(b"\r\n\r\n")
        if gap:
            yield head, content
