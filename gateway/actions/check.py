"""Whether what carries an action out is there, without carrying anything out.

It looks at the settings, at what is installed, and at where a name leads; no request is sent.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass

from yarl import URL

from core.actions import ActionFailed
from core.playbook.model import Action
from gateway.actions.registry import made
from gateway.actions.webhook import Networks, may_ask
from gateway.settings.model import Settings


@dataclass(frozen=True, slots=True)
class ActionFault:
    """What keeps an action from being carried out, and what mends it."""

    wrong: str
    mend: str


async def fault_of(action: Action, settings: Settings) -> ActionFault | None:
    """The first thing that keeps an action from being carried out; nothing if it is all there."""
    if action.run:
        return _installed(action)
    if settings.actions.secret_of(action.name) is None:
        mend = f"Set ONETHREAD__ACTIONS__SECRETS__{action.name.upper()}"
        return ActionFault("the settings have no secret to sign with", mend)
    return await _leads(action, settings.actions.networks)


def _installed(action: Action) -> ActionFault | None:
    try:
        made(action)
    except ActionFailed as fault:
        mend = f"Install or correct the distribution that offers {action.run}"
        return ActionFault(fault.why, mend)
    return None


async def _leads(action: Action, networks: Networks) -> ActionFault | None:
    """Whether the address leads anywhere, and to where it may."""
    url = URL(action.url)
    host, port = url.host or "", url.port
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return ActionFault(f"the name {host} leads nowhere", "Correct url, or the name's records")
    addresses = {str(one[4][0]) for one in found}
    if not any(may_ask(host, one, networks) for one in addresses):
        mend = "Add its network to actions.networks, if that system is to be asked there"
        return ActionFault(f"{host} is in a private network", mend)
    return None
