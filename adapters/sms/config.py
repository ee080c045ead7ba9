"""The options of one Twilio account, one table of the settings."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_SHORTEST_TOKEN = 8
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


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


def _token(value: SecretStr) -> SecretStr:
    """An empty or guessable token would let anybody sign requests in Twilio's name."""
    if len(value.get_secret_value().strip()) < _SHORTEST_TOKEN:
        raise ValueError("is too short for an auth token; copy it from the Twilio console")
    return value


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError("write scheme and host only, as https://api.twilio.com")
    return value


Token = Annotated[SecretStr, AfterValidator(_token)]


class SmsConfig(BaseModel):
    """Credentials, the sender, and where the API is.

    `auth_token_next` is accepted beside `auth_token` while the token is being rotated. `numbers`
    are further ones that customers write to; each reply leaves from the one they wrote to. `mms`
    says that the numbers carry pictures. `messages_per_second` is of one sender; 0 leaves it to
    Twilio, which sends as fast as the number may and keeps the rest for ten hours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_sid: Annotated[str, AfterValidator(_account)]
    auth_token: Token
    auth_token_next: Token | None = None
    from_number: Annotated[str, AfterValidator(_number)] | None = None
    messaging_service_sid: Annotated[str, AfterValidator(_service)] | None = None
    numbers: tuple[Annotated[str, AfterValidator(_number)], ...] = ()
    mms: bool = False
    messages_per_second: float = Field(default=0.0, ge=0, le=1000)
    api_base_url: Annotated[str, AfterValidator(_api_url)] = "https://api.twilio.com"
    timeout_seconds: float = Field(default=15.0, gt=0, le=120)
    connections: int = Field(default=100, ge=1, le=1000)

    @property
    def own_numbers(self) -> frozenset[str]:
        """The numbers named here. A messaging service may have more of them."""
        return frozenset({*self.numbers, *([self.from_number] if self.from_number else [])})

    @model_validator(mode="after")
    def _one_sender(self) -> SmsConfig:
        if self.from_number is None and self.messaging_service_sid is None:
            raise ValueError("set from_number or messaging_service_sid: who sends the messages?")
        return self
