"""Trap 12: a profile counts where the admin trusts its workspace for its domain, nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.simulator import Seat
from gateway.demo.people import ADA, WORKSPACE
from tests.gateway.everywhere import Everywhere, Options, beside_threads, everywhere, secrets_in

ASKED = "Any news on my order?"
CONNECTED = Seat(user_team="T0ELSEWHERE", shared=True)


async def asked_by(world: Everywhere, user: str, seat: Seat | None = None) -> str:
    """Somebody asks in direct messages; what they are told."""
    point, taken = world.slack.last_seq, len(world.slack.wire)
    await world.slack.write(user, ASKED, seat=seat)
    reply = await world.slack.wait_for_reply(user, point)
    await world.handled(3 + taken // 2)
    return reply.text


async def test_trap_12_a_member_of_a_trusted_workspace_and_domain_is_recognised(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        told = await asked_by(world, ADA.slack)
        assert "1042" in told
        owner, slack = await world.stored_of(ADA.mail_key), await world.stored_of(ADA.slack_key)
        assert owner["customer"] == slack["customer"]


OUTSIDERS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], Seat | None]] = {
    "a member of a connected house": ({}, {}, CONNECTED),
    "a workspace that nobody trusts": ({"trusted_domains": {}}, {}, None),
    "a workspace trusted for another domain": (
        {"trusted_domains": {WORKSPACE.team: ["elsewhere.example"]}},
        {},
        None,
    ),
    "a guest": ({}, {"is_restricted": True}, None),
    "a stranger in a shared channel": ({}, {"is_stranger": True}, None),
    "an address that was never confirmed": ({}, {"is_email_confirmed": False}, None),
}


@pytest.mark.parametrize(("slack", "flags", "seat"), OUTSIDERS.values(), ids=OUTSIDERS)
async def test_trap_12_the_same_address_in_another_profile_is_nobody(
    tmp_path: Path,
    models: Path,
    slack: Mapping[str, Any],
    flags: Mapping[str, Any],
    seat: Seat | None,
) -> None:
    async with everywhere(tmp_path, models, Options(slack=slack)) as world:
        await world.know_ada()
        before = await world.stored_of(ADA.mail_key)
        world.slack.add_person("U0EVE", ADA.name, ADA.mail, **flags)
        told = await asked_by(world, "U0EVE", seat)
        assert secrets_in(told) == []
        assert await world.stored_of(ADA.mail_key) == before


async def test_trap_12_a_display_name_proves_nothing(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        before = await world.stored_of(ADA.mail_key)
        world.slack.add_person("U0EVE", ADA.name, "eve@example.com", display_name=ADA.mail)
        told = await asked_by(world, "U0EVE")
        assert secrets_in(told) == []
        assert await world.stored_of(ADA.mail_key) == before


async def test_trap_12_the_same_user_id_in_another_workspace_is_somebody_else(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await asked_by(world, ADA.slack)
        before = beside_threads(await world.stored_of(ADA.slack_key))
        told = await asked_by(world, ADA.slack, CONNECTED)
        assert secrets_in(told) == []
        assert beside_threads(await world.stored_of(ADA.slack_key)) == before
