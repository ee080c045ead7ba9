"""Decision logs without what differs from run to run: two runs can be compared byte by byte.

Times, durations and scores that depend on them are left out; ids drawn by the gateway or a provider
become numbers in order of appearance. Pure: rows in, text out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

FLEETING = frozenset(
    {
        "us",
        "microseconds",
        "at",
        "now",
        "recorded_at",
        "decided_at",
        "sent_at",
        "score",
        "why",
        "digest",
        # What the turn was given, as kept for deciding it anew: no decision.
        "given",
        "told",
    }
)
"""Keys whose values are times, durations, or follow from them or from a key drawn at random."""

_ID = re.compile(
    r"(?<![\w-])(?:\d{15,19}(?:-\d+)?|(?:SM|MM)[0-9a-f]{32}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}"
    r"|T[0-9A-Z]+:[CDG][0-9A-Z]+:\d+\.\d{6})(?![\w-])"
)
"""A drawn id: a time-ordered number, a message of one ("<id>-<seq>"), a provider's or client's."""

_DRAWN = 10**14


class Names:
    """Drawn ids -> numbers in order of appearance, within one dialogue."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, drawn: str) -> str:
        """The stable name of a drawn id."""
        return self._known.setdefault(drawn, f"#{len(self._known) + 1}")

    def within(self, text: str) -> str:
        """The text with every drawn id in it replaced."""
        return _ID.sub(lambda found: self.of(found.group()), text)


def settle(value: object, names: Names) -> object:
    """A JSON value without what differs between two runs of the same dialogues.

    Of secrets only the kinds stay: their digests are keyed with an installation's own key.
    """
    if isinstance(value, str):
        return names.within(value)
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int):
        return names.of(str(value)) if value >= _DRAWN else value
    if isinstance(value, Mapping):
        kept = sorted(
            ((str(key), one) for key, one in value.items() if key not in FLEETING),
            key=lambda item: item[0],
        )
        return {
            names.within(key): sorted(one) if key == "secrets" else settle(one, names)
            for key, one in kept
        }
    if isinstance(value, Sequence):
        return [settle(one, names) for one in value]
    return names.within(str(value))


def decision_log(records: Sequence[Mapping[str, object]]) -> str:
    """One line a turn, in the order given; keys sorted, so that equal decisions are equal bytes."""
    names = Names()
    lines = [
        json.dumps({"turn": number, **_settled(record, names)}, sort_keys=True, ensure_ascii=False)
        for number, record in enumerate(records, start=1)
    ]
    return "".join(f"{line}\n" for line in lines)


def _settled(record: Mapping[str, object], names: Names) -> dict[str, object]:
    settled = settle(record, names)
    assert isinstance(settled, dict)
    return settled
