"""Passwords: what may be one, and how it is kept and compared.

Kept as argon2id (RFC 9106) with the library's parameters. It knows nobody: whose password it is,
and what follows from a wrong one, is `gateway.access.callers`'s work.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

P = ParamSpec("P")
R = TypeVar("R")

SHORTEST = 12
LONGEST = 256
_AT_ONCE = 2
"""Computations at a time: each takes 64 MiB and most of a core."""
_WAITING = 32

_COMMON = (
    "administrator",
    "changeme",
    "correcthorsebatterystaple",
    "dragon",
    "iloveyou",
    "letmein",
    "monkey",
    "onethread",
    "passwort",
    "password",
    "qwertyuiop",
    "qwerty",
    "secret",
    "welcome",
    "admin",
)
_LOOKALIKES = str.maketrans("0@$3", "oase")
_LEFT_OVER = 6
"""Letters that have to remain when all that anybody would guess is taken out."""


class Crowded(Exception):
    """Too many passwords are being checked at once; try again in a moment."""


class Passwords:
    """Makes and compares hashes in threads, a few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._inside = 0
        self._nobody = _unmatched(self._hasher)

    async def hash(self, password: str) -> str:
        """A password as it is kept. Raises `Crowded`."""
        return await self._in_turn(self._hasher.hash, _plain(password))

    async def fits(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; where there is none to compare with, it takes as long.

        Raises `Crowded`.
        """
        asked = _plain(password)[:LONGEST]
        return await self._in_turn(self._verify, stored or self._nobody, asked)

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        if self._inside >= _WAITING:
            raise Crowded
        self._inside += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *args, **kwargs)
        finally:
            self._inside -= 1


def fault_of(password: str, *known: str) -> str | None:
    """What is wrong with a new password, in words; nothing when it will do.

    `known` is what anybody knows of its owner: login, name.
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return f"A password needs at least {SHORTEST} characters."
    if len(plain) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    left = plain.casefold().translate(_LOOKALIKES)
    words = [word.casefold() for one in known for word in one.replace("@", " ").split()]
    for word in sorted({*_COMMON, *(one for one in words if len(one) > 2)}, key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < _LEFT_OVER or len(set(left)) < 4 or _is_sequence(plain):
        return "This password is too easy to guess. Take several words that do not belong together."
    return None


def _is_sequence(text: str) -> bool:
    """Whether each character is the neighbour of the one before it, as in 123456 or fedcba."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps - {-9, 9}) <= 1 and steps <= {-9, -1, 0, 1, 9}


def _plain(password: str) -> str:
    """The same password however a keyboard composes its letters (RFC 8265, section 4.2)."""
    return unicodedata.normalize("NFC", password)


def _unmatched(hasher: PasswordHasher) -> str:
    """A hash that no password has, with the parameters of real ones."""

    def noise(size: int) -> str:
        return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")

    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = noise(hasher.salt_len), noise(hasher.hash_len)
    return f"$argon2id$v=19${costs}${salt}${digest}"
