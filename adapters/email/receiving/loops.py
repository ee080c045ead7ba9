"""Says of a mail why no machine may answer it, in words for the person who then reads it.

Two machines that answer each other never stop. The signs are those of RFC 3834 and of what mail
programs do besides. `X-Auto-Response-Suppress` is none: it asks not to be answered by machines, and
many a mail of a person carries it (MS-OXCMAIL, section 2.2.3.2.14).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from adapters.email.parsing.mime import Mail

_HUMAN = frozenset({"", "no"})
"""RFC 3834, section 5: `no` is the word for a mail that a person wrote."""
_PRECEDENCE = frozenset({"bulk", "junk", "list"})
_COMMENT = re.compile(r"\([^()]*\)")
_REPORT = "multipart/report"
_NO_REPLY = re.compile(
    r"(?:no|do|dont|do[-_.]?not|never)[-_.]?(?:reply|answer|respond)(?:[-_.+].*)?"
    r"|(?:.+[-_.])?no[-_.]?reply"
    r"|nicht[-_.]?antworten|keine[-_.]?antwort|ne[-_.]?pas[-_.]?repondre"
    r"|no[-_.]?responder|n[aã]o[-_.]?responda|non[-_.]?rispondere"
    r"|bounces?(?:[-_.+].*)?"
)
_DAEMON = re.compile(r"mailer[-_.]?daemon|mail[-_.]?daemon")


def why_not_answer(mail: Mail, own_addresses: Callable[[str], object]) -> str | None:
    """The reason, or nothing when a machine may answer.

    `own_addresses` gives something true for each of our own addresses.
    """
    for says, reason in _SIGNS.items():
        if says(mail):
            return reason
    for sender in mail.senders:
        if own_addresses(sender.address):
            return "It comes from one of our own addresses."
        if is_no_reply(sender.address):
            return "Its sender takes no answers: the address says so."
    return None


def is_no_reply(address: str) -> bool:
    """Whether the address says that nobody reads what is sent to it."""
    local = address.rpartition("@")[0]
    return bool(_NO_REPLY.fullmatch(local)) or is_daemon(address)


def is_daemon(address: str) -> bool:
    """Whether it is the address of a mail server, by which it tells of failures."""
    return bool(_DAEMON.fullmatch(address.rpartition("@")[0]))


def is_automatic(mail: Mail) -> bool:
    """RFC 3834, section 5: the first word counts, without comments and parameters."""
    return any(_word(value) not in _HUMAN for value in mail.texts("auto-submitted"))


def _has_no_return(mail: Mail) -> bool:
    """RFC 5321, section 4.5.5: what must not be answered is sent with an empty path."""
    return mail.return_path == ""


def _has_precedence(mail: Mail) -> bool:
    return any(_word(value) in _PRECEDENCE for value in mail.texts("precedence"))


def _is_of_list(mail: Mail) -> bool:
    """RFC 2369 and RFC 2919."""
    return any(name.startswith("list-") for name in mail.fields.names())


def _is_auto_reply(mail: Mail) -> bool:
    """What programs wrote before RFC 3834, and some still do."""
    names = ("x-autoreply", "x-autorespond", "x-auto-reply")
    return any(_word(value) not in _HUMAN for name in names for value in mail.texts(name))


def _is_report(mail: Mail) -> bool:
    return mail.media_type == _REPORT or bool(mail.reports)


def _word(value: str) -> str:
    return _COMMENT.sub(" ", value).partition(";")[0].strip().lower()


_SIGNS: Mapping[Callable[[Mail], bool], str] = {
    is_automatic: "It was sent by a machine, such as an out-of-office notice (Auto-Submitted).",
    _has_no_return: "It was sent so that no answer comes back (its return path is empty).",
    _has_precedence: "It was sent to many at once (Precedence).",
    _is_of_list: "It came through a mailing list.",
    _is_auto_reply: "It is an automatic answer.",
    _is_report: "It is a report of a mail program or server.",
}
