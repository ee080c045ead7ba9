"""Reads how a business wants its answers worded: the rows `modes` of `playbook.toml`.

Pure, as `core.playbook.reader`, whose helper it is: it reports faults and words nothing.
"""

from __future__ import annotations

from core.message import Assurance
from core.playbook.fields import Section, suggest
from core.playbook.model import MODES, STRICT, ModeRow


def read_modes(main: Section) -> tuple[ModeRow, ...]:
    """The rows in their order. What cannot be read is reported, and such a row is strict."""
    found = []
    for number, row in enumerate(main.rows("modes"), start=1):
        one = Section(row, main.file, f"modes[{number}]", main.report)
        found.append(
            ModeRow(
                mode=_mode(one),
                intents=one.texts("intents"),
                channels=one.texts("channels"),
                level=_level(one),
            )
        )
        one.close()
    return tuple(found)


def _mode(one: Section) -> str:
    mode = one.text("mode", needed=True, default=STRICT, among=MODES)
    if mode in MODES:
        return mode
    one.fault("mode", f"there is no mode {mode!r}", suggest(mode, MODES, "modes"))
    return STRICT


def _level(one: Section) -> Assurance:
    level = one.whole("level", among=map(int, Assurance))
    if level in Assurance.__members__.values():
        return Assurance(level)
    one.fault("level", "is no level", "Write a number from 0 (none) to 4 (logged in)")
    return Assurance.NONE
