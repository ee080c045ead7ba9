"""The reference channel keeps the contract, every rule of it that it can be asked."""

from __future__ import annotations

from adapters.testing import AdapterContract
from adapters.testing.loopback_harness import LoopbackHarness


class TestLoopback(AdapterContract):
    harness = LoopbackHarness()
