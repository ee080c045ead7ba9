"""Composes one mail of ours: headers, plain text and HTML, files, and what an answer comes back by.

Pure: values in, bytes out, the same bytes for the same values. Nothing a customer wrote can begin a
header line of ours: whatever goes into a header is put on one line and encoded here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from hashlib import sha256

from adapters.email.carriers import bounce_address, marker, plus_address
from adapters.email.carriers import message_id as own_message_id
from adapters.email.config import EmailConfig
from adapters.email.sending.header_lines import LONGEST_NAME, header_block, mailbox, one_line, words
from adapters.email.tokens import ThreadRef, Tokens
from core.message import Author

_FOOTER = "\n\n-- \n{marker}\n"
_FOOTER_HTML = '<p style="color:#999999;font-size:11px;margin-top:24px">{marker}</p>\n'
_DOCUMENT = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{html}</body></html>\n'
)
_FOOTER_SEEN = re.compile(r"\n+-- \n\[ref:[A-Za-z0-9]+\]\s*\Z")
_RE = re.compile(r"^(?:\s*re\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_MOST_REFERENCES = 20
_LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class File:
    """One file that goes along."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one part says and where it goes. `address` is the frozen reply address."""

    key: str
    address: Mapping[str, str]
    text: str
    html: str
    author: Author = Author.BOT
    author_name: str | None = None
    files: Sequence[File] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail ready to be handed in: its envelope and its bytes."""

    message_id: str
    sender: str
    recipient: str
    raw: bytes = field(repr=False)

    @property
    def needs_utf8(self) -> bool:
        """Whether the server has to know SMTPUTF8 (RFC 6531) to take it."""
        return not (self.sender + self.recipient).isascii()

    def carrying(self, raw: bytes) -> Composed:
        """The same mail with other bytes: signed ones."""
        return replace(self, raw=raw)


class Unsendable(Exception):
    """The mail cannot be composed; says in words why."""


def compose(letter: Letter, config: EmailConfig, tokens: Tokens, now: datetime) -> Composed:
    """The mail. Raises `Unsendable`."""
    recipient = bare_address(letter.address.get("to", ""))
    ours = letter.address.get("from", "")
    ours = ours if ours in config.own_addresses else config.address
    try:
        ref = ThreadRef.of(letter.address)
        thread = tokens.thread_token(ref)
        # Its day comes from the address, not from the clock: another attempt has the same id.
        sent = tokens.sent_token(letter.key, ref.until)
    except ValueError as error:
        raise Unsendable(f"The mail cannot be marked for answers: {error}.") from error
    ours = _ascii_domain(ours)
    message_id = own_message_id(thread, sent, ours.rpartition("@")[2])
    headers = _headers(letter, config, ours, recipient, message_id, now)
    if config.plus_addressing:
        reply_to = mailbox(_from_name(letter, config), plus_address(ours, thread))
        headers.insert(1, ("Reply-To", reply_to))
    body = _body(letter, thread, message_id)
    raw = header_block(headers) + body.as_bytes(policy=policy.SMTP)
    return Composed(message_id, _envelope(config, ours, sent), recipient, raw)


def without_footer(text: str) -> str:
    """The text of a mail of ours as it was written."""
    return _FOOTER_SEEN.sub("", text)


def subject_of(subject: str, default: str) -> str:
    """The subject of an answer: exactly one `Re:` (RFC 5322, section 3.6.5), on one line."""
    topic = _RE.sub("", one_line(subject))[:_LONGEST_SUBJECT].strip()
    return f"Re: {topic}" if topic else default


def _headers(
    letter: Letter,
    config: EmailConfig,
    ours: str,
    recipient: str,
    message_id: str,
    now: datetime,
) -> list[tuple[str, str]]:
    address = letter.address
    name = "" if letter.address.get("name") is None else letter.address["name"]
    answered = _ids(address.get("in_reply_to", ""))[-1:]
    references = [
        *(one for one in _ids(address.get("references", "")) if one not in answered),
        *answered,
    ]
    if len(references) > _MOST_REFERENCES:
        references = [references[0], *references[1 - _MOST_REFERENCES :]]
    headers = [
        ("From", mailbox(_from_name(letter, config), ours)),
        ("To", mailbox(name, recipient)),
        ("Subject", words(subject_of(address.get("subject", ""), config.answers_subject), 9)),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id),
    ]
    if references:
        headers += [("In-Reply-To", references[-1]), ("References", " ".join(references))]
    if letter.author is Author.BOT:
        # RFC 3834, section 5; and Microsoft's own word for the same, which asks for no answer.
        headers += [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")]
    return headers


def _from_name(letter: Letter, config: EmailConfig) -> str:
    if letter.author is Author.AGENT and letter.author_name:
        brand = f" ({config.display_name})" if config.display_name else ""
        return f"{letter.author_name}{brand}"
    return config.display_name


def _envelope(config: EmailConfig, ours: str, sent: str) -> str:
    """The envelope sender, by which a bounce names its mail without being read (VERP)."""
    if config.bounce_domain:
        domain = _ascii_domain(f"bounces@{config.bounce_domain}").rpartition("@")[2]
        return bounce_address(f"bounces@{domain}", sent)
    return bounce_address(ours, sent) if config.plus_addressing else ours


def _body(letter: Letter, thread: str, message_id: str) -> EmailMessage:
    """Plain text and HTML of the same, then the files; boundaries that no part can hold."""
    mail = EmailMessage(policy=policy.SMTP)
    mark = marker(thread)
    text = _clean_text(letter.text).rstrip("\n") + _FOOTER.format(marker=mark)
    html = _clean_text(letter.html) + "\n" + _FOOTER_HTML.format(marker=mark)
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    document = _DOCUMENT.format(html=html)
    mail.add_alternative(document, subtype="html", charset="utf-8", cte="quoted-printable")
    for one in letter.files:
        main, sub = _media_type(one.media_type)
        name = one_line(one.name).replace("/", "_")[:LONGEST_NAME] or "file"
        mail.add_attachment(one.content, maintype=main, subtype=sub, filename=name)
    _mark_boundaries(mail, sha256(message_id.encode()).hexdigest()[:32])
    return mail


def _mark_boundaries(mail: MIMEPart, unique: str) -> None:
    """`=_` is in no quoted-printable line and in no base64 one (RFC 2045, section 6.7)."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{unique}_{number}")


def _media_type(value: str) -> tuple[str, str]:
    """A type that a part of a mail can have; anything else goes as plain bytes."""
    found = re.fullmatch(r"([a-z]+)/([a-z0-9.+-]{1,100})", value.lower())
    if found is None or found[1] in ("multipart", "message"):
        return "application", "octet-stream"
    return found[1], found[2]


def _clean_text(text: str) -> str:
    """Without characters that mail may not carry, and with one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode()


def _ids(text: str) -> list[str]:
    return _MESSAGE_ID.findall(text)


def bare_address(address: str) -> str:
    """The address as it goes into envelope and header. Raises `Unsendable`."""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>,;:()\[\]\\\"\x00-\x1f\x7f]", address):
        raise Unsendable("The address is not one that mail can be sent to.")
    return _ascii_domain(address)


def _ascii_domain(address: str) -> str:
    """With its domain in the form every server knows (RFC 5891)."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise Unsendable("The domain of the address cannot be written in ASCII.") from None
