"""What an action is to whoever carries it out: what it is given, and how it answers.

Types only, for actions of other distributions and for the gateway's webhook alike. An action is a
coroutine function: it gets a `Call` and returns the results, or raises one of the errors below.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from core.message import Assurance
from core.playbook.model import Action


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be done, for whom. `values` are as they were told; `plain` has those that can be
    written in one plain way (a date as 2026-12-24), so written.

    The same `key` means the same request: do nothing for one that was seen before, and answer as
    then. `replaces` is the key of a request that this one takes the place of, since the customer
    corrected a detail after it was done. `handle` is who writes ("phone:+447700900142"), proved as
    `level` says, on `channel`; `proved` are all addresses that are theirs for sure, by which a
    system may know them. Without one they are a guest.
    """

    action: str
    key: str
    values: Mapping[str, str] = field(repr=False)
    plain: Mapping[str, str] = field(repr=False)
    handle: str = field(repr=False)
    level: Assurance
    channel: str
    replaces: str | None = None
    proved: tuple[str, ...] = field(default=(), repr=False)


class RefusedAction(Exception):
    """The business says no: nothing was done, and asking again would change nothing. `results` may
    say what is possible instead, and `reason` names why, as flows know it under `refused`."""

    def __init__(self, results: Mapping[str, object] | None = None, reason: object = None) -> None:
        self.results, self.reason = results or {}, reason
        super().__init__("it was refused")


class TryAgain(Exception):
    """It did not work now, and may the next time, with the same key. `why` is for people and holds
    nothing that a customer wrote; `after` are seconds to wait, if that is known."""

    def __init__(self, why: str, after: float | None = None) -> None:
        self.why, self.after = why, after
        super().__init__(why)


class ActionFailed(Exception):
    """It did not work and will not by itself. `why` is for people, as in `TryAgain`."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


Perform: TypeAlias = Callable[[Call], Awaitable[Mapping[str, object]]]
"""Carries an action out, and gives its results by name: texts, numbers, true or false."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What another distribution declares of an action, under the entry points `onethread.actions`.

    `build` gets the playbook's action of that name, and returns what carries it out. It is called
    once at the start: what takes long, such as opening a connection, belongs there.
    """

    name: str
    version: str
    build: Callable[[Action], Any]
