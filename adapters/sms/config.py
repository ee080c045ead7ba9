"""The options of one Twilio account, one table of the settings."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


def _account(value: str) -> str:
    if not _ACCOUNT.fullmatch(value):
        raise ValueError("an account SID is AC and 32 hexadecimal digits, as the console shows it")
    return value


def _number(value: str) -> str:
    if not _NUMBER.fullmatch(value):
        raise ValueError("write the number as +15550100123, a short code, or a sender name")
    return value


def _service(value: str) -> str:
    if not _SERVICE.fullmatch(value):
        raise ValueError("a messaging service SID is MG and 32 hexadecimal digits")
    return value


class SmsConfig(BaseModel):
    """Credentials, the sender, and where the API is.

    `auth_token_next` is accepted beside `auth_token` while the token is being rotated.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_sid: Annotated[str, AfterValidator(_account)]
    auth_token: SecretStr = Field(min_length=8)
    auth_token_next: SecretStr | None = None
    from_number: Annotated[str, AfterValidator(_number)] | None = None
    messaging_service_sid: Annotated[str, AfterValidator(_service)] | None = None
    api_base_url: str = "https://api.twilio.com"
    timeout_seconds: float = Field(default=15.0, gt=0, le=120)
    connections: int = Field(default=100, ge=1, le=1000)

    @model_validator(mode="after")
    def _one_sender(self) -> SmsConfig:
        if self.from_number is None and self.messaging_service_sid is None:
            raise ValueError("set from_number or messaging_service_sid: who sends the messages?")
        return self
