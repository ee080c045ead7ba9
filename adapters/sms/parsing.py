"""Twilio's forms and codes in our terms: tables, and two functions that read a message.

Field names are those of https://www.twilio.com/docs/messaging/guides/webhook-request. Nothing here
checks a signature or sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from adapters.sms.codes import trouble_of
from adapters.sms.consent import consent_word
from core.channel import Refused
from core.message import (
    Assurance,
    Attachment,
    DeliveryStatus,
    DeliveryUpdate,
    Handle,
    InboundMessage,
)

STATUSES: Mapping[str, DeliveryStatus] = {
    "accepted": DeliveryStatus.SENT,
    "scheduled": DeliveryStatus.SENT,
    "queued": DeliveryStatus.SENT,
    "sending": DeliveryStatus.SENT,
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
    "read": DeliveryStatus.READ,
}
"""`MessageStatus` -> our status. Twilio has the message from "accepted" on."""

MAX_MEDIA = 10

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_COUNT = re.compile(r"[0-9]{1,3}")
_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_MAX_BODY = 16_000


def read_message(fields: Mapping[str, str], account: str, received_at: datetime) -> InboundMessage:
    """One inbound form as a message. Raises `Refused` when a field is missing or makes no sense."""
    sid = _sid(fields)
    sender, to = fields.get("From", ""), fields.get("To", "")
    if not _is_address(sender) or not _is_address(to):
        raise Refused(400, "the form names no sender or no receiver")
    body = fields.get("Body", "")
    if len(body) > _MAX_BODY:
        raise Refused(400, "the body is longer than a message can be")
    return _message(sid, sender, to, body, account, received_at, fields)


def listed_message(item: Mapping[str, object], account: str) -> InboundMessage | None:
    """One message of the API's list as the webhook would have brought it; nothing if unreadable."""
    sid, sender, to = (str(item.get(key) or "") for key in ("sid", "from", "to"))
    if not _SID.fullmatch(sid) or not _is_address(sender) or not _is_address(to):
        return None
    at = date_of(item)
    if at is None:
        return None
    return _message(sid, sender, to, str(item.get("body") or ""), account, at, _listed_media(item))


def date_of(item: Mapping[str, object]) -> datetime | None:
    """When a listed message was sent, in UTC; nothing if that cannot be read."""
    try:
        at = parsedate_to_datetime(str(item.get("date_sent") or item.get("date_created") or ""))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def read_status(fields: Mapping[str, str], account: str) -> DeliveryUpdate | None:
    """A status callback as an update; nothing for a status we have no use for."""
    sid = _sid(fields)
    told = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    status = STATUSES.get(told.lower())
    if status is None:
        return None
    code = fields.get("ErrorCode") or None
    if code is None or code == "0":
        return DeliveryUpdate(account, sid, status)
    trouble = trouble_of(code)
    return DeliveryUpdate(
        account,
        sid,
        status,
        code,
        trouble.words,
        opted_out=trouble.opted_out,
        dead=trouble.dead,
    )


def fields_of(body: bytes) -> Mapping[str, str]:
    """The fields of a callback in JSON: the same names as in a form. Raises `Refused`."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(400, "the body is no JSON") from None
    if not isinstance(data, dict):
        raise Refused(400, "the body is no JSON object")
    return {name: str(value) for name, value in data.items() if isinstance(value, str | int)}


def is_listed_as(item: Mapping[str, object], payload: Mapping[str, object]) -> bool:
    """Whether a message of the API's list is what the payload was sent as."""
    files = payload.get("attachments")
    number = len(files) if isinstance(files, list) else 0
    if _media_count(item.get("num_media") or 0) != number:
        return False
    return str(item.get("body") or "").strip() == str(payload["text"]).strip()


def handle_of(address: str) -> Handle:
    """A sender as a handle: E.164 is a phone; a short code or sender name is opaque."""
    return Handle("phone" if is_phone(address) else "sms-sender", address)


def is_phone(address: str) -> bool:
    """Whether it is a whole number with its country (E.164)."""
    return _E164.fullmatch(address) is not None


def _is_address(value: str) -> bool:
    """Whether it can be a number, a short code or a sender name, and be stored as one."""
    return 0 < len(value) <= 64 and value.isprintable()


def _sid(fields: Mapping[str, str]) -> str:
    sid = fields.get("MessageSid") or fields.get("SmsSid") or ""
    if not _SID.fullmatch(sid):
        raise Refused(400, "the form has no message id")
    return sid


def _message(
    sid: str,
    sender: str,
    to: str,
    body: str,
    account: str,
    at: datetime,
    fields: Mapping[str, str],
) -> InboundMessage:
    service = fields.get("MessagingServiceSid")
    return InboundMessage(
        account=account,
        channel="sms",
        event_id=sid,
        conversation_key=f"{to}|{sender}",
        sender=handle_of(sender),
        assurance=Assurance.AUTHENTICATED,
        evidence="Twilio signed a message from this number.",
        text=body,
        reply_address={"to": sender, "from": to, **({"service": service} if service else {})},
        sent_at=at,
        attachments=_attachments(fields),
        consent=consent_word(body, fields.get("OptOutType")),
    )


def _attachments(fields: Mapping[str, str]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            name=f"picture {n + 1}",
            media_type=fields.get(f"MediaContentType{n}", "application/octet-stream"),
            reference=fields[f"MediaUrl{n}"],
        )
        for n in range(_media_count(fields.get("NumMedia")))
        if f"MediaUrl{n}" in fields
    )


def _listed_media(item: Mapping[str, object]) -> Mapping[str, str]:
    """The pictures of a listed message as a form names them. The list tells how many there are
    and where to ask for them, but neither their places nor their types: each is named by its number
    in that list."""
    uris = item.get("subresource_uris")
    media = uris.get("media") if isinstance(uris, Mapping) else None
    number = _media_count(item.get("num_media")) if media else 0
    places = {f"MediaUrl{n}": f"https://api.twilio.com{media}#{n}" for n in range(number)}
    return {"NumMedia": str(number), **places}


def _media_count(told: object) -> int:
    return min(int(str(told)), MAX_MEDIA) if _COUNT.fullmatch(str(told)) else 0
