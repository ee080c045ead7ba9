"""Slack: the declaration. Importing it needs no SDK; the adapter does."""

from __future__ import annotations

from adapters.slack.config import SlackConfig
from core.channel import AdapterSpec, Capabilities, Route, TextFormat, Transport

TEXT_LIMIT = 12_000
"""Characters of one message. The text field is cut at 40,000, but people report that the blocks of
one message together are refused from 13,200 (msg_blocks_too_long), and ours are blocks."""

BUTTONS = 10
"""More choices than this are no longer choices; an actions block takes 25
(https://docs.slack.dev/reference/block-kit/blocks/actions-block)."""

SPEC = AdapterSpec(
    name="slack",
    title="Slack",
    adapter="adapters.slack.adapter:SlackAdapter",
    config=SlackConfig,
    capabilities=Capabilities(
        transport=Transport.WEBHOOK,
        text_limit=TEXT_LIMIT,
        text_format=TextFormat.MARKDOWN,
        attachments_in=True,
        attachments_out=True,
        threads=True,
        quick_replies=BUTTONS,
        reconcile=True,
        catch_up=True,
        private_reply=True,
    ),
    identity_kind="slack",
    routes=(
        Route("/events", "events", enter="Event Subscriptions, Request URL"),
        Route("/interactivity", "interactivity", enter="Interactivity & Shortcuts, Request URL"),
        Route("/install", "install", methods=("GET",)),
        Route("/oauth", "oauth", methods=("GET",), enter="OAuth & Permissions, Redirect URLs"),
    ),
    simulator="adapters.slack.simulator:SlackSimulator",
    harness="adapters.slack.harness:SlackHarness",
)
