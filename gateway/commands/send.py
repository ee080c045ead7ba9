"""`onethread send`: one message through an account's real adapter, to see that sending works.

It renders and sends as the delivery worker does, once, and tells the receipt or the error. Nothing
is remembered: the message is in no conversation, and nobody's consent is looked up but by the
provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from core.channel import SendError
    from core.message import OutboundPart
    from gateway.channels.loading import Channel
    from gateway.settings.model import Settings

TEXT = "This is a test from OneThread. Please do not answer it."
SECONDS = 120.0
"""How long all parts together may take."""


def send(
    channel: Annotated[str, typer.Option(help="The account: the name of its table.")],
    to: Annotated[str, typer.Option(help="Whom to write to, as the channel names people.")],
    text: Annotated[str, typer.Option(help="What to say.")] = TEXT,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The settings file.", show_default="config.toml, if present"),
    ] = None,
) -> None:
    """Send one message through an account, to see that it works.

    Example: onethread send --channel sms --to +447700900123
    """
    from adapters.registry import find_spec
    from gateway.settings.model import load_settings

    settings = load_settings(config, adapter_model=lambda name: find_spec(name).config)
    _check_account(settings, channel)
    if not asyncio.run(_sent(settings, channel, to, text, Console(highlight=False))):
        raise typer.Exit(1)


async def _sent(settings: Settings, account: str, to: str, text: str, screen: Console) -> bool:
    """Whether every part was accepted; what happens is told while it does."""
    from gateway.commands.accounts import opened_accounts

    async with opened_accounts(settings) as channels:
        channel = channels[account]
        parts = _parts(channel, _address(channel, to), text)
        count = "" if len(parts) == 1 else f", in {len(parts)} parts"
        words = f"Sending through {account} ({channel.spec.title}) to {to}{count}: {text}"
        screen.print(Text(words), soft_wrap=True)
        try:
            async with asyncio.timeout(SECONDS):
                return await _all_accepted(channel, parts, screen)
        except TimeoutError:
            words = f"No answer within {SECONDS:g} seconds. It may have been sent."
            screen.print(Text(words, style="red"))
            return False


async def _all_accepted(channel: Channel, parts: Sequence[OutboundPart], screen: Console) -> bool:
    from core.channel import SendError

    for part in parts:
        try:
            receipt = await channel.called.send(part)
        except SendError as error:
            _say_refused(error, screen)
            return False
        words = f"Accepted by the provider as {receipt.provider_id} ({receipt.status.value})."
        screen.print(Text(words, style="green"), soft_wrap=True)
    if channel.spec.capabilities.delivery_status:
        screen.print(Text("Whether it arrives is reported to a running gateway.", style="dim"))
    return True


def _say_refused(error: SendError, screen: Console) -> None:
    code = f" (code {error.provider_code})" if error.provider_code else ""
    screen.print(Text(f"Not sent: {error.reason}{code}", style="red"), soft_wrap=True)
    if error.ambiguous:
        screen.print(Text("It may have arrived all the same: look before you try again."))
    if error.retry_after is not None:
        screen.print(Text(f"The provider asks to wait for {error.retry_after:g} seconds."))
    screen.print(Text("To see what is wrong: onethread doctor", style="cyan"))


def _parts(channel: Channel, address: Mapping[str, str], text: str) -> Sequence[OutboundPart]:
    """The message as the channel sends it. Raises `ConfigError`."""
    from core.channel import CannotRender
    from core.message import OutboundMessage, OutboundPart
    from gateway.commands.database import command_ids

    # A number, as parts of conversations have: channels make tokens of it.
    new_id = command_ids()
    try:
        rendered = channel.render()(OutboundMessage(text))
    except CannotRender as error:
        raise _refused("--text", str(error).rstrip("."), "Write another text") from None
    return [
        OutboundPart(
            str(new_id()),
            channel.account,
            channel.spec.name,
            address,
            part.payload,
            index,
            len(rendered),
        )
        for index, part in enumerate(rendered)
    ]


def _address(channel: Channel, to: str) -> Mapping[str, str]:
    """Where that is. Raises `ConfigError`."""
    from core.channel_abilities import Addresses

    if channel.socket or not isinstance(channel.adapter, Addresses):
        wrong = f"nobody can be written to first through {channel.account}"
        raise _refused("--channel", wrong, f"{channel.spec.title} only answers; open it and write")
    try:
        return channel.adapter.address_of(to)
    except ValueError as error:
        raise _refused("--to", "is no address of this channel", _capital(str(error))) from None


def _check_account(settings: Settings, account: str) -> None:
    """Raises `ConfigError` with the accounts there are."""
    table = settings.adapters.get(account)
    if table is not None and table.enabled:
        return
    enabled = [name for name, one in settings.adapters.items() if one.enabled]
    wrong = "there is no such account" if table is None else "this account is not enabled"
    mend = f"Name one of {', '.join(enabled)}" if enabled else "Enable one: onethread init"
    raise _refused("--channel", wrong, mend)


def _refused(option: str, wrong: str, mend: str) -> Exception:
    from gateway.settings.model import ConfigError, Problem
    from gateway.settings.obstacles import COMMAND_LINE

    return ConfigError([Problem(COMMAND_LINE, option, wrong, mend)])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
