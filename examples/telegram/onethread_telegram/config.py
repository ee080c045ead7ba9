"""The options of one bot: its table `[adapters.telegram]` in config.toml."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{30,}")
# https://core.telegram.org/bots/api#setwebhook; shorter ones could be guessed.
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("is no bot token; copy it from @BotFather, as 123456:ABC...")
    return value


def _secret(value: SecretStr) -> SecretStr:
    if not _SECRET.fullmatch(value.get_secret_value()):
        raise ValueError("needs 16 to 256 letters, digits, _ or -, as given to setWebhook")
    return value


class TelegramConfig(BaseModel):
    """The bot's token, the `secret_token` of its webhook, and where the Bot API is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[SecretStr, AfterValidator(_token)]
    secret: Annotated[SecretStr, AfterValidator(_secret)]
    api_url: str = "https://api.telegram.org"
    timeout_seconds: float = Field(default=15.0, gt=0, le=120)
