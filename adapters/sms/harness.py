"""How Twilio speaks, for the conformance kit: its forms, its signatures and its API's answers.

For `onethread adapters check` and the tests; the adapter never imports it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from adapters.sms import SPEC
from adapters.sms.signature import sign
from adapters.testing import AdapterHarness, Answer, Call, Known, Said, Site, with_headers
from core.channel import WebhookRequest
from core.message import DeliveryStatus

_TOLD = {
    DeliveryStatus.DELIVERED: "delivered",
    DeliveryStatus.FAILED: "undelivered",
}


class SmsHarness(AdapterHarness):
    """One Twilio account with its number."""

    spec = SPEC

    def options(self, site: Site) -> Mapping[str, object]:
        """Its table of the settings."""
        return {
            "account_sid": _account(site),
            "auth_token": site.secret("auth_token"),
            "from_number": _number(site),
            "mms": True,
            "api_base_url": site.provider_url,
            "timeout_seconds": 0.3,
        }

    def inbound(self, site: Site, said: Said) -> WebhookRequest:
        """A form as Twilio posts it (https://www.twilio.com/docs/messaging/guides/webhook-request)."""
        form = {
            "AccountSid": _account(site),
            "ApiVersion": "2010-04-01",
            "Body": said.text,
            "From": _phone(said.person),
            "MessageSid": _said_sid(said),
            "NumMedia": str(len(said.files)),
            "NumSegments": "1",
            "SmsMessageSid": _said_sid(said),
            "SmsSid": _said_sid(said),
            "SmsStatus": "received",
            "To": _number(site),
        }
        for place, one in enumerate(said.files):
            form[f"MediaUrl{place}"] = _media(site, said)
            form[f"MediaContentType{place}"] = one.media_type
        return site.form("inbound", form)

    def name_of(self, site: Site, person: int) -> str:
        """Their number."""
        return _phone(person)

    def sign(self, site: Site, request: WebhookRequest) -> WebhookRequest:
        """The address and the fields are signed, and no time."""
        token = site.secret("auth_token").encode()
        return with_headers(request, {"X-Twilio-Signature": sign(token, request.url, request.form)})

    def answer(self, site: Site, call: Call, known: Known) -> Answer:
        """A message that is created, or the list of all, newest first."""
        if call.method == "POST":
            return Answer(201, {"sid": _sent_sid(call), "status": "queued"})
        if "/Media/" in call.path:
            number = int(call.path.rpartition("/")[2])
            [said] = [one for one in known.said if one.number == number and one.files]
            return Answer(200, said.files[0].content)
        sent = [
            _item(_sent_sid(one), one.form["Body"], _number(site), one.form["To"], True, site.now())
            for one in known.sent
        ]
        told = [
            _item(_said_sid(one), one.text, _phone(one.person), _number(site), False, one.at)
            for one in known.said
        ]
        wanted = [one for one in told + sent if call.query.get("To") in (None, one["to"])]
        return Answer(200, {"messages": wanted[::-1], "next_page_uri": None})

    def refusal(self, site: Site, call: Call) -> Answer:
        """An error of Twilio's (https://www.twilio.com/docs/api/errors/21211)."""
        return Answer(400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400})

    def text_of(self, call: Call) -> str:
        """The body."""
        return call.form["Body"]

    def links(self, call: Call) -> Sequence[str]:
        """Twilio loads pictures from us."""
        return [value for name, value in parse_qsl(call.body.decode()) if name == "MediaUrl"]

    def status(self, site: Site, provider_id: str, status: DeliveryStatus) -> WebhookRequest | None:
        """A status callback."""
        if status not in _TOLD:
            return None
        form = {
            "AccountSid": _account(site),
            "From": _number(site),
            "MessageSid": provider_id,
            "MessageStatus": _TOLD[status],
        }
        return site.form("status", form)


def _account(site: Site) -> str:
    return f"AC{site.number:032x}"


def _number(site: Site) -> str:
    return f"+1555010990{site.number}"


def _phone(person: int) -> str:
    return f"+1555000111{person}"


def _media(site: Site, said: Said) -> str:
    return f"https://api.twilio.com/2010-04-01/Accounts/{_account(site)}/Media/{said.number}"


def _said_sid(said: Said) -> str:
    return f"SM{said.number:032x}"


def _sent_sid(call: Call) -> str:
    return f"SM{call.number:031x}f"


def _item(
    sid: str, body: str, sender: str, to: str, ours: bool, at: datetime
) -> Mapping[str, object]:
    return {
        "sid": sid,
        "body": body,
        "from": sender,
        "to": to,
        "direction": "outbound-api" if ours else "inbound",
        "status": "sent" if ours else "received",
        "date_sent": format_datetime(at),
        "date_created": format_datetime(at),
        "num_media": "0",
    }
