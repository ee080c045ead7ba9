"""Telegram by its Bot API: the declaration. Importing it loads no web client."""

from __future__ import annotations

from core.channel import AdapterSpec, Capabilities, Route, Transport
from onethread_telegram.config import TelegramConfig

SPEC = AdapterSpec(
    name="telegram",
    title="Telegram",
    adapter="onethread_telegram.adapter:TelegramAdapter",
    config=TelegramConfig,
    capabilities=Capabilities(
        transport=Transport.WEBHOOK,
        # https://core.telegram.org/bots/api#sendmessage
        text_limit=4096,
        attachments_in=True,
        attachments_out=True,
        threads=True,
        quick_replies=10,
    ),
    identity_kind="telegram",
    routes=(Route("/update", "update", enter="setWebhook, url"),),
    simulator="onethread_telegram.simulator:TelegramSimulator",
    harness="onethread_telegram.harness:TelegramHarness",
)
