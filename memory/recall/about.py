"""What recall compares one message by, packed into a few bytes that are stored with the message.

A text is taken apart once, when it is written; whoever reads it later scores it without looking at
its words again. Words are there as hashes, so that a packed form tells less than the text beside
it; it is as personal all the same, and goes wherever the text goes. It scores nothing, and it is
only of use within the version that made it: an older form counts as none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from struct import pack
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.languages.features import Stems
from memory.recall.terms import LANGUAGE, Matter, matter, stems_of, terms

VERSION = 1
"""To be raised whenever `memory.recall.vocabulary` or `memory.recall.terms` take a text apart
otherwise."""

RECORD = np.dtype([("value", "<u4"), ("kind", "u1")])
"""A packed form is a row of these. The first is its head: what the text says as one number, the
same for texts of the same words (0: nothing). The second has its version and flags. Then come the
roots, whose kind is how often each is there, and the identifiers, whose kind is 0."""

HEAD, FLAGS, IDENTIFIER = 255, 254, 0
_MOST = 253
"""A root that is there more often counts as that often."""

ASKS_BIT, TELLS_TIME_BIT = 1, 2
_VERSION_SHIFT = 8
_VERSION_BYTE = RECORD.itemsize + 1
"""Where in a packed form its version stands."""

Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]


class Unpacked(NamedTuple):
    """Some packed forms side by side, a column for each thing.

    `where` says for each root, and `identified` for each identifier, in which of the forms it is;
    `lengths` how many words that tell something each has, `widths` how many different ones.
    """

    essences: Hashes
    flags: Hashes
    lengths: Places
    widths: Places
    roots: Hashes
    counts: NDArray[np.uint8]
    where: Places
    identifiers: Hashes
    identified: Places


def about(text: str) -> bytes:
    """The packed form of a text, for `message.about`."""
    return pack_matter(matter(text, stems_of(LANGUAGE)))


def is_current(packed: bytes | None) -> bool:
    """Whether a stored form is one of this version."""
    return packed is not None and len(packed) > _VERSION_BYTE and packed[_VERSION_BYTE] == VERSION


def packed_of(text: str, stored: bytes | None, name: str | None) -> bytes:
    """The packed form of a message and of its speaker's name: what was stored, or else made now."""
    packed = stored if stored is not None and is_current(stored) else about(text)
    return packed + name_records(name, stems_of(LANGUAGE)) if name else packed


def unpack(packed: Sequence[bytes]) -> Unpacked:
    """Packed forms, each with the names behind it, as columns."""
    records = np.frombuffer(b"".join(packed), dtype=RECORD)
    values, kinds = records["value"], records["kind"]
    heads = kinds == HEAD
    where = heads.cumsum() - 1
    words, named = (kinds > IDENTIFIER) & (kinds < FLAGS), kinds == IDENTIFIER
    counts, places = kinds[words], where[words]
    return Unpacked(
        values[heads],
        values[kinds == FLAGS],
        np.bincount(places, weights=counts, minlength=len(packed)).astype(np.int64),
        np.bincount(places, minlength=len(packed)),
        values[words],
        counts,
        places,
        values[named],
        where[named],
    )


def pack_matter(found: Matter) -> bytes:
    """What a text is about, packed."""
    roots = _counted(found.counts)
    hashes = sorted(roots)
    flags = ASKS_BIT * found.asks | TELLS_TIME_BIT * found.tells_time
    essence = crc32(pack(f"<{len(hashes)}I", *hashes)) if hashes else 0
    identifiers = sorted(map(hash_of, found.identifiers))
    return pack(
        "<" + "IB" * (2 + len(roots) + len(identifiers)),
        essence,
        HEAD,
        VERSION << _VERSION_SHIFT | flags,
        FLAGS,
        *chain.from_iterable((one, roots[one]) for one in hashes),
        *chain.from_iterable((one, IDENTIFIER) for one in identifiers),
    )


# A name is said by many: of its agents, a business has few.
@lru_cache(maxsize=512)
def name_records(name: str, stems: Stems) -> bytes:
    """The roots of a speaker's name, to be put behind the packed form of what they said."""
    roots: dict[str, int] = {}
    for root in terms(name, stems):
        roots[root] = roots.get(root, 0) + 1
    counted = _counted(roots)
    return pack("<" + "IB" * len(counted), *chain.from_iterable(counted.items()))


def hash_of(word: str) -> int:
    """The number that stands for a root or an identifier.

    A cyclic code tells apart all that differ in four letters that follow each other, as numbers of
    one row do; others meet once in four thousand millions.
    """
    return crc32(word.encode())


def _counted(counts: Mapping[str, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for root, count in counts.items():
        number = hash_of(root)
        found[number] = min(found.get(number, 0) + count, _MOST)
    return found
