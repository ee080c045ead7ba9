"""What of a row is given out in the export of one customer: as a person and a machine can read it,
without others and without secrets.

Times are ISO 8601 in UTC, ids are texts, JSON is taken apart, packed bytes are Base64 (RFC 4648).
Shapes only; which rows there are is `memory.exports.customer`'s.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Row

from core.clock import from_micros
from memory.pages.personal import PERSONAL
from memory.readable.drawing import WITHHELD, drawn_of

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
Told: TypeAlias = dict[str, Any]

SECRET = "Withheld: a secret."
HIDDEN = "Withheld: personal, and not shown before a proof."

_NEVER = frozenset(
    {
        *("lease_owner", "lease_token", "lease_until", "version"),
        *("code_digest", "link_digest", "network", "claimed_by", "claimed_until", "kept_json"),
        *("proved_by", "actor", "owner", "ended_by", "closed_by", "decided_by", "retired_by"),
        *("drawn_json", "message_extra", "about", "code_digits", "code_until"),
    }
)
"""Columns of our own machinery, of people of the business, and digests of secrets."""

_TIMES = frozenset({"valid_from", "valid_to", "until", "at", "proved_until", "reads_from"})
_KEPT_DETAIL = frozenset(
    {"level", "rule", "kind", "parts", "handles", "rows", "files", "message_id", "until", "outcome"}
)
"""What of a change's detail tells of nobody else."""


@dataclass(frozen=True, slots=True)
class Own:
    """Whose export it is: `handles` are their keys by id, `plain` the keys in use, `customers` all
    that are theirs, `places` the conversations they may have written in. `personal` is as in
    `memory.exports.customer.find_own`."""

    root: int
    handles: Mapping[int, str]
    plain: frozenset[str]
    customers: frozenset[int]
    places: frozenset[int]
    personal: bool

    @property
    def keys(self) -> frozenset[str]:
        """Every key they are named by."""
        return self.plain | frozenset(self.handles.values())

    def all_own(self, handles: Collection[int]) -> bool:
        """Whether all these handles are theirs."""
        return self.handles.keys() >= set(handles)


def plain(row: AnyRow, own: Own) -> Told:
    """Every column that may be given out."""
    return {
        name.removesuffix("_json"): _value(name, value)
        for name, value in row._mapping.items()
        if name not in _NEVER
    }


def _value(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if name.endswith("_json"):
        return orjson.loads(value)
    if isinstance(value, int) and (name.endswith("_at") or name in _TIMES):
        return from_micros(value).isoformat() if value else None
    if name == "id" or name.endswith("_id") or name in ("merged_into", "succeeds"):
        return str(value)
    return value


def customer(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if row.merged_into is not None and row.merged_into not in own.customers:
        told["merged_into"] = None
    return told


def link(row: AnyRow, own: Own) -> Told:
    """A link with somebody else's end says that there is one, and no more of it."""
    told = plain(row, own)
    own_handle, own_customer = row.handle_id in own.handles, row.customer_id in own.customers
    if own_handle and own_customer:
        return told
    told["with_another_customer"] = True
    for name, theirs in (("handle_id", own_handle), ("customer_id", own_customer)):
        if not theirs:
            del told[name]
    return {name: one for name, one in told.items() if name not in ("evidence", "end_reason")}


def conversation(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if row.handle_id in own.handles and row.audience == "one":
        return told
    # A room, or a thread that somebody else began.
    return {name: told[name] for name in ("id", "channel", "audience", "created_at")}


def message(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if not own.all_own(drawn_of(row.extra_json)):
        return {**told, "text": WITHHELD, "extra": None}
    extra = told["extra"]
    if extra:
        kept = {name: one for name, one in extra.items() if name not in ("drawn", "network")}
        if "secrets" in kept:
            kept["secrets"] = sorted(kept["secrets"])
        told["extra"] = kept
    return told


def fact(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if row.secret:
        told["value"] = SECRET
    elif not own.all_own(_drawn(row.drawn_json)):
        told["value"] = WITHHELD
    elif row.needs >= PERSONAL and not own.personal:
        told["value"] = HIDDEN
    return told


def case(row: AnyRow, own: Own) -> Told:
    """How far it is was worked out from all who had part in it; what they told is theirs."""
    told = plain(row, own)
    state = told["state"]
    slots = [_slot(one, own) for one in state.get("slots", ()) if one.get("handle") in own.keys]
    if own.all_own(drawn_of(row.state_json)):
        told["state"] = {**state, "slots": slots}
    else:
        told |= {"state": {"slots": slots}, "intent": None, "outcome": None}
    told["state"].pop("drawn", None)
    if told["state"].get("offering") is not None:
        offered = told["state"].pop("offering")
        if offered.get("handle") in own.keys:
            told["state"]["offering"] = _slot(offered, own)
    return told


def _slot(one: Mapping[str, Any], own: Own) -> Told:
    told = {name: value for name, value in one.items() if name != "digest"}
    if one.get("secret"):
        told["value"] = SECRET
    elif one.get("needs", 0) >= PERSONAL and not own.personal:
        told["value"] = HIDDEN
    return told


def handoff(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    packet = told["packet"]
    told["packet"] = {
        name: [_item(each, own) for each in packet.get(name, ()) if _is_own(each, own)]
        for name in ("slots", "facts", "exchanges")
    }
    if _is_own(packet, own):
        told["packet"]["intent"] = packet.get("intent")
    return told


def _is_own(one: Mapping[str, Any], own: Own) -> bool:
    handle = one.get("handle_id")
    return (handle is None or int(handle) in own.handles) and own.all_own(one.get("drawn", ()))


def _item(one: Mapping[str, Any], own: Own) -> Told:
    return {
        name: value for name, value in _slot(one, own).items() if name not in ("handle_id", "drawn")
    }


def turn(row: AnyRow, own: Own) -> Told | None:
    """Why an answer of theirs was given. One that was given others' memory says only that it was
    there; one of somebody else in the same conversation is not theirs."""
    told = plain(row, own)
    record = told.pop("record")
    sender = record.get("sender", {}).get("handle")
    if sender is not None and sender not in own.keys:
        return None
    if row.customer_id not in own.customers:
        told.pop("customer_id")
        if sender is None:
            return None
    told["explanation"] = record if own.all_own(_drawn(row.drawn_json)) else WITHHELD
    return told


def episode(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if not own.all_own(_drawn(row.drawn_json)):
        told |= {"head": WITHHELD, "source": None, "summary": None}
    return told


def delivery(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if not own.all_own(drawn_of(row.message_extra)):
        told["payload"] = WITHHELD
    elif row.kept_json is not None:
        told["payload"] = orjson.loads(row.kept_json)
    return told


def challenge(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if row.target_key not in own.keys:
        del told["target_key"]
    return told


def sighting(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if row.handle_key in own.keys and row.other_key in own.keys:
        return told
    theirs = "handle_key" if row.handle_key in own.keys else "other_key"
    shown = {"id", "kind", "level", "created_at", "seen_at", theirs}
    return {name: one for name, one in told.items() if name in shown}


def suggestion(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    if {row.one_id, row.other_id} <= own.customers:
        return told
    shown = {"id", "score", "status", "created_at", "updated_at"}
    return {name: one for name, one in told.items() if name in shown}


def alarm(row: AnyRow, own: Own) -> Told:
    """Its words may name others."""
    told = plain(row, own)
    return {name: told[name] for name in ("id", "kind", "created_at", "closed_at")}


def blocked(row: AnyRow, own: Own) -> Told:
    told = plain(row, own)
    return {name: told[name] for name in ("pattern", "created_at")}


def viewing(row: AnyRow, own: Own) -> Told:
    return {"id": str(row.id), "at": _value("at", row.at), "by": _kind(row.actor)}


def audit(row: AnyRow, own: Own) -> Told:
    """What was done and when; who of the business did it, and what they wrote, is theirs."""
    detail = orjson.loads(row.detail_json)
    return {
        "id": str(row.id),
        "at": _value("at", row.at),
        "by": _kind(row.actor),
        "action": row.action,
        "subject": row.subject,
        "detail": {name: one for name, one in detail.items() if name in _KEPT_DETAIL},
    }


def _drawn(drawn_json: str | None) -> set[int]:
    """Ids of handles, however they are written: a list of them, or an object by them."""
    return {int(one) for one in orjson.loads(drawn_json)} if drawn_json else set()


def _kind(actor: str) -> str:
    return actor.partition(":")[0]
