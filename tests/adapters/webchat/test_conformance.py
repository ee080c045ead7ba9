"""Web chat keeps the contract of a channel."""

from __future__ import annotations

from adapters.testing import AdapterContract
from adapters.webchat.harness import WebchatHarness


class TestWebchat(AdapterContract):
    harness = WebchatHarness()
