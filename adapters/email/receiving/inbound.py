"""One raw mail as what it is to us: a message, a delivery update, or something to look at.

It puts the other modules' answers together and decides nothing of its own about proof, threads or
loops. Nothing raises, whatever the bytes are: what cannot be read is parked with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from adapters.email.newest.html_stripping import newest_reply_html
from adapters.email.newest.stripping import newest_reply
from adapters.email.parsing.authentication import prove
from adapters.email.parsing.authors import Author, author_of, claims_of
from adapters.email.parsing.mime import Mail, read_mail
from adapters.email.parsing.parts import Unreadable
from adapters.email.parsing.sanitising import safe_html
from adapters.email.receiving.bounces import bounce_of
from adapters.email.receiving.event_ids import event_id_of
from adapters.email.receiving.loops import why_not_answer
from adapters.email.receiving.reading import Reading
from adapters.email.threads import (
    Thread,
    Writer,
    answering_ids,
    bare_subject,
    own_thread,
    recipients,
    thread_of,
)
from adapters.email.tokens import Tokens
from core.channel import Received
from core.message import Assurance, Audience, Handle, InboundMessage, Original, Parked, Place

CHANNEL = "email"
KIND = "email"
"""The kind of handle of an address that a trusted server vouches for."""
UNPROVED_KIND = "unproved-email"
"""The kind of handle of an address that nobody vouches for: it stands for one thread alone."""

MAX_TEXT = 20_000
"""Characters of the newest words that the pipeline gets; people see the whole."""
_FEW_WORDS = 3
_OLDEST = timedelta(days=30)
"""A mail's own date is believed that far back; it was on its way, or we were not there."""
_WORD = re.compile(r"\w+")
_UNTITLED = "(no subject)"
_NO_NAMES = "A mail without a sender"
_BROKEN = "A mail that cannot be read"
_STRAY_BOUNCE = "A notice about a mail that could not be delivered"
_PROVED_BY_TOKEN = "Our last answer in this thread went to this address, and this mail answers it."


def translate(raw: bytes, *, reading: Reading, tokens: Tokens, now: datetime) -> Received:
    """What a raw mail means. `now` is aware UTC."""
    event_id = event_id_of(raw)
    try:
        mail = read_mail(raw, reading.max_bytes)
    except Unreadable as error:
        return park(raw, event_id, _BROKEN, error.reason, reading, now)
    bounce = bounce_of(mail, tokens, now.date())
    if bounce is not None:
        update = bounce.update(reading.account)
        if update is not None:
            return Received(updates=[update])
        reason = "It names no mail of ours, so it changes nothing. It may be forged."
        return park(raw, event_id, _STRAY_BOUNCE, reason, reading, now)
    if not mail.senders:
        reason = "Its From holds no address, so there is nobody to answer."
        return park(raw, event_id, _NO_NAMES, reason, reading, now)
    return Received(messages=[_message(mail, raw, event_id, reading, tokens, now)])


def park(
    raw: bytes, event_id: str, title: str, reason: str, reading: Reading, now: datetime
) -> Received:
    """A mail that waits for a person to look at it."""
    return Received(parked=[Parked(reading.account, event_id, title, reason, raw, now)])


def _message(
    mail: Mail, raw: bytes, event_id: str, reading: Reading, tokens: Tokens, now: datetime
) -> InboundMessage:
    author = author_of(mail, prove(mail, reading.authserv_ids), reading)
    writer = Writer(author.address.address, author.proved)
    find = own_thread if author.alone else thread_of
    thread = find(mail, writer, event_id, tokens, now.date())
    assurance, evidence = _proof(author, thread)
    key = thread.ref.conversation
    return InboundMessage(
        account=reading.account,
        channel=CHANNEL,
        event_id=event_id,
        conversation_key=key,
        sender=_handle(author, key),
        assurance=assurance,
        evidence=evidence,
        text=newest_words(mail),
        reply_address=_reply_address(mail, author, thread, reading),
        sent_at=_sent_at(mail, now),
        audience=_audience(mail, author, reading),
        attachments=mail.attachments,
        claims=claims_of(mail, author),
        place=Place(key, bare_subject(mail.subject) or _UNTITLED),
        original=_original(mail, raw),
        needs_person=author.obstacle or why_not_answer(mail, reading.own_address),
    )


def _handle(author: Author, key: str) -> Handle:
    """A forged From never touches the record of the address's owner."""
    if author.proved:
        return Handle(KIND, author.address.address)
    return Handle(UNPROVED_KIND, f"{author.address.address}/{key}")


def _proof(author: Author, thread: Thread) -> tuple[Assurance, str]:
    """Who answers our mail to an address has read it there: enough for what was said in it."""
    by_token = thread.joined and thread.original and author.obstacle is None
    if by_token and author.assurance < Assurance.ASSERTED:
        return Assurance.ASSERTED, _PROVED_BY_TOKEN
    return author.assurance, author.evidence


def newest_words(mail: Mail) -> str:
    """The newest words. Where a thread begins with hardly any, its subject tells the matter."""
    if mail.from_html and mail.html is not None:
        newest = newest_reply_html(mail.html).text
    else:
        newest = newest_reply(mail.text).text
    text = newest[:MAX_TEXT].strip()
    begins = not mail.in_reply_to and not mail.references
    subject = mail.subject if begins and bare_subject(mail.subject) == mail.subject else ""
    if subject and len(_WORD.findall(text)) <= _FEW_WORDS:
        return f"{subject}\n\n{text}".strip()
    return text


def _reply_address(
    mail: Mail, author: Author, thread: Thread, reading: Reading
) -> Mapping[str, str]:
    """Everything an answer needs, and nobody but the author to send it to."""
    in_reply_to, references = answering_ids(mail)
    told = {
        "to": author.address.address,
        "name": author.address.name,
        "from": _written_to(mail, reading),
        "subject": mail.subject,
        "in_reply_to": in_reply_to,
        "references": references,
        **thread.ref.fields(),
    }
    return {name: value for name, value in told.items() if value}


def _written_to(mail: Mail, reading: Reading) -> str:
    """Which of our addresses the mail was written to, so that the answer comes from there."""
    for address in recipients(mail):
        own = reading.own_address(address)
        if own is not None:
            return own
    return reading.address


def _audience(mail: Mail, author: Author, reading: Reading) -> Audience:
    """A room, when anybody else got a copy, or when nobody can tell who did."""
    if not mail.to.sound or not mail.cc.sound:
        return Audience.ROOM
    known = {author.address.address, *(one.address for one in mail.senders)}
    others = (
        one.address
        for one in (*mail.to.addresses, *mail.cc.addresses)
        if one.address not in known and reading.own_address(one.address) is None
    )
    return Audience.ROOM if any(others) else Audience.ONE


def _original(mail: Mail, raw: bytes) -> Original:
    """The whole mail for people, with what had to be left out said below."""
    notes = "".join(f"\n[{note}]" for note in mail.notes)
    html = None if mail.html is None else safe_html(mail.html)
    return Original(f"{mail.text}\n{notes}" if notes else mail.text, html, raw)


def _sent_at(mail: Mail, now: datetime) -> datetime:
    """When it was sent by its own word, as far as that can be."""
    at = mail.date
    return at if at is not None and now - _OLDEST <= at <= now else now
