"""Turns what mail servers report about our mails into delivery updates.

A report is believed when it carries the signature that only our mail had: in the address it comes
to (VERP) or in our Message-ID. Anybody can write one without, so that is only shown to people. A
report never becomes a message, whoever it is from. Standard reports are those of RFC 3464.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from adapters.email.carriers import sent_token_in_address, sent_tokens_in_text, tokens_in_ids
from adapters.email.parsing.headers import ids
from adapters.email.parsing.mime import Mail
from adapters.email.parsing.parameters import parameters
from adapters.email.parsing.parts import read_fields
from adapters.email.receiving.loops import is_daemon
from adapters.email.threads import recipients
from adapters.email.tokens import Tokens
from core.message import DeliveryStatus, DeliveryUpdate

_STATUS_PART = "message/delivery-status"
_ACTIONS: Mapping[str, DeliveryStatus] = {
    "failed": DeliveryStatus.FAILED,
    "delayed": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "relayed": DeliveryStatus.SENT,
    "expanded": DeliveryStatus.SENT,
}
"""RFC 3464, section 2.3.3."""
_WORST_FIRST = ("failed", "delayed", "relayed", "expanded", "delivered")

REASONS: Mapping[str, str] = {
    "5.1.1": "The mailbox does not exist.",
    "5.1.2": "The address's domain takes no mail.",
    "5.1.3": "The address is not valid.",
    "5.1.6": "The mailbox has moved and left no new address.",
    "5.1.10": "The address's domain takes no mail.",
    "5.2.1": "The mailbox is closed.",
    "5.2.2": "The mailbox is full.",
    "4.2.2": "The mailbox is full.",
    "5.2.3": "The mail is larger than the mailbox takes.",
    "5.3.4": "The mail is larger than the receiving server takes.",
    "5.4.4": "The address's domain cannot be reached.",
    "4.4.1": "The receiving server did not answer.",
    "4.4.7": "The receiving server could not be reached for too long.",
    "5.7.1": "The receiving server refused the mail by its rules.",
    "5.7.26": "The receiving server could not tell that the mail is ours: check SPF and DKIM.",
}
"""RFC 3463, RFC 7505 and RFC 7372 in words for a person."""
DEAD = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
"""Codes about the address that will not change. Others are about the mail, or for a time."""
_BY_CLASS: Mapping[str, str] = {
    "4": "The receiving server could not take the mail, and no longer tries.",
    "5": "The receiving server refused the mail.",
    "": "The mail could not be delivered.",
}
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_FAILURE = re.compile(
    r"undeliver|not be delivered|delivery (?:has )?fail|could ?n.t be delivered|returned mail"
    r"|unzustellbar|non remis|no se ha podido entregar|permanent(?:ly)? (?:error|fail)",
    re.IGNORECASE,
)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_MOST_RECIPIENTS = 50
_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report about a mail. `key` names ours by its part; nothing when it proves none."""

    key: str | None
    action: str
    code: str | None

    def update(self, account: str) -> DeliveryUpdate | None:
        """What it says about the delivery; nothing when it names no mail of ours."""
        if self.key is None:
            return None
        status = _ACTIONS[self.action]
        failed = status is DeliveryStatus.FAILED
        return DeliveryUpdate(
            account,
            self.key,
            status,
            self.code,
            self._reason(),
            dead=failed and self.code in DEAD,
        )

    def _reason(self) -> str | None:
        if self.action == "delayed":
            return "The receiving server has not taken the mail yet; sending goes on."
        if _ACTIONS[self.action] is not DeliveryStatus.FAILED:
            return None
        known = REASONS.get(self.code or "")
        return known or _BY_CLASS.get((self.code or "")[:1], _BY_CLASS[""])


def bounce_of(mail: Mail, tokens: Tokens, today: date) -> Bounce | None:
    """The report that a mail is; nothing when it is none."""
    told = [one.text for one in mail.reports if one.media_type == _STATUS_PART]
    if told:
        action, code = _told("\n\n".join(told))
        return Bounce(_key(mail, tokens, today), action, code)
    if _is_report_by_name(mail) or any(is_daemon(one.address) for one in mail.senders):
        return Bounce(_key(mail, tokens, today), "failed", _code_in(mail.text))
    if mail.return_path == "" or not mail.senders:
        key = _key(mail, tokens, today)
        if key is not None and _FAILURE.search(f"{mail.subject}\n{mail.text[:_LOOKED_AT]}"):
            return Bounce(key, "failed", _code_in(mail.text))
    return None


def _is_report_by_name(mail: Mail) -> bool:
    if mail.fields.first("x-failed-recipients") is not None:
        return True  # Exim and Gmail
    told = parameters(mail.fields.first("content-type") or "")
    named = told.named.get("report-type", "").lower()
    return told.value.lower() == "multipart/report" and named == "delivery-status"


def _told(status: str) -> tuple[str, str | None]:
    """The worst action and its code, of the groups of fields about each recipient."""
    groups = [read_fields(group.encode()) for group in _groups(status)]
    told = {
        action: group.first("status") or ""
        for group in groups
        if (action := (group.first("action") or "").strip().lower()) in _ACTIONS
    }
    for action in _WORST_FIRST:
        if action in told:
            return action, _code_in(told[action])
    return "failed", _code_in(status)


def _groups(status: str) -> Sequence[str]:
    return [one for one in _EMPTY_LINE.split(status, _MOST_RECIPIENTS) if one.strip()]


def _code_in(text: str) -> str | None:
    found = _CODE.search(text[:_LOOKED_AT])
    return found[1] if found else None


def _key(mail: Mail, tokens: Tokens, today: date) -> str | None:
    """The key of the part that a token of the report names."""
    for token in _candidates(mail):
        key = tokens.read_sent(token, today)
        if key is not None:
            return key
    return None


def _candidates(mail: Mail) -> Iterator[str]:
    """Everything shaped like a sent token: where it came to, the mail it returns, what it says."""
    for address in recipients(mail):
        token = sent_token_in_address(address)
        if token is not None:
            yield token
    returned = [one.text for one in mail.reports if one.media_type != _STATUS_PART]
    named = [ids(read_fields(one.encode()).all("message-id")) for one in returned]
    for told in (*named, mail.in_reply_to, mail.references):
        for _, sent in tokens_in_ids(told):
            yield sent
    yield from sent_tokens_in_text(mail.text[:_LOOKED_AT])
