"""Bytes of a mail as text, whatever they claim to be: nothing raises, nothing is unwritable.

`EmailMessage.get_content()` raises for a charset it does not know, so it is not used. It decodes
and cleans; what the text means is read elsewhere.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

_SAMPLE_BYTES = 20_000
"""What the detector looks at: enough to tell, and bounded in time."""
_NOISE = 0.2
"""At most this share of a detected text may look like noise."""
_FOREIGN = 0.3
"""Share of bytes beyond ASCII from which a text is in another alphabet than the Latin one. Below it
there is too little for a detector to go by."""
_DETECTED = (
    "cp1251 koi8_r gb18030 big5 shift_jis euc_jp euc_kr iso8859_7 cp1255 cp1256 cp874".split()
)
_LAST = "cp1252"
"""Latin-1 as the Web reads it (https://encoding.spec.whatwg.org/#names-and-labels)."""
_ASCII = bytes(range(128))
# Everything but tab and newline that no page shows and no database takes: lone surrogates too.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_NAME = re.compile(r"[a-z0-9_.:-]{1,40}")
_NAMES = {
    "iso-8859-1": _LAST,
    "latin1": _LAST,
    "unicode-1-1-utf-7": "utf-7",
    "x-gbk": "gbk",
    "ks_c_5601-1987": "cp949",
    "cp-850": "cp850",
}
_NOT_TEXT = frozenset(
    {"base64", "bz2", "hex", "quopri", "rot13", "uu", "zlib", "idna", "punycode", "undefined"}
    | {"unicode_escape", "raw_unicode_escape"}
)
"""Codecs of Python's that no mail may choose: they turn bytes into something else than text."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and whether it had to be guessed what its bytes mean."""

    text: str
    guessed: bool = False


def decode_text(raw: bytes, declared: str | None) -> Decoded:
    """By the declared charset, then UTF-8, then a detector, then Latin-1 with replacements."""
    if raw.isascii() and not _is_shifting(declared):
        return Decoded(raw.decode("ascii"))
    for name in (_codec(declared), "utf-8"):
        if name is None:
            continue
        try:
            return Decoded(raw.decode(name), guessed=name == "utf-8" != _codec(declared))
        except (UnicodeError, ValueError, LookupError):
            continue
    return Decoded(raw.decode(_detected(raw[:_SAMPLE_BYTES]) or _LAST, "replace"), guessed=True)


def _detected(raw: bytes) -> str | None:
    if len(raw.translate(None, _ASCII)) < _FOREIGN * len(raw):
        return None
    best = from_bytes(raw, threshold=_NOISE, cp_isolation=list(_DETECTED)).best()
    return None if best is None else best.encoding


def field_text(raw: bytes) -> str:
    """A header field, which ought to be ASCII and nowadays is UTF-8 (RFC 6532)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def printable(text: str) -> str:
    """Without control characters and what cannot be written down."""
    return _UNWRITABLE.sub("", text)


def _codec(declared: str | None) -> str | None:
    name = (declared or "us-ascii").strip("\"' ").lower()
    if not _NAME.fullmatch(name):
        return None
    try:
        found = codecs.lookup(_NAMES.get(name, name)).name
    except (LookupError, ValueError):
        return None
    plain = found.replace("-", "_").removesuffix("_codec")
    return None if plain in _NOT_TEXT else found


def _is_shifting(declared: str | None) -> bool:
    """Charsets whose ASCII bytes may mean other letters (RFC 1468, RFC 2152, UTF-16)."""
    name = (declared or "").strip("\"' ").lower()
    return name.startswith(
        ("iso-2022", "hz", "utf-7", "utf7", "unicode", "utf-16", "utf-32", "csiso2022")
    )
