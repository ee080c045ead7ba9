"""The app's manifest, ready to be pasted where Slack makes apps from one. Pure.

https://docs.slack.dev/reference/app-manifest. With `app_token` the app opens a socket, and no
address of ours is entered anywhere.
"""

from __future__ import annotations

from typing import Any

from adapters.slack.config import SlackConfig

EVENTS = (
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
"""What the app subscribes to: being called, being written to, and being removed."""


def manifest(base_url: str, config: SlackConfig, name: str = "OneThread") -> dict[str, Any]:
    """The manifest of an app whose routes are below `base_url`, the account's public address."""
    socket = config.app_token is not None
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    oauth: dict[str, Any] = {"scopes": {"bot": list(config.scopes)}}
    if not socket:
        events["request_url"] = f"{base_url}/events"
        interactivity["request_url"] = f"{base_url}/interactivity"
    if config.client_id is not None:
        oauth["redirect_urls"] = [f"{base_url}/oauth"]
    return {
        "_metadata": {"major_version": 1},
        "display_information": {"name": name},
        "features": {
            # Without its Messages tab nobody can write to the app directly.
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": config.client_id is not None,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
