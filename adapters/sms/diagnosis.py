"""What has to be right at Twilio, looked at for `onethread doctor`.

It reads the account by the API, and asks our own public address as Twilio would, once unsigned and
once signed. It changes nothing at Twilio, and what it sends us is admitted as nothing. Each finding
says exactly what to enter and where.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from adapters.sms.api import TwilioApi
from adapters.sms.config import SmsConfig
from adapters.sms.entered import Entered, entered_findings
from core.channel import SendError
from core.channel_abilities import Finding, Gravity

_CONSOLE = "https://console.twilio.com"
_PAGE = 50
_MOST_SERVICES = 20
_MOST_SENDERS = 10
_SKEW_WARNING = 30
_SKEW_FAULT = 120
"""Seconds. Reconciling a lost send looks back by two minutes more than the send is old."""
# The prefixes of toll-free numbers in North America, to which other rules apply.
_TOLL_FREE = tuple(f"+1{code}" for code in (800, 833, 844, 855, 866, 877, 888))

_NUMBER_PAGE = (
    f"{_CONSOLE}, Phone Numbers, Active numbers, the number, Messaging Configuration, "
    '"A message comes in": Webhook'
)
_CODE_PAGE = f"{_CONSOLE}, Messaging, Short codes, the code"
_SERVICE_PAGE = (
    f'{_CONSOLE}, Messaging, Services, the service, Integration, "Send a webhook": Request URL'
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where the API has one kind of sender."""

    path: str
    query: str
    items: str
    title: str
    page: str


_NUMBERS = _Kind(
    "/IncomingPhoneNumbers.json",
    "PhoneNumber",
    "incoming_phone_numbers",
    "The number",
    _NUMBER_PAGE,
)
_CODES = _Kind("/SMS/ShortCodes.json", "ShortCode", "short_codes", "The short code", _CODE_PAGE)


class TwilioDiagnosis:
    """One look at one account. `wanted` is what has to be entered for incoming messages."""

    def __init__(
        self, config: SmsConfig, api: TwilioApi, wanted: str, now: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._api = api
        self._wanted = wanted
        self._now = now

    async def look(self) -> Sequence[Finding]:
        """What was looked at, in the order of looking. Raises nothing."""
        account = await self._told(self._account)
        if any(one.gravity is Gravity.FAULT for one in account):
            return account
        return [*account, *self._clock(), *await self._told(self._senders)]

    async def _told(self, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
        """What a look found, or that Twilio could not be asked."""
        try:
            return await look()
        except SendError as error:
            return [_unasked(error)]

    async def _account(self) -> list[Finding]:
        account = await self._api.get(".json", {})
        status, kind = str(account.get("status")), str(account.get("type"))
        if status != "active":
            what = f"Twilio takes the credentials, but the account is {status}."
            return [Finding(Gravity.FAULT, what, f"Open {_CONSOLE}: it says what it waits for.")]
        found = [Finding(Gravity.OK, "Twilio takes account_sid and auth_token.")]
        if kind == "Trial":
            what = "It is a trial account: it writes only to numbers that you verified."
            mend = f"Upgrade it at {_CONSOLE}, or verify your own phone there for tests."
            found.append(Finding(Gravity.WARNING, what, mend))
        return found

    def _clock(self) -> list[Finding]:
        try:
            theirs = parsedate_to_datetime(self._api.date)
        except (TypeError, ValueError):
            return []
        ahead = round((self._now() - theirs.astimezone(UTC)).total_seconds())
        if abs(ahead) <= _SKEW_WARNING:
            return [Finding(Gravity.OK, "This machine's clock agrees with Twilio's.")]
        gravity = Gravity.FAULT if abs(ahead) > _SKEW_FAULT else Gravity.WARNING
        side = "ahead of" if ahead > 0 else "behind"
        what = f"This machine's clock is {abs(ahead)} seconds {side} Twilio's."
        mend = "Let it be set from the network, for example: sudo timedatectl set-ntp true"
        return [Finding(gravity, what, mend)]

    async def _senders(self) -> list[Finding]:
        found = await self._sender()
        for number in self._config.numbers:
            # Told of each by its name: there are several.
            found += [
                replace(one, what=f"{number}: {one.what}")
                for one in await self._number(number, "numbers")
            ]
        return found

    async def _sender(self) -> list[Finding]:
        config = self._config
        if config.messaging_service_sid is not None:
            return await self._service(config.messaging_service_sid)
        sender = config.from_number or ""
        if not sender.lstrip("+").isdigit():
            what = "from_number is a sender name: nobody can answer it, so no message comes in."
            mend = "Take a number of the account as from_number, if customers are to write."
            return [Finding(Gravity.WARNING, what, mend)]
        return await self._number(sender)

    async def _number(self, sender: str, key: str = "from_number") -> list[Finding]:
        """A single sender: its service has the last word, if it belongs to one."""
        kind = _NUMBERS if sender.startswith("+") else _CODES
        item = await self._item(kind, sender)
        if item is None:
            what = f"{kind.title} in {key} does not belong to this account."
            mend = f"Take one that {_CONSOLE} shows under this account_sid, written as there."
            return [Finding(Gravity.FAULT, what, mend)]
        found = [Finding(Gravity.OK, f"{kind.title} belongs to the account.")]
        able = item.get("capabilities")
        if isinstance(able, Mapping) and able.get("sms") is False:
            what = "The number cannot send or take SMS."
            found.append(Finding(Gravity.FAULT, what, "Buy one with the capability SMS."))
        if self._config.mms and isinstance(able, Mapping) and able.get("mms") is False:
            what = "The number carries no pictures, though mms = true says so."
            found.append(Finding(Gravity.FAULT, what, "Set mms = false, or buy one with MMS."))
        service = await self._service_of(sender) if kind is _NUMBERS else None
        if service is None or service.get("use_inbound_webhook_on_number"):
            found += entered_findings(_of_sender(kind, item), self._wanted)
        else:
            found.append(_in_service())
            found += entered_findings(_of_service(service), self._wanted)
        return [*found, *await self._registration(sender, item, service)]

    async def _service(self, sid: str) -> list[Finding]:
        service = await self._api.get_messaging(f"/Services/{sid}", {})
        senders = await self._senders_of(sid)
        if not senders:
            what = "The messaging service has no number: nothing can be sent or taken."
            mend = f"Add one at {_CONSOLE}, Messaging, Services, the service, Sender Pool."
            return [Finding(Gravity.FAULT, what, mend)]
        found = [Finding(Gravity.OK, f"The messaging service has numbers: {len(senders)}.")]
        if service.get("use_inbound_webhook_on_number"):
            for sender in senders[:_MOST_SENDERS]:
                item = await self._item(_NUMBERS, sender)
                if item is not None:
                    found += entered_findings(_of_sender(_NUMBERS, item), self._wanted)
        else:
            found += entered_findings(_of_service(service), self._wanted)
        return [*found, *await self._registration(senders[0], {}, service)]

    async def _registration(
        self, sender: str, item: Mapping[str, Any], service: Mapping[str, Any] | None
    ) -> list[Finding]:
        """Whether carriers of the United States take what a North American number sends."""
        if not sender.startswith("+1"):
            return []
        if sender.startswith(_TOLL_FREE):
            return await self._toll_free(str(item.get("sid") or ""))
        if service is not None and service.get("us_app_to_person_registered"):
            what = "The messaging service has an A2P 10DLC campaign."
            return [Finding(Gravity.OK, what)]
        # https://www.twilio.com/docs/messaging/compliance/a2p-10dlc
        what = "No A2P 10DLC campaign is registered: United States carriers block what is sent."
        mend = (
            f"Register brand and campaign at {_CONSOLE}, Messaging, Regulatory Compliance, and put "
            "the number into the campaign's messaging service. Only needed for customers there."
        )
        return [Finding(Gravity.WARNING, what, mend)]

    async def _toll_free(self, sid: str) -> list[Finding]:
        query = {"TollfreePhoneNumberSid": sid} if sid else {}
        data = await self._api.get_messaging("/Tollfree/Verifications", query)
        if any(one.get("status") == "TWILIO_APPROVED" for one in _listed(data, "verifications")):
            return [Finding(Gravity.OK, "The toll-free number is verified.")]
        what = "The toll-free number is not verified: carriers block what it sends."
        mend = f"Ask for it at {_CONSOLE}, Phone Numbers, the number, Regulatory Information."
        return [Finding(Gravity.WARNING, what, mend)]

    async def _item(self, kind: _Kind, sender: str) -> Mapping[str, Any] | None:
        data = await self._api.get(kind.path, {kind.query: sender})
        # The query matches parts of numbers, too.
        name = "phone_number" if kind is _NUMBERS else "short_code"
        return next((one for one in _listed(data, kind.items) if one.get(name) == sender), None)

    async def _service_of(self, number: str) -> Mapping[str, Any] | None:
        """The messaging service whose pool has this number."""
        data = await self._api.get_messaging("/Services", {"PageSize": _MOST_SERVICES})
        for service in _listed(data, "services"):
            if number in await self._senders_of(str(service.get("sid"))):
                return service
        return None

    async def _senders_of(self, service: str) -> Sequence[str]:
        path = f"/Services/{service}/PhoneNumbers"
        data = await self._api.get_messaging(path, {"PageSize": _PAGE})
        return [str(one.get("phone_number")) for one in _listed(data, "phone_numbers")]


def _listed(data: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    items = data.get(name)
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []


def _of_sender(kind: _Kind, item: Mapping[str, Any]) -> Entered:
    return Entered(
        kind.title,
        kind.page,
        str(item.get("sms_url") or ""),
        str(item.get("sms_method") or "POST"),
        str(item.get("sms_fallback_url") or ""),
        str(item.get("sms_application_sid") or ""),
    )


def _of_service(service: Mapping[str, Any]) -> Entered:
    return Entered(
        "The messaging service",
        _SERVICE_PAGE,
        str(service.get("inbound_request_url") or ""),
        str(service.get("inbound_method") or "POST"),
        str(service.get("fallback_url") or ""),
    )


def _in_service() -> Finding:
    what = "The number is in a messaging service, whose address counts instead of the number's."
    return Finding(Gravity.OK, what)


def _unasked(error: SendError) -> Finding:
    if error.provider_code in {"20003", "401"}:
        what = "Twilio refuses account_sid and auth_token."
        mend = (
            f"Copy both anew from the first page of {_CONSOLE} (Account Info). An API key is no "
            "auth token, and a subaccount has its own."
        )
        return Finding(Gravity.FAULT, what, mend)
    if error.provider_code in {"20404", "404"}:
        what = "Twilio does not know what the settings name."
        mend = "Compare account_sid and messaging_service_sid with what the console shows."
        return Finding(Gravity.FAULT, what, mend)
    what = f"Twilio could not be asked. {error.reason}"
    mend = "Let this machine reach the API (api_base_url); look at https://status.twilio.com"
    return Finding(Gravity.FAULT, what, mend)
