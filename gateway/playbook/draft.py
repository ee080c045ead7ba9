"""A draft of a playbook: what somebody would change of the files of a folder, checked as a whole.

A draft lives with whoever writes it and comes along with each request. Nothing of it is stored, and
no customer is answered by it. Who is who is no part of it: that has drafts of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.escalation.fixtures import FIXTURES
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.hints import hints
from core.playbook.model import Playbook
from core.playbook.reader import PLAYBOOK_FILES
from gateway.playbook.folder import Changes
from gateway.playbook.reader import FILE_LIMIT, FILES_LIMIT, Folder, playbook_of

_OTHERS = re.compile(
    r"tables/[A-Za-z0-9_]{1,80}\.csv|articles/[A-Za-z0-9][\w.-]{0,80}\.md|"
    r"wording\.[a-z]{2}\.toml"
)


class CannotDraft(ValueError):
    """A draft that is none; the message says why, in words for the person."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's files, and the playbook they make; or every fault that keeps them from it."""

    files: Mapping[str, str]
    playbook: Playbook | None
    faults: tuple[PlaybookProblem, ...] = ()
    hints: tuple[str, ...] = field(default=())


def is_editable(name: str) -> bool:
    """Whether a file of this name is one that a draft may change."""
    return name in (*PLAYBOOK_FILES, FIXTURES) or _OTHERS.fullmatch(name) is not None


def drafted(before: Mapping[str, str], changes: Changes) -> dict[str, str]:
    """The files with the changes made to them. Raises `CannotDraft`."""
    files = dict(before)
    for name, text in changes.items():
        if not is_editable(name):
            raise CannotDraft(f"{name} is no file of a playbook that is edited here.")
        if text is None:
            files.pop(name, None)
        else:
            files[name] = _clean(name, text)
    if len(files) > FILES_LIMIT:
        raise CannotDraft(f"A playbook has {FILES_LIMIT} files at most.")
    return files


def check(files: Mapping[str, str]) -> Checked:
    """What these files make."""
    try:
        playbook = playbook_of(Folder(files))
    except PlaybookError as error:
        return Checked(files, None, error.problems)
    return Checked(files, playbook, hints=hints(playbook))


def _clean(name: str, text: str) -> str:
    if len(text) > FILE_LIMIT:
        raise CannotDraft(f"{name} is longer than {FILE_LIMIT:,} characters.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CannotDraft(f"{name} has a character that cannot be stored.") from None
    return text.replace("\r\n", "\n")
