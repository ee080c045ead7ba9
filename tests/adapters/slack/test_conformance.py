"""Slack keeps the contract of a channel."""

from __future__ import annotations

from adapters.slack.harness import SlackHarness
from adapters.testing import AdapterContract


class TestSlack(AdapterContract):
    harness = SlackHarness()
