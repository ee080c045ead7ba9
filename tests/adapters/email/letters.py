"""Raw mails for tests of how mail is read, written by hand so that they may be broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from adapters.email.parsing.mime import Mail, read_mail
from adapters.email.receiving.inbound import translate
from adapters.email.receiving.reading import MAX_MAIL_BYTES, Reading
from adapters.email.tokens import LIFE, ThreadRef, Tokens, conversation_id
from core.channel import Received
from core.message import InboundMessage, Parked

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
US = "support@shop.example"
ANN = "ann@customer.example"
SERVER = "mx.shop.example"
READING = Reading(
    "mail", US, frozenset({US, "orders@shop.example"}), frozenset({SERVER}), frozenset()
)
SECRET = "a-secret-of-32-letters-for-tests"
TOKENS = Tokens("mail", SECRET)

Headers = Sequence[tuple[str, str]]


def proved(domain: str = "customer.example", server: str = SERVER) -> tuple[str, str]:
    """The verdict of the border server that the mail is of this domain."""
    return "Authentication-Results", f"{server}; dmarc=pass (p=REJECT) header.from={domain}"


def raw_mail(
    body: str | bytes = "Where is my order 1042, please?",
    *more: tuple[str, str],
    without: Sequence[str] = (),
    sender: str = f"Ann Bee <{ANN}>",
    to: str = US,
    subject: str = "An order",
    message_id: str = "<first@customer.example>",
) -> bytes:
    """A mail with headers before the usual ones; `without` leaves some of those out."""
    usual = [
        ("From", sender),
        ("To", to),
        ("Subject", subject),
        ("Message-ID", message_id),
        ("Date", "Fri, 15 Jan 2027 07:30:00 +0000"),
    ]
    headers = [*more, *(one for one in usual if one[0] not in without)]
    block = "".join(f"{name}: {value}\r\n" for name, value in headers)
    content = body if isinstance(body, bytes) else body.encode()
    return block.encode("utf-8", "surrogateescape") + b"\r\n" + content


def parts_mail(
    *parts: tuple[str, str | bytes],
    kind: str = 'multipart/mixed; boundary="==b"',
    more: Headers = (),
    **fields: str,
) -> bytes:
    """A mail of several parts, each given by its header lines and its content."""
    pieces = [
        b"--==b\r\n"
        + head.encode()
        + b"\r\n\r\n"
        + (text if isinstance(text, bytes) else text.encode())
        for head, text in parts
    ]
    body = b"\r\n".join(pieces) + b"\r\n--==b--\r\n"
    return raw_mail(body, ("Content-Type", kind), *more, **fields)


def read(raw: bytes) -> Mail:
    """The mail as it is read. Raises `Unreadable`."""
    return read_mail(raw, MAX_MAIL_BYTES)


def received(raw: bytes, reading: Reading = READING, tokens: Tokens = TOKENS) -> Received:
    """What the mail means."""
    return translate(raw, reading=reading, tokens=tokens, now=NOW)


def message(raw: bytes, reading: Reading = READING, tokens: Tokens = TOKENS) -> InboundMessage:
    """The one message of the mail."""
    told = received(raw, reading, tokens)
    [one] = told.messages
    assert not told.updates and not told.parked
    return one


def parked(raw: bytes, reading: Reading = READING) -> Parked:
    """What the mail is parked as."""
    told = received(raw, reading)
    [one] = told.parked
    assert not told.updates and not told.messages
    return one


def thread(address: str = ANN, tokens: Tokens = TOKENS, name: str = "a thread") -> ThreadRef:
    """A thread that began with this address."""
    return ThreadRef(conversation_id("mail", name), tokens.origin(address), NOW.date() + LIFE)
