"""The options of one web chat, one table of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

import jwt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

_ORIGIN_HELP = "an origin is a scheme and a host, such as https://shop.example.com"
_MEDIA_TYPE = r"^[a-z]+/(\*|[a-z0-9][a-z0-9.+-]*)$"
_USUAL_PORTS = {"http": 80, "https": 443}


def _origin(value: str) -> str:
    """The origin as a browser writes it (RFC 6454, section 6.2): lower case, no usual port."""
    parts = urlsplit(value)
    bare = not (parts.path or parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in _USUAL_PORTS or not parts.hostname or not bare:
        raise ValueError(_ORIGIN_HELP)
    if "*" in parts.hostname:
        raise ValueError("an origin is compared whole; name each host instead of using *")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else _ascii(parts.hostname)
    usual = parts.port in (None, _USUAL_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{parts.port}"


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        raise ValueError(_ORIGIN_HELP) from None


class JwtKey(BaseModel):
    """A key with which the business's own server signs logins. The algorithm is fixed per key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: SecretStr = Field(min_length=16)
    algorithm: Literal["HS256", "RS256", "ES256"] = "HS256"


class WebchatConfig(BaseModel):
    """Who may embed the chat, how visitors prove who they are, and how it looks.

    `secret` signs the tokens with which a browser comes back. `jwt_keys` are keyed by their `kid`;
    without any, every visitor is anonymous. `login_profiles` takes the addresses of a login that it
    says are verified for this customer's. `page_url` is a page with the chat, for links in codes;
    without one there are none. Visitors may send files of `upload_types` ("image/*"
    for all of a family) up to `upload_megabytes` each; 0 takes none. `colour` is the brand's, as
    #rrggbb.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    allowed_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = Field(min_length=1)
    secret: SecretStr = Field(min_length=32)
    session_days: int = Field(default=30, ge=1, le=365)
    jwt_keys: Mapping[str, JwtKey] = Field(default_factory=dict)
    jwt_audience: str = Field(default="onethread", min_length=1)
    jwt_max_seconds: int = Field(default=3600, ge=60, le=86_400)
    login_profiles: bool = True
    page_url: str | None = None
    upload_megabytes: int = Field(default=10, ge=0, le=25)
    upload_types: tuple[Annotated[str, Field(pattern=_MEDIA_TYPE)], ...] = (
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/heic",
        "application/pdf",
        "text/plain",
    )
    title: str = Field(default="Chat with us", max_length=80)
    greeting: str = Field(default="", max_length=400)
    colour: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")

    @model_validator(mode="after")
    def _own_page(self) -> WebchatConfig:
        if not self.page_url:
            return self
        parts = urlsplit(self.page_url)
        if parts.scheme not in _USUAL_PORTS or not parts.hostname or parts.fragment:
            raise ValueError("page_url: write a whole address without #, as https://shop.example/")
        if _origin(f"{parts.scheme}://{parts.netloc}") not in self.allowed_origins:
            raise ValueError("page_url: its origin is not among allowed_origins")
        return self

    @model_validator(mode="after")
    def _usable_keys(self) -> WebchatConfig:
        for kid, key in self.jwt_keys.items():
            value = key.key.get_secret_value()
            if wrong := _shared(value) if key.algorithm == "HS256" else _public(key, value):
                raise ValueError(f"jwt_keys.{kid}: {wrong}")
            if value == self.secret.get_secret_value():
                raise ValueError(f"jwt_keys.{kid}: take another key than `secret`")
        return self


def _shared(key: str) -> str | None:
    """What is wrong with the key that both sides know."""
    if len(key) < 32:
        return "an HS256 key needs at least 32 characters"
    if "-----BEGIN" in key:
        return "this is a key pair's; name its algorithm, RS256 or ES256"
    return None


def _public(entry: JwtKey, key: str) -> str | None:
    """What is wrong with the key that only checks; one that could sign has no business here."""
    if "PRIVATE KEY" in key:
        return f"this is a private key; {entry.algorithm} takes the public one of the pair"
    try:
        jwt.get_algorithm_by_name(entry.algorithm).prepare_key(key)
    except (jwt.PyJWTError, ValueError, TypeError):
        return f"{entry.algorithm} takes a public key in PEM, from BEGIN PUBLIC KEY to its end"
    return None
