"""Twilio's forms (https://www.twilio.com/docs/messaging/guides/webhook-request), read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from core.channel import Refused, SendError
from core.message import (
    Assurance,
    Attachment,
    ConsentChange,
    DeliveryStatus,
    DeliveryUpdate,
    Handle,
    InboundMessage,
)

STATUSES: Mapping[str, DeliveryStatus] = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
}
# https://www.twilio.com/docs/api/errors: what it means in words, and whether the number is gone.
CODES: Mapping[str, tuple[str, bool]] = {
    "63016": ("The customer wrote more than 24 hours ago: only a template may go out.", False),
    "63003": ("The number is not on WhatsApp.", True),
    "63024": ("The number cannot get WhatsApp messages.", True),
    "21211": ("The number is not valid.", True),
}
WORDS = {"stop": ConsentChange.OPT_OUT, "start": ConsentChange.OPT_IN}
_ADDRESS = re.compile(r"whatsapp:(\+[1-9][0-9]{6,14})")
_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")


def written(form: Mapping[str, str], account: str, at: datetime) -> InboundMessage:
    """A message of a person's. Raises `Refused`."""
    address, body = _ADDRESS.fullmatch(form.get("From", "")), form.get("Body", "")
    if address is None or "\0" in body:
        raise Refused(400, "the form is no WhatsApp message")
    return InboundMessage(
        account=account,
        channel="whatsapp",
        event_id=_sid(form),
        conversation_key=address[1],
        sender=Handle("phone", address[1]),
        assurance=Assurance.AUTHENTICATED,
        evidence="Twilio signed a message of this WhatsApp number.",
        text=body,
        reply_address={"to": address[0]},
        sent_at=at,
        attachments=tuple(_files(form)),
        consent=WORDS.get(body.strip().lower()),
    )


def reported(form: Mapping[str, str], account: str) -> tuple[DeliveryUpdate, ...]:
    """What became of a message; nothing for a status that says nothing new. Raises `Refused`."""
    sid, status = _sid(form), STATUSES.get(form.get("MessageStatus", ""))
    if status is None:
        return ()
    code = form.get("ErrorCode") or None
    words, dead = CODES.get(code or "", (None, False))
    return (DeliveryUpdate(account, sid, status, code, words, dead=dead),)


def refused(code: str) -> SendError | None:
    """What an error code of the API's means, if it means more than its status does."""
    if code not in CODES:
        return None
    words, dead = CODES[code]
    return SendError(words, provider_code=code, dead=dead)


def _files(form: Mapping[str, str]) -> list[Attachment]:
    """WhatsApp brings one file with a message."""
    url, kind = form.get("MediaUrl0", ""), form.get("MediaContentType0", "")
    return [Attachment(kind.replace("/", "."), kind, url)] if url and kind else []


def _sid(form: Mapping[str, str]) -> str:
    if not _SID.fullmatch(form.get("MessageSid", "")):
        raise Refused(400, "the form has no message id")
    return form["MessageSid"]
