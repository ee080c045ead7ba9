"""Reads what a slot says of its values beside their kind: what binds, bounds, and words for it.

Pure, as `core.playbook.reader`, whose helper it is.
"""

from __future__ import annotations

import math
import re
from typing import Any

from core.playbook.fields import Report, Section, suggest
from core.playbook.model import Slot

WHEN = ("", "future", "past")
"""What may be said of a day; nothing is any day."""

_BOUNDED = ("number", "money", "text")


def read_bounds(one: Section) -> dict[str, Any]:
    """The keys of a slot that judge its values, as arguments of `Slot`."""
    when = one.text("when", among=WHEN[1:])
    if when not in WHEN:
        one.fault("when", f"there is no {when!r}", suggest(when, WHEN[1:], "words here"))
    currency = one.text("currency")
    if currency and not re.fullmatch(r"[A-Z]{3}", currency):
        mend = 'Write three capital letters of ISO 4217, such as "GBP"'
        one.fault("currency", f"{currency!r} is no currency", mend)
    return {
        "strict": one.flag("strict"),
        "expects": one.text("expects"),
        "least": _bound(one, "min"),
        "most": _bound(one, "max"),
        "when": when,
        "currency": currency,
    }


def check_bounds(slot: Slot, file: str, report: Report) -> None:
    """Report bounds that do not go with the kind of the slot, or that nothing can be within."""
    bounded = slot.least is not None or slot.most is not None
    wrong = {
        "min": bounded and slot.kind not in _BOUNDED,
        "when": bool(slot.when) and slot.kind != "date",
        "currency": bool(slot.currency) and slot.kind != "money",
    }
    for key, fault in wrong.items():
        if fault:
            mend = "Remove it, or change the kind"
            report.add(file, f"{slot.name}.{key}", f"says nothing of a {slot.kind}", mend)
    if slot.least is not None and slot.most is not None and slot.least > slot.most:
        report.add(file, f"{slot.name}.min", "is above max", "Swap the two")
    shaped = slot.patterns or slot.choices or slot.kind == "email"
    if slot.strict and not shaped:
        mend = "Add patterns or choices, or remove it"
        report.add(file, f"{slot.name}.strict", "has nothing to be strict about", mend)


def figure(number: float) -> str:
    """A bound as people write it."""
    return f"{number:.10g}"


def _bound(one: Section, name: str) -> float | None:
    found = one.number(name, math.nan)
    return None if math.isnan(found) else found
