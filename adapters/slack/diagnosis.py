"""What has to be right at Slack, looked at one after the other: `onethread doctor` shows it.

It asks Slack and changes nothing. A finding names the exact place where it is put right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from adapters.slack.api import SlackApi
from adapters.slack.config import SlackConfig
from adapters.slack.installations import Installed
from adapters.slack.round_trip import round_trip
from adapters.slack.workspaces import Workspaces
from core.channel import SendError
from core.channel_abilities import Finding, Gravity, Health

_SKEW_WARNING = 60
_SKEW_FAULT = 270


class Diagnosis:
    """Looks at one account."""

    def __init__(
        self,
        config: SlackConfig,
        api: SlackApi,
        workspaces: Workspaces,
        base_url: str,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._config = config
        self._api = api
        self._workspaces = workspaces
        self._base = base_url
        self._now = now
        self._new_id = new_id

    async def health(self) -> Health:
        """Whether every workspace takes our token."""
        try:
            for one in await self._workspaces.all():
                await self._workspaces.identify(one.token)
        except SendError as error:
            return Health(False, error.reason)
        return Health(True)

    async def diagnose(self) -> Sequence[Finding]:
        """Tokens, permissions, clock, the way in, and whom we trust."""
        findings: list[Finding] = []
        try:
            installed = await self._workspaces.all()
        except SendError as error:
            return (_fault(f"Slack does not take the bot token: {error.reason}", _INSTALL_AGAIN),)
        if not installed:
            mend = "Open the page that `onethread channels` shows, and install it."
            findings.append(_fault("The app is installed in no workspace.", mend))
        for one in installed:
            findings.extend(await self._workspace(one))
        findings.extend(await self._way_in())
        findings.extend(self._trust(installed))
        return findings

    async def _workspace(self, installed: Installed) -> Sequence[Finding]:
        place = installed.place
        try:
            _, headers = await self._api.call_with_headers("auth.test", installed.token, place)
        except SendError as error:
            what = f"Workspace {place} does not take the token: {error.reason}"
            return (_fault(what, _INSTALL_AGAIN),)
        told = {name.lower(): value for name, value in headers.items()}
        found = Finding(Gravity.OK, f"Workspace {place} takes the token.")
        return [found, self._permissions(installed, told), *self._clock(told)]

    def _permissions(self, installed: Installed, headers: Mapping[str, str]) -> Finding:
        """Slack names a token's permissions in each answer's `x-oauth-scopes`."""
        granted = {one.strip() for one in headers.get("x-oauth-scopes", "").split(",")}
        missing = sorted(set(self._config.scopes) - granted)
        if not missing:
            return Finding(Gravity.OK, f"Workspace {installed.place} grants every permission.")
        what = f"Workspace {installed.place} does not grant {', '.join(missing)}."
        mend = "Add them at OAuth & Permissions, Bot Token Scopes, and install the app again."
        return _fault(what, mend)

    def _clock(self, headers: Mapping[str, str]) -> Sequence[Finding]:
        try:
            theirs = parsedate_to_datetime(headers.get("date", ""))
        except ValueError:
            return ()
        apart = abs(round((self._now() - theirs.astimezone(UTC)).total_seconds()))
        if apart < _SKEW_WARNING:
            return (Finding(Gravity.OK, "This machine's clock agrees with Slack's."),)
        what = f"This machine's clock is {apart} seconds from Slack's; events are refused from 300."
        gravity = Gravity.FAULT if apart >= _SKEW_FAULT else Gravity.WARNING
        mend = "Let it be set from the network, for example: sudo timedatectl set-ntp true"
        return (Finding(gravity, what, mend),)

    async def _way_in(self) -> Sequence[Finding]:
        """A socket we open, or an address Slack can reach."""
        token = self._config.app_token
        if token is not None:
            return (await self._socket(token.get_secret_value()),)
        found: list[Finding] = []
        if urlsplit(self._base).scheme != "https":
            what = f"Slack sends events to https addresses only, and ours is {self._base}."
            mend = "Set server.public_url to an https address, or app_token to use a socket."
            found.append(_fault(what, mend))
        secret = self._config.signing_secret.get_secret_value().encode()
        timestamp = str(int(self._now().timestamp()))
        tried = await round_trip(self._base, secret, timestamp, self._new_id())
        found.append(tried)
        if tried.gravity is Gravity.OK:
            what = f"Slack has to send events to {self._base}/events, which only its page shows."
            mend = "Event Subscriptions, Request URL says Verified; docs/slack.md has the manifest."
            found.append(Finding(Gravity.OK, what, mend))
        return found

    async def _socket(self, token: str) -> Finding:
        try:
            await self._api.call("apps.connections.open", token, "socket")
        except SendError as error:
            what = f"No socket can be opened: {error.reason}"
            mend = (
                "Turn Socket Mode on, make an App-Level Token with connections:write at Basic"
                " Information, and put it into app_token."
            )
            return _fault(what, mend)
        return Finding(Gravity.OK, "Slack lets us open a socket.")

    def _trust(self, installed: Sequence[Installed]) -> Sequence[Finding]:
        known = {one.team for one in installed} | {one.enterprise for one in installed}
        mend = "Correct the id or remove it: only an installed workspace is believed."
        return [
            Finding(
                Gravity.WARNING,
                f"trusted_domains names {team}, where the app is not installed.",
                mend,
            )
            for team in self._config.trusted_domains
            if team not in known
        ]


_INSTALL_AGAIN = (
    "Install the app again at OAuth & Permissions, and put its Bot User OAuth Token into bot_token."
)


def _fault(what: str, mend: str) -> Finding:
    return Finding(Gravity.FAULT, what, mend)
