"""What one Slack event costs from its signed bytes to a message, in CPU time.

    python -m benchmarks.slack_event [--events 5000]

Three rows: the adapter's `receive`, the bare minimum that any handler has to do (the signature, the
JSON and one message), and the same event through Bolt's dispatch, which plain messages are spared.
No network and no database, but for the sender's profile, which is asked for once.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import count

import orjson

from adapters.slack.adapter import SlackAdapter
from adapters.slack.config import SlackConfig
from adapters.slack.events import time_of
from adapters.slack.signature import sign
from adapters.slack.simulator import SlackSimulator
from core.channel import AdapterContext, WebhookRequest
from core.message import Assurance, Handle, InboundMessage

SECRET = "a-signing-secret-of-the-benchmark"
TOKEN = "xoxb-a-bot-token-of-the-benchmark"
NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
WARM_UP = 200


class NoKeep:
    """Keeps nothing: a direct message asks for nothing."""

    async def get(self, name: str) -> str | None:
        return None

    async def put(self, name: str, value: str | None) -> None:
        return None

    async def names(self, prefix: str = "") -> Sequence[str]:
        return ()


async def no_file(reference: str) -> bytes:
    raise LookupError(reference)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    asyncio.run(measure(parser.parse_args().events))


async def measure(events: int) -> None:
    slack = SlackSimulator("T0BENCH", SECRET, TOKEN)
    slack.add_person("U0ADA", "Ada", "ada@shop.example")
    await slack.start()
    adapter = adapter_for_benchmark(slack.base_url)
    requests = [request(number) for number in range(events + WARM_UP)]

    async def whole(asked: WebhookRequest) -> None:
        received = await adapter.receive("events", asked)
        assert len(received.messages) == 1

    async def dispatched(asked: WebhookRequest) -> None:
        received = await adapter._listeners.dispatch(asked)
        assert len(received.messages) == 1

    rows = (("receive", whole), ("bare handler", bare), ("through Bolt", dispatched))
    print(f"{events} direct messages, CPU in microseconds")
    for name, act in rows:
        costs = await timed(act, requests)
        p95 = costs[int(len(costs) * 0.95)]
        print(f"  {name:14} p50 {statistics.median(costs):7.1f}   p95 {p95:7.1f}")
    await adapter.close()
    await slack.stop()


async def timed(
    act: Callable[[WebhookRequest], Awaitable[None]], requests: Sequence[WebhookRequest]
) -> Sequence[float]:
    """What each request cost, cheapest first."""
    costs = []
    for asked in requests:
        began = time.process_time_ns()
        await act(asked)
        costs.append((time.process_time_ns() - began) / 1_000)
    return sorted(costs[WARM_UP:])


def adapter_for_benchmark(base_url: str) -> SlackAdapter:
    """An adapter that asks for the sender's profile once, with their first message."""
    options = {"signing_secret": SECRET, "bot_token": TOKEN, "api_base_url": base_url}
    ids = count(1)
    context = AdapterContext(
        "slack", "https://shop.test/slack", lambda: NOW, lambda: str(next(ids)), NoKeep(), no_file
    )
    return SlackAdapter(SlackConfig.model_validate(options), context)


async def bare(asked: WebhookRequest) -> None:
    """The signature, the JSON, a message."""
    timestamp = asked.headers["x-slack-request-timestamp"]
    made = hmac.digest(SECRET.encode(), b"v0:%s:%s" % (timestamp.encode(), asked.body), "sha256")
    assert hmac.compare_digest("v0=" + made.hex(), asked.headers["x-slack-signature"])
    event = orjson.loads(asked.body)["event"]
    InboundMessage(
        account="slack",
        channel="slack",
        event_id=event["ts"],
        conversation_key=event["channel"],
        sender=Handle("slack", event["user"]),
        assurance=Assurance.AUTHENTICATED,
        evidence="",
        text=event["text"],
        reply_address={"channel": event["channel"]},
        sent_at=time_of(event["ts"]),
    )


def request(number: int) -> WebhookRequest:
    """A direct message as Slack sends it, signed."""
    ts = f"1800000000.{number:06d}"
    body = orjson.dumps(
        {
            "token": "deprecated",
            "team_id": "T0BENCH",
            "api_app_id": "A0BENCH",
            "type": "event_callback",
            "event_id": f"Ev{number:09d}",
            "event_time": 1800000000,
            "event_context": "a-context-of-some-length-that-slack-sends-along",
            "is_ext_shared_channel": False,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": "T0BENCH",
                    "user_id": "U0ONETHREAD",
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "event": {
                "client_msg_id": "c7a1b1d2-0000-4000-8000-000000000001",
                "type": "message",
                "text": "Where is my order 1042? I was told &lt;two&gt; days, see <https://a.example>",
                "user": "U0ADA",
                "ts": ts,
                "team": "T0BENCH",
                "blocks": [
                    {
                        "type": "rich_text",
                        "block_id": "b1",
                        "elements": [
                            {
                                "type": "rich_text_section",
                                "elements": [{"type": "text", "text": "Where is my order 1042?"}],
                            }
                        ],
                    }
                ],
                "channel": "D0ADA",
                "event_ts": ts,
                "channel_type": "im",
            },
        }
    )
    timestamp = str(int(NOW.timestamp()))
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": sign(SECRET.encode(), timestamp, body),
    }
    return WebhookRequest("POST", "https://shop.test", headers, body)


if __name__ == "__main__":
    main()
