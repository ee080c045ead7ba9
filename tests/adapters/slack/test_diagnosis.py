"""The doctor says what is wrong at Slack, and where it is put right."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.slack.config import SCOPES
from adapters.slack.manifest import manifest
from adapters.slack.simulator import Fault
from core.channel_abilities import Finding, Gravity
from tests.adapters.slack.account import BASE, TEAM, Line, line, make_adapter, make_config, utc_now


async def findings(on: Line) -> list[Finding]:
    return list(await on.adapter.diagnose())


def worst(found: list[Finding], about: str) -> Finding:
    (one,) = [one for one in found if about in one.what]
    return one


async def test_everything_that_is_right_is_said_to_be() -> None:
    async with line() as on:
        found = await findings(on)
        right = [one.what for one in found if one.gravity is Gravity.OK]
        assert f"Workspace {TEAM} takes the token." in right
        assert f"Workspace {TEAM} grants every permission." in right
        assert "This machine's clock agrees with Slack's." in right
        assert (await on.adapter.health()).ok


async def test_the_exact_permissions_that_are_missing_are_named() -> None:
    async with line() as on:
        on.slack.api.scopes = tuple(one for one in SCOPES if one not in ("im:write", "files:read"))
        finding = worst(await findings(on), "does not grant")
        assert finding.what == f"Workspace {TEAM} does not grant files:read, im:write."
        assert finding.gravity is Gravity.FAULT
        assert "OAuth & Permissions" in finding.mend


async def test_a_token_that_is_not_taken_is_a_fault_with_its_remedy() -> None:
    async with line() as on:
        on.slack.api.tokens.clear()
        (finding,) = await findings(on)
        assert (finding.gravity, "bot_token" in finding.mend) == (Gravity.FAULT, True)
        health = await on.adapter.health()
        assert (health.ok, health.detail) == (False, "The bot token is not valid.")


@pytest.mark.parametrize(
    ("seconds", "gravity"), [(90, Gravity.WARNING), (-90, Gravity.WARNING), (290, Gravity.FAULT)]
)
async def test_a_clock_that_is_wrong_is_told_before_events_are_refused(
    seconds: int, gravity: Gravity
) -> None:
    async with line() as on:
        off = timedelta(seconds=seconds)
        config = make_config(api_base_url=on.slack.base_url)
        adapter = make_adapter(config, base=on.slack.webhook_base, now=lambda: utc_now() + off)
        finding = worst(list(await adapter.diagnose()), "clock is")
        assert finding.gravity is gravity
        await adapter.close()


async def test_an_address_that_slack_cannot_call_is_a_fault() -> None:
    async with line() as on:
        adapter = make_adapter(
            make_config(api_base_url=on.slack.base_url), base=on.slack.webhook_base
        )
        found = list(await adapter.diagnose())
        await adapter.close()
        assert "app_token" in worst(found, "https addresses only").mend
        assert worst(found, "A signed request is accepted").gravity is Gravity.OK


async def test_a_gateway_with_another_secret_is_told() -> None:
    async with line() as on:
        config = make_config(
            api_base_url=on.slack.base_url, signing_secret="another-secret-of-the-tests"
        )
        adapter = make_adapter(config, base=on.slack.webhook_base)
        finding = worst(list(await adapter.diagnose()), "signed with signing_secret")
        await adapter.close()
        assert finding.gravity is Gravity.FAULT


async def test_a_socket_that_cannot_be_opened_says_where_it_is_turned_on() -> None:
    async with line(app_token="xapp-an-app-token-of-the-tests") as on:
        finding = worst(await findings(on), "No socket")
        assert "connections:write" in finding.mend


async def test_trust_in_a_workspace_without_the_app_is_a_warning() -> None:
    async with line(trusted_domains={"T0GONE": ["shop.example"]}) as on:
        assert worst(await findings(on), "T0GONE").gravity is Gravity.WARNING


async def test_a_provider_that_is_away_is_told_and_raises_nothing() -> None:
    async with line() as on:
        on.slack.faults.append(Fault("drop", method="auth.test"))
        assert all(one.gravity is Gravity.FAULT for one in await findings(on))


def test_the_manifest_asks_for_what_the_app_needs_and_names_our_addresses() -> None:
    made = manifest(BASE, make_config())
    assert made["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert made["settings"]["event_subscriptions"]["request_url"] == f"{BASE}/events"
    assert made["settings"]["interactivity"]["request_url"] == f"{BASE}/interactivity"
    assert made["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    events = made["settings"]["event_subscriptions"]["bot_events"]
    assert {"message.im", "message.channels", "app_mention"} <= set(events)


def test_with_a_socket_the_manifest_enters_no_address() -> None:
    made = manifest(BASE, make_config(app_token="xapp-an-app-token-of-the-tests"))
    assert made["settings"]["socket_mode_enabled"] is True
    assert BASE not in str(made)


def test_the_manifest_in_the_documentation_is_the_one_the_app_needs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "slack.md").read_text(encoding="utf-8")
    shown = page.partition("```json\n")[2].partition("```")[0]
    address = "https://support.example.com/channels/slack"
    assert json.loads(shown) == manifest(address, make_config())
