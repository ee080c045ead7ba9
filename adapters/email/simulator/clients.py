"""The customers' side of the simulated mailbox service: what their mail clients write.

It composes new mails and replies as common clients do, quoting what they answer, and the bounce a
server sends. It reads our mails only as any mail client would.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, make_msgid
from html import escape

from adapters.email.sending.compose import without_footer
from adapters.email.sending.header_lines import header_block, mailbox, words

_FROM = re.compile(rb"^From:[^\n]*?([^\s<>\",;:()]+@[^\s<>\",;:()]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody writes. `answers` are the raw bytes of the mail that is replied to."""

    sender: str
    to: str
    text: str
    subject: str
    at: datetime
    message_id: str
    name: str | None = None
    html: str | None = None
    attachments: Sequence[tuple[str, str, bytes]] = ()
    cc: Sequence[str] = ()
    answers: bytes | None = None
    quote: bool = True


def new_message_id(sender: str, unique: str) -> str:
    """An id as a client in the sender's domain makes it."""
    return f"<{unique}@{sender.rpartition('@')[2]}>"


def write_mail(draft: Draft) -> bytes:
    """The mail as the client hands it to its server."""
    answered = None if draft.answers is None else read(draft.answers)
    text, html = draft.text, draft.html or _as_html(draft.text)
    headers = [
        ("From", mailbox(draft.name or "", draft.sender)),
        ("To", draft.to if answered is None else reply_address(answered)),
        ("Subject", words(draft.subject if answered is None else _re(answered), 9)),
        ("Date", format_datetime(draft.at)),
        ("Message-ID", draft.message_id),
        ("User-Agent", "Simulated Mail 1.0"),
    ]
    if draft.cc:
        headers.append(("Cc", ", ".join(draft.cc)))
    if answered is not None:
        identity = str(answered["Message-ID"])
        earlier = str(answered["References"] or "").split()
        headers += [("In-Reply-To", identity), ("References", " ".join((*earlier, identity)))]
        if draft.quote:
            text, html = _with_quote(text, html, answered)
    mail = EmailMessage()
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, media_type, content in draft.attachments:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return header_block(headers) + mail.as_bytes(policy=policy.SMTP)


def bounce_of(raw: bytes, recipient: str, postmaster: str, at: datetime) -> bytes:
    """What a server sends back when nobody is there (RFC 3464)."""
    original = read(raw)
    boundary = "=_report"
    domain = postmaster.rpartition("@")[2]
    headers = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    lines = [
        f"From: Mail Delivery System <{postmaster}>",
        f"To: {original['From']}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {make_msgid(domain=domain)}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        f"Your mail to <{recipient}> could not be delivered: 550 5.1.1 no such user here.",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; {domain}",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 no such user here",
        "",
        f"--{boundary}",
        "Content-Type: text/rfc822-headers",
        "",
        headers,
        "",
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode()


def read(raw: bytes) -> EmailMessage:
    """A mail as a client sees it."""
    return message_from_bytes(raw, policy=policy.default)


def plain_of(mail: EmailMessage) -> str:
    """Its plain text, with the line ends of a text; of a broken mail, the bytes as they are."""
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        text = str(body.get_content())
    except (LookupError, ValueError):
        text = bytes(body.get_payload(decode=True) or b"").decode("latin-1")
    return text.replace("\r\n", "\n").rstrip("\n")


def origin_of(raw: bytes) -> str:
    """The first address in the first From of a mail, however broken it is; "" without any."""
    found = _FROM.search(raw.partition(b"\r\n\r\n")[0])
    return "" if found is None else found[1].decode("utf-8", "replace")


def shown_text(mail: EmailMessage) -> str:
    """What the customer reads of a mail of ours: the text above its footer."""
    return without_footer(plain_of(mail))


def reply_address(mail: EmailMessage) -> str:
    """Where a reply to this mail goes (RFC 5322, section 3.6.3)."""
    values = mail.get_all("Reply-To") or mail.get_all("From") or []
    return next((address for _, address in getaddresses([str(one) for one in values])), "")


def _re(answered: EmailMessage) -> str:
    subject = str(answered["Subject"] or "")
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _as_html(text: str) -> str:
    lines = escape(text, quote=False).replace("\n", "<br>\n")
    return f'<div dir="ltr">{lines}</div>\n'


def _with_quote(text: str, html: str, answered: EmailMessage) -> tuple[str, str]:
    """The reply above what it answers, as Gmail writes it."""
    original = plain_of(answered)
    head = f"On {answered['Date']}, {answered['From']} wrote:"
    quoted = "\n".join(f"> {line}" if line else ">" for line in original.split("\n"))
    body = answered.get_body(preferencelist=("html",))
    inner = str(body.get_content()) if body is not None else _as_html(original)
    block = (
        f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(head)}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{inner}</blockquote></div>\n'
    )
    return f"{text}\n\n{head}\n\n{quoted}\n", f"{html}<br>{block}"
