"""What carries actions out, put together from the settings; and whether each has what it needs.

It opens nothing yet: a connection is made when the first action is carried out.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

from core.playbook import Playbook
from gateway.action_registry import Runners
from gateway.action_webhook import Webhooks
from gateway.actions import Actions, Patience
from gateway.obstacles import place
from gateway.settings import ConfigError, Problem, Settings
from gateway.settings_problems import PREFIX


def open_actions(settings: Settings, *, now: Callable[[], datetime]) -> Actions:
    """What performs the actions of whichever playbook a turn goes by."""
    known = settings.actions.secrets

    def secret(name: str) -> bytes | None:
        found = known.get(name)
        return None if found is None else found.get_secret_value().encode()

    webhooks = Webhooks(secret, settings.actions.networks, lambda: now().timestamp())
    # A turn must end well within its lease, or another worker takes it and asks again.
    patience = Patience(
        settings.turns.lease_seconds / 2, asyncio.sleep, lambda: secrets.randbelow(1000) / 1000
    )
    return Actions(Runners(webhooks), patience)


def check_secrets(settings: Settings, playbook: Playbook) -> None:
    """Raises `ConfigError` with every action that asks a web address and has no secret for it."""
    where = place(settings, "actions", "secrets")
    lacking = [
        Problem(
            *where,
            f"the playbook's action {name} asks a web address, and has no secret to sign with",
            f"Set {PREFIX}ACTIONS__SECRETS__{name.upper()} to what that system knows, too",
        )
        for name, action in playbook.actions.items()
        if action.url and name not in settings.actions.secrets
    ]
    if lacking:
        raise ConfigError(lacking)
