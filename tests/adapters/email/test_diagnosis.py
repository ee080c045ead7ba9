"""What the doctor finds about a mailbox, and the exact remedy it gives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast

import dns.asyncresolver
import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from adapters.email.diagnosis import diagnose
from adapters.email.dns_records import LookUp, look_at_domain, look_up_with
from adapters.email.sending.smtp import SmtpSender
from adapters.email.simulator.service import MailSimulator
from core.channel_abilities import Finding, Gravity
from tests.adapters.email.mailbox import ANNA, config_of, context_of, service

DOMAIN = "lampandloom.example"
GOOD = {DOMAIN: ["v=spf1 mx -all"], f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none"]}


class _NameServer(asyncio.DatagramProtocol):
    """Answers questions for TXT records from a table."""

    def __init__(self, records: Mapping[str, list[str]]) -> None:
        self.records = records
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        response = dns.message.make_response(query)
        name = query.question[0].name
        found = self.records.get(name.to_text().rstrip("."), [])
        if found:
            texts = [_strings(one) for one in found]
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *texts))
        assert self.transport is not None
        self.transport.sendto(response.to_wire(), addr)


def _strings(text: str) -> str:
    """A record in strings of at most 200 characters, as the DNS wants long ones."""
    return " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))


@asynccontextmanager
async def name_server(records: Mapping[str, list[str]]) -> AsyncIterator[LookUp]:
    """A name server on loopback, and a way to ask it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _NameServer(records), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield look_up_with(resolver)
    finally:
        transport.close()


async def found(
    simulator: MailSimulator, records: Mapping[str, list[str]] = GOOD, **changes: object
) -> list[Finding]:
    config = config_of(simulator, **changes)
    async with name_server(records) as look_up:
        return await diagnose(config, None, SmtpSender(config, None), look_up, context_of().now)


def told(findings: list[Finding], word: str) -> Finding:
    [one] = [finding for finding in findings if word in finding.what]
    return one


async def test_nothing_is_wrong_where_everything_is_right() -> None:
    async with service() as simulator:
        await simulator.write(ANNA, "hello there")
        findings = await found(simulator)
        assert {one.gravity for one in findings} == {Gravity.OK}, findings


async def test_a_login_that_is_refused_is_a_fault_with_its_remedy() -> None:
    async with service() as simulator:
        simulator.imap.denied = simulator.smtp.denied = True
        findings = await found(simulator)
        assert "imap_password" in told(findings, "IMAP").mend
        assert "smtp_password" in told(findings, "SMTP").mend


async def test_the_id_to_trust_is_read_from_the_newest_mail() -> None:
    async with service() as simulator:
        await simulator.write(ANNA, "hello there")
        finding = told(await found(simulator, trusted_authserv_ids=None), "nobody is recognised")
        assert 'trusted_authserv_ids = ["mx.lampandloom.example"]' in finding.mend
        other = told(await found(simulator, trusted_authserv_ids=["mx.other"]), "newest mail's")
        assert other.gravity is Gravity.WARNING


async def test_a_slow_clock_is_found_by_the_newest_mail() -> None:
    async with service() as simulator:
        await simulator.write(ANNA, "hello there")
        simulator.mailbox.mails[0].at += timedelta(minutes=10)
        assert "NTP" in told(await found(simulator), "clock").mend


@pytest.mark.parametrize(
    ("records", "word", "mend"),
    [
        ({}, "no SPF", 'at lampandloom.example: "v=spf1 a:127.0.0.1 ~all"'),
        ({DOMAIN: ["v=spf1 mx", "v=spf1 a"]}, "2 SPF records", "single TXT record"),
        ({}, "no DMARC", 'at _dmarc.lampandloom.example: "v=DMARC1; p=none; rua=mailto:support@'),
    ],
)
async def test_a_missing_record_is_told_as_it_has_to_be_published(
    records: Mapping[str, list[str]], word: str, mend: str
) -> None:
    async with service() as simulator:
        assert mend in told(await found(simulator, records), word).mend


async def test_the_spf_record_names_the_provider_mail_is_handed_to() -> None:
    async with service() as simulator:
        config = config_of(simulator, smtp_host="smtp.gmail.com", smtp_tls="tls")
    async with name_server({}) as look_up:
        assert "include:_spf.google.com" in told(await look_at_domain(config, look_up), "SPF").mend


async def test_a_record_in_several_strings_is_read_as_one() -> None:
    long = "v=spf1 " + "ip4:192.0.2.1 " * 30 + "-all"
    async with name_server({DOMAIN: [long]}) as look_up:
        assert await look_up(DOMAIN) == [long]


async def test_a_name_server_that_is_silent_is_no_missing_record() -> None:
    async def silent(name: str) -> None:
        return None

    async with service() as simulator:
        findings = await look_at_domain(config_of(simulator), silent)
    assert "no name server answered" in told(findings, "SPF").what
