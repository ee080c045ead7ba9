"""SMS through Twilio: the declaration. Importing it needs no SDK; the adapter does."""

from __future__ import annotations

from adapters.sms.config import SmsConfig
from core.channel import AdapterSpec, Capabilities, Route, Transport

SPEC = AdapterSpec(
    name="sms",
    title="SMS (Twilio)",
    adapter="adapters.sms.adapter:SmsAdapter",
    config=SmsConfig,
    capabilities=Capabilities(
        transport=Transport.WEBHOOK,
        text_limit=1600,
        delivery_status=True,
        reconcile=True,
        catch_up=True,
    ),
    identity_kind="phone",
    routes=(Route("/inbound", "inbound"), Route("/status", "status")),
    simulator="adapters.sms.simulator:TwilioSimulator",
)
