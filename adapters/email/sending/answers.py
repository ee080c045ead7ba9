"""What a mail server's refusal means for us, by table.

The enhanced status code decides where there is one (RFC 3463), else the reply code (RFC 5321). The
server's own words are left out: they repeat addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.channel import SendError

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class _Meaning:
    reason: str
    dead: bool = False


_UNKNOWN = "The mail server refused the mail."
_LATER = "The mail server put the mail off."
_LOGIN = (
    "The mail server refuses the login: check smtp_user and smtp_password. Gmail and Microsoft 365 "
    "take no plain password; use the oauth_ settings, or an app password."
)

# RFC 3463, section 3, and the IANA registry "SMTP Enhanced Status Codes", without the class.
_BY_STATUS: dict[tuple[int, int], _Meaning] = {
    (1, 1): _Meaning("There is no such mailbox.", dead=True),
    (1, 2): _Meaning("The domain of the address takes no mail.", dead=True),
    (1, 3): _Meaning("The address is not written as mail addresses are.", dead=True),
    (1, 6): _Meaning("The mailbox has moved to another address.", dead=True),
    (1, 10): _Meaning("The domain of the address takes no mail.", dead=True),
    (2, 1): _Meaning("The mailbox is switched off.", dead=True),
    (2, 2): _Meaning("The mailbox is full."),
    (2, 3): _Meaning("The mail is too large for the mailbox."),
    (3, 4): _Meaning("The mail is too large for the mail server."),
    (4, 4): _Meaning("No mail server answers for the domain of the address.", dead=True),
    (6, 7): _Meaning("The server takes no address with characters outside ASCII."),
    (7, 1): _Meaning("The mail was refused by a rule of the recipient's server."),
    (7, 8): _Meaning(_LOGIN),
    (7, 9): _Meaning(_LOGIN),
    (7, 26): _Meaning("The mail was refused for its SPF, DKIM or DMARC: run `onethread doctor`."),
}

_BY_CODE: dict[int, _Meaning] = {
    530: _Meaning("The mail server wants a login, or TLS before it: check smtp_tls."),
    534: _Meaning(_LOGIN),
    535: _Meaning(_LOGIN),
    550: _Meaning("The mailbox cannot be reached, or the mail was refused by a rule."),
    551: _Meaning("The mailbox is not on this server."),
    552: _Meaning("The mail is too large for the mail server, or the mailbox is full."),
    553: _Meaning("The mail server refuses the address."),
    554: _Meaning("The mail was refused by a rule of the mail server."),
}


def refusal(code: int, text: str, retry_seconds: float) -> SendError:
    """The error an answer means. `retry_seconds` is the least wait before another attempt."""
    found = _ENHANCED.search(text)
    status = (int(found[2]), int(found[3])) if found else None
    told = f"{code} {found[0]}" if found else str(code)
    if 400 <= code < 500:
        # RFC 5321, section 4.2.1: the same mail may be taken another time.
        reason = _LATER if code != 421 else "The mail server is closing, or takes no more now."
        return SendError(reason, retryable=True, retry_after=retry_seconds, provider_code=told)
    meaning = _BY_CODE.get(code, _Meaning(_UNKNOWN))
    if status is not None:
        meaning = _BY_STATUS.get(status, meaning)
    return SendError(meaning.reason, provider_code=told, dead=meaning.dead)
