"""SMS keeps the contract of a channel."""

from __future__ import annotations

from adapters.sms.harness import SmsHarness
from adapters.testing import AdapterContract


class TestSms(AdapterContract):
    harness = SmsHarness()
