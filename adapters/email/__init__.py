"""E-mail by IMAP and SMTP: the declaration. Importing it needs no client; the adapter does."""

from __future__ import annotations

from adapters.email.config import EmailConfig
from core.channel import AdapterSpec, Capabilities, Route, TextFormat, Transport

SPEC = AdapterSpec(
    name="email",
    title="E-mail",
    adapter="adapters.email.adapter:EmailAdapter",
    config=EmailConfig,
    capabilities=Capabilities(
        transport=Transport.PULL,
        text_format=TextFormat.HTML,
        attachments_in=True,
        attachments_out=True,
        threads=True,
        delivery_status=True,
        # One mail goes to one person: whoever was in Cc does not get our answer.
        private_reply=True,
        # A second sending has the same Message-ID, by which mailboxes know it again.
        idempotent_send=True,
    ),
    identity_kind="email",
    routes=(
        Route("/inbound", "inbound", enter="Only with webhook_secret: forward raw mail to a URL"),
    ),
    simulator="adapters.email.simulator.service:MailSimulator",
    harness="adapters.email.harness:EmailHarness",
    archive="adapters.email.archive:read_archived",
)
