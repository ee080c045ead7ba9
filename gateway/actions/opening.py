"""What carries actions out, put together from the settings; and whether each has what it needs.

It opens nothing yet: a connection is made when the first action is carried out.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

from core.playbook.actions import ACTIONS
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Playbook
from gateway.actions.performing import Actions, Patience, Runner
from gateway.actions.registry import Runners
from gateway.actions.webhook import Webhooks
from gateway.settings.model import ConfigError, Problem, Settings
from gateway.settings.obstacles import place
from gateway.settings.problems import PREFIX


def open_actions(
    settings: Settings, *, now: Callable[[], datetime], runner: Runner | None = None
) -> Actions:
    """What performs the actions of whichever playbook a turn goes by; `runner` in the place of the
    systems that it names."""

    def secret(name: str) -> bytes | None:
        found = settings.actions.secret_of(name)
        return None if found is None else found.get_secret_value().encode()

    webhooks = Webhooks(secret, settings.actions.networks, lambda: now().timestamp())
    # A turn must end well within its lease, or another worker takes it and asks again.
    patience = Patience(
        settings.turns.lease_seconds / 2, asyncio.sleep, lambda: secrets.randbelow(1000) / 1000
    )
    return Actions(runner or Runners(webhooks), patience)


def check_secrets(settings: Settings, playbook: Playbook) -> None:
    """Raises `ConfigError` with every action that asks a web address and has no secret for it."""
    where = place(settings, "actions", "secrets")
    lacking = [
        Problem(*where, f"the playbook's action {name} {_LACKS}", _set(name))
        for name in _lacking(settings, playbook)
    ]
    if lacking:
        raise ConfigError(lacking)


def require_secrets(settings: Settings, playbook: Playbook) -> None:
    """The same of a playbook that is taken over while the gateway runs. Raises `PlaybookError`."""
    lacking = [
        PlaybookProblem(ACTIONS, f"{name}.url", _LACKS, f"{_set(name)}, and start the gateway anew")
        for name in _lacking(settings, playbook)
    ]
    if lacking:
        raise PlaybookError(lacking)


_LACKS = "asks a web address, and the settings have no secret to sign with"


def _lacking(settings: Settings, playbook: Playbook) -> list[str]:
    known = settings.actions.secret_of
    return [name for name, one in playbook.actions.items() if one.url and known(name) is None]


def _set(name: str) -> str:
    own = f"{PREFIX}ACTIONS__SECRETS__{name.upper()}"
    return f"Set {own}, or {PREFIX}ACTIONS__SECRET for all of them, to what that system knows, too"
