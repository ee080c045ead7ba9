"""The options of one mailbox, one table of the settings.

It says what is wrong with them and how to mend it; it opens no connection and reads no file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

Tls = Literal["tls", "starttls", "none"]

_IMAP_PORTS: dict[str, int] = {"tls": 993, "starttls": 143, "none": 143}
_SMTP_PORTS: dict[str, int] = {"tls": 465, "starttls": 587, "none": 25}
_MIB = 1024 * 1024


def _address(value: str) -> str:
    """One bare address, in lower case: some servers change the case on the way."""
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("write one bare address, such as support@example.com") from None
    return found.normalized.lower()


def _domain(value: str) -> str:
    if value:
        _address(f"a@{value}")
    return value.lower()


def _host(value: str) -> str:
    if "/" in value or "@" in value or value.strip() != value:
        raise ValueError("write the name of the server alone, such as mail.example.com")
    return value


def _title(value: str) -> str:
    if not value.isprintable():
        raise ValueError("write it on one line, without control characters")
    return value


def _https(value: str) -> str:
    parts = urlsplit(value)
    if value and not (parts.scheme == "https" or _is_loopback(parts.hostname or "")):
        raise ValueError("write the address of the token endpoint, with https://")
    return value


Address = Annotated[str, AfterValidator(_address)]
Domain = Annotated[str, AfterValidator(_domain)]
Host = Annotated[str, AfterValidator(_host)]
Title = Annotated[str, AfterValidator(_title)]


@dataclass(frozen=True, slots=True)
class OAuth:
    """How access tokens are got for IMAP and SMTP instead of a password (RFC 6749, section 6)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str


@dataclass(frozen=True, slots=True)
class Server:
    """One server and who we are there."""

    host: str
    port: int
    tls: Tls
    user: str = field(repr=False)
    password: str = field(repr=False)


class EmailConfig(BaseModel):
    """One address, where its mail is read and how it is sent.

    `secret` signs thread and bounce tokens; `secret_next` is accepted beside it while it is being
    changed. `trusted_authserv_ids` name the servers whose Authentication-Results are believed
    (RFC 8601, section 5). `resync_days` is how far back a mailbox is read that was never read
    before or was renumbered. `retry_seconds` is the least time before a mail that the server put
    off is handed in again: greylisting wants minutes (RFC 6647, section 4).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Address
    display_name: Title = Field(default="", max_length=100)
    aliases: tuple[Address, ...] = ()
    secret: SecretStr = Field(min_length=32)
    secret_next: SecretStr | None = Field(default=None, min_length=32)
    answers_subject: Title = Field(default="Your message to us", min_length=1, max_length=100)

    imap_host: Host = ""
    imap_port: int | None = Field(default=None, ge=1, le=65_535)
    imap_tls: Tls = "tls"
    imap_user: str = ""
    imap_password: SecretStr | None = None
    mailbox: str = Field(default="INBOX", min_length=1, max_length=200)
    mark_seen: bool = False
    poll_seconds: float = Field(default=60.0, ge=0.05, le=1700)
    sweep_seconds: float = Field(default=900.0, ge=0.1, le=86_400)
    resync_days: int = Field(default=7, ge=1, le=365)

    smtp_host: Host
    smtp_port: int | None = Field(default=None, ge=1, le=65_535)
    smtp_tls: Tls = "tls"
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    connections: int = Field(default=4, ge=1, le=50)
    retry_seconds: float = Field(default=120.0, ge=0, le=3600)

    oauth_token_url: Annotated[str, AfterValidator(_https)] = ""
    oauth_client_id: str = ""
    oauth_client_secret: SecretStr | None = None
    oauth_refresh_token: SecretStr | None = None
    oauth_scope: str = ""

    trusted_authserv_ids: tuple[str, ...] = ()
    form_senders: tuple[Address, ...] = ()
    plus_addressing: bool = True
    bounce_domain: Domain = ""

    dkim_domain: Domain = ""
    dkim_selector: str = Field(default="", pattern=r"^[A-Za-z0-9.-]*$")
    dkim_key_file: Path | None = None

    webhook_secret: SecretStr | None = Field(default=None, min_length=32)
    timeout_seconds: float = Field(default=30.0, gt=0, le=300)
    max_mail_bytes: int = Field(default=25 * _MIB, ge=10_000, le=100 * _MIB)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address mail to us goes to."""
        return frozenset((self.address, *self.aliases))

    @property
    def imap(self) -> Server | None:
        """Where mail is read, if it is fetched at all."""
        if not self.imap_host:
            return None
        port = self.imap_port or _IMAP_PORTS[self.imap_tls]
        user, password = self.imap_user or self.address, _plain(self.imap_password)
        return Server(self.imap_host, port, self.imap_tls, user, password)

    @property
    def smtp(self) -> Server:
        """Where mail is sent; without credentials of its own, with those of IMAP."""
        port = self.smtp_port or _SMTP_PORTS[self.smtp_tls]
        user = self.smtp_user or self.imap_user or self.address
        password = _plain(self.smtp_password) or _plain(self.imap_password)
        return Server(self.smtp_host, port, self.smtp_tls, user, password)

    @property
    def oauth(self) -> OAuth | None:
        """How access tokens are got, if they are used."""
        if not self.oauth_token_url:
            return None
        return OAuth(
            self.oauth_token_url,
            self.oauth_client_id,
            _plain(self.oauth_client_secret),
            _plain(self.oauth_refresh_token),
            self.oauth_scope,
        )

    @model_validator(mode="after")
    def _reads_mail(self) -> EmailConfig:
        if not self.imap_host and self.webhook_secret is None:
            raise ValueError(
                "set imap_host to fetch mail, or webhook_secret to have it posted to us"
            )
        has_login = self.imap_password is not None or self.oauth_token_url
        if self.imap_host and not has_login:
            raise ValueError("set imap_password, or oauth_token_url for Gmail and Microsoft 365")
        return self

    @model_validator(mode="after")
    def _safe_connections(self) -> EmailConfig:
        for name, tls, host in (
            ("imap", self.imap_tls, self.imap_host),
            ("smtp", self.smtp_tls, self.smtp_host),
        ):
            if tls == "none" and host and not _is_loopback(host):
                raise ValueError(
                    f'{name}_tls = "none" would send passwords and mail in the open: '
                    'write "tls" or "starttls"; only a server on this machine may go without'
                )
        return self

    @model_validator(mode="after")
    def _whole_groups(self) -> EmailConfig:
        oauth = (self.oauth_token_url, self.oauth_client_id, _plain(self.oauth_refresh_token))
        if any(oauth) and not all(oauth):
            raise ValueError(
                "oauth_token_url, oauth_client_id and oauth_refresh_token go together: set all "
                "three or none"
            )
        dkim = (self.dkim_domain, self.dkim_selector, self.dkim_key_file)
        if any(dkim) and not all(dkim):
            raise ValueError(
                "dkim_domain, dkim_selector and dkim_key_file go together: set all three or none"
            )
        return self


def _plain(value: SecretStr | None) -> str:
    return "" if value is None else value.get_secret_value()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
