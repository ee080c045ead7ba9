"""The demo's settings: the accounts of its shop at simulated providers, over data of its own.

Its secrets are public; `serve` refuses them by their mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.email.simulator.service import MailSimulator
from adapters.slack.simulator import SlackSimulator
from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, TwilioSimulator
from gateway.access.safety import DEMO_MARK
from gateway.demo.people import CHAT, MAIL, SHOP, SLACK, SMS, WORKSPACE
from gateway.demo.playbook import own_copy
from gateway.settings.model import Settings

PLAYBOOK = Path(__file__).parent / "shop" / "playbook"
LOGIN_KEY = f"{DEMO_MARK}shop-login-signing-key"
"""What the shop's own server signs logins with."""

_CHAT_SECRET = f"{DEMO_MARK}web-chat-session-secret"
_QUIET_SECONDS = 0.6


def demo_settings(
    folder: Path, port: int, phones: TwilioSimulator, mail: MailSimulator, slack: SlackSimulator
) -> Settings:
    """The settings of a gateway on this port whose providers are these simulators."""
    origins = [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    tables: dict[str, Mapping[str, Any]] = {
        SMS: {
            "adapter": "sms",
            "account_sid": DEMO_ACCOUNT,
            "auth_token": DEMO_TOKEN,
            "from_number": SHOP.number,
            "api_base_url": phones.base_url,
        },
        MAIL: {"adapter": "email", **mail.config_table(), "display_name": SHOP.name},
        SLACK: {
            **slack.config_table(),
            "trusted_domains": {WORKSPACE.team: [WORKSPACE.domain]},
        },
        CHAT: {
            "adapter": "webchat",
            "allowed_origins": origins,
            "secret": _CHAT_SECRET,
            "jwt_keys": {"shop": {"key": LOGIN_KEY}},
            "title": SHOP.name,
            "greeting": "Good to have you here. Ask about an order, delivery or returns.",
        },
    }
    return Settings.model_validate(
        {
            "server": {"host": "127.0.0.1", "port": port},
            "storage": {"url": f"sqlite:///{folder / 'demo.db'}"},
            "playbook": {"path": own_copy(PLAYBOOK, folder)},
            "data": {"folder": folder},
            "logging": {"level": "WARNING"},
            "turns": {
                "quiet_seconds": {
                    "sms": _QUIET_SECONDS,
                    "webchat": _QUIET_SECONDS,
                    "slack": _QUIET_SECONDS,
                }
            },
            "adapters": tables,
        }
    )
