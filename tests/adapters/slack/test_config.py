"""A setting that cannot work is refused in words, and no secret is ever shown."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.slack.simulator import SlackSimulator
from gateway.access.safety import simulator_problems
from gateway.settings.model import Settings
from tests.adapters.slack.account import SECRET, TOKEN, make_config


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signing_secret": "short"}, "too short"),
        ({"bot_token": "xoxp-a-token-of-a-person"}, "begins with xoxb-"),
        ({"app_token": TOKEN}, "begins with xapp-"),
        ({"bot_token": None}, "set bot_token"),
        ({"client_id": "1.2"}, "belong together"),
        ({"api_base_url": "http://slack.com/api/"}, "address"),
        ({"api_base_url": "slack.com"}, "address"),
        ({"trusted_domains": {"shop": ["shop.example"]}}, "no workspace id"),
        ({"trusted_domains": {"T0123": ["@shop.example"]}}, "no domain"),
        ({"trusted_domains": {"T0123": ["Shop.example"]}}, "no domain"),
        ({"allowed_bots": ["deploy"]}, "no id of a bot"),
        ({"singing_secret": "x"}, "Extra inputs"),
    ],
)
def test_what_cannot_work_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        make_config(**changes)


def test_secrets_are_not_in_the_repr() -> None:
    shown = repr(make_config())
    assert SECRET not in shown
    assert TOKEN not in shown


def test_the_address_of_the_api_always_ends_in_a_slash() -> None:
    config = make_config(api_base_url="https://slack.example.com/api")
    assert config.api_base_url == "https://slack.example.com/api/"


def test_no_real_service_starts_with_the_simulators_secrets() -> None:
    settings = Settings.model_validate(
        {"adapters": {"slack": SlackSimulator().config_table(socket=True)}}
    )
    found = {one.key for one in simulator_problems(settings)}
    assert found == {
        f"adapters.slack.{one}" for one in ("signing_secret", "bot_token", "app_token")
    }
