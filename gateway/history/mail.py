"""Reading a history out of an mbox, mail by mail, so that a file may be of any size.

An mbox is told apart into mails here (RFC 4155, appendix A, and what programs write: a ">" before
a "From " in a text). What a mail says is read by the channel that has an archive of this form. Who
of its sender and receivers is the customer follows from the business's own addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from core.channel import Archived
from core.handle_addresses import AddressFault, clean_email
from core.message import Author, Handle
from gateway.customers.import_files import Faults
from gateway.history.lines import LONGEST_WORD, Reading, Told

LARGEST_MAIL = 25 * 1024 * 1024
_CHANNEL, _KIND = "email", "email"
_FROM = b"From "
_LONGEST_LINE = 1024 * 1024

ReadMail = Callable[[bytes], Archived]


def read_mbox(
    file: BinaryIO, read_mail: ReadMail, reading: Reading, faults: Faults
) -> Iterator[Told]:
    """The messages of an mbox. Mails that machines wrote to us are left out as faults."""
    own = frozenset(map(_plain, reading.own))
    for line, raw in _mails(file, faults):
        told = _told(line, read_mail(raw), own, reading, faults)
        if told is not None:
            yield told


def _mails(file: BinaryIO, faults: Faults) -> Iterator[tuple[int, bytes]]:
    """Each mail with the line of the file that it begins at."""
    begun, size, lines, blank = 0, 0, list[bytes](), True
    number = 0
    for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), start=1):
        if blank and line.startswith(_FROM):
            if begun:
                yield begun, b"".join(lines)
            begun, size, lines = number, 0, []
        elif not begun and line.strip():
            faults.add(number, "", "This is no mbox.", "Its first line begins with “From ”.")
            return
        elif size <= LARGEST_MAIL:
            # A mail that is too large is given as far as that can be seen.
            kept = line[1:] if line.lstrip(b">").startswith(_FROM) and line[:1] == b">" else line
            lines.append(kept)
            size += len(kept)
        blank = not line.strip(b"\r\n")
    if begun:
        yield begun, b"".join(lines)
    elif not faults.count:
        faults.add(max(1, number), "", "The file is empty.", "Choose an mbox with mails in it.")


def _told(
    line: int, mail: Archived, own: frozenset[str], reading: Reading, faults: Faults
) -> Told | None:
    ours = _plain(mail.sender) in own
    customer = mail.sender if not ours else _first_of_others(mail, own)
    wrong = mail.fault or _obstacle(mail, ours, customer, reading)
    if wrong is not None:
        faults.add(line, "", wrong, "It is left out.")
        return None
    try:
        handle = Handle(_KIND, clean_email(customer or ""))
    except AddressFault as fault:
        faults.add(line, "", str(fault), "It is left out.")
        return None
    assert mail.at is not None
    author = Author.CUSTOMER
    if ours:
        author = Author.AGENT if mail.machine is None else Author.BOT
    return Told(
        line=line,
        at=mail.at,
        handle=handle,
        channel=_CHANNEL,
        author=author,
        author_name=mail.sender_name[:LONGEST_WORD] or None if ours else None,
        thread=mail.thread[:LONGEST_WORD],
        subject=mail.subject[:LONGEST_WORD] or None,
        text=mail.text,
        id=mail.id[:LONGEST_WORD],
    )


def _obstacle(mail: Archived, ours: bool, customer: str | None, reading: Reading) -> str | None:
    if customer is None:
        return "It went from us to us: no customer is in it."
    if not ours and mail.machine is not None:
        return mail.machine
    if mail.at is None or mail.at > reading.now:
        return "Its Date is no time that has been."
    return None if mail.text.strip() else "There is no text of its own in it."


def _first_of_others(mail: Archived, own: frozenset[str]) -> str | None:
    return next((one for one in mail.receivers if _plain(one) not in own), None)


def _plain(address: str) -> str:
    """Without what stands behind a plus, by which mailboxes sort."""
    local, at, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
