"""Finds the conversation a mail belongs to: by a signed token, or by who proved to have begun it.

Never by its subject, and never by a Message-ID alone: everybody who got a copy knows those. So the
key of a conversation that nobody of us has answered yet is made of the root's id *and* its proved
sender; a mail whose sender is not proved begins one of its own unless it carries a token. Nothing
is looked up: the key is computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from adapters.email.carriers import thread_token_in_address, tokens_in_ids, tokens_in_text
from adapters.email.parsing.headers import addresses
from adapters.email.parsing.mime import Mail
from adapters.email.tokens import LIFE, ThreadRef, Tokens, conversation_id

_RECIPIENT_FIELDS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_MOST_RECIPIENTS = 200
_MOST_REFERENCES = 20
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
"""An id that can be written into a field again: printable ASCII without spaces."""
_REPLY = re.compile(
    r"^(?:(?:re|fw|fwd|aw|wg|sv|vs|vl|vb|antw|ant|tr|rv|res|enc|odp|pd|ynt|ilt|i|r|rif|ref|bls|doorst"
    r"|回复|回覆|答复|转发|轉寄|返信|転送)"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]\s*)+",
    re.IGNORECASE,
)
"""What mail programs of many languages put before the subject of an answer."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who begins a thread or writes into one: an address, and whether it is proved."""

    address: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation of a mail, as answers to it carry it on.

    `joined` is by a token of ours; `original` says that the token's thread began with this writer.
    """

    ref: ThreadRef
    joined: bool
    original: bool


def thread_of(mail: Mail, writer: Writer, event_id: str, tokens: Tokens, today: date) -> Thread:
    """Which conversation the mail belongs to."""
    found = _signed(mail, writer, tokens, today)
    if found is None:
        return own_thread(mail, writer, event_id, tokens, today)
    original = tokens.is_origin(found, writer.address)
    origin = tokens.origin(writer.address) if original else found.origin
    return Thread(ThreadRef(found.conversation, origin, today + LIFE), True, original)


def own_thread(mail: Mail, writer: Writer, event_id: str, tokens: Tokens, today: date) -> Thread:
    """The conversation of a mail that carries no token of ours.

    A proved writer's mails hang together by their first id, since whoever copies that id is not
    them. An unproved writer's mail stands alone, and so does one without an id.
    """
    root = root_of(mail)
    if writer.proved and root is not None:
        key = conversation_id(tokens.account, "proved", writer.address, root)
    else:
        key = conversation_id(tokens.account, "alone", event_id)
    return Thread(ThreadRef(key, tokens.origin(writer.address), today + LIFE), False, True)


def root_of(mail: Mail) -> str | None:
    """The first mail of the thread as mail programs tell it (RFC 5322, section 3.6.4)."""
    for ids in (mail.references, mail.in_reply_to):
        if ids:
            return ids[0]
    return mail.message_id


def _signed(mail: Mail, writer: Writer, tokens: Tokens, today: date) -> ThreadRef | None:
    """What the best token says. Of several of its thread, one that began with the writer: after a
    change of the secret, only tokens of the same secret know the same origin."""
    best: ThreadRef | None = None
    for token in _found(mail):
        ref = tokens.read_thread(token, today)
        if ref is None or (best is not None and ref.conversation != best.conversation):
            continue
        if tokens.is_origin(ref, writer.address):
            return ref
        best = best or ref
    return best


def _found(mail: Mail) -> Iterator[str]:
    """Everything shaped like a thread token: in addresses, then in ids, then in the text."""
    for address in recipients(mail):
        token = thread_token_in_address(address)
        if token is not None:
            yield token
    for thread, _ in tokens_in_ids((*mail.in_reply_to, *reversed(mail.references))):
        yield thread
    yield from tokens_in_text(mail.text if mail.html is None else f"{mail.text}\n{mail.html}")


def recipients(mail: Mail) -> tuple[str, ...]:
    """The addresses a mail came to, as its fields and the servers on the way tell."""
    values = [value for name in _RECIPIENT_FIELDS for value in mail.fields.all(name)]
    found = dict.fromkeys(one.address for one in addresses(values).addresses)
    return tuple(found)[:_MOST_RECIPIENTS]


def answering_ids(mail: Mail) -> tuple[str, str]:
    """In-Reply-To and References of an answer to this mail; empty where it has no usable id.

    RFC 5322, section 3.6.4: its References, or else its only In-Reply-To, and its own id behind.
    Of many the first is kept, by which programs find the thread, and the last ones.
    """
    own = mail.message_id if mail.message_id and _ID.fullmatch(mail.message_id) else ""
    before = mail.references or (mail.in_reply_to if len(mail.in_reply_to) == 1 else ())
    usable = [one for one in before if _ID.fullmatch(one) and one != own]
    if len(usable) > _MOST_REFERENCES:
        usable = [usable[0], *usable[-_MOST_REFERENCES + 1 :]]
    return own, " ".join([*usable, own] if own else usable)


def bare_subject(subject: str) -> str:
    """A subject without what answers and forwards put before it."""
    return _REPLY.sub("", subject).strip()
