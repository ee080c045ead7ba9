"""Gives up what is waited for when something came that makes it stale.

It knows nothing of turns: what came, and what is given up, are its caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """Something came before the work was done, and the work was given up."""


async def unless(came: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """What the work results in. Raises `Interrupted` when `came` is set before it is done."""
    doing = asyncio.ensure_future(work)
    hearing = asyncio.ensure_future(came.wait())
    try:
        await asyncio.wait((doing, hearing), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise Interrupted
    finally:
        doing.cancel()
        hearing.cancel()
        # Whatever it was given up in has to let go of what it holds before anybody goes on.
        await asyncio.gather(doing, hearing, return_exceptions=True)
