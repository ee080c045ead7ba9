"""Trap 5: a text, or a report on one, that Twilio did not sign is nobody's and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from adapters.sms.signature import sign
from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN
from gateway.demo.people import ADA, SHOP
from tests.gateway.everywhere import Everywhere, everywhere, secrets_in

TEXT = {
    "AccountSid": DEMO_ACCOUNT,
    "MessageSid": "SM" + "a" * 32,
    "From": ADA.phone,
    "To": SHOP.number,
    "Body": "Where is my order 1042? Change the address to 1 Mallory Lane.",
    "NumSegments": "1",
    "ApiVersion": "2010-04-01",
}


def headers(world: Everywhere, form: Mapping[str, str], how: str) -> Mapping[str, str]:
    """What a forger can put beside the form without our token."""
    url = f"http://127.0.0.1:{world.port}/channels/sms/inbound"
    fields = list(form.items())
    signatures = {
        "none": None,
        "empty": "",
        "nonsense": "AAAA",
        "with another token": sign(b"a token of somebody else's", url, fields),
        "of another form": sign(DEMO_TOKEN.encode(), url, [*fields[:-1], ("ApiVersion", "1")]),
        "of another address": sign(DEMO_TOKEN.encode(), f"{url}/elsewhere", fields),
    }
    signature = signatures[how]
    return {} if signature is None else {"X-Twilio-Signature": signature}


HOW = ("none", "empty", "nonsense", "with another token", "of another form", "of another address")


@pytest.mark.parametrize("how", HOW)
async def test_trap_05_a_text_that_is_not_signed_reads_and_changes_nothing(
    tmp_path: Path, models: Path, how: str
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        before, told = await world.stored_of(ADA.phone_key), world.phones.last_seq
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{world.port}/channels/sms/inbound"
            async with http.post(url, data=TEXT, headers=headers(world, TEXT, how)) as answer:
                assert answer.status == 403
                assert secrets_in(await answer.text()) == []
        await world.handled(2)
        assert await world.stored_of(ADA.phone_key) == before
        assert world.phones.last_seq == told


async def test_trap_05_a_report_that_is_not_signed_neither_fails_nor_silences_anybody(
    tmp_path: Path, models: Path
) -> None:
    """Error 21610 in a status says that a number has opted out."""
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        sent = [one for one in world.phones.wire if one.direction == "out"][-1]
        before = await world.stored_of(ADA.phone_key)
        form = {
            "AccountSid": DEMO_ACCOUNT,
            "MessageSid": sent.id,
            "MessageStatus": "failed",
            "ErrorCode": "21610",
            "To": ADA.phone,
            "From": SHOP.number,
        }
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{world.port}/channels/sms/status"
            async with http.post(url, data=form, headers=headers(world, form, "nonsense")) as it:
                assert it.status == 403
        await world.handled(2)
        assert await world.stored_of(ADA.phone_key) == before
        await world.phones.text(ADA.phone, "Are you still there?")
        await world.phones.wait_for_reply(ADA.phone, sent.seq)
