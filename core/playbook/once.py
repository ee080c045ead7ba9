"""What is made of a playbook, made once for each playbook that is in use.

Every stage has something of its own compiled from the playbook, and asks for it in every turn. It
must not look into the playbook: which one it is, not what is in it, tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from core.playbook.model import Playbook

P = ParamSpec("P")
T = TypeVar("T")

MOST = 16
"""Playbooks that something is kept of: the one in force, in its languages, and drafts on trial."""


def once_per_playbook(
    make: Callable[Concatenate[Playbook, P], T],
) -> Callable[Concatenate[Playbook, P], T]:
    """`make`, called once for each playbook and what else it is given, as long as few are in use.

    What is made is kept beside its playbook, so that no other can come to be at the same place.
    """
    made: dict[tuple[object, ...], tuple[Playbook, T]] = {}

    @wraps(make)
    def found(playbook: Playbook, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (id(playbook), *args)
        held = made.get(key)
        if held is None:
            held = playbook, make(playbook, *args, **kwargs)
            while len(made) >= MOST:
                made.pop(next(iter(made)), None)
            made[key] = held
        return held[1]

    return found
