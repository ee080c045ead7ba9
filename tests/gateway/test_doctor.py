"""The doctor beside a running gateway: what is right, and whatever is not, with its remedy."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import Connection, func, select
from sqlmodel import SQLModel

from adapters.sms import RETRY_FRAGMENT
from core.channel_abilities import Finding, Gravity
from gateway.doctor import findings as doctor
from gateway.doctor.address import address_findings
from gateway.doctor.findings import Section, examine
from gateway.health import proof_of
from gateway.settings.model import Settings
from gateway.settings.obstacles import tls_context
from memory.units.installation import kept_secret
from tests.gateway.way import Way, running

PLAYBOOK = Path(__file__).parents[2] / "gateway" / "demo" / "shop" / "playbook"
NONCE = "a-nonce-of-the-tests-0123"


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("ONETHREAD__"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def beside(way: Way, token: str | None = None, **server: object) -> Settings:
    """The running gateway's settings, as a doctor reads them; `token` instead of Twilio's."""
    raw = way.gateway.settings.model_dump()
    port = urlsplit(way.base_url).port
    raw["storage"]["url"] = way.gateway.settings.storage.url.get_secret_value()
    raw["server"] |= {"port": port, "public_url": way.base_url, **server}
    raw["playbook"]["path"] = PLAYBOOK
    if token is not None:
        raw["adapters"]["sms"]["options"] |= {"auth_token": token}
    return Settings(**raw)


def found(sections: Sequence[Section], about: str) -> tuple[Finding, ...]:
    """What was found about one thing."""
    return next(one.findings for one in sections if one.about.startswith(about))


def faults(sections: Sequence[Section], about: str) -> list[str]:
    """What is wrong with one thing."""
    return [one.what for one in found(sections, about) if one.gravity is Gravity.FAULT]


async def test_a_gateway_in_order_is_found_in_order(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        way.sms.account.numbers[0].sms_url = f"{way.base_url}/channels/sms/inbound{RETRY_FRAGMENT}"
        sections = await examine(beside(way), NONCE)
    said = {
        one.about: [f.what for f in one.findings if f.gravity is not Gravity.OK] for one in sections
    }
    assert [one for one in said if one.startswith(("Settings", "This machine", "Database"))]
    # What a test cannot have: a public address, a campaign, TLS, and secrets of its own.
    [only_here] = said.pop("Public address")
    assert "only this machine reaches that" in only_here
    [campaign] = said.pop("sms: SMS (Twilio)")
    assert "A2P 10DLC" in campaign
    [plain] = said.pop("webchat: Web chat")
    assert "a page without TLS" in plain
    assert all("secret" in one or "auth_token" in one for one in said.pop("Secrets"))
    assert {about: wrong for about, wrong in said.items() if wrong} == {}


async def test_looking_leaves_no_message_and_no_conversation(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        before = await way.gateway.store.read(_rows)
        await examine(beside(way), NONCE)
        assert await way.gateway.store.read(_rows) == before


def _rows(connection: Connection) -> dict[str, int]:
    """How many rows every table has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }


async def test_health_proves_itself_to_its_own_doctor_only(tmp_path: Path) -> None:
    async with running(tmp_path) as way, ClientSession() as client:
        secret = await way.gateway.store.read(kept_secret, "digest-key")
        assert secret is not None
        async with client.get(f"{way.base_url}/health", params={"nonce": NONCE}) as answer:
            told = await answer.json()
        assert told["proof"] == proof_of(secret, NONCE) != proof_of("00" * 32, NONCE)
        assert secret not in str(told)
        for nonce in ("", "short", "x" * 65, "with blanks and more of it"):
            async with client.get(f"{way.base_url}/health", params={"nonce": nonce}) as answer:
                assert "proof" not in await answer.json()


@asynccontextmanager
async def in_front(answer: Callable[[web.Request], web.StreamResponse]) -> AsyncIterator[str]:
    """Something else at the public address."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def public(way: Way, url: str) -> list[Finding]:
    """What is said of a public address while the gateway runs."""
    secret = await way.gateway.store.read(kept_secret, "digest-key")
    return await address_findings(beside(way, public_url=url), secret, NONCE, called=True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda _: web.Response(status=502), "answers 502: it does not reach the gateway"),
        (lambda _: web.Response(status=530), "tunnel at 127.0.0.1 has no end"),
        (
            lambda _: web.Response(status=404, headers={"ngrok-error-code": "ERR_NGROK_3200"}),
            "tunnel at 127.0.0.1 has no end",
        ),
        (
            lambda _: web.Response(
                status=301, headers={"Location": "https://shop.test/health?n=1"}
            ),
            "redirect to https://shop.test/health.",
        ),
        (
            lambda _: web.json_response({"ok": True, "proof": "0" * 64}),
            "Another program or gateway",
        ),
        (lambda _: web.json_response([1]), "Another program or gateway"),
        (lambda _: web.Response(body=b"{", content_type="application/json"), "Another program"),
        (lambda _: web.Response(text="It works!"), "Another program or gateway answers"),
    ],
    ids=["502", "cloudflare", "ngrok", "redirect", "another", "list", "broken", "page"],
)
async def test_what_answers_at_the_public_address_in_our_place_is_told(
    tmp_path: Path, answer: Callable[[web.Request], web.StreamResponse], words: str
) -> None:
    async with running(tmp_path) as way, in_front(answer) as url:
        fault = (await public(way, url))[-1]
    assert (fault.gravity, words in fault.what) == (Gravity.FAULT, True), fault
    assert fault.mend


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "Nobody answers at http://127.0.0.1:1"),
        ("https://no-such-name.invalid", "no-such-name.invalid is not known"),
    ],
)
async def test_an_address_where_nobody_is_is_told(tmp_path: Path, url: str, words: str) -> None:
    async with running(tmp_path) as way:
        assert words in (await public(way, url))[-1].what


async def test_https_where_no_tls_is_spoken_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        fault = (await public(way, way.base_url.replace("http:", "https:")))[-1]
    assert "No TLS could be agreed on" in fault.what


async def test_http_for_the_world_is_a_fault(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        first, *_ = await public(way, "http://no-such-name.invalid")
    assert "begins with http:" in first.what and "https://" in first.mend


@pytest.mark.parametrize(("called", "gravity"), [(True, Gravity.FAULT), (False, Gravity.WARNING)])
async def test_without_a_public_address_a_tunnel_is_explained(
    called: bool, gravity: Gravity
) -> None:
    settings = Settings(server={"port": 1})
    first, second = await address_findings(settings, None, NONCE, called=called)
    assert (first.gravity, "is not set" in first.what) == (gravity, True)
    for words in ("cloudflared tunnel --url http://127.0.0.1:1", "ngrok http 1", "ssh -N -R"):
        assert words in first.mend
    assert "does not run" in second.what and "onethread serve" in second.mend


async def test_another_program_on_the_port_is_told(tmp_path: Path) -> None:
    async with in_front(lambda _: web.Response(text="mine")) as url:
        settings = Settings(server={"port": urlsplit(url).port})
        fault = (await address_findings(settings, "00" * 32, NONCE, called=True))[-1]
    assert "is not a gateway with these settings" in fault.what


async def test_a_certificate_that_nobody_trusts_is_told_and_not_that_nothing_runs(
    tmp_path: Path,
) -> None:
    """The gateway speaks TLS itself, with a certificate of its own making."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    self_signed(cert, key)
    secret = "5e" * 32

    async def prove(request: web.Request) -> web.StreamResponse:
        return web.json_response({"proof": proof_of(secret, request.query["nonce"])})

    app = web.Application()
    app.router.add_get("/health", prove)
    server = TestServer(app)
    tls = {"tls_cert": cert, "tls_key": key}
    await server.start_server(ssl=tls_context(Settings(server=tls).server))
    try:
        names = {"port": server.port, "public_url": f"https://localhost:{server.port}"}
        settings = Settings(server=tls | names)
        fault = (await address_findings(settings, secret, NONCE, called=True))[-1]
    finally:
        await server.close()
    assert "The certificate of localhost is not to be trusted" in fault.what


def self_signed(cert: Path, key: Path) -> None:
    """Make a certificate for another name, and its key."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.test")])
    made = x509.CertificateBuilder(name, name, own.public_key(), x509.random_serial_number())
    now = datetime.now(UTC)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    cert.write_bytes(made.sign(own, hashes.SHA256()).public_bytes(Encoding.PEM))
    key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


async def test_a_gateway_that_does_not_run_is_told_everywhere(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        settings = beside(way)
        way.sms.account.numbers[0].sms_url = "https://old.example.com/sms"
    sections = await examine(settings, NONCE)
    assert "does not run" in faults(sections, "Public address")[-1]
    assert "could not be asked" in faults(sections, "webchat")[-1]
    # The simulated provider has gone, too.
    assert "Twilio could not be asked" in faults(sections, "sms")[0]


async def test_an_old_gateway_with_another_token_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        fresh = "another-token-of-the-account"
        way.sms.line = replace(way.sms.line, auth_token=fresh)
        said = faults(await examine(beside(way, fresh), NONCE), "sms")
    assert any("refuses what is signed with auth_token" in one for one in said)


async def test_a_look_that_fails_or_hangs_leaves_the_others_their_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def burst(_: object) -> Sequence[Finding]:
        raise RuntimeError(NONCE)

    async def hang(_: object) -> Sequence[Finding]:
        await asyncio.Event().wait()
        return ()

    monkeypatch.setattr(doctor, "ACCOUNT_SECONDS", 0.2)
    monkeypatch.setattr("adapters.sms.adapter.SmsAdapter.diagnose", burst)
    monkeypatch.setattr("adapters.webchat.adapter.WebchatAdapter.diagnose", hang)
    async with running(tmp_path) as way:
        sections = await examine(beside(way), NONCE)
    [failed], [late] = faults(sections, "sms"), faults(sections, "webchat")
    assert "RuntimeError in test_doctor.py" in failed and NONCE not in failed
    assert "longer than 0.2 seconds" in late
    assert faults(sections, "Playbook") == []
