"""Proves a channel by its name, built in or installed beside us: what `adapters check` is made of.

Import it only where it is used: what it needs is for test suites. It never opens an account of the
settings; the provider is the kit's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from adapters.registry import find_spec
from adapters.testing import Harness, Proof, prove


def check(name: str) -> Sequence[Proof]:
    """What came of each rule. Takes some seconds; not to be called inside an event loop.

    Raises `LookupError` when there is no such channel or its declaration names no harness, and
    `ImportError` when the harness cannot be loaded.
    """
    harness = find_spec(name).harness
    if harness is None:
        raise LookupError(
            f"the adapter {name} names no harness: write one, and name it in its AdapterSpec as "
            'harness="package.module:Class"'
        )
    module, _, attribute = harness.partition(":")
    found = getattr(import_module(module), attribute, None)
    if not (isinstance(found, type) and issubclass(found, Harness)):
        raise ImportError(f"{harness} is no subclass of adapters.testing.Harness")
    return prove(found())
