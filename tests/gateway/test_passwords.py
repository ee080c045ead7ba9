"""Passwords: what is compared where there is nothing to compare with, and how many at once."""

from __future__ import annotations

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from gateway.access.passwords import Crowded, Passwords
from tests.gateway.credentials import PASSWORD, quick_passwords


class Watched(PasswordHasher):
    """Remembers which hashes were compared with. `gate` holds a comparison until it is set."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.compared: list[str | bytes] = []
        self.gate: threading.Event | None = None

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.compared.append(hash)
        if self.gate is not None:
            self.gate.wait(20)
        return super().verify(hash, password)


async def test_a_hash_fits_its_password_however_a_keyboard_composes_it() -> None:
    passwords = quick_passwords()
    stored = await passwords.hash("b\u00fcrgerliche Lampe 7")
    assert await passwords.fits("bu\u0308rgerliche Lampe 7", stored)
    assert not await passwords.fits("burgerliche Lampe 7", stored)
    for broken in ("$argon2id$", "not a hash"):
        assert not await passwords.fits(PASSWORD, broken)


async def test_where_nobody_is_a_hash_of_the_same_cost_is_compared() -> None:
    hasher = Watched()
    passwords = Passwords(hasher)
    real = await passwords.hash(PASSWORD)
    assert not await passwords.fits(PASSWORD, None)
    (compared,) = hasher.compared
    assert isinstance(compared, str)
    assert extract_parameters(compared) == extract_parameters(real)


async def test_too_many_at_once_are_asked_to_come_again() -> None:
    hasher = Watched()
    passwords = Passwords(hasher)
    hasher.gate = threading.Event()
    held = [asyncio.create_task(passwords.fits("x", None)) for _ in range(32)]
    await asyncio.sleep(0)
    with pytest.raises(Crowded):
        await passwords.fits("x", None)
    hasher.gate.set()
    assert await asyncio.gather(*held) == [False] * 32
    assert not await passwords.fits("x", None)
