"""How a rule says that it does not hold. Nothing else."""

from __future__ import annotations

from typing import NoReturn


class Broken(AssertionError):
    """A rule of the contract does not hold; the text says what was seen and how to mend it."""


def fail(why: str) -> NoReturn:
    """The rule does not hold."""
    raise Broken(why)


def demand(holds: object, why: str) -> None:
    """The rule does not hold unless this is so."""
    if not holds:
        raise Broken(why)
