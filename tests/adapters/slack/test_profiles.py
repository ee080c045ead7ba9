"""Who somebody is: names are hints, and an address counts only where the admin said so."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from adapters.slack.simulator import Fault, Seat
from core.message import Assurance, Claim, Handle, InboundMessage, Vouched
from tests.adapters.slack.account import CHANNEL, TEAM, USER, Line, line

ADA = "ada@shop.example"
TRUSTED = {TEAM: ["shop.example"]}


async def from_ada(on: Line, seat: Seat | None = None, **flags: object) -> InboundMessage:
    """A message of Ada's, whose profile has an address."""
    on.slack.add_person(USER, "Ada", ADA, **flags)
    await on.slack.write(USER, "hello", seat=seat)
    return on.door.messages[-1]


async def test_trap_12_a_profile_proves_an_address_where_the_admin_trusts_the_workspace() -> None:
    async with line(trusted_domains=TRUSTED) as on:
        message = await from_ada(on)
        evidence = f"profile of workspace {TEAM}, trusted for shop.example"
        expected = Vouched(Handle("email", ADA), Assurance.AUTHENTICATED, evidence)
        assert message.vouched == (expected,)


@pytest.mark.parametrize(
    "trusted",
    [{}, {"T0OTHER": ["shop.example"]}, {TEAM: ["shop.example.evil.example"]}],
)
async def test_trap_12_without_that_trust_an_address_is_a_hint(
    trusted: dict[str, list[str]],
) -> None:
    async with line(trusted_domains=trusted) as on:
        message = await from_ada(on)
        assert message.vouched == ()
        assert Claim("email", ADA, "slack profile") in message.claims


@pytest.mark.parametrize(
    "seat",
    [
        Seat(user_team="T0STRANGE", shared=True),
        Seat(user_team="T0STRANGE"),
    ],
)
async def test_trap_12_for_connect_members_a_profile_proves_nothing(seat: Seat) -> None:
    async with line(trusted_domains=TRUSTED) as on:
        message = await from_ada(on, seat)
        assert message.vouched == ()
        assert message.sender == Handle("slack", f"T0STRANGE:{USER}")


@pytest.mark.parametrize(
    "flags",
    [
        {"is_stranger": True},
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"deleted": True},
        {"is_bot": True},
        {"is_email_confirmed": False},
        {"team_id": "T0STRANGE"},
    ],
)
async def test_trap_12_only_a_full_member_of_the_trusted_workspace_is_believed(
    flags: dict[str, Any],
) -> None:
    async with line(trusted_domains=TRUSTED) as on:
        assert (await from_ada(on, **flags)).vouched == ()


async def test_trap_12_a_display_name_proves_nothing() -> None:
    async with line(trusted_domains=TRUSTED) as on:
        on.slack.add_person(USER, ADA)
        await on.slack.write(USER, "hello")
        (message,) = on.door.messages
        assert message.vouched == ()
        assert message.claims == (Claim("name", ADA, "slack profile"),)


async def test_without_its_permission_a_profile_comes_without_an_address() -> None:
    async with line(trusted_domains=TRUSTED) as on:
        on.slack.api.scopes = ("users:read",)
        message = await from_ada(on)
        assert (message.vouched, message.claims) == ((), (Claim("name", "Ada", "slack profile"),))


@pytest.mark.parametrize("kind", ["fail", "throttle", "drop", "garbage", "refuse"])
async def test_a_profile_that_cannot_be_had_keeps_no_message_back(kind: str) -> None:
    async with line(trusted_domains=TRUSTED) as on:
        on.slack.faults.append(Fault(kind, method="users.info"))
        message = await from_ada(on)
        assert (message.text, message.vouched) == ("hello", ())


async def test_a_profile_that_takes_long_keeps_no_message_waiting() -> None:
    async with line() as on:
        on.slack.faults.append(Fault("hang", seconds=2.5, method="users.info"))
        assert (await from_ada(on)).claims == ()
        assert len(on.slack.events.attempts) == 1


async def test_a_profile_is_asked_for_once_and_not_with_every_message() -> None:
    async with line() as on:
        for _ in range(3):
            await from_ada(on)
        assert on.slack.api.calls.count("users.info") == 1


async def test_a_place_is_a_channel_with_all_its_threads_called_as_people_call_it() -> None:
    async with line() as on:
        on.slack.add_channel(CHANNEL, "help")
        await on.slack.write(USER, "@OneThread hi", channel=CHANNEL)
        await on.slack.write(USER, "hi")
        places = [one.place for one in on.door.messages]
        assert [(one.key, one.title) for one in places if one is not None] == [
            (f"{TEAM}:{CHANNEL}", "#help"),
            (f"{TEAM}:D{USER}", "Direct message"),
        ]


async def test_a_channel_whose_name_cannot_be_had_is_a_place_all_the_same() -> None:
    async with line() as on:
        on.slack.faults.append(Fault("fail", method="conversations.info"))
        await on.slack.write(USER, "@OneThread hi", channel=CHANNEL)
        (message,) = on.door.messages
        assert message.place is not None
        assert message.place.title == "Slack channel"


async def test_those_who_are_mentioned_are_called_by_their_names() -> None:
    async with line() as on:
        await from_ada(on)
        await on.slack.write("U0BOB", f"ask <@{USER}>", raw=True)
        assert on.door.messages[-1].text == "ask @Ada"


async def test_neither_texts_nor_tokens_are_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with line(trusted_domains=TRUSTED) as on:
        on.slack.faults.append(Fault("garbage", method="conversations.info"))
        on.slack.add_person(USER, "Ada", ADA)
        await on.slack.write(USER, "@OneThread my secret words", channel=CHANNEL)
        await on.slack.write(USER, "my secret words")
        await on.slack.write(USER, "my secret words", subtype="channel_topic")
    ours = [one.getMessage() for one in caplog.records if "slack" in one.name]
    for hidden in ("secret words", "xoxb-", ADA, "Ada"):
        assert not any(hidden in one for one in ours)
