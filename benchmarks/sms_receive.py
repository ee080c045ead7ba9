"""What one signed SMS costs from its form to a message, in CPU time.

    python -m benchmarks.sms_receive [--forms 20000]

The adapter's `receive` against a bare handler, which takes the same decoded form and answers, and
against one that has Twilio's own library check the signature. The three take turns, so that what
else the machine does hits all of them alike. No network and no database.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import count

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from adapters.sms.adapter import SmsAdapter
from adapters.sms.config import SmsConfig
from adapters.sms.signature import sign
from core.channel import AdapterContext, Received, Refused, WebhookRequest, WebhookResponse

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-the-benchmark"
NUMBER = "+15550109999"
BASE = "https://shop.test/channels/sms"
NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
WARM_UP = 500
MOST_MICROSECONDS = 60.0

Act = Callable[[WebhookRequest], Awaitable[Received]]


class NoKeep:
    """Keeps nothing: an SMS asks for nothing."""

    async def get(self, name: str) -> str | None:
        return None

    async def put(self, name: str, value: str | None) -> None:
        return None

    async def names(self, prefix: str = "") -> Sequence[str]:
        return ()


async def no_file(reference: str) -> bytes:
    raise LookupError(reference)


def main() -> None:
    """Measure and print; the exit code says whether the limit is held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=20_000)
    raise SystemExit(asyncio.run(measure(parser.parse_args().forms)))


async def measure(forms: int) -> int:
    ids = count(1)
    context = AdapterContext("sms", BASE, lambda: NOW, lambda: str(next(ids)), NoKeep(), no_file)
    options = {"account_sid": ACCOUNT, "auth_token": TOKEN, "from_number": NUMBER}
    adapter = SmsAdapter(SmsConfig.model_validate(options), context)
    requests = [request(number) for number in range(forms + WARM_UP)]

    async def whole(asked: WebhookRequest) -> Received:
        return await adapter.receive("inbound", asked)

    costs = await timed((bare, whole, official), requests)
    await adapter.close()
    middle = [statistics.median(one) for one in costs]
    print(f"{forms} signed forms of {len(requests[0].form)} fields, CPU in microseconds")
    for name, one, p50 in zip(("bare handler", "receive", "Twilio's library"), costs, middle):
        print(f"  {name:16} p50 {p50:7.1f}   p95 {one[int(len(one) * 0.95)]:7.1f}")
    beyond = middle[1] - middle[0]
    print(f"beyond the bare handler: {beyond:.1f} of at most {MOST_MICROSECONDS:.0f}")
    print(f"a handler with Twilio's library takes {middle[2] / middle[1]:.1f} times as long")
    return int(beyond > MOST_MICROSECONDS)


async def timed(acts: Sequence[Act], requests: Sequence[WebhookRequest]) -> list[list[float]]:
    """What each request cost each of them, cheapest first."""
    costs: list[list[float]] = [[] for _ in acts]
    for asked in requests:
        for act, found in zip(acts, costs):
            began = time.process_time_ns()
            await act(asked)
            found.append((time.process_time_ns() - began) / 1_000)
    return [sorted(one[WARM_UP:]) for one in costs]


async def bare(asked: WebhookRequest) -> Received:
    """The form's fields, and the answer."""
    fields = dict(asked.form)
    assert fields["Body"]
    return Received(response=WebhookResponse(200, "<Response/>", "text/xml"))


async def official(asked: WebhookRequest) -> Received:
    """The same, once Twilio's library believes the signature."""
    signature = asked.headers["x-twilio-signature"]
    if not RequestValidator(TOKEN).validate(f"{BASE}/inbound", dict(asked.form), signature):
        raise Refused(403, "not signed")
    return await bare(asked)


def request(number: int) -> WebhookRequest:
    """A text of a customer in the United States as Twilio sends it, with its 19 fields."""
    message = f"SM{number:032x}"
    form = {
        "ToCountry": "US",
        "ToState": "CA",
        "SmsMessageSid": message,
        "NumMedia": "0",
        "ToCity": "SAN FRANCISCO",
        "FromZip": "94105",
        "SmsSid": message,
        "FromState": "CA",
        "SmsStatus": "received",
        "FromCity": "SAN FRANCISCO",
        "Body": "Where is my order 1042? I was told two days, and it is Friday.",
        "FromCountry": "US",
        "To": NUMBER,
        "ToZip": "94103",
        "NumSegments": "1",
        "MessageSid": message,
        "AccountSid": ACCOUNT,
        "From": f"+1555{number:07d}",
        "ApiVersion": "2010-04-01",
    }
    fields = tuple(form.items())
    url = f"{BASE}/inbound"
    headers = {"x-twilio-signature": sign(TOKEN.encode(), url, fields)}
    return WebhookRequest("POST", url, headers, b"", fields)


if __name__ == "__main__":
    main()
