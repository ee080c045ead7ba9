"""A handoff's packet as people may read it now: what came from others in the meantime is left out.

The packet stays as it was written. Each thing in it has the handle it came from and those it was
made from; it is shown while all of them are the customer's. Shapes only, no look-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from memory.pages.fact_words import bare_key
from memory.pages.personal import PERSONAL

_LISTS = ("slots", "facts", "exchanges")

Item = Mapping[str, Any]


def readable_packet(packet_json: str, handles: Mapping[int, str]) -> dict[str, Any]:
    """The packet for a customer with these handles, by id.

    Things are shown with their handle's key. What the customer wants is left out when that was
    worked out from others too, and what people are not shown before a proof has no value.
    """
    packet: dict[str, Any] = orjson.loads(packet_json)
    shown = {
        name: [_shown(one, handles) for one in packet[name] if _is_theirs(one, handles)]
        for name in _LISTS
        if name in packet
    }
    told: dict[str, Any] = {
        name: [_without_personal(one) for one in shown[name]]
        for name in ("slots", "facts")
        if name in shown
    }
    kept = {name: value for name, value in packet.items() if name not in (*_LISTS, "drawn")}
    if not _is_theirs(packet, handles):
        kept["intent"] = None
    return {**kept, **shown, **told}


def _is_theirs(one: Item, handles: Mapping[int, str]) -> bool:
    own = one.get("handle_id")
    return (own is None or int(own) in handles) and handles.keys() >= set(one.get("drawn", ()))


def _shown(one: Item, handles: Mapping[int, str]) -> dict[str, Any]:
    kept = {name: value for name, value in one.items() if name not in ("handle_id", "drawn")}
    own = one.get("handle_id")
    return kept if own is None else {**kept, "handle": handles[int(own)]}


def _without_personal(one: dict[str, Any]) -> dict[str, Any]:
    if one.get("needs", 0) < PERSONAL:
        return one
    named = {"key": bare_key(one["key"])} if "key" in one else {}
    return {**one, **named, "value": "", "hidden": True}
