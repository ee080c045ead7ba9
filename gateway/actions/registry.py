"""Finding what carries a playbook's actions out: a webhook, or the entry point that it names.

Actions of other distributions stand under the entry points `onethread.actions`, and are imported
only when a playbook names them. Nothing here carries anything out.
"""

from __future__ import annotations

import inspect
from importlib.metadata import entry_points

from core.actions import ActionFailed, ActionSpec, Perform
from core.playbook.actions import ACTIONS
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Action, Playbook
from gateway.actions.webhook import Webhooks

GROUP = "onethread.actions"
"""The entry-point group under which a distribution offers its actions."""


class Runners:
    """What carries each action out, made once for each and kept while it stands as it is."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        self._made: dict[Action, Perform] = {}

    def __call__(self, action: Action) -> Perform:
        """Raises `ActionFailed` for one that cannot be had or made."""
        found = self._made.get(action)
        if found is None:
            found = self._webhooks.of(action) if action.url else made(action)
            self._made[action] = found
        return found

    async def close(self) -> None:
        """Let go of connections."""
        await self._webhooks.close()


def action_names() -> list[str]:
    """Every action that a playbook can name."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find_action(name: str) -> ActionSpec:
    """The declaration of that name. Raises `LookupError` naming what there is, or `ImportError`."""
    for point in entry_points(group=GROUP):
        if point.name == name:
            spec = point.load()
            if not isinstance(spec, ActionSpec):
                raise ImportError(f"the action {name} does not declare an ActionSpec")
            return spec
    known = ", ".join(action_names()) or "none installed"
    raise LookupError(f"there is no action named {name}; there are {known}")


def made(action: Action) -> Perform:
    """What the action's entry point makes of it. Raises `ActionFailed` when it makes nothing."""
    try:
        perform: Perform = find_action(action.run).build(action)
    except Exception as fault:
        raise ActionFailed(f"it cannot be made: {type(fault).__name__}") from fault
    if not inspect.iscoroutinefunction(perform):
        raise ActionFailed("what it builds is no coroutine function")
    return perform


def check_installed(playbook: Playbook) -> None:
    """Raises `PlaybookError` with every action that names an entry point that cannot be had."""
    problems = []
    for action in playbook.actions.values():
        wrong, mend = _fault(action.run) if action.run else ("", "")
        if wrong:
            problems.append(PlaybookProblem(ACTIONS, f"{action.name}.run", wrong, mend))
    if problems:
        raise PlaybookError(problems)


def _fault(name: str) -> tuple[str, str]:
    """What is wrong with naming this action, and what mends it; nothing if it is right."""
    try:
        find_action(name)
    except LookupError as error:
        return str(error), "Install the distribution that offers it, or correct the name"
    except Exception as error:  # noqa: BLE001 - another's code may raise anything when imported
        wrong = f"the action {name} cannot be loaded: {type(error).__name__}: {error}"
        return wrong, f"Correct the distribution that offers it under {GROUP}"
    return "", ""
