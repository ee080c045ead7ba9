"""The options of one Slack app, one table of the settings. It knows no SDK and asks nobody.

An app serves one workspace with `bot_token`, any number that install it with `client_id` and
`client_secret`, or both. With `app_token` it opens a socket of its own, where no address is public.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

SLACK_API = "https://slack.com/api/"
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "users:read",
    "users:read.email",
)
"""What the bot asks for: to read where it is, to write, to carry files, to see profiles. The
address in a profile needs a scope besides the profile's (https://docs.slack.dev/reference/scopes).
"""

_SHORTEST_SECRET = 16
_TEAM = re.compile(r"[TE][A-Z0-9]{2,20}")
_BOT = re.compile(r"[BUWA][A-Z0-9]{2,20}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


def _secret(value: SecretStr) -> SecretStr:
    """An empty or guessable secret would let anybody sign events in Slack's name."""
    if len(value.get_secret_value().strip()) < _SHORTEST_SECRET:
        raise ValueError("is too short; copy it from the app's page, Basic Information")
    return value


def _begins(prefix: str, where: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(re.escape(prefix) + r"[\x21-\x7e]{8,}", value.get_secret_value()):
            raise ValueError(f"begins with {prefix}; copy it from the app's page, {where}")
        return value

    return AfterValidator(check)


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or parts.scheme not in ("https", *(("http",) if local else ())):
        raise ValueError("write the address below which the methods are, as https://slack.com/api/")
    return value if value.endswith("/") else f"{value}/"


def _domains(value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    for team, domains in value.items():
        if not _TEAM.fullmatch(team):
            raise ValueError(f"{team!r} is no workspace id; it looks like T0123ABCD")
        for domain in domains:
            if not _DOMAIN.fullmatch(domain):
                raise ValueError(f"{domain!r} is no domain; write it as shop.example")
    return value


def _bots(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        if not _BOT.fullmatch(one):
            raise ValueError(f"{one!r} is no id of a bot; it looks like B0123ABCD")
    return value


class SlackConfig(BaseModel):
    """Secrets of one app, whom it believes, and where the API is.

    `trusted_domains` names for a workspace the mail domains for which its profiles count as proof.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    signing_secret: Annotated[SecretStr, AfterValidator(_secret)]
    bot_token: Annotated[SecretStr, _begins("xoxb-", "OAuth & Permissions")] | None = None
    client_id: str | None = None
    client_secret: Annotated[SecretStr, AfterValidator(_secret)] | None = None
    scopes: tuple[str, ...] = SCOPES
    app_token: Annotated[SecretStr, _begins("xapp-", "App-Level Tokens")] | None = None
    api_base_url: Annotated[str, AfterValidator(_api_url)] = SLACK_API
    allowed_bots: Annotated[tuple[str, ...], AfterValidator(_bots)] = ()
    trusted_domains: Annotated[Mapping[str, tuple[str, ...]], AfterValidator(_domains)] = {}
    timeout_seconds: float = Field(default=10.0, gt=0, le=120)

    @model_validator(mode="after")
    def _one_way_in(self) -> SlackConfig:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret belong together: set both or neither")
        if self.bot_token is None and self.client_id is None:
            raise ValueError(
                "set bot_token to serve one workspace, or client_id and client_secret to serve"
                " every workspace that installs the app"
            )
        return self
