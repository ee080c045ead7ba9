"""What an import of history needs of an installation: its keys, its patterns, its own addresses.

The same for a command and for the gateway, so that the same file is the same history for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from importlib import import_module

from adapters.registry import find_spec, names
from core.channel import Archived
from core.facts.learning import told_in
from core.identity.rules import IdentityRules
from core.playbook.model import Playbook
from gateway.history.mail import ReadMail
from gateway.history.reading import Preparing
from gateway.settings.model import Settings

_FOLDER = "imports"
_MAIL = "email"


def preparing_for(
    settings: Settings,
    key: bytes,
    playbook: Callable[[], Playbook],
    *,
    count_tokens: Callable[[str], int],
    rules: Callable[[], IdentityRules],
    now: Callable[[], datetime],
) -> Preparing:
    """How messages of before are made fit to be kept here."""

    def find_facts(text: str) -> Iterator[tuple[str, str, int]]:
        for name, value, needs in told_in(text, playbook(), rules().levels.personal):
            yield name, value, int(needs)

    return Preparing(
        folder=settings.data.folder / _FOLDER,
        key=key,
        protected=lambda: playbook().protected_patterns,
        find_facts=find_facts,
        count_tokens=count_tokens,
        rules=rules,
        own=tuple(_own_addresses(settings)),
        channels=frozenset(names()),
        read_mail=_read_mail,
        now=now,
    )


def _read_mail(raw: bytes) -> Archived:
    return _mail_reader()(raw)


@lru_cache(maxsize=1)
def _mail_reader() -> ReadMail:
    """Imported when the first mail is read: most gateways never read one out of an archive."""
    module, _, name = (find_spec(_MAIL).archive or "").partition(":")
    found: ReadMail = getattr(import_module(module), name)
    return found


def _own_addresses(settings: Settings) -> Iterator[str]:
    """The addresses of our own mailboxes, also of those that are switched off by now."""
    for table in settings.adapters.values():
        if table.adapter == _MAIL:
            yield from filter(None, (str(table.options.get("address", "")),))
            aliases = table.options.get("aliases", ())
            yield from map(str, aliases if isinstance(aliases, (list, tuple)) else ())
