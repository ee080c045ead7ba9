"""Whose a message is: by its number first, by the service then, and else nobody's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.sms.simulator_account import SimulatedService
from core.channel import Refused
from tests.adapters.sms.account import (
    NOW,
    NUMBER,
    PHONE,
    inbound_form,
    make_adapter,
    make_config,
    outbound_part,
    signed_request,
)
from tests.adapters.sms.provider import created, item, listed, twilio
from tests.adapters.sms.simulated import simulated

SERVICE, OTHER_SERVICE = "MG" + "1" * 32, "MG" + "2" * 32
SECOND, STRANGE = "+15550108888", "+15550107777"


@pytest.mark.parametrize(
    ("options", "to", "service"),
    [
        ({}, NUMBER, None),
        # The failure of others: the service is unknown, and the number is not looked at any more.
        ({}, NUMBER, OTHER_SERVICE),
        ({"numbers": [SECOND]}, SECOND, None),
        ({"numbers": [SECOND, "12345"]}, "12345", OTHER_SERVICE),
        ({"from_number": None, "messaging_service_sid": SERVICE}, STRANGE, SERVICE),
        ({"messaging_service_sid": SERVICE}, STRANGE, SERVICE),
        ({"messaging_service_sid": SERVICE}, NUMBER, None),
    ],
)
async def test_a_message_to_a_number_or_a_service_of_ours_is_taken(
    options: dict[str, object], to: str, service: str | None
) -> None:
    adapter = make_adapter(make_config(**options))
    form = inbound_form(To=to, MessagingServiceSid=service)
    [message] = (await adapter.receive("inbound", signed_request(form))).messages
    assert (message.reply_address["from"], message.reply_address["to"]) == (to, PHONE)


@pytest.mark.parametrize(
    ("options", "to", "service"),
    [
        ({}, STRANGE, None),
        ({}, STRANGE, SERVICE),
        ({"numbers": [SECOND]}, STRANGE, None),
        ({"messaging_service_sid": SERVICE}, STRANGE, OTHER_SERVICE),
        ({"messaging_service_sid": SERVICE}, STRANGE, ""),
        ({"from_number": None, "messaging_service_sid": SERVICE}, STRANGE, None),
    ],
)
async def test_a_message_to_anything_else_is_refused_and_says_what_to_set(
    options: dict[str, object], to: str, service: str | None
) -> None:
    adapter = make_adapter(make_config(**options))
    form = inbound_form(To=to, MessagingServiceSid=service)
    with pytest.raises(Refused) as refused:
        await adapter.receive("inbound", signed_request(form))
    assert (refused.value.status, "see numbers" in refused.value.reason) == (403, True)
    assert to not in refused.value.reason


async def test_each_number_is_a_conversation_of_its_own_and_answers_from_itself() -> None:
    async with twilio(created()) as (url, asked):
        adapter = make_adapter(make_config(numbers=[SECOND], api_base_url=url))
        keys = set()
        for to in (NUMBER, SECOND):
            form = inbound_form(To=to)
            [message] = (await adapter.receive("inbound", signed_request(form))).messages
            keys.add(message.conversation_key)
            await adapter.send(outbound_part("hi", message.reply_address))
        await adapter.close()
    assert len(keys) == 2
    assert [form["From"] for _, form in asked] == [NUMBER, SECOND]


async def test_the_list_is_read_for_our_numbers_alone() -> None:
    """One Twilio account may serve several gateways."""
    strange, second = item(3), item(2)
    strange["to"], second["to"] = STRANGE, SECOND
    async with twilio(listed([strange, second, item(1)])) as (url, _):
        adapter = make_adapter(make_config(numbers=[SECOND], api_base_url=url))
        found = await adapter.catch_up(NOW - timedelta(hours=1))
        await adapter.close()
    assert [one.reply_address["from"] for one in found] == [NUMBER, SECOND]


async def test_the_list_is_read_for_every_number_of_our_service() -> None:
    async with simulated() as sms:
        sms.account.services.append(SimulatedService(SERVICE, [sms.line.number, "12345"]))
        options = {"from_number": None, "messaging_service_sid": SERVICE}
        adapter = make_adapter(make_config(api_base_url=sms.base_url, **options))
        with pytest.raises(RuntimeError, match="inbound"):
            await sms.text(PHONE, "while you were away")
        [message] = await adapter.catch_up(NOW - timedelta(days=4000))
        await adapter.close()
    assert message.text == "while you were away"
