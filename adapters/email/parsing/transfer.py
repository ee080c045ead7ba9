"""Undoes a part's transfer encoding (RFC 2045, section 6), as far as broken data lets it.

Bytes in, bytes out; nothing raises. What is declared and unknown is left as it is.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp

from adapters.email.parsing.parts import Part

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decoded(part: Part) -> bytes:
    """The content of a part."""
    encoding = (part.fields.first("content-transfer-encoding") or "").strip().lower()
    if encoding == "base64":
        return _base64(part.raw)
    if encoding == "quoted-printable":
        return a2b_qp(part.raw)
    return part.raw


def _base64(raw: bytes) -> bytes:
    try:
        return a2b_base64(raw)
    except Error:
        letters = _NOT_BASE64.sub(b"", raw)
        whole = letters[: len(letters) - (len(letters) % 4 == 1)]  # one letter alone is no byte
        return a2b_base64(whole + b"=" * (-len(whole) % 4))
