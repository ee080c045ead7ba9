"""The options of one web chat, one table of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ValueError("an origin is a scheme and a host, such as https://shop.example.com")
    return value.lower()


class JwtKey(BaseModel):
    """A key with which the business's own server signs logins. The algorithm is fixed per key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: SecretStr = Field(min_length=16)
    algorithm: Literal["HS256", "RS256", "ES256"] = "HS256"


class WebchatConfig(BaseModel):
    """Who may embed the chat, and how visitors prove who they are.

    `secret` signs the tokens with which a browser comes back. `jwt_keys` are keyed by their `kid`;
    without any, every visitor is anonymous.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    allowed_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = Field(min_length=1)
    secret: SecretStr = Field(min_length=32)
    session_days: int = Field(default=30, ge=1, le=365)
    jwt_keys: Mapping[str, JwtKey] = Field(default_factory=dict)
    jwt_audience: str = "onethread"
    jwt_max_seconds: int = Field(default=3600, ge=60, le=86_400)
    title: str = Field(default="Chat with us", max_length=80)
    greeting: str = Field(default="", max_length=400)

    @model_validator(mode="after")
    def _long_shared_keys(self) -> WebchatConfig:
        for kid, key in self.jwt_keys.items():
            if key.algorithm == "HS256" and len(key.key.get_secret_value()) < 32:
                raise ValueError(f"jwt_keys.{kid}: an HS256 key needs at least 32 characters")
        return self
