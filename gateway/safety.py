"""What a real service must not run with: the demo's secrets and stand-ins for providers."""

from __future__ import annotations

from adapters.sms.simulator import DEMO_TOKEN
from gateway.settings import ConfigError, Problem, Settings

_DEMO_SECRETS = (DEMO_TOKEN,)
DEMO_MARK = "onethread-demo-"
"""How every secret of the demo begins."""


def refuse_simulators(settings: Settings) -> None:
    """Raises `ConfigError` when an enabled account has a demo secret or a provider on loopback."""
    problems = []
    for account, entry in settings.adapters.items():
        for key, value in entry.options.items() if entry.enabled else ():
            text = str(value)
            if DEMO_MARK in text or text in _DEMO_SECRETS:
                problems.append(
                    Problem(
                        settings.file,
                        f"adapters.{account}.{key}",
                        "is the demo's secret, which everybody knows",
                        "Put your own here; the demo runs with `onethread demo`",
                    )
                )
    if problems:
        raise ConfigError(problems)
