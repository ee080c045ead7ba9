"""The simulated account as Twilio's API shows it: its numbers, its services, what is entered there.

Tests and trials change it as somebody would in Twilio's console. It sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

NEW_NUMBER_URL = "https://demo.twilio.com/welcome/sms/reply"
"""What a number has that was just bought."""


@dataclass(slots=True)
class SimulatedNumber:
    """A number (or a short code, without +) with what is entered for it."""

    number: str
    sms_url: str = NEW_NUMBER_URL
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_application_sid: str = ""
    sms: bool = True
    mms: bool = False
    verified: bool = False

    @property
    def sid(self) -> str:
        """Its id, made of its digits."""
        return f"PN{self.number.strip('+'):0>32}"

    def shown(self) -> dict[str, object]:
        """As the API shows it."""
        kind = "phone_number" if self.number.startswith("+") else "short_code"
        return {
            kind: self.number,
            "sid": self.sid,
            "sms_url": self.sms_url,
            "sms_method": self.sms_method,
            "sms_fallback_url": self.sms_fallback_url,
            "sms_application_sid": self.sms_application_sid,
            "capabilities": {"sms": self.sms, "mms": self.mms, "voice": True},
        }


@dataclass(slots=True)
class SimulatedService:
    """A messaging service with its pool of numbers."""

    sid: str
    numbers: list[str] = field(default_factory=list)
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    use_inbound_webhook_on_number: bool = False
    us_app_to_person_registered: bool = False

    def shown(self) -> dict[str, object]:
        """As the API shows it."""
        return {
            "sid": self.sid,
            "inbound_request_url": self.inbound_request_url,
            "inbound_method": self.inbound_method,
            "fallback_url": self.fallback_url,
            "use_inbound_webhook_on_number": self.use_inbound_webhook_on_number,
            "us_app_to_person_registered": self.us_app_to_person_registered,
        }


@dataclass(slots=True)
class SimulatedAccount:
    """What the account has."""

    status: str = "active"
    type: str = "Full"
    numbers: list[SimulatedNumber] = field(default_factory=list)
    services: list[SimulatedService] = field(default_factory=list)

    def mount(
        self, app: web.Application, account_sid: str, guarded: Callable[[Handler], Handler]
    ) -> None:
        """Serve it below both of the API's hosts, which are one here."""
        root = f"/2010-04-01/Accounts/{account_sid}"
        for path, handler in (
            (f"{root}.json", self._account),
            (f"{root}/IncomingPhoneNumbers.json", self._numbers),
            (f"{root}/SMS/ShortCodes.json", self._codes),
            ("/v1/Services", self._services),
            ("/v1/Services/{sid}", self._service),
            ("/v1/Services/{sid}/PhoneNumbers", self._pool),
            ("/v1/Services/{sid}/ShortCodes", self._pool_codes),
            ("/v1/Tollfree/Verifications", self._verifications),
        ):
            app.router.add_get(path, guarded(handler))

    async def _account(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": self.status, "type": self.type})

    async def _numbers(self, request: web.Request) -> web.Response:
        found = self._matching(request.query.get("PhoneNumber", ""), plus=True)
        return web.json_response({"incoming_phone_numbers": found})

    async def _codes(self, request: web.Request) -> web.Response:
        found = self._matching(request.query.get("ShortCode", ""), plus=False)
        return web.json_response({"short_codes": found})

    async def _services(self, _request: web.Request) -> web.Response:
        return web.json_response({"services": [one.shown() for one in self.services]})

    async def _service(self, request: web.Request) -> web.Response:
        service = self._of(request.match_info)
        return _unknown() if service is None else web.json_response(service.shown())

    async def _pool(self, request: web.Request) -> web.Response:
        service = self._of(request.match_info)
        if service is None:
            return _unknown()
        found = [one for one in service.numbers if one.startswith("+")]
        return web.json_response({"phone_numbers": _named("phone_number", found)})

    async def _pool_codes(self, request: web.Request) -> web.Response:
        service = self._of(request.match_info)
        if service is None:
            return _unknown()
        found = [one for one in service.numbers if not one.startswith("+")]
        return web.json_response({"short_codes": _named("short_code", found)})

    async def _verifications(self, request: web.Request) -> web.Response:
        asked = request.query.get("TollfreePhoneNumberSid")
        found = [one.verified for one in self.numbers if asked in (None, one.sid)]
        status = ("PENDING_REVIEW", "TWILIO_APPROVED")
        shown = _named("status", (status[verified] for verified in found))
        return web.json_response({"verifications": shown})

    def _matching(self, part: str, *, plus: bool) -> list[dict[str, object]]:
        """Numbers of that kind that hold the asked digits anywhere, as Twilio matches them."""
        return [
            one.shown()
            for one in self.numbers
            if one.number.startswith("+") is plus and part in one.number
        ]

    def _of(self, match: Mapping[str, str]) -> SimulatedService | None:
        return next((one for one in self.services if one.sid == match["sid"]), None)


def _named(key: str, values: Iterable[str]) -> list[dict[str, str]]:
    return [{key: one} for one in values]


def _unknown() -> web.Response:
    body = {"code": 20404, "message": "The requested resource was not found", "status": 404}
    return web.json_response(body, status=404)
