"""Everything that has to be right, looked at in one go: what `onethread doctor` tells.

It puts the looks together, each with a limit in time, so that one that fails or hangs leaves the
others their say. What is looked at is in the modules `gateway.doctor_*` and in the adapters.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core.channel import Transport
from core.channel_abilities import Diagnoses, Finding, Gravity, Pulls
from gateway.channels.loading import Channel
from gateway.commands.accounts import opened_accounts
from gateway.commands.database import NoDatabase, transaction
from gateway.doctor.address import address_findings
from gateway.doctor.encoder import encoder_findings
from gateway.doctor.intents import intents_findings
from gateway.doctor.machine import (
    database_findings,
    fault_of,
    machine_findings,
    playbook_findings,
)
from gateway.doctor.model import model_findings
from gateway.doctor.secrets import secret_findings
from gateway.health import DIGEST_KEY
from gateway.settings.memory import LanguageModel
from gateway.settings.model import ConfigError, Problem, Settings
from memory.units.installation import kept_secret

ACCOUNT_SECONDS = 60.0
MACHINE_SECONDS = 30.0

Look = Callable[[], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Section:
    """What was found about one thing."""

    about: str
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> int:
        """How many findings keep something from working."""
        return sum(one.gravity is Gravity.FAULT for one in self.findings)


async def examine(settings: Settings, nonce: str) -> Sequence[Section]:
    """Look at everything, at the same time; told in the order of what needs what."""
    looks: dict[str, tuple[Look, float]] = {
        "This machine": (_on_thread(machine_findings, settings), MACHINE_SECONDS),
        "Database": (_on_thread(database_findings, settings), MACHINE_SECONDS),
        "Playbook": (_on_thread(_playbook, settings), MACHINE_SECONDS),
        "Secrets": (_on_thread(secret_findings, settings), MACHINE_SECONDS),
    }
    if settings.model != LanguageModel():
        looks["Language model"] = (_model(settings), MACHINE_SECONDS)
    if settings.embeddings.enabled:
        looks["Sentence encoder"] = (_on_thread(encoder_findings, settings), MACHINE_SECONDS)
    try:
        async with opened_accounts(settings) as channels:
            looks["Public address"] = (_address(settings, nonce, channels), MACHINE_SECONDS)
            for account, channel in channels.items():
                looks[f"{account}: {channel.spec.title}"] = (_look_of(channel), ACCOUNT_SECONDS)
            return [_settings(settings, len(channels)), *await _all(looks)]
    except ConfigError as error:
        return [unusable(error.problems), *await _all(looks)]


def unusable(problems: Sequence[Problem]) -> Section:
    """The settings, when they cannot be used as they are."""
    place = (" ".join(filter(None, (one.file, one.key))) for one in problems)
    found = (fault_of(where, one.wrong, one.mend) for where, one in zip(place, problems))
    return Section("Settings", tuple(found))


async def _all(looks: Mapping[str, tuple[Look, float]]) -> Sequence[Section]:
    found = await asyncio.gather(*(_limited(look, limit) for look, limit in looks.values()))
    return [Section(about, tuple(one)) for about, one in zip(looks, found)]


async def _limited(look: Look, seconds: float) -> Sequence[Finding]:
    """What a look found; when it fails or takes too long, that."""
    try:
        async with asyncio.timeout(seconds):
            return await look()
    except TimeoutError:
        what = f"Looking took longer than {seconds:g} seconds and was given up."
        mend = "Try again; if it stays so, see whether the provider is reached from this machine."
        return [Finding(Gravity.FAULT, what, mend)]
    except Exception as error:  # noqa: BLE001 - one broken look must not hide the others
        at = traceback.extract_tb(error.__traceback__)[-1]
        what = f"Looking failed: {type(error).__name__} in {Path(at.filename).name}:{at.lineno}."
        mend = "This is a fault of OneThread or of the adapter: tell it to its maintainers."
        return [Finding(Gravity.FAULT, what, mend)]


def _settings(settings: Settings, accounts: int) -> Section:
    found = [Finding(Gravity.OK, f"{settings.file} and the environment are in order.")]
    if not accounts:
        what = "No channel is enabled: nobody can write."
        mend = "Add a table such as [adapters.webchat], or run: onethread init"
        found.append(Finding(Gravity.FAULT, what, mend))
    return Section("Settings", tuple(found))


def _on_thread(look: Callable[[Settings], Sequence[Finding]], settings: Settings) -> Look:
    return lambda: asyncio.to_thread(look, settings)


def _playbook(settings: Settings) -> Sequence[Finding]:
    return [*playbook_findings(settings), *intents_findings(settings)]


def _model(settings: Settings) -> Look:
    return lambda: model_findings(settings)


def _look_of(channel: Channel) -> Look:
    if isinstance(channel.adapter, Diagnoses):
        return channel.adapter.diagnose
    return _nothing


async def _nothing() -> Sequence[Finding]:
    return [Finding(Gravity.OK, "This channel has nothing to look at.")]


def _address(settings: Settings, nonce: str, channels: Mapping[str, Channel]) -> Look:
    called = any(
        one.spec.capabilities.transport is Transport.WEBHOOK and not isinstance(one.adapter, Pulls)
        for one in channels.values()
    )

    async def look() -> Sequence[Finding]:
        secret = await asyncio.to_thread(_secret, settings)
        return await address_findings(settings, secret, nonce, called=called)

    return look


def _secret(settings: Settings) -> str | None:
    """What only this installation knows; nothing while its database cannot be read."""
    try:
        with transaction(settings.storage.url.get_secret_value()) as connection:
            return kept_secret(connection, DIGEST_KEY)
    except (NoDatabase, DBAPIError, OSError):
        return None  # what is wrong with the database is told of the database
