"""Looks at what the DNS says of a domain that sends mail: SPF, DKIM and DMARC.

It asks and compares, and names the exact record where one is missing. It changes nothing, and takes
no answer as an answer only when the name server gave it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import dns.asyncresolver
import dns.exception
import dns.resolver
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from adapters.email.config import EmailConfig
from core.channel_abilities import Finding, Gravity

LookUp = Callable[[str], Awaitable[Sequence[str] | None]]
"""The TXT records of a name; nothing when the DNS did not answer."""

_SECONDS = 5.0

# Which SPF mechanism covers whom we hand our mail to, by the end of the server's name
# (https://support.google.com/a/answer/33786,
# https://learn.microsoft.com/defender-office-365/email-authentication-spf-configure).
_SPF_OF: dict[str, str] = {
    "gmail.com": "include:_spf.google.com",
    "google.com": "include:_spf.google.com",
    "office365.com": "include:spf.protection.outlook.com",
    "outlook.com": "include:spf.protection.outlook.com",
}


def system_look_up() -> LookUp:
    """Asks the name servers this machine is set up with."""
    return look_up_with(dns.asyncresolver.Resolver())


def look_up_with(resolver: dns.asyncresolver.Resolver) -> LookUp:
    """Asks by this resolver."""

    async def look_up(name: str) -> Sequence[str] | None:
        try:
            answer = await resolver.resolve(name, "TXT", lifetime=_SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError):
            return None
        # RFC 7208, section 3.3: the strings of one record belong together without spaces.
        return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]

    return look_up


async def look_at_domain(config: EmailConfig, look_up: LookUp) -> list[Finding]:
    """What was found about the domain of our address."""
    domain = config.address.rpartition("@")[2]
    return [
        await _spf(config, config.bounce_domain or domain, look_up),
        await _dkim(config, look_up),
        await _dmarc(config, domain, look_up),
    ]


async def _spf(config: EmailConfig, domain: str, look_up: LookUp) -> Finding:
    found = await look_up(domain)
    if found is None:
        return _silent("SPF", domain)
    records = [one for one in found if one.lower().split(" ")[0] == "v=spf1"]
    if not records:
        host = config.smtp_host
        mechanism = next(
            (spf for end, spf in _SPF_OF.items() if host == end or host.endswith(f".{end}")),
            f"a:{host}",
        )
        return Finding(
            Gravity.WARNING,
            f"{domain} has no SPF record, so many servers distrust its mail.",
            f'Publish a TXT record at {domain}: "v=spf1 {mechanism} ~all"',
        )
    if len(records) > 1:
        # RFC 7208, section 4.5.
        return Finding(
            Gravity.FAULT,
            f"{domain} has {len(records)} SPF records; with more than one, none counts.",
            "Join them to a single TXT record that begins with v=spf1",
        )
    return Finding(Gravity.OK, f"{domain} has an SPF record.")


async def _dkim(config: EmailConfig, look_up: LookUp) -> Finding:
    if config.dkim_key_file is None:
        return Finding(
            Gravity.OK, "DKIM: mail is not signed here; the mail server is relied on to sign it."
        )
    name = f"{config.dkim_selector}._domainkey.{config.dkim_domain}"
    wanted = _public_key(config.dkim_key_file)
    if wanted is None:
        return Finding(
            Gravity.FAULT,
            "DKIM: the key file holds no private key that can be read.",
            "Make one with `openssl genrsa -out dkim.pem 2048` and name it in dkim_key_file",
        )
    found = await look_up(name)
    if found is None:
        return _silent("DKIM", name)
    if any(_tag(one, "p") == wanted for one in found):
        return Finding(Gravity.OK, f"{name} has the key that mail is signed with.")
    return Finding(
        Gravity.FAULT,
        f"{name} does not have the key that mail is signed with, so every signature fails.",
        f'Publish a TXT record at {name}: "v=DKIM1; k=rsa; p={wanted}"',
    )


async def _dmarc(config: EmailConfig, domain: str, look_up: LookUp) -> Finding:
    name = f"_dmarc.{domain}"
    found = await look_up(name)
    if found is None:
        return _silent("DMARC", name)
    if any(one.replace(" ", "").lower().startswith("v=dmarc1") for one in found):
        return Finding(Gravity.OK, f"{name} has a DMARC policy.")
    return Finding(
        Gravity.WARNING,
        f"{name} has no DMARC policy; Gmail and Yahoo ask for one.",
        f'Publish a TXT record at {name}: "v=DMARC1; p=none; rua=mailto:{config.address}"',
    )


def _silent(what: str, name: str) -> Finding:
    return Finding(
        Gravity.WARNING,
        f"{what}: no name server answered about {name}.",
        "Look whether this machine reaches its name servers, then look again",
    )


def _public_key(path: Path) -> str | None:
    """The public key as it stands in the DNS (RFC 6376, section 3.6.1)."""
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(public).decode()


def _tag(record: str, name: str) -> str | None:
    for one in record.split(";"):
        key, _, value = one.partition("=")
        if key.strip().lower() == name:
            return "".join(value.split())
    return None
