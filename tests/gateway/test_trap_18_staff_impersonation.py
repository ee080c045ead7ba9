"""Trap 18: staff who look in on a customer's behalf read, write nothing, and leave no trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.webchat.client import ChatRefused
from gateway.demo.people import ADA
from memory.tables.identity import Challenge, Sighting
from memory.tables.main import Handle, Link
from tests.gateway.everywhere import everywhere
from tests.gateway.test_proving_chat import WITH_PAGE, asked
from tests.gateway.way import login_token


async def test_trap_18_staff_who_look_in_read_and_leave_no_trace(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, WITH_PAGE) as world:
        asker, link = await asked(world)
        login = await world.chat(login="ada")
        await login.say("When are you open?")
        answer = await login.wait_for_reply(1)
        await world.handled(2)
        before = {model: await world.rows(model) for model in (Handle, Link, Sighting, Challenge)}
        claims = {
            "act": {"sub": "support-7"},
            "email": ADA.mail,
            "email_verified": True,
            "phone_number": ADA.phone,
            "phone_number_verified": True,
            "jti": "j-support",
        }
        staff = await world.chat(jwt=login_token("ada", **claims), visitor=asker.token, link=link)
        assert (await staff.wait_for_reply(1)).text == answer.text
        with pytest.raises(ChatRefused, match="can only read"):
            await staff.say(f"I wrote to you from {ADA.mail}")
        await world.handled(2)
        after = {model: await world.rows(model) for model in (Handle, Link, Sighting, Challenge)}
        assert after == before
        assert world.mail.mails_to(ADA.mail) == []
