"""The tables of the settings: each option, its default and what values make sense.

Only single tables are judged here; reading them, and merging file and environment, is
`gateway.settings.model`. Every option is described to its user in `config.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FilePath,
    PlainValidator,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from gateway.settings.problems import fault

QUIET_SECONDS: Mapping[str, float] = {"sms": 4.0, "webchat": 1.0, "slack": 3.0, "email": 0.0}
"""The quiet window of each channel of ours, unless its table says otherwise."""

ANSWERS_PER_HOUR: Mapping[str, int] = {"email": 20}
"""How often in an hour the bot answers one address, and in one thread, on channels of ours where
machines answer machines."""


LEAST_SECRET = 16
"""Characters of a secret that requests are signed with."""


def listed(value: object) -> object:
    """An environment variable names a list with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        # Host bits are forgiven: people copy the proxy's own address with its prefix.
        return ip_network(str(value), strict=False)
    except ValueError:
        raise fault("is not a network", 'Write one such as "10.0.0.0/8" or "192.0.2.7"') from None


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise fault("is not a web address", "Write it whole, such as https://support.example.com")
    return url.rstrip("/")


Network = Annotated[IPv4Network | IPv6Network, PlainValidator(_network)]
Listed = BeforeValidator(listed)
Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Section(BaseModel):
    """One table of the file. An unknown key is a fault, since a misspelt one would be silent."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class Server(Section):
    """Where the gateway listens, and who may stand in front of it."""

    # Before `host`, whose check looks at them.
    trusted_proxies: Annotated[tuple[Network, ...], Listed] = ()
    tls_cert: FilePath | None = None
    tls_key: FilePath | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: Annotated[str, AfterValidator(_address)] | None = None
    max_body_bytes: Annotated[int, Field(ge=1024)] = 1_048_576
    queue_limit: Positive = 1_000

    @field_validator("tls_key")
    @classmethod
    def _both_halves(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if "tls_cert" in info.data and (key is None) != (info.data["tls_cert"] is None):
            raise fault(
                "TLS needs a certificate and its key", "Set both tls_cert and tls_key, or neither"
            )
        return key

    @field_validator("host")
    @classmethod
    def _behind_something(cls, host: str, info: ValidationInfo) -> str:
        if is_loopback(host):
            return host
        shields = ("trusted_proxies", "tls_cert", "tls_key")
        # A shield with a fault of its own is told by itself; here it counts as meant.
        if any(info.data.get(name, True) for name in shields):
            return host
        raise fault(
            "is reachable from other machines, without TLS and without a trusted proxy",
            "Set tls_cert and tls_key, or trusted_proxies, or listen on 127.0.0.1",
        )

    @property
    def tls(self) -> bool:
        """Whether the gateway speaks TLS itself."""
        return self.tls_cert is not None


class Storage(Section):
    """The database that holds everything durable. Its URL may carry a password."""

    url: SecretStr = SecretStr("sqlite:///data/onethread.db")
    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    readers: Positive = 4
    batch_limit: Positive = 256
    queue_limit: Positive = 10_000

    @field_validator("url")
    @classmethod
    def _supported(cls, url: SecretStr) -> SecretStr:
        # Late, because it brings SQLAlchemy with it, which not every command needs.
        from memory.engine import database_url

        _with_scheme(url, "sqlite:///", "postgresql://", "postgresql+psycopg://")
        try:
            parsed = database_url(url.get_secret_value())
        except ValueError:
            parsed = None
        if parsed is None or "@" in (parsed.host or ""):
            raise fault(
                "is not an address of a database",
                "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME; "
                "within the password, write @ : / and % as %40 %3A %2F and %25",
            )
        return url


class Playbook(Section):
    """Where the business's own words and rules lie."""

    path: Path = Path("playbook")
    reload_seconds: Annotated[float, Field(ge=0, le=3600)] = 2.0


class Pipeline(Section):
    """How a turn is decided. `trivial` stages echo: they measure everything around them."""

    stages: Literal["default", "trivial"] = "default"
    token_budget: Annotated[int, Field(ge=100)] = 1_000
    encoding: Literal["cl100k_base", "o200k_base"] = "cl100k_base"


class Turns(Section):
    """How messages become turns: how many at once, and how long to wait for the rest of a burst."""

    concurrency: Positive = 64
    lease_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 30.0
    quiet_seconds_max: Seconds = 8.0
    quiet_seconds: Mapping[str, Seconds] = Field(default_factory=lambda: dict(QUIET_SECONDS))
    continue_after_minutes: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 5.0
    answers_per_hour: Mapping[str, Positive] = Field(default_factory=lambda: dict(ANSWERS_PER_HOUR))

    @field_validator("quiet_seconds", mode="before")
    @classmethod
    def _over_quiet(cls, given: object) -> object:
        return {**QUIET_SECONDS, **given} if isinstance(given, Mapping) else given

    @field_validator("answers_per_hour", mode="before")
    @classmethod
    def _over_answers(cls, given: object) -> object:
        return {**ANSWERS_PER_HOUR, **given} if isinstance(given, Mapping) else given

    def quiet_for(self, adapter: str) -> float:
        """The quiet window of a channel, by the name of its adapter; none unless it has one."""
        return min(self.quiet_seconds.get(adapter, 0.0), self.quiet_seconds_max)


class Delivery(Section):
    """How outgoing parts are sent, and how patiently."""

    attempts: Positive = 6
    backoff_base_seconds: Seconds = 2.0
    backoff_max_seconds: Seconds = 300.0
    concurrency: Positive = 64


class Actions(Section):
    """How the systems that a playbook's actions ask know us, and which of them may be asked."""

    secret: SecretStr | None = None
    secrets: Mapping[str, SecretStr] = Field(default_factory=dict)
    networks: Annotated[tuple[Network, ...], Listed] = ()

    @field_validator("secrets")
    @classmethod
    def _long_enough(cls, secrets: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        for name, secret in secrets.items():
            _refuse_short(secret, f" for {name}")
        return secrets

    @field_validator("secret")
    @classmethod
    def _also_long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            _refuse_short(secret, "")
        return secret

    def secret_of(self, name: str) -> SecretStr | None:
        """With what requests of that action are signed."""
        return self.secrets.get(name, self.secret)


def _refuse_short(secret: SecretStr, whose: str) -> None:
    if len(secret.get_secret_value()) < LEAST_SECRET:
        raise fault(
            f"has a secret{whose} that could be guessed",
            f"Draw one of {LEAST_SECRET} characters or more: openssl rand -hex 32",
        )


class Logging(Section):
    """What the process says of itself."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["console", "json"] = "console"

    @field_validator("level", mode="before")
    @classmethod
    def _any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level


class Data(Section):
    """Where files live that the database does not hold: attachments, trained models."""

    folder: Path = Path("data")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address; of names, only localhost is believed."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _with_scheme(url: SecretStr, *schemes: str) -> SecretStr:
    if not url.get_secret_value().startswith(schemes):
        raise fault("has the wrong scheme", f"It has to begin with {' or '.join(schemes)}")
    return url
