"""How well a mail's sender is proved: only by what our own receiving server wrote about it.

The border server checks SPF, DKIM and DMARC and puts its verdict on top (RFC 8601); we believe the
topmost verdict of a server we were told to trust, and otherwise none. ARC is not believed: without
a list of sealers to trust it proves nothing (RFC 8617, section 5.2). SPF alone is about the
envelope and never proves a From. Nothing here asks the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from publicsuffixlist import PublicSuffixList

from adapters.email.parsing.auth_results import AuthResults, Result, read_results, server_of
from adapters.email.parsing.headers import normal_domain
from adapters.email.parsing.mime import Mail
from core.message import Assurance

_FIELD = "authentication-results"
_NO_POLICY = frozenset({"none"})
_FAILED = frozenset({"fail"})


@dataclass(frozen=True, slots=True)
class Proof:
    """The assurance of a mail's From, in words why, and whether its domain disowns the mail."""

    assurance: Assurance
    evidence: str
    disowned: bool = False


def prove(mail: Mail, authserv_ids: frozenset[str]) -> Proof:
    """What is proved of a mail's sender. The ids are in lower case."""
    if mail.sender is None:
        return Proof(Assurance.NONE, mail.sender_fault or "The mail names no sender.")
    verdict = _trusted(mail, authserv_ids)
    if verdict is None:
        return Proof(Assurance.NONE, "No server that we trust has said who sent the mail.")
    domain = mail.sender.address.rpartition("@")[2]
    dmarc = verdict.of("dmarc")
    if any(one.result in _FAILED for one in dmarc):
        told = f"{verdict.server} says that the mail fails DMARC of {domain}."
        return Proof(Assurance.NONE, told, disowned=True)
    if any(one.result == "pass" and _from_domain(one) == domain for one in dmarc):
        told = f"{verdict.server} says dmarc=pass for {domain}."
        return Proof(Assurance.AUTHENTICATED, told)
    if all(one.result in _NO_POLICY for one in dmarc):
        for signature in verdict.of("dkim"):
            signer = _signer(signature)
            if signature.result == "pass" and signer and aligned(signer, domain):
                told = f"{verdict.server} says dkim=pass by {signer}, and {domain} has no DMARC."
                return Proof(Assurance.AUTHENTICATED, told)
    return Proof(Assurance.NONE, f"{verdict.server} does not say that the mail is of {domain}.")


def aligned(signer: str, domain: str) -> bool:
    """Relaxed alignment: both have the same organisational domain (RFC 7489, section 3.1.1)."""
    ours = _suffixes().privatesuffix(domain)
    return ours is not None and _suffixes().privatesuffix(signer) == ours


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffix list that comes with its package; reading it takes about 40 ms."""
    return PublicSuffixList()


def _trusted(mail: Mail, authserv_ids: frozenset[str]) -> AuthResults | None:
    """The topmost field with a trusted id. A lower one may be the sender's, so none is next."""
    if not authserv_ids:
        return None
    for value in mail.fields.all(_FIELD):
        if server_of(value) in authserv_ids:
            return read_results(value)
    return None


def _from_domain(dmarc: Result) -> str | None:
    return normal_domain(dmarc.properties.get("header.from", ""))


def _signer(dkim: Result) -> str | None:
    """The domain that signed. Gmail names the identity, which is of that domain or below it."""
    told = dkim.properties.get("header.d") or dkim.properties.get("header.i", "")
    return normal_domain(told.rpartition("@")[2])
