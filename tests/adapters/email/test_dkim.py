"""Our own DKIM signature, verified by the library against the key as it stands in the DNS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.email.adapter import EmailAdapter
from adapters.email.dns_records import look_at_domain
from adapters.email.sending.dkim import signer_of
from core.channel_abilities import Gravity
from tests.adapters.email.mailbox import ANNA, box, config_of, context_of, service

OPTIONS: dict[str, Any] = {"dkim_domain": "lampandloom.example", "dkim_selector": "s1"}


@pytest.fixture(name="key_file")
def _key_file(tmp_path: Path) -> Path:
    key = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "dkim.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    return path


async def test_a_signed_mail_verifies_with_the_record_the_doctor_says_to_publish(
    key_file: Path,
) -> None:
    async with box(dkim_key_file=str(key_file), **OPTIONS) as mail:
        await mail.simulator.write(ANNA, "Where is my lamp, please?")
        [message] = await mail.taken.until(lambda taken: taken.messages)
        await mail.adapter.send(mail.part(message, "On its way. " * 50))
        [sent] = mail.simulator.mails_to(ANNA)
        config = config_of(mail.simulator, dkim_key_file=str(key_file), **OPTIONS)
    published: dict[str, str] = {}

    async def look_up(name: str) -> list[str]:
        return [published[name]] if name in published else []

    before = [one for one in await look_at_domain(config, look_up) if "_domainkey" in one.what]
    assert [one.gravity for one in before] == [Gravity.FAULT]
    name, _, record = before[0].mend.removeprefix("Publish a TXT record at ").partition(": ")
    published[name] = record.strip('"')
    after = [one for one in await look_at_domain(config, look_up) if "_domainkey" in one.what]
    assert [one.gravity for one in after] == [Gravity.OK]

    def dns(query: bytes, timeout: int = 5) -> bytes:
        return published[query.decode().rstrip(".")].encode()

    assert dkim.verify(sent.raw, dnsfunc=dns)
    assert not dkim.verify(sent.raw.replace(b"On its way", b"Not on its way"), dnsfunc=dns)


async def test_a_key_file_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    async with service() as simulator:
        config = config_of(simulator, dkim_key_file=str(path), **OPTIONS)
    with pytest.raises(ValueError, match="cannot be read"):
        EmailAdapter(config, context_of())
    path.write_text("nonsense")
    with pytest.raises(ValueError, match="no RSA private key"):
        signer_of(config)
