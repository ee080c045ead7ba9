"""Channels: the adapters that the settings enable, loaded, configured and checked.

An enabled adapter that cannot be loaded stops the start with what to mend; a disabled one is left
alone. Nothing here talks to a provider.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import cast

from adapters.registry import find_spec
from core.channel import Adapter, AdapterContext, AdapterSpec, Keep, Transport
from core.channel_abilities import CatchesUp, Reconciles, Renders
from core.rendering import renderer
from core.socket_channel import SocketAdapter
from gateway.channels.addresses import account_url
from gateway.channels.deliveries import Sender
from gateway.channels.outgoing import Exit, Render
from gateway.settings.model import ConfigError, Problem, Settings, adapter_config
from gateway.sockets.hub import SocketHub


@dataclass(frozen=True, slots=True)
class Channel:
    """One account of one channel, ready to work."""

    account: str
    spec: AdapterSpec
    adapter: object

    @property
    def socket(self) -> bool:
        """Whether its messages come and go over sockets that the gateway owns."""
        return self.spec.capabilities.transport is Transport.SOCKET

    @property
    def called(self) -> Adapter:
        """The adapter of a channel that is called or calls out."""
        return cast(Adapter, self.adapter)

    @property
    def socketed(self) -> SocketAdapter:
        """The adapter of a socket channel."""
        return cast(SocketAdapter, self.adapter)

    def render(self) -> Render:
        """The channel's own rendering, or the one its capabilities give."""
        if isinstance(self.adapter, Renders):
            return self.adapter.render
        return renderer(self.spec.capabilities)

    def exit(self) -> Exit:
        """How replies leave here."""
        return Exit(self.render(), self.socket, self.spec.capabilities.private_reply)

    def sender(self, hub: SocketHub) -> Sender:
        """How the delivery worker sends here."""
        if self.socket:
            return Sender(hub.send, None, idempotent=True)
        reconciles = self.adapter if isinstance(self.adapter, Reconciles) else None
        return Sender(self.called.send, reconciles, self.spec.capabilities.idempotent_send)


def open_channels(
    settings: Settings,
    public_url: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    keep: Callable[[str], Keep],
    read_file: Callable[[str], Awaitable[bytes]],
) -> Mapping[str, Channel]:
    """Every enabled account. Raises `ConfigError` with all that is wrong with any of them.

    `keep` gives an account what it keeps; it is not used before the store is open.
    """
    channels: dict[str, Channel] = {}
    problems: list[Problem] = []
    for account, entry in settings.adapters.items():
        if not entry.enabled:
            continue
        try:
            spec = find_spec(entry.adapter)
            config = adapter_config(settings, account, spec.config)
            module, _, name = spec.adapter.partition(":")
            build = getattr(import_module(module), name)
        except ConfigError as error:
            problems.extend(error.problems)
            continue
        except (ImportError, AttributeError, LookupError) as error:
            problems.append(
                Problem(
                    settings.file,
                    f"adapters.{account}",
                    f"the adapter {entry.adapter!r} cannot be loaded ({error})",
                    "Install what it needs, correct its name, or set enabled = false",
                )
            )
            continue
        url = account_url(public_url, account)
        context = AdapterContext(account, url, now, new_id, keep(account), read_file)
        channel = Channel(account, spec, build(config, context))
        problems.extend(_undeclared(settings.file, channel))
        channels[account] = channel
    if problems:
        raise ConfigError(problems)
    return channels


def _undeclared(file: str, channel: Channel) -> list[Problem]:
    """What an adapter declares and cannot do, or can do and does not declare."""
    declared = channel.spec.capabilities
    optional = {
        "reconcile": (declared.reconcile, isinstance(channel.adapter, Reconciles)),
        "catch_up": (declared.catch_up, isinstance(channel.adapter, CatchesUp)),
    }
    return [
        Problem(
            file,
            f"adapters.{channel.account}",
            f"the adapter declares {name}={says}, but its methods say {can}",
            "This is a fault of the adapter: declare what it can do",
        )
        for name, (says, can) in optional.items()
        if says != can
    ]
