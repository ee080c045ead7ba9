"""A test send goes through the real adapter to a provider, and what became of it is told."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sms.adapter import SmsAdapter
from adapters.sms.simulator import Crossing, Fault, Line, TwilioSimulator
from core.message import OutboundPart, SendReceipt
from gateway.cli import main

ACCOUNT = "AC" + "1" * 32
TOKEN = "a-token-of-the-account-for-tests"
PHONE = "+447700900142"


class Provider:
    """Twilio's stand-in on a thread of its own, since the command runs a loop of its own."""

    def __init__(self) -> None:
        self.simulator = TwilioSimulator(Line(ACCOUNT, TOKEN), "", callbacks=0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.simulator.start(), self._loop).result(10)

    def stop(self) -> None:
        """Close it and its thread."""
        asyncio.run_coroutine_threadsafe(self.simulator.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def sent(self) -> list[Crossing]:
        """What the phone got."""
        return self.simulator.texts_to(PHONE)


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("ONETHREAD__"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def configure(api: str, token: str = TOKEN) -> None:
    """One account of SMS, one chat, and one that is off."""
    Path("config.toml").write_text(
        f'[adapters.sms]\naccount_sid = "{ACCOUNT}"\nauth_token = "{token}"\n'
        f'from_number = "+15550109999"\napi_base_url = "{api}"\n'
        '[adapters.chat]\nadapter = "webchat"\nallowed_origins = ["https://a.test"]\n'
        'secret = "0123456789abcdef0123456789abcdef"\n'
        '[adapters.old]\nadapter = "sms"\nenabled = false\n',
        encoding="utf-8",
    )


def said(capsys: pytest.CaptureFixture[str], code: int, *options: str) -> str:
    """What the command says that ends so; never a token."""
    with pytest.raises(SystemExit) as ended:
        main(["send", *options])
    out, err = capsys.readouterr()
    assert ended.value.code == code, out + err
    assert TOKEN not in out + err and "Traceback" not in err
    return out + err


def test_a_test_message_arrives_and_its_receipt_is_told(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(provider.simulator.base_url)
    told = said(capsys, 0, "--channel", "sms", "--to", PHONE)
    [message] = provider.sent()
    assert message.text == "This is a test from OneThread. Please do not answer it."
    assert f"Sending through sms (SMS (Twilio)) to {PHONE}: {message.text}" in told
    assert f"Accepted by the provider as {message.id} (sent)" in told
    assert not Path("data").exists()


def test_each_part_has_a_number_as_parts_of_conversations_have(
    provider: Provider, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Channels make tokens of it, such as the address to which a mail bounces."""
    keys: list[str] = []
    real = SmsAdapter.send

    async def noted(adapter: SmsAdapter, part: OutboundPart) -> SendReceipt:
        keys.append(part.key)
        return await real(adapter, part)

    monkeypatch.setattr(SmsAdapter, "send", noted)
    configure(provider.simulator.base_url)
    said(capsys, 0, "--channel", "sms", "--to", PHONE, "--text", "word " * 400)
    assert len(set(keys)) == 2 and all(one.isdigit() for one in keys)


def test_a_long_text_goes_in_the_channels_parts(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(provider.simulator.base_url)
    told = said(capsys, 0, "--channel", "sms", "--to", PHONE, "--text", "word " * 400)
    assert "in 2 parts" in told
    assert len(provider.sent()) == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("refuse", code=21610), "Not sent: The customer has opted out"),
        (Fault("throttle"), "asks to wait for 1 seconds"),
        (Fault("lose"), "It may have arrived all the same"),
    ],
    ids=["refused", "throttled", "lost"],
)
def test_what_the_provider_says_against_it_is_told_in_words(
    fault: Fault, words: str, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(provider.simulator.base_url)
    provider.simulator.faults.append(fault)
    told = said(capsys, 1, "--channel", "sms", "--to", PHONE)
    assert words in told and "onethread doctor" in told


def test_a_wrong_token_and_a_provider_out_of_reach_are_told(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(provider.simulator.base_url, "another-token-of-nobody")
    assert "(code 20003)" in said(capsys, 1, "--channel", "sms", "--to", PHONE)
    configure("http://127.0.0.1:1")
    assert "could not be reached" in said(capsys, 1, "--channel", "sms", "--to", PHONE)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("sns", PHONE), "--channel\n  there is no such account\n  Name one of sms, chat"),
        (("old", PHONE), "--channel\n  this account is not enabled"),
        (("chat", "ada"), "--channel\n  nobody can be written to first through chat"),
        (
            ("sms", "07700900142"),
            "--to\n  is no address of this channel\n  Write the number",
        ),
        (("sms", PHONE, "--text", " "), "--text\n  Nothing of this text can be shown"),
    ],
    ids=["unknown", "off", "socket", "address", "text"],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(
    options: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("http://127.0.0.1:1")
    account, to, *more = options
    assert words in said(capsys, 2, "--channel", account, "--to", to, *more)


def test_without_any_channel_the_way_to_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "onethread init" in said(capsys, 2, "--channel", "sms", "--to", PHONE)
