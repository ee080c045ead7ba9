"""What a stage may ask to be done outside before it can go on, as frozen data.

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


@dataclass(frozen=True, slots=True)
class Classify:
    """An effect: ask a language model which of the playbook's intents the turn's text is, where the
    first stage was not sure. The result's "outcome" is "named", with "intent", or "none" of them;
    any other outcome says why there is no answer (`core.pipeline.model.second_guess`).
    """

    text: str

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return "classify"


@dataclass(frozen=True, slots=True)
class Act:
    """An effect: do something in a system of the business's, once. `action` is the playbook's name
    of it, `values` go along as they were told, and `plain` has those of them that can be written in
    one plain way, so written. `key` is the same however often it is asked for: whoever carries it
    out does nothing for a key that was seen before, and answers as then. What this one takes the
    place of, since a detail was corrected after it was done, is the key in `replaces`. `proved` are
    keys of handles that are the sender's for sure.

    The result's "outcome" is "done" or "refused" (the business says no, "why" is its reason if it
    names one), with the named results of the answer; or "failed", with "why" for people: then it is
    not known whether it was done.
    """

    action: str
    key: str
    values: Mapping[str, str]
    plain: Mapping[str, str]
    replaces: str | None = None
    proved: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return f"act:{self.action}:{self.key}"


@dataclass(frozen=True, slots=True)
class Consult(Act):
    """An effect: ask a system of the business's what is so, or what may be done. It changes nothing
    there, so that it needs no yes. Its result is as that of `Act`."""

    @property
    def id(self) -> str:
        """A stable name for this effect within its turn."""
        return f"lookup:{self.action}:{self.key}"


def is_guess(effect_id: str) -> bool:
    """Whether an effect of this name is a language model's guess: it changes nothing, so that it
    can be given up and done anew, and nothing that is said may lean on it."""
    return effect_id == "classify" or effect_id.startswith("compose:")


StateEffect = LookUp | AskProof | ShowCode | Disown | MoveTo | AnswerAt | Act
"""What the state stage may ask to be done before it can go on."""
