"""Proves a channel by its harness, with or without pytest, and tells what came of each rule.

Every rule has a bench of its own, so that none lives on what another left behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.testing.bench import Bench
from adapters.testing.harness import Harness
from adapters.testing.rule import Rule
from adapters.testing.rules import ALL
from adapters.testing.verdict import Broken
from adapters.testing.watching import watching

_SECONDS = 60.0


class Result(StrEnum):
    """What came of a rule."""

    PROVEN = "proven"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Proof:
    """One rule, tried on one channel. `why` says what to mend, or why it was not tried."""

    name: str
    result: Result
    why: str = ""


def rules_for(harness: Harness) -> Sequence[Rule]:
    """The rules this channel is held to."""
    return [rule for rule in ALL if not rule.skip(harness)]


def prove(harness: Harness) -> Sequence[Proof]:
    """Try every rule. Takes some seconds, and must not be called inside an event loop."""
    return [_proved(rule, harness) for rule in ALL]


def hold(rule: Rule, harness: Harness) -> None:
    """Try one rule. Raises `Broken` when it does not hold, or whatever went wrong on the way."""
    asyncio.run(_held(rule, harness))


async def _held(rule: Rule, harness: Harness) -> None:
    with watching() as watched:
        async with asyncio.timeout(_SECONDS), Bench(harness, watched) as bench:
            await rule.check(bench)


def _proved(rule: Rule, harness: Harness) -> Proof:
    why = rule.skip(harness)
    if why:
        return Proof(rule.name, Result.SKIPPED, why)
    try:
        hold(rule, harness)
    except Broken as broken:
        return Proof(rule.name, Result.FAILED, str(broken))
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises is a proof of its own
        return Proof(rule.name, Result.FAILED, f"{type(error).__name__}: {error}")
    return Proof(rule.name, Result.PROVEN)
