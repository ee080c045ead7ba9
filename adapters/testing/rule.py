"""One rule of the contract: a sentence, how it is tried, and where it says nothing.

It holds no rule itself; those are in the `rules_*` modules, and all of them in `rules`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.testing.bench import Bench
from adapters.testing.harness import AdapterHarness, Harness, PullHarness, SocketHarness


def always(_: Harness) -> str:
    """The rule is for every channel."""
    return ""


def posted(harness: Harness) -> str:
    """The rule is for channels whose provider posts."""
    return "" if isinstance(harness, AdapterHarness) else "its provider does not post to us"


def fetched(harness: Harness) -> str:
    """The rule is for channels that fetch."""
    return "" if isinstance(harness, PullHarness) else "it does not fetch"


def socketed(harness: Harness) -> str:
    """The rule is for socket channels."""
    return "" if isinstance(harness, SocketHarness) else "it is no socket channel"


def sends(harness: Harness) -> str:
    """The rule is for channels that send to a provider."""
    return "the gateway sends on its sockets" if isinstance(harness, SocketHarness) else ""


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` raises `Broken` when the sentence is not true. `skip` says why a channel is not
    asked, or nothing."""

    name: str
    check: Callable[[Bench], Awaitable[None]]
    skip: Callable[[Harness], str] = always
