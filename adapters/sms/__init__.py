"""SMS through Twilio: the declaration. Importing it needs no SDK; the adapter does."""

from __future__ import annotations

from adapters.sms.config import SmsConfig
from core.channel import AdapterSpec, Capabilities, Route, Transport

RETRY_FRAGMENT = "#rc=5&rp=5xx,ct,rt"
"""Asks Twilio to retry up to 5 times on 5xx, connect and read time-outs; it does once by itself
(https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""

SPEC = AdapterSpec(
    name="sms",
    title="SMS (Twilio)",
    adapter="adapters.sms.adapter:SmsAdapter",
    config=SmsConfig,
    capabilities=Capabilities(
        transport=Transport.WEBHOOK,
        text_limit=1600,
        attachments_in=True,
        attachments_out=True,
        delivery_status=True,
        reconcile=True,
        catch_up=True,
    ),
    identity_kind="phone",
    routes=(
        Route(
            "/inbound",
            "inbound",
            enter="A message comes in (Webhook, HTTP POST)",
            fragment=RETRY_FRAGMENT,
        ),
        # Each message we send names this one by itself.
        Route("/status", "status"),
        # Twilio loads the pictures of our messages here.
        Route("/media", "media", methods=("GET", "HEAD")),
    ),
    simulator="adapters.sms.simulator:TwilioSimulator",
    harness="adapters.sms.harness:SmsHarness",
)
