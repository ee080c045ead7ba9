"""The identity rules that are in force, for every part of this process that needs them.

It looks now and then at what was published, here or beside this process, and has what follows from
it done. A file that says something else changes nothing: that is told at the start, with how to
publish it. What rules mean is core's and memory's to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from core.clock import to_micros
from core.identity.rule_reader import read_identity_rules
from core.identity.rule_text import write_identity_rules
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.playbook.fields import PlaybookError
from gateway.identity.rule_application import RuleApplication
from gateway.rounds import Round
from memory.store import Store
from memory.units.identity.rule_versions import Version, begin, in_force

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0
DEFAULT_TEXT = write_identity_rules(DEFAULT_RULES)


class RulesInForce:
    """The rules of the newest publication, from `open` on; looks for others while its rounds go.

    `file_text` is what the playbook's file says, if there is one.
    """

    def __init__(
        self,
        store: Store,
        file_text: str | None,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        self._store = store
        self._file_text = file_text
        self._now = now
        self._new_id = new_id
        self.rounds = (
            Round("identity rules", self.look, EVERY_SECONDS),
            Round("what identity rules change", self.apply, EVERY_SECONDS),
        )
        self._version: Version | None = None
        self._readable = True
        self.application = RuleApplication(store, now=now, new_id=new_id)
        self.current: IdentityRules = DEFAULT_RULES

    @property
    def version_id(self) -> int:
        """The publication in force; 0 before `open`."""
        return 0 if self._version is None else self._version.id

    async def open(self) -> None:
        """Take what is in force; the first time ever, what the playbook says."""
        text = DEFAULT_TEXT if self._file_text is None else self._file_text
        ids = (self._new_id(), self._new_id(), self._new_id())
        found = await self._store.run(begin, text, to_micros(self._now()), ids)
        self._take(found)
        if self._file_text is not None and self._file_text != found.text:
            log.warning(
                "identity_rules_not_published",
                in_force=str(found.id),
                hint="identity.toml differs from the rules in force and changes nothing. "
                "See what it would do: onethread identities rules try FILE; "
                "put it in force: onethread identities rules publish FILE",
            )

    async def look(self) -> None:
        """Take over what was published since, if anything was."""
        found = await self._store.read(in_force)
        if found is not None and found.id != self.version_id:
            self._take(found)
            log.info("identity_rules_in_force", version=str(found.id), actor=found.actor)

    async def apply(self) -> None:
        """Carry out what is in force, unless that was done."""
        version = self._version
        if version is None or version.applied or not self._readable:
            return
        if await self.application.apply(version, self.current) and self.version_id == version.id:
            self._version = replace(version, applied=True)

    def _take(self, found: Version) -> None:
        self._version = found
        try:
            read = read_identity_rules(found.text)
        except PlaybookError as error:
            self._readable = False
            # Published by a release that knew more: the rules of before stay.
            log.warning("identity_rules_unreadable", version=str(found.id), faults=str(error))
            return
        self._readable = True
        self.current = read.rules
        for warning in read.warnings:
            log.warning("identity_rules_loose", words=warning)
