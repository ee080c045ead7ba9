"""The options of one WhatsApp sender: its table `[adapters.whatsapp]` in config.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class WhatsAppConfig(BaseModel):
    """The Twilio account, the sender's number as +447700900123, and where the API is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")]
    auth_token: SecretStr = Field(min_length=16)
    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
    api_url: str = "https://api.twilio.com"
    timeout_seconds: float = Field(default=15.0, gt=0, le=120)
