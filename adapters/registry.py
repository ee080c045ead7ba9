"""Finding a channel's declaration by name, built in or installed beside us.

Declarations only: no adapter is imported here, so that listing channels needs no provider's SDK.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from core.channel import AdapterSpec

GROUP = "onethread.adapters"
"""The entry-point group under which a distribution offers its channels."""

BUILT_IN = {
    "email": "adapters.email",
    "slack": "adapters.slack",
    "sms": "adapters.sms",
    "webchat": "adapters.webchat",
}
"""Our own channels, known also where the distribution's metadata is not installed."""


def find_spec(name: str) -> AdapterSpec:
    """The declaration of that name. Raises `LookupError` naming what there is, or `ImportError`."""
    module = BUILT_IN.get(name)
    if module is not None:
        return _checked(name, getattr(import_module(module), "SPEC", None))
    for point in entry_points(group=GROUP):
        if point.name == name:
            return _checked(name, point.load())
    known = ", ".join(sorted(names()))
    raise LookupError(f"there is no adapter named {name}; there are {known}")


def names() -> set[str]:
    """Every channel that can be enabled."""
    return {*BUILT_IN, *(point.name for point in entry_points(group=GROUP))}


def _checked(name: str, spec: object) -> AdapterSpec:
    if not isinstance(spec, AdapterSpec):
        raise ImportError(f"the adapter {name} does not declare an AdapterSpec named SPEC")
    return spec
