"""What each table holds of customers, and by what a row of theirs is found; or why it has none.

Every table stands on one of the two lists, which a test compares with the tables there are. Erasing
(`memory.units.erasing.whole`) and the export of one customer (`memory.exports.customer`) go by
them. Words only: no statement is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HELD: Mapping[str, str] = MappingProxyType(
    {
        "alarm": "the handle or the customer it is about, or who is named in it",
        "audit": "what it is about, who did it, or who is named in it; emptied, not deleted",
        "blocked_value": "the handle, where it is exactly theirs",
        "case_": "the handle that opened it; what they told in others' cases",
        "challenge": "the handle that asked for the code, or was sent it",
        "conversation": "the handle that began it, or that is answered there",
        "customer": "the customer made with the handle; emptied, not deleted",
        "delivery": "the message it is a part of; what it drew on",
        "episode": "the handle; what it drew on",
        "fact": "the handle; what it drew on",
        "handle": "itself",
        "handoff": "the handle and the case; what of them is in others' packets",
        "inbound": "the message it brought",
        "link": "the handle, and the customer made with it",
        "message": "the handle; what it drew on",
        "parked": "the address, where its title or its reason names it",
        "parked_update": "the address, where its reason names it",
        "reach": "the message it wrote",
        "segment": "the handle",
        "sighting": "both handles that were seen together",
        "suggestion": "both customers",
        "turn": "the message that it answered; what it drew on",
        "vector": "the message",
        "viewing": "the customer that was looked at",
    }
)
"""Tables with rows of customers, and by what these are theirs."""

NOT_THEIRS: Mapping[str, str] = MappingProxyType(
    {
        "api_token": "programs of the business",
        "batch": "that a file was brought in, from where and by whom; nobody in it is named",
        "history_line": "keyed digests, from which nothing can be read; with them what was erased "
        "is not brought in again",
        "invitation": "links for people of the business",
        "kept": "cursors and installations of channels; threads by the provider's numbers",
        "person": "people of the business",
        "rule_version": "the business's own rules",
        "secret": "keys of this installation",
        "session": "people of the business",
    }
)
"""Tables without rows of customers, and why."""
