"""SMS and MMS through Twilio: signed forms in, messages out by the API.

It translates and verifies. Consent, customers, order and retries are others' concern.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from adapters.sms import RETRY_FRAGMENT
from adapters.sms.api import TwilioApi
from adapters.sms.config import SmsConfig
from adapters.sms.diagnosis import TwilioDiagnosis
from adapters.sms.listing import received, sent_to
from adapters.sms.media_in import MediaLoader
from adapters.sms.media_out import MediaLinks
from adapters.sms.parsing import (
    STATUSES,
    fields_of,
    is_listed_as,
    is_phone,
    listed_message,
    read_message,
    read_status,
)
from adapters.sms.parts import parts
from adapters.sms.rate import SendRate
from adapters.sms.round_trip import round_trip
from adapters.sms.signature import header, is_signed, is_signed_body
from core.channel import (
    AdapterContext,
    Received,
    Refused,
    SendError,
    WebhookRequest,
    WebhookResponse,
)
from core.channel_abilities import (
    Absent,
    Attempt,
    Finding,
    Found,
    Health,
    Opening,
    Reconciled,
    Unknown,
)
from core.message import (
    Attachment,
    DeliveryStatus,
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    RenderedPart,
    SendReceipt,
)

_EMPTY = WebhookResponse(200, "<Response/>", "text/xml")
_SETTLE = timedelta(seconds=5)
_SKEW = timedelta(minutes=2)
_SPACING = str.maketrans("", "", " -()./")


class SmsAdapter:
    """One Twilio account with its numbers or messaging service."""

    def __init__(self, config: SmsConfig, context: AdapterContext) -> None:
        self._config = config
        self._context = context
        self._api = TwilioApi(config)
        tokens = [config.auth_token, config.auth_token_next]
        self._tokens = tuple(one.get_secret_value().encode() for one in tokens if one is not None)
        self._status_url = f"{context.webhook_base}/status"
        self._numbers = config.own_numbers
        self._rate = SendRate(config.messages_per_second, time.monotonic)
        self._media = MediaLoader(config, lambda: self._api.authorization, self._api.get)
        self._links = MediaLinks(context.webhook_base, self._tokens, context.read_file, context.now)

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one request. Raises `Refused`."""
        if route == "media":
            return Received(response=await self._links.answer(request.query))
        fields = self._verified(route, request)
        if fields.get("AccountSid") != self._config.account_sid:
            raise Refused(403, "the request is for another account")
        if route == "status":
            update = read_status(fields, self._context.account)
            return Received(updates=() if update is None else (update,), response=_EMPTY)
        message = read_message(fields, self._context.account, self._context.now())
        if not self._is_ours(fields):
            raise Refused(403, "the message is for a number that is in no settings: see numbers")
        return Received(messages=(message,), response=_EMPTY)

    def _verified(self, route: str, request: WebhookRequest) -> Mapping[str, str]:
        """The fields of what Twilio signed. Raises `Refused`."""
        url = f"{self._context.webhook_base}/{route}"
        signature = header(request.headers)
        if request.form or not request.query:
            if is_signed(self._tokens, url, request.form, signature):
                return dict(request.form)
        elif is_signed_body(self._tokens, url, request.query, request.body, signature):
            return fields_of(request.body)
        raise Refused(403, "the request is not signed by this account")

    def _is_ours(self, fields: Mapping[str, str]) -> bool:
        """Whether the message is for this account: by its number first. Any number in a pool names
        a service, which need not be the one we send by."""
        if fields.get("To") in self._numbers:
            return True
        service = self._config.messaging_service_sid
        return service is not None and fields.get("MessagingServiceSid") == service

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """Plain text in GSM characters where possible, at most 1,600 characters a part, and
        pictures where the number carries them. Raises `CannotRender`."""
        return parts(message, mms=self._config.mms)

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Create one message. Raises `SendError`."""
        form: dict[str, object] = {
            "To": part.address["to"],
            "Body": part.payload["text"],
            "StatusCallback": self._status_url,
        }
        sender = self._sender(part.address)
        form |= sender
        links = self._links.links(part.payload.get("attachments"))
        if links:
            form["MediaUrl"] = links
        await self._rate.wait(next(iter(sender.values())), part.key)
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
        payload = attempt.part.payload
        try:
            found = await sent_to(self._api, attempt.part.address["to"], attempt.at - _SKEW)
        except SendError as error:
            return Unknown(error.reason)
        for item in found:
            if item.get("sid") not in attempt.known and is_listed_as(item, payload):
                return Found(str(item["sid"]))
        if self._context.now() - attempt.at < _SETTLE:
            return Unknown("The provider's list may not show the message yet.")
        return Absent()

    async def catch_up(self, since: datetime) -> Sequence[InboundMessage]:
        """Inbound messages since then, oldest first. Raises `SendError`."""
        items = await received(self._api, self._config, since - _SKEW)
        messages = [listed_message(item, self._context.account) for item in items]
        return sorted((one for one in messages if one is not None), key=lambda one: one.sent_at)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a picture that came. Raises `SendError`."""
        return await self._media.fetch(attachment)

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

    async def opening(self, to: str) -> Opening:
        """The conversation of our sender with this phone. Raises `ValueError` when it is none."""
        address = {**self.address_of(to), **self._opener()}
        if address["to"] in self._numbers:
            raise ValueError("this number is our own")
        sender = address.get("from") or address["service"]
        return Opening(f"{sender}|{address['to']}", address)

    async def diagnose(self) -> Sequence[Finding]:
        """What is right and wrong at Twilio, and between Twilio and us."""
        base = self._context.webhook_base
        wanted = f"{base}/inbound{RETRY_FRAGMENT}"
        found = await TwilioDiagnosis(self._config, self._api, wanted, self._context.now).look()
        digest = hashlib.sha256(self._context.new_id().encode()).hexdigest()
        return [*found, *await round_trip(self._config, base, f"SM{digest[:32]}")]

    async def close(self) -> None:
        """Let go of connections."""
        await self._media.close()
        await self._api.close()

    def _opener(self) -> dict[str, str]:
        """Who writes first. A service alone picks one of its numbers, so that nobody can say which
        conversation the answer will be in."""
        sender = self._config.from_number or next(iter(self._config.numbers), None)
        if sender is not None:
            return {"from": sender}
        return {"service": self._config.messaging_service_sid or ""}

    def _sender(self, address: Mapping[str, str]) -> dict[str, str]:
        """The number the customer wrote to, so that the reply stays in their thread."""
        service = address.get("service") or self._config.messaging_service_sid
        if service and not address.get("from"):
            return {"MessagingServiceSid": service}
        sender = address.get("from") or self._config.from_number
        if sender:
            return {"From": sender}
        return {"MessagingServiceSid": self._config.messaging_service_sid or ""}
