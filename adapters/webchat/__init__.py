"""Web chat: the declaration of the channel that our own widget speaks."""

from __future__ import annotations

from adapters.webchat.config import WebchatConfig
from core.channel import AdapterSpec, Capabilities, TextFormat, Transport

SPEC = AdapterSpec(
    name="webchat",
    title="Web chat",
    adapter="adapters.webchat.adapter:WebchatAdapter",
    config=WebchatConfig,
    capabilities=Capabilities(
        transport=Transport.SOCKET,
        text_format=TextFormat.HTML,
        attachments_in=True,
        attachments_out=True,
        typing=True,
        quick_replies=10,
        delivery_status=True,
        read_status=True,
        idempotent_send=True,
    ),
    identity_kind="visitor",
    simulator="adapters.webchat.client:ChatClient",
    widget="adapters.webchat.widget:widget_script",
    harness="adapters.webchat.harness:WebchatHarness",
)
