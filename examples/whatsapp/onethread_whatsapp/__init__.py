"""WhatsApp through Twilio: the declaration. Importing it loads no SDK and no web client."""

from __future__ import annotations

from core.channel import AdapterSpec, Capabilities, Route, Transport
from onethread_whatsapp.config import WhatsAppConfig

SPEC = AdapterSpec(
    name="whatsapp",
    title="WhatsApp (Twilio)",
    adapter="onethread_whatsapp.adapter:WhatsAppAdapter",
    config=WhatsAppConfig,
    capabilities=Capabilities(
        transport=Transport.WEBHOOK,
        text_limit=1600,
        attachments_in=True,
        attachments_out=True,
        delivery_status=True,
        read_status=True,
        # https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window
        reply_window_seconds=24 * 3600,
    ),
    # The same as of SMS: one number is one customer, whichever way they write.
    identity_kind="phone",
    routes=(
        Route("/inbound", "inbound", enter="When a message comes in (HTTP POST)"),
        Route("/status", "status"),
        Route("/media", "media", methods=("GET",)),
    ),
    simulator="onethread_whatsapp.simulator:WhatsAppSimulator",
    harness="onethread_whatsapp.harness:WhatsAppHarness",
)
