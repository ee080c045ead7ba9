"""SMS through Twilio: signed forms in, messages out by the API.

It translates and verifies. Consent, customers, order and retries are others' concern.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.sms import RETRY_FRAGMENT
from adapters.sms.api import TwilioApi
from adapters.sms.config import SmsConfig
from adapters.sms.diagnosis import TwilioDiagnosis
from adapters.sms.parsing import (
    STATUSES,
    date_of,
    is_phone,
    listed_message,
    read_message,
    read_status,
)
from adapters.sms.round_trip import round_trip
from adapters.sms.signature import header, is_signed
from core.channel import (
    AdapterContext,
    CannotRender,
    Capabilities,
    Received,
    Refused,
    SendError,
    Transport,
    WebhookRequest,
    WebhookResponse,
)
from core.channel_abilities import (
    Absent,
    Attempt,
    Finding,
    Found,
    Health,
    Reconciled,
    Unknown,
)
from core.gsm import encoding_of, normalise, segments
from core.message import (
    DeliveryStatus,
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    RenderedPart,
    SendReceipt,
)
from core.rendering import renderer
from core.splitting import split_text

_EMPTY = WebhookResponse(200, "<Response/>", "text/xml")
_LONGEST = 1600
_PAGE = 200
_MAX_PAGES = 50
_SETTLE = timedelta(seconds=5)
_SKEW = timedelta(minutes=2)
_SPACING = str.maketrans("", "", " -()./")


class SmsAdapter:
    """One Twilio account with its number or messaging service."""

    def __init__(self, config: SmsConfig, context: AdapterContext) -> None:
        self._config = config
        self._context = context
        self._api = TwilioApi(config)
        tokens = [config.auth_token, config.auth_token_next]
        self._tokens = tuple(one.get_secret_value().encode() for one in tokens if one is not None)
        self._status_url = f"{context.webhook_base}/status"
        self._render = renderer(Capabilities(transport=Transport.WEBHOOK))

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one form. Raises `Refused`."""
        url = f"{self._context.webhook_base}/{route}"
        if not is_signed(self._tokens, url, request.form, header(request.headers)):
            raise Refused(403, "the request is not signed by this account")
        fields = dict(request.form)
        if fields.get("AccountSid") != self._config.account_sid:
            raise Refused(403, "the request is for another account")
        if route == "status":
            update = read_status(fields, self._context.account)
            return Received(updates=() if update is None else (update,), response=_EMPTY)
        message = read_message(fields, self._context.account, self._context.now())
        return Received(messages=(message,), response=_EMPTY)

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """Plain text in GSM characters where possible, at most 1,600 characters a part.

        Characters are replaced before the text is cut: an ellipsis becomes three.
        """
        [whole] = self._render(message)
        text = str(whole.payload["text"])
        if message.author_name:
            text = f"{message.author_name}: {text}"
        pieces = [
            piece
            for part in split_text(normalise(text), _LONGEST)
            for piece in split_text(normalise(part), _LONGEST)
        ]
        if pieces == [""]:
            raise CannotRender("Nothing of this text can be shown on this channel.")
        notes = list(whole.notes)
        if len(pieces) > 1:
            notes.append(f"The text is split into {len(pieces)} parts.")
        return [_part(one, notes if number == 0 else ()) for number, one in enumerate(pieces)]

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Create one message. Raises `SendError`."""
        form: dict[str, object] = {
            "To": part.address["to"],
            "Body": part.payload["text"],
            "StatusCallback": self._status_url,
        }
        form |= self._sender(part.address)
        data = await self._api.post("/Messages.json", form)
        sid = data.get("sid")
        if not isinstance(sid, str) or not sid:
            raise SendError(
                "The provider accepted the message without naming it.",
                retryable=True,
                ambiguous=True,
            )
        return SendReceipt(sid, STATUSES.get(str(data.get("status")), DeliveryStatus.SENT))

    async def reconcile(self, attempt: Attempt) -> Reconciled:
        """Look for the part among the messages sent to its number since the attempt."""
        since = attempt.at - _SKEW
        try:
            found = await self._list({"To": attempt.part.address["to"]}, since)
        except SendError as error:
            return Unknown(error.reason)
        text = str(attempt.part.payload["text"])
        for item in found:
            ours = str(item.get("direction", "")).startswith("outbound")
            ours = ours and item.get("sid") not in attempt.known
            if ours and str(item.get("body", "")).strip() == text.strip():
                return Found(str(item["sid"]))
        if self._context.now() - attempt.at < _SETTLE:
            return Unknown("The provider's list may not show the message yet.")
        return Absent()

    async def catch_up(self, since: datetime) -> Sequence[InboundMessage]:
        """Inbound messages since then, oldest first. Raises `SendError`."""
        query = {"To": self._config.from_number} if self._config.from_number else {}
        items = await self._list(query, since - _SKEW)
        # The list is newest first and dates are in seconds: turned round, equal ones keep order.
        messages = [
            listed_message(item, self._context.account)
            for item in reversed(items)
            if item.get("direction") == "inbound"
        ]
        return sorted((one for one in messages if one is not None), key=lambda one: one.sent_at)

    async def health(self) -> Health:
        """Whether the API takes our credentials."""
        try:
            await self._api.get("/Messages.json", {"PageSize": 1})
        except SendError as error:
            return Health(False, error.reason)
        return Health(True)

    def address_of(self, to: str) -> Mapping[str, str]:
        """A phone by its number. Raises `ValueError` when it is none."""
        number = to.translate(_SPACING)
        if not is_phone(number):
            raise ValueError("write the number with + and the country's code, as +447700900123")
        return {"to": number}

    async def diagnose(self) -> Sequence[Finding]:
        """What is right and wrong at Twilio, and between Twilio and us."""
        base = self._context.webhook_base
        wanted = f"{base}/inbound{RETRY_FRAGMENT}"
        found = await TwilioDiagnosis(self._config, self._api, wanted, self._context.now).look()
        digest = hashlib.sha256(self._context.new_id().encode()).hexdigest()
        return [*found, *await round_trip(self._config, base, f"SM{digest[:32]}")]

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()

    def _sender(self, address: Mapping[str, str]) -> dict[str, str]:
        """The number the customer wrote to, so that the reply stays in their thread."""
        service = address.get("service") or self._config.messaging_service_sid
        if service and not address.get("from"):
            return {"MessagingServiceSid": service}
        sender = address.get("from") or self._config.from_number
        if sender:
            return {"From": sender}
        return {"MessagingServiceSid": self._config.messaging_service_sid or ""}

    async def _list(
        self, query: Mapping[str, object], since: datetime
    ) -> Sequence[Mapping[str, Any]]:
        """The message list since a time, over all its pages, newest first. Raises `SendError`."""
        wanted = {**query, "DateSent>": since.astimezone(UTC).strftime("%Y-%m-%d")}
        data = await self._api.get("/Messages.json", {**wanted, "PageSize": _PAGE})
        items: list[Mapping[str, Any]] = []
        for _ in range(_MAX_PAGES):
            page = data.get("messages")
            items.extend(page if isinstance(page, list) else ())
            following = data.get("next_page_uri")
            if not following:
                return [one for one in items if _is_since(one, since)]
            data = await self._api.get(str(following), {})
        raise SendError("The provider's list is too long to search.", retryable=True)


def _is_since(item: Mapping[str, Any], since: datetime) -> bool:
    """The list filters by day; the rest is done here. An unreadable date stays in."""
    at = date_of(item)
    return at is None or at >= since.replace(microsecond=0)


def _part(text: str, notes: Sequence[str]) -> RenderedPart:
    count = segments(text)
    size = f"{count} SMS segment{'s' if count > 1 else ''} ({encoding_of(text)})"
    return RenderedPart({"text": text}, (*notes, size))
