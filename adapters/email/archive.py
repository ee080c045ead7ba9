"""One mail out of an archive, such as an mbox: what was written then, and between whom.

Nothing of it is proved: the server that took it in may have checked its sender, or not. It is read
as a mail that comes in is, and never raises.
"""

from __future__ import annotations

from adapters.email.parsing.headers import Address
from adapters.email.parsing.mime import Mail, read_mail
from adapters.email.parsing.parts import Unreadable
from adapters.email.receiving.inbound import newest_words
from adapters.email.receiving.loops import why_not_answer
from adapters.email.receiving.reading import MAX_MAIL_BYTES
from adapters.email.threads import bare_subject, recipients, root_of
from core.channel import Archived


def read_archived(raw: bytes) -> Archived:
    """What the mail is."""
    try:
        mail = read_mail(raw, MAX_MAIL_BYTES)
    except Unreadable as error:
        return Archived(fault=error.reason)
    sender = mail.sender
    if sender is None:
        return Archived(fault=mail.sender_fault or "Its From holds no address.")
    return Archived(
        sender=sender.address,
        sender_name=sender.name,
        receivers=_receivers(mail, sender),
        at=mail.date,
        text=newest_words(mail),
        subject=bare_subject(mail.subject),
        id=mail.message_id or "",
        thread=root_of(mail) or "",
        machine=why_not_answer(mail, lambda address: False),
    )


def _receivers(mail: Mail, sender: Address) -> tuple[str, ...]:
    """Whom it went to, those it is addressed to first."""
    addressed = (one.address for one in (*mail.to.addresses, *mail.cc.addresses))
    found = dict.fromkeys((*addressed, *recipients(mail)))
    return tuple(one for one in found if one != sender.address)
