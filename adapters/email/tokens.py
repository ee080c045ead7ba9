"""The signed keys by which a mail finds its thread, and a bounce the mail it is about.

A thread token names a conversation and never a person: whoever holds one may write into the thread
and reads nothing by it. A sent token names one mail of ours, by the key of its part: that key is
the provider id of e-mail. Both are in lower-case base32 and read in any case, since local parts get
lower-cased on their way. Nothing here parses mail or knows the time; `carriers` has where they are.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from hmac import compare_digest, digest

LIFE = timedelta(days=400)
"""How long an answer finds back into its thread."""

_EPOCH = date(1970, 1, 1)
_MAC_BYTES = 10
_CONVERSATION_BYTES = 10
_ORIGIN_BYTES = 4
_DAY_BYTES = 2
_LAST_DAY = 2 ** (8 * _DAY_BYTES) - 1
_LONGEST_KEY = 12
_NUMBER_BYTES = 8
_THREAD = "thread"
_SENT = "sent"
_ADDRESS = "address"
TOKEN = r"[a-z2-7]{30,48}"
"""What a token of either kind looks like, in lower case."""
_SHAPE = re.compile(TOKEN)


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """What a thread token says.

    `conversation` is the conversation's key, `origin` a keyed digest of the address that the thread
    began with, both as text; `until` is the last day on which the token is believed.
    """

    conversation: str
    origin: str
    until: date

    def fields(self) -> dict[str, str]:
        """Itself as part of a reply address, from which `ThreadRef.of` reads it back."""
        return {
            "thread": self.conversation,
            "origin": self.origin,
            "until": self.until.isoformat(),
        }

    @staticmethod
    def of(address: Mapping[str, str]) -> ThreadRef:
        """What a reply address says of its thread. Raises `ValueError` when it says nothing."""
        try:
            until = date.fromisoformat(address["until"])
            return ThreadRef(address["thread"], address["origin"], until)
        except KeyError as missing:
            raise ValueError(
                f"the reply address has no {missing}, so no answer finds back"
            ) from None


class Tokens:
    """Makes and reads the tokens of one account.

    The first secret signs; all of them are believed, so that a secret can be changed while answers
    to older mails are still on their way.
    """

    def __init__(self, account: str, *secrets: str) -> None:
        if not secrets:
            raise ValueError("a mailbox needs a secret to sign what answers come back with")
        self.account = account
        self._keys = tuple(
            {
                purpose: _hmac(secret.encode(), f"onethread/email/{purpose}/{account}".encode())
                for purpose in (_THREAD, _SENT, _ADDRESS)
            }
            for secret in secrets
        )

    def __repr__(self) -> str:
        return "Tokens()"

    def thread_token(self, ref: ThreadRef) -> str:
        """The token of a thread. Raises `ValueError` when a field is not as it was made here."""
        payload = _unpacked(ref.conversation, _CONVERSATION_BYTES)
        payload += _bytes_of_hex(ref.origin, _ORIGIN_BYTES) + _day_bytes(ref.until)
        return _text(payload + self._mac(_THREAD, payload))

    def read_thread(self, token: str, today: date) -> ThreadRef | None:
        """What a thread token says; nothing when it is not ours, or too old."""
        payload = self._verified(_THREAD, token)
        if payload is None:
            return None
        origin = payload[_CONVERSATION_BYTES:-_DAY_BYTES]
        until = _day(payload[-_DAY_BYTES:])
        if until < today:
            return None
        return ThreadRef(_text(payload[:_CONVERSATION_BYTES]), origin.hex(), until)

    def origin(self, address: str) -> str:
        """The digest of an address that a thread token carries. The address is folded already."""
        return self._origins(address)[0]

    def is_origin(self, ref: ThreadRef, address: str) -> bool:
        """Whether a thread began with this address, by any of the secrets."""
        return any(compare_digest(one, ref.origin) for one in self._origins(address))

    def _origins(self, address: str) -> list[str]:
        return [
            _hmac(keys[_ADDRESS], address.encode("utf-8", "surrogatepass"))[:_ORIGIN_BYTES].hex()
            for keys in self._keys
        ]

    def sent_token(self, key: str, until: date) -> str:
        """The token of one mail of ours, by the key of its part.

        Raises `ValueError` for a key that fits no address: it is a number, or at most 12 bytes.
        """
        payload = _key_bytes(key) + _day_bytes(until)
        return _text(payload + self._mac(_SENT, payload))

    def read_sent(self, token: str, today: date) -> str | None:
        """The key of the part a sent token names; nothing when it is not ours, or too old."""
        payload = self._verified(_SENT, token)
        if payload is None or _day(payload[-_DAY_BYTES:]) < today:
            return None
        return _key_of(payload[:-_DAY_BYTES])

    def _mac(self, purpose: str, payload: bytes, key: int = 0) -> bytes:
        return _hmac(self._keys[key][purpose], payload)[:_MAC_BYTES]

    def _verified(self, purpose: str, token: str) -> bytes | None:
        """The bytes that one of the secrets signed for this purpose."""
        raw = _decoded(token)
        if raw is None:
            return None
        payload, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        for key in range(len(self._keys)):
            if compare_digest(self._mac(purpose, payload, key), mac):
                return payload
        return None


def conversation_id(*names: str) -> str:
    """A conversation's key, the same for the same names: 16 characters of base32."""
    told = "\n".join(f"{len(one)}:{one}" for one in ("onethread/email/conversation", *names))
    whole = sha256(told.encode("utf-8", "surrogatepass")).digest()
    return _text(whole[:_CONVERSATION_BYTES])


def _hmac(key: bytes, message: bytes) -> bytes:
    return digest(key, message, sha256)


def _text(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def _decoded(token: str) -> bytes | None:
    folded = token.lower()
    if not _SHAPE.fullmatch(folded):
        return None
    try:
        raw = b32decode(folded.upper() + "=" * (-len(folded) % 8))
    except ValueError:
        return None
    return raw if _text(raw) == folded else None  # one way of writing it, not several


def _unpacked(text: str, size: int) -> bytes:
    raw = b32decode(text.upper() + "=" * (-len(text) % 8))
    if len(raw) != size:
        raise ValueError("the key of a mail's thread is 16 characters of base32")
    return raw


def _bytes_of_hex(text: str, size: int) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != size:
        raise ValueError("the origin of a mail's thread is 8 hexadecimal digits")
    return raw


def _day_bytes(day: date) -> bytes:
    number: int = min((day - _EPOCH).days, _LAST_DAY)
    return number.to_bytes(_DAY_BYTES, "big")


def _day(raw: bytes) -> date:
    return _EPOCH + timedelta(days=int.from_bytes(raw, "big"))


def _key_bytes(key: str) -> bytes:
    """A number in 8 bytes, or the text itself behind a byte that no number is as short as."""
    if key.isascii() and key.isdigit() and str(int(key)) == key:
        number = int(key)
        if number < 2 ** (8 * _NUMBER_BYTES):
            return b"\x00" + number.to_bytes(_NUMBER_BYTES, "big")
    raw = key.encode()
    if not 0 < len(raw) <= _LONGEST_KEY:
        raise ValueError("the key of a part has to be a number or at most 12 bytes")
    return b"\x01" + raw.rjust(_NUMBER_BYTES, b"\x00")


def _key_of(raw: bytes) -> str:
    if raw[:1] == b"\x00":
        return str(int.from_bytes(raw[1:], "big"))
    return raw[1:].lstrip(b"\x00").decode()
