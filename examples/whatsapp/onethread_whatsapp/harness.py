"""How Twilio speaks about WhatsApp, told to the conformance kit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.testing import (
    AdapterHarness,
    Answer,
    Behaviour,
    Call,
    Known,
    Said,
    Site,
    with_headers,
)
from core.channel import WebhookRequest
from core.message import DeliveryStatus
from onethread_whatsapp import SPEC
from onethread_whatsapp.parsing import STATUSES
from onethread_whatsapp.simulator import posted, signature


class WhatsAppHarness(AdapterHarness):
    """Twilio's side of the channel."""

    spec = SPEC
    behaviours = frozenset(Behaviour)

    def options(self, site: Site) -> Mapping[str, object]:
        """The account's table of config.toml."""
        return {
            "account_sid": _account(site),
            "auth_token": site.secret("auth_token"),
            "number": f"+44770090010{site.number}",
            "api_url": site.provider_url,
            "timeout_seconds": 0.3,
        }

    def inbound(self, site: Site, said: Said) -> WebhookRequest:
        """A message, with its file."""
        more = {"Body": said.text}
        for file in said.files:
            url = f"{site.provider_url}/2010-04-01/Accounts/{_account(site)}/Messages/M/Media/ME"
            more |= {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": file.media_type}
        person, number = f"+4477009001{said.person}0", f"+44770090010{site.number}"
        return site.form("inbound", posted(_account(site), said.number, person, number, **more))

    def sign(self, site: Site, request: WebhookRequest) -> WebhookRequest:
        """The address and every field are signed, by Twilio's own SDK."""
        signed = signature(site.secret("auth_token"), request.url, dict(request.form))
        return with_headers(request, {"X-Twilio-Signature": signed})

    def answer(self, site: Site, call: Call, known: Known) -> Answer:
        """A message that is created, or a file."""
        if call.method == "POST":
            return Answer(201, {"sid": f"SM{call.number:031x}f", "status": "queued"})
        return Answer(200, known.said[-1].files[0].content)

    def late(self, site: Site, call: Call) -> Answer:
        """After 24 hours: https://www.twilio.com/docs/api/errors/63016"""
        return Answer(400, {"code": 63016, "message": "outside the allowed window"})

    def links(self, call: Call) -> Sequence[str]:
        """Twilio loads files from us."""
        return [call.form["MediaUrl"]] if "MediaUrl" in call.form else []

    def text_of(self, call: Call) -> str:
        """The body."""
        return call.form["Body"]

    def status(self, site: Site, provider_id: str, status: DeliveryStatus) -> WebhookRequest | None:
        """A status callback."""
        told = next((name for name, ours in STATUSES.items() if ours is status), None)
        if told is None:
            return None
        form = {"AccountSid": _account(site), "MessageSid": provider_id, "MessageStatus": told}
        return site.form("status", form)


def _account(site: Site) -> str:
    return f"AC{site.number:032x}"
