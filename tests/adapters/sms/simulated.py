"""The simulated provider for tests of the adapter alone: nobody listens to its webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.sms.simulator import Line, TwilioSimulator
from tests.adapters.sms.account import ACCOUNT, NUMBER, TOKEN


@asynccontextmanager
async def simulated() -> AsyncIterator[TwilioSimulator]:
    """A provider with the tests' account."""
    sms = TwilioSimulator(Line(ACCOUNT, TOKEN, NUMBER), "http://127.0.0.1:9", webhook_retries=0)
    await sms.start()
    try:
        yield sms
    finally:
        await sms.stop()
