"""Addresses to enter at providers: they are told, and they are where the gateway listens."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import aiohttp
import pytest

from adapters.sms.adapter import SmsAdapter
from adapters.sms.signature import sign
from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN
from core.channel_abilities import Link
from gateway.channels.addresses import addresses, public_url_of
from gateway.cli import main
from gateway.settings.model import Settings
from tests.gateway import test_kill
from tests.gateway.way import ORIGIN, OURS, running

FILE = """
[server]
public_url = "https://help.example.com/desk/"

[adapters.us]
adapter = "sms"
account_sid = "AC00000000000000000000000000000001"
auth_token = "not shown"
from_number = "+15550100123"

[adapters.old]
adapter = "sms"
enabled = false

[adapters.webchat]
allowed_origins = ["https://shop.example.com"]
secret = "a secret of thirty-two characters"
"""


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that ends well says."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr()
    assert (ended.value.code, said.err) == (0, "")
    return said.out


def test_the_addresses_of_every_enabled_account_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    file = tmp_path / "shop.toml"
    file.write_text(FILE, encoding="utf-8")
    lines = printed(capsys, "channels", "--config", str(file)).splitlines()
    base = "https://help.example.com/desk/channels"
    assert [one.strip() for one in lines if "://" in one] == [
        f"{base}/us/inbound#rc=5&rp=5xx,ct,rt",
        f"{base}/webchat/widget.js",
    ]
    said = " ".join(" ".join(lines).split())
    assert "us SMS (Twilio): A message comes in" in said
    assert "not shown" not in said and "public_url" not in said


def test_an_address_that_only_this_machine_reaches_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(FILE.partition("[adapters.us]")[2].join(["[adapters.us]", ""]), "utf-8")
    said = " ".join(printed(capsys, "channels", "--config", str(file)).split())
    assert "http://127.0.0.1:8080/channels/us/inbound" in said
    assert "Set server.public_url" in said


def test_without_channels_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "No channel is enabled" in printed(capsys, "channels")


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"host": "::1", "port": 81}, "http://[::1]:81"),
        ({"public_url": "https://help.example.com/"}, "https://help.example.com"),
    ],
)
def test_the_gateways_own_address(server: dict[str, object], url: str) -> None:
    assert public_url_of(Settings(server=server)) == url


async def test_what_is_shown_is_where_messages_are_taken(tmp_path: Path) -> None:
    async with running(tmp_path) as way, aiohttp.ClientSession() as web:
        gateway = way.gateway
        shown = {one.account: one.url for one in addresses(gateway.settings, gateway.public_url)}
        url = shown["sms"].partition("#")[0]
        fields = {
            "AccountSid": DEMO_ACCOUNT,
            "MessageSid": "SM" + "1" * 32,
            "From": "+15550001111",
            "To": OURS,
            "Body": "hello",
        }
        signature = sign(DEMO_TOKEN.encode(), url, list(fields.items()))
        async with web.post(url, data=fields, headers={"X-Twilio-Signature": signature}) as answer:
            assert answer.status == 200
        async with web.get(shown["webchat"], headers={"Origin": ORIGIN}) as answer:
            assert answer.status == 200 and "javascript" in answer.headers["Content-Type"]
        assert set(shown) == {"sms", "webchat"}


async def test_serve_logs_them(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    env = test_kill.environment(tmp_path, port, "http://127.0.0.1:9")
    log = tmp_path / "log"
    process = await test_kill.serve({**env, "ONETHREAD__LOGGING__FORMAT": "json"}, port, log)
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    lines = [json.loads(one) for one in log.read_text().splitlines() if one.startswith("{")]
    told = [(one["account"], one["url"]) for one in lines if one["event"] == "address"]
    url = f"http://127.0.0.1:{port}/channels/sms/inbound#rc=5&rp=5xx,ct,rt"
    assert told == [("sms", url)]


def test_pages_of_a_channel_for_whoever_runs_it_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def links(_: SmsAdapter) -> tuple[Link, ...]:
        return (Link("Install the app", "https://help.example.com/install?key=k"),)

    monkeypatch.setattr(SmsAdapter, "links", links, raising=False)
    file = tmp_path / "shop.toml"
    file.write_text(FILE, encoding="utf-8")
    said = printed(capsys, "channels", "--config", str(file))
    assert "us  Install the app\n  https://help.example.com/install?key=k\n" in said
