"""`onethread config check`: everything about a configuration that can be told without starting it.

The settings were read already; here their playbook is read, and what a real service must not have
is looked for. It opens no connection and writes nothing.
"""

from __future__ import annotations

from pathlib import Path

from core.playbook.fields import PlaybookError
from gateway.access.safety import simulator_problems
from gateway.model.opening import model_problems
from gateway.playbook.reader import load_playbook
from gateway.settings.model import ConfigError, Problem, Settings


def check_settings(settings: Settings) -> tuple[str, ...]:
    """What to say of a configuration in order. Raises `ConfigError` with every fault."""
    problems = (*simulator_problems(settings), *model_problems(settings))
    folder = settings.playbook.path
    try:
        playbook = load_playbook(folder)
    except PlaybookError as error:
        found = (
            Problem(_named(one.file, folder), one.key, one.wrong, one.mend)
            for one in error.problems
        )
        raise ConfigError((*problems, *found)) from None
    if problems:
        raise ConfigError(problems)
    there = Path(settings.file).is_file()
    read = settings.file if there else f"There is no {settings.file}: the defaults"
    enabled = [name for name, table in settings.adapters.items() if table.enabled]
    return (
        f"{read} and the environment are in order.",
        f"{folder} is the playbook of {playbook.business}, and is in order.",
        f"Channels: {', '.join(enabled)}."
        if enabled
        else "No channel is enabled: nobody can write. Add a table such as [adapters.webchat].",
    )


def _named(file: str, folder: Path) -> str:
    """A file of the playbook, by the path from here."""
    return file if file == str(folder) else str(folder / file)
