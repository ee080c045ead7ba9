"""Reads a raw mail into one frozen value: who, when, what is said, and which files came along.

Every text is decoded and free of what cannot be written down; what had to be left out is said in
`notes`. It proves nothing, decides nothing and looks for no quotes. Raises `Unreadable` for what is
too big or beyond the limits, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from adapters.email.parsing.bodies import Body, read_body
from adapters.email.parsing.headers import (
    Address,
    AddressList,
    addresses,
    date_of,
    ids,
    unfold,
    words,
)
from adapters.email.parsing.parts import Fields, Unreadable, take_apart
from core.message import Attachment

_ANGLE = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Report:
    """A part that a machine wrote for machines, such as a delivery status (RFC 3464)."""

    media_type: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it stands. Times are UTC.

    `senders` are all addresses of all From fields; `sender_fault` says in words why they do not
    name one sender. `message_id`, `in_reply_to` and `references` are taken from the raw fields,
    with their brackets. `return_path` is empty for `<>`. `text` is the whole text; it was made
    from `html` when `from_html`. `html` is as dangerous as it came.
    """

    fields: Fields
    media_type: str
    senders: tuple[Address, ...]
    sender_fault: str | None
    reply_to: AddressList
    to: AddressList
    cc: AddressList
    subject: str
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    return_path: str | None
    text: str = field(repr=False)
    from_html: bool
    html: str | None = field(repr=False)
    attachments: tuple[Attachment, ...]
    reports: tuple[Report, ...]
    notes: tuple[str, ...]

    @property
    def sender(self) -> Address | None:
        """Who wrote, if it is exactly one."""
        return self.senders[0] if self.senders and self.sender_fault is None else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Every field of this name on one line each, topmost first."""
        return tuple(unfold(value) for value in self.fields.all(name))


def read_mail(raw: bytes, max_bytes: int) -> Mail:
    """The mail. Raises `Unreadable` with the reason."""
    if len(raw) > max_bytes:
        raise Unreadable(f"The mail is larger than {max_bytes // 1024} KiB.")
    whole = take_apart(raw)
    fields = whole.fields
    body: Body = read_body(whole)
    senders = addresses(fields.all("from"), groups=False)
    own_ids = ids(fields.all("message-id"))
    return Mail(
        fields=fields,
        media_type=whole.media_type,
        senders=senders.addresses,
        sender_fault=_sender_fault(fields, senders),
        reply_to=addresses(fields.all("reply-to")),
        to=addresses(fields.all("to")),
        cc=addresses(fields.all("cc")),
        subject=words(fields.first("subject") or ""),
        message_id=own_ids[0] if own_ids else None,
        in_reply_to=ids(fields.all("in-reply-to")),
        references=ids(fields.all("references")),
        date=date_of(fields.first("date") or ""),
        return_path=_return_path(fields),
        text=body.text,
        from_html=body.from_html,
        html=body.html,
        attachments=body.files,
        reports=tuple(Report(kind, text) for kind, text in body.reports),
        notes=body.notes,
    )


def _sender_fault(fields: Fields, senders: AddressList) -> str | None:
    """RFC 7489, section 6.6.1: with several senders there is no telling whose domain counts."""
    if len(fields.all("from")) > 1:
        return "The mail has several From fields, so nobody can tell who wrote it."
    if len(senders.addresses) > 1:
        return "The mail names several senders, so nobody can tell who wrote it."
    if not senders.sound:
        return "The mail's From is not one address, so nobody can tell who wrote it."
    return None


def _return_path(fields: Fields) -> str | None:
    value = fields.first("return-path")
    if value is None:
        return None
    found = _ANGLE.search(value)
    return (found[1] if found else value).strip()
