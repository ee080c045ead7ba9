"""Pictures on their way out: Twilio loads them from us, by an address that is signed and expires.

Whoever has no signature of ours gets nothing, and nothing but the one file that is signed for. It
decides nothing about who may send what.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from core.channel import Refused, SendError, WebhookResponse

VALID = timedelta(hours=10)
"""Twilio keeps a message in its queue for as long (https://www.twilio.com/docs/api/errors/30001)."""

MOST_FILES = 10
MOST_BYTES = 5 * 1024 * 1024
"""Of one message, its files together (https://www.twilio.com/docs/messaging/guides/media-url)."""

TYPES = frozenset(
    f"{kind}/{one}"
    for kind, names in {
        "image": "jpeg jpg gif png bmp tiff webp heic heif",
        "audio": "basic L24 mp4 mpeg ogg vorbis aac amr amr-nb 3gpp 3gpp2 ac3 webm",
        "video": "mpeg mp4 quicktime webm 3gpp 3gpp2 3gpp-tt H261 H263 H264 H265",
        "text": "vcard x-vcard csv rtf richtext calendar directory",
        "application": "pdf vcard vnd.apple.pkpass",
    }.items()
    for one in names.split()
)
"""What Twilio takes (https://www.twilio.com/docs/messaging/guides/accepted-mime-types). None of
these is a page or a script that a browser would run as ours."""

_PREFIX = "file:"
_SEALED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=300",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


class MediaLinks:
    """Addresses of files below `base`, and what is there. The first of the tokens signs."""

    def __init__(
        self,
        base: str,
        tokens: Sequence[bytes],
        read_file: Callable[[str], Awaitable[bytes]],
        now: Callable[[], datetime],
    ) -> None:
        self._base = base
        # Not the token itself: what is signed here must mean nothing to Twilio.
        self._keys = [hmac.digest(one, b"pictures we send", "sha256") for one in tokens]
        self._read = read_file
        self._now = now

    def links(self, attachments: object) -> list[str]:
        """The addresses of a payload's files, good from now for ten hours. Raises `SendError`."""
        if not isinstance(attachments, list | tuple):
            return []
        return [self._link(one) for one in attachments]

    async def answer(self, query: Mapping[str, str]) -> WebhookResponse:
        """The file that an address of ours stands for. Raises `Refused`."""
        file, media_type, until = (query.get(name, "") for name in ("file", "type", "until"))
        given = query.get("sign", "").encode("utf-8", "replace")
        signed = [
            hmac.compare_digest(_sign(key, file, media_type, until), given) for key in self._keys
        ]
        if not any(signed):
            raise Refused(403, "the picture's address is not signed by this account")
        if int(until) < self._now().timestamp():
            raise Refused(410, "the picture's address has expired")
        try:
            content = await self._read(_PREFIX + file)
        except LookupError:
            raise Refused(404, "the picture is not kept here any more") from None
        return WebhookResponse(200, content, media_type, _SEALED)

    def _link(self, described: object) -> str:
        reference, media_type = "", ""
        if isinstance(described, Mapping):
            reference = str(described.get("reference", ""))
            media_type = str(described.get("media_type", ""))
        if not reference.startswith(_PREFIX) or media_type not in TYPES:
            raise SendError("A picture of the message is none that can be sent.")
        file = reference.removeprefix(_PREFIX)
        until = str(int((self._now() + VALID).timestamp()))
        sign = _sign(self._keys[0], file, media_type, until).decode()
        query = {"file": file, "type": media_type, "until": until, "sign": sign}
        return f"{self._base}/media?{urlencode(query)}"


def _sign(key: bytes, file: str, media_type: str, until: str) -> bytes:
    text = "\n".join((file, media_type, until)).encode("utf-8", "replace")
    return hmac.digest(key, text, "sha256").hex().encode()
