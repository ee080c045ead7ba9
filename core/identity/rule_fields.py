"""The values of a text of identity rules: numbers within bounds, spans of time, handles, kinds.

It knows what each must look like, and nothing of what the keys mean; `core.identity.rule_reader`
does. Faults go to a report, and what is only weaker than it should be is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from core.identity.rules import DEFAULT_RULES
from core.playbook.fields import Report, Section, suggest

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


class RuleFields:
    """Reads values; `report` is where faults go, `warnings` are collected."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.warnings: list[str] = []

    def patterns(
        self, main: Section, name: str, default: tuple[str, ...], raw: Mapping[str, object]
    ) -> tuple[str, ...]:
        """Handle keys or their shapes. A list stands for itself: what it drops is warned of."""
        found = main.texts(name)
        if name not in raw:
            return default
        for one in found:
            if not re.fullmatch(r"[a-z][a-z0-9_-]*:\S.*", one):
                main.fault(
                    name,
                    f"{one!r} is no handle",
                    'Write kind:address, with * for any characters: "email:noreply@*"',
                )
            elif one.partition(":")[2].strip("*") == "":
                main.fault(name, f"{one!r} is every handle of its kind", "Name fewer of them")
        if gone := [one for one in default if one not in found]:
            self.warnings.append(f"{name} leaves out what is built in: {', '.join(gone)}")
        return found

    def count(self, section: Section, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds, else its default with a fault."""
        value = section.whole(name, default=default)
        if least <= value <= most:
            return value
        section.fault(
            name, f"{value} is out of range", f"Write a whole number from {least} to {most}"
        )
        return default

    def span(
        self,
        section: Section,
        name: str,
        default: timedelta,
        least: int,
        most: int,
        unit: timedelta = MINUTE,
    ) -> timedelta:
        """A span of time, written as a whole number of its unit."""
        return self.count(section, name, default // unit, least, most) * unit

    def inside(self, main: Section, name: str) -> Section:
        """A table inside the text, or an empty one."""
        return Section(main.table(name), main.file, name, self.report)

    def check_kind(self, section: Section, kind: str, name: str) -> None:
        """A kind may be any channel's own; one that only looks like ours is a slip of the pen."""
        known = DEFAULT_RULES.kinds
        mend = suggest(kind, known, "kinds")
        if kind not in known and mend.startswith("Did you mean"):
            section.fault(name, f"there is no kind {kind!r}", mend)
