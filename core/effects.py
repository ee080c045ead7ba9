"""What a decision may ask to be done outside before it can be made, as frozen data.

The gateway performs it and the pipeline runs again with what came out. Nothing here acts: each says
what is wanted, what its result means, and by which name it is known within its turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookUp:
    """An effect: find one row of a business table, checked against who is asking.

    `key` are column values that must match; `verify` are values a guest gave as second detail;
    `proved` are handle keys that may own the row. The result holds the columns that may be shown,
    or nothing, with no difference between "no such row" and "not yours".
    """

    table: str
    key: Mapping[str, str]
    verify: Mapping[str, str]
    proved: tuple[str, ...]

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        key = ",".join(f"{k}={v}" for k, v in sorted(self.key.items()))
        verify = ",".join(f"{k}={v}" for k, v in sorted(self.verify.items()))
        return f"lookup:{self.table}:{key}:{verify}"


@dataclass(frozen=True, slots=True)
class AskProof:
    """An effect: send a one-time code to an address that the sender says is theirs too.

    `target` is the handle's key. The result's "outcome" is "sent", "limited" (too many codes were
    asked for), "cannot" (no channel of ours reaches it, or it may not be asked), and "to" names it
    as the sender wrote it. Known and unknown addresses give the same.
    """

    target: str
    purpose: str = "step-up"

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return f"ask-proof:{self.purpose}:{self.target}"


@dataclass(frozen=True, slots=True)
class ShowCode:
    """An effect: the sender typed the code that was sent; `digest` is what was kept of it.

    The result's "outcome" is "proved", "wrong" (with "left", how many tries remain), "spent",
    "expired" or "none" (nothing was asked); "to" is the address it went to, and when it is proved
    "reads_from" the ISO time from which older messages may be read, if that is later than now.
    """

    digest: str

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return f"show-code:{self.digest}"


@dataclass(frozen=True, slots=True)
class Disown:
    """An effect: the sender says that they are not who we take them for. Part and seal.

    The result's "outcome" is "parted" or "nothing" (they were joined to nobody).
    """

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return "disown"


@dataclass(frozen=True, slots=True)
class MoveTo:
    """An effect: go on with this conversation on another channel. `kind` is that of the handle
    ("phone", "email"), `target` its key when the sender named one.

    The result's "outcome" is "moved", "unproved" (no handle of that kind is proved to be theirs:
    ask for one), "which" (of several: "targets" are their keys, the one seen last first, a space
    between), "opted-out" or "cannot"; "to" is the address, masked.
    """

    kind: str
    target: str | None = None

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return f"move-to:{self.kind}:{self.target or ''}"


@dataclass(frozen=True, slots=True)
class AnswerAt:
    """An effect: answers that nobody sees here, because the sender has left, go to `target` too.

    The result's "outcome" is "noted", or "cannot" where it is not proved to be theirs.
    """

    target: str

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return f"answer-at:{self.target}"


Effect = LookUp | AskProof | ShowCode | Disown | MoveTo | AnswerAt
"""What a decision may ask to be done before it can be made."""


@dataclass(frozen=True, slots=True)
class NeedEffect:
    """The pipeline cannot go on without an effect; perform it and decide again."""

    effect: Effect
