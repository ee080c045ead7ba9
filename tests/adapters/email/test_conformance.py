"""E-mail keeps the contract of a channel."""

from __future__ import annotations

from adapters.email.harness import EmailHarness
from adapters.testing import AdapterContract


class TestEmail(AdapterContract):
    harness = EmailHarness()
