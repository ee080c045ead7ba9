"""What a real service must not run with: the secrets of the demo, which everybody knows."""

from __future__ import annotations

import os

from adapters.sms.simulator import DEMO_TOKEN
from gateway.settings.model import Problem, Settings
from gateway.settings.problems import place_of

_DEMO_SECRETS = (DEMO_TOKEN,)
DEMO_MARK = "onethread-demo-"
"""How every secret of the demo begins."""


def simulator_problems(settings: Settings) -> list[Problem]:
    """Each secret of the demo that an enabled account has."""
    return [
        Problem(
            *place_of(("adapters", account, key), settings.file, os.environ),
            "is the demo's secret, which everybody knows",
            "Put your own here; the demo runs with `onethread demo`",
        )
        for account, entry in settings.adapters.items()
        for key, value in (entry.options.items() if entry.enabled else ())
        if DEMO_MARK in str(value) or str(value) in _DEMO_SECRETS
    ]
