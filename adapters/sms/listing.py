"""Twilio's message list: what was sent to a number, and what came in while we were away.

It reads, page by page and within bounds. What a message means is translated elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.sms.api import TwilioApi
from adapters.sms.config import SmsConfig
from adapters.sms.parsing import date_of
from core.channel import SendError

_PAGE = 200
_MAX_PAGES = 50
_POOL = 400
"""A messaging service has at most 400 numbers (https://www.twilio.com/docs/messaging/services)."""

Item = Mapping[str, Any]


async def sent_to(api: TwilioApi, number: str, since: datetime) -> Sequence[Item]:
    """Our messages to a number since then, newest first. Raises `SendError`."""
    found = await _list(api, {"To": number}, since)
    return [one for one in found if str(one.get("direction", "")).startswith("outbound")]


async def received(api: TwilioApi, config: SmsConfig, since: datetime) -> Sequence[Item]:
    """Messages to this account's numbers since then, oldest first. Raises `SendError`.

    The list is of the whole Twilio account, in which other numbers may be somebody else's to serve.
    """
    numbers = set(config.own_numbers)
    if config.messaging_service_sid is not None:
        numbers |= await _pool(api, config.messaging_service_sid)
    query = {"To": next(iter(numbers))} if len(numbers) == 1 else {}
    found = await _list(api, query, since)
    # It is newest first and dates are in seconds: turned round, equal ones keep their order.
    return [
        one
        for one in reversed(found)
        if one.get("direction") == "inbound" and one.get("to") in numbers
    ]


async def _pool(api: TwilioApi, service: str) -> frozenset[str]:
    """The numbers and short codes of a messaging service."""
    found: set[str] = set()
    for kind, items, key in (
        ("PhoneNumbers", "phone_numbers", "phone_number"),
        ("ShortCodes", "short_codes", "short_code"),
    ):
        data = await api.get_messaging(f"/Services/{service}/{kind}", {"PageSize": _POOL})
        page = data.get(items)
        rows = page if isinstance(page, list) else ()
        found.update(str(one[key]) for one in rows if isinstance(one, dict) and one.get(key))
    return frozenset(found)


async def _list(api: TwilioApi, query: Mapping[str, object], since: datetime) -> Sequence[Item]:
    """The message list since a time, over all its pages, newest first. Raises `SendError`."""
    wanted = {**query, "DateSent>": since.astimezone(UTC).strftime("%Y-%m-%d")}
    data = await api.get("/Messages.json", {**wanted, "PageSize": _PAGE})
    items: list[Item] = []
    for _ in range(_MAX_PAGES):
        page = data.get("messages")
        items.extend(page if isinstance(page, list) else ())
        following = data.get("next_page_uri")
        if not following:
            return [one for one in items if _is_since(one, since)]
        data = await api.get(str(following), {})
    raise SendError("The provider's list is too long to search.", retryable=True)


def _is_since(item: Item, since: datetime) -> bool:
    """The list filters by day; the rest is done here. An unreadable date stays in."""
    at = date_of(item)
    return at is None or at >= since.replace(microsecond=0)
