"""Files both ways. The token goes to Slack's own hosts and to no other, redirects included.

A file goes up in three steps: an address is asked for, the bytes are put there, and only the third
step shows it to anybody (https://docs.slack.dev/messaging/working-with-files).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from adapters.slack.api import SlackApi
from adapters.slack.inbox import FILE_SCHEME
from adapters.slack.installations import Installed
from adapters.slack.workspaces import Workspaces
from core.channel import SendError, error_for_status
from core.message import Attachment

LARGEST_FILE = 25_000_000
"""Bytes. Slack takes 1 GB; nobody's question needs that, and it is held in memory."""

_CHUNK = 65_536
_REDIRECTS = 3
_SLACK_HOSTS = ("slack.com", "slack-files.com", "slack-edge.com")


class Files:
    """Uploads and downloads. `read` gives the bytes of a file that is kept here."""

    def __init__(
        self,
        api: SlackApi,
        workspaces: Workspaces,
        base_url: str,
        read: Callable[[str], Awaitable[bytes]],
    ) -> None:
        self._api = api
        self._workspaces = workspaces
        self._base = urlsplit(base_url)
        self._read = read

    async def upload(
        self, installed: Installed, described: Mapping[str, Any], channel: str, thread: str
    ) -> str:
        """Show one file in a thread; its id at Slack. Raises `SendError`."""
        name = str(described["name"])
        try:
            content = await self._read(str(described["reference"]))
        except LookupError as error:
            raise SendError(f"The file {name} is not kept here any more.") from error
        opened = await self._api.ask(
            "files.getUploadURLExternal",
            installed.token,
            installed.place,
            filename=name,
            length=len(content),
        )
        url, file_id = opened.get("upload_url"), opened.get("file_id")
        if not isinstance(url, str) or not isinstance(file_id, str):
            raise SendError("Slack gave no address to put the file to.", retryable=True)
        await self._put(url, content)
        await self._api.call(
            "files.completeUploadExternal",
            installed.token,
            installed.place,
            files=[{"id": file_id, "title": name}],
            channel_id=channel,
            thread_ts=thread or None,
        )
        return file_id

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file somebody posted. Raises `SendError`."""
        where, _, place = attachment.reference.rpartition("#")
        team, _, enterprise = place.partition("@")
        installed = await self._workspaces.find(enterprise, team)
        if installed is None:
            raise SendError("The app is not installed in the file's workspace any more.")
        if where.startswith(FILE_SCHEME):
            where = await self._address(installed, where.removeprefix(FILE_SCHEME))
        return await self._get(where, installed.token)

    async def _address(self, installed: Installed, file_id: str) -> str:
        """Files of shared channels come without their address."""
        told = await self._api.ask("files.info", installed.token, installed.place, file=file_id)
        file = told.get("file")
        url = file.get("url_private") if isinstance(file, dict) else None
        if not isinstance(url, str):
            raise SendError("Slack does not let the app read this file.")
        return url

    async def _put(self, url: str, content: bytes) -> None:
        """The bytes, to an address that was given for them. Nothing is shown yet: safe to retry."""
        try:
            async with self._api.session.post(url, data=content) as answer:
                if answer.status != 200:
                    failed = error_for_status(answer.status)
                    raise SendError(failed.reason, retryable=failed.retryable)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SendError("The file could not be handed to Slack.", retryable=True) from error

    async def _get(self, url: str, token: str) -> bytes:
        for _ in range(_REDIRECTS + 1):
            following = await self._step(url, token)
            if isinstance(following, bytes):
                return following
            url = following
        raise SendError("The file's address leads round in circles.")

    async def _step(self, url: str, token: str) -> bytes | str:
        """The bytes, or where else they are. Raises `SendError`."""
        self._check(url)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self._api.session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    return str(answer.url.join(URL(answer.headers.get("Location", ""))))
                if answer.status != 200:
                    raise error_for_status(answer.status)
                # Without the right to read it, Slack answers 200 with a page to log in on.
                if answer.content_type == "text/html":
                    raise SendError("The app may not read files: it lacks files:read.")
                return await _bounded(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SendError("The file could not be loaded from Slack.", retryable=True) from error

    def _check(self, url: str) -> None:
        """Raises `SendError` for an address our token must not be sent to."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        slack = any(host == one or host.endswith(f".{one}") for one in _SLACK_HOSTS)
        if parts.scheme == "https" and slack:
            return
        if (parts.scheme, parts.netloc) == (self._base.scheme, self._base.netloc):
            return
        raise SendError("The file is not kept at Slack; its address is not followed.")


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        found += chunk
        if len(found) > LARGEST_FILE:
            raise SendError("The file is larger than 25 MB.")
    return bytes(found)
