"""A post or a change becomes a message or a revision of ours, if it is for us.

It asks people and threads what they know, and remembers nothing itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack.events import Author, Change, Post, time_of
from adapters.slack.installations import Installed
from adapters.slack.people import People, Profile, claims_of
from adapters.slack.text import calls_another, plain
from adapters.slack.threads import Threads
from adapters.slack.workspaces import Workspaces
from core.message import (
    Assurance,
    Attachment,
    Audience,
    InboundMessage,
    Place,
    Revision,
)

log = logging.getLogger(__name__)

FILE_SCHEME = "slack-file:"
"""How the reference of a file begins whose address has to be asked for first."""

_MAX_FILES = 10
_LONGEST_TEXT = 40_000


class Inbox:
    """Translates what people do in Slack for one account."""

    def __init__(
        self, account: str, workspaces: Workspaces, people: People, threads: Threads
    ) -> None:
        self._account = account
        self._workspaces = workspaces
        self._people = people
        self._threads = threads

    async def post(self, post: Post) -> Sequence[InboundMessage]:
        """The message a post is, and those it brings along: none when it is not for us."""
        if post.direct:
            return [await self._message(post, post.thread)]
        elsewhere = calls_another(post.text, post.envelope.own)
        thread = await self._threads.thread_of(post, called_elsewhere=elsewhere)
        if thread is None:
            log.debug("slack post ignored: not for us")
            return ()
        messages = [await self._message(post, thread)]
        for overtaken in self._threads.released(post, thread):
            messages.extend(await self.post(overtaken))
        return messages

    def change(self, change: Change) -> Revision:
        """An edit or a removal; the text as it reads now."""
        return Revision(
            account=self._account,
            revises=change.event_id,
            sender=change.author.handle,
            text=None if change.text is None else self._text(change, change.text),
            at=change.at,
        )

    async def choice(self, post: Post, value: str, event_id: str) -> InboundMessage:
        """A button under one of our posts was pressed: the choice as if it had been typed."""
        thread = post.thread or ("" if post.direct else post.ts)
        return await self._message(post, thread, quick_reply=value, event_id=event_id)

    async def _message(
        self, post: Post, thread: str, quick_reply: str | None = None, event_id: str = ""
    ) -> InboundMessage:
        envelope, author = post.envelope, post.author
        installed = await self._workspaces.find(envelope.enterprise, envelope.team)
        if post.direct:
            profile, title = await self._profile(installed, author), "Direct message"
        else:
            # Together, since Slack waits three seconds for all of it.
            profile, title = await asyncio.gather(
                self._profile(installed, author), self._title(installed, post)
            )
        room = f"{envelope.place}:{post.channel}"
        key = room if post.direct else f"{room}:{thread}"
        return InboundMessage(
            account=self._account,
            channel="slack",
            event_id=event_id or post.event_id,
            conversation_key=key,
            sender=author.handle,
            assurance=Assurance.AUTHENTICATED,
            evidence="Slack signed an event of this account.",
            text=quick_reply if quick_reply is not None else self._text(post, post.text),
            reply_address=_address(post, thread),
            sent_at=time_of(post.ts),
            audience=Audience.ONE if post.direct else Audience.ROOM,
            attachments=_files(post),
            quick_reply=quick_reply,
            claims=() if profile is None else claims_of(profile),
            vouched=() if profile is None else self._people.vouched(author, profile),
            place=Place(room, title),
        )

    def _text(self, seen: Post | Change, text: str) -> str:
        place = seen.envelope.place
        return plain(
            text[:_LONGEST_TEXT],
            seen.envelope.own,
            lambda user: self._people.name_of(place, user),
        )

    async def _profile(self, installed: Installed | None, author: Author) -> Profile | None:
        if installed is None or author.id.startswith("B"):
            return None
        return await self._people.profile(installed, author.home, author.id)

    async def _title(self, installed: Installed | None, post: Post) -> str:
        if installed is None:
            return "Slack channel"
        return await self._people.title(installed, post.envelope.place, post.channel)


def _address(post: Post, thread: str) -> Mapping[str, str]:
    """Where the answer goes: the thread it was written in, in a direct message none by itself."""
    told = {
        "team": post.envelope.team,
        "enterprise": post.envelope.enterprise,
        "channel": post.channel,
        "thread_ts": thread,
        "user": post.author.id,
    }
    return {name: value for name, value in told.items() if value}


def _files(post: Post) -> tuple[Attachment, ...]:
    """The files of a post, each naming the workspace whose token opens it."""
    envelope = post.envelope
    place = f"{envelope.team}@{envelope.enterprise}" if envelope.enterprise else envelope.team
    found = (_file(one, place) for one in post.files[:_MAX_FILES])
    return tuple(one for one in found if one is not None)


def _file(item: Mapping[str, Any], place: str) -> Attachment | None:
    """A file; none when it was taken away or is hidden by the plan's limit
    (https://docs.slack.dev/reference/objects/file-object)."""
    url, file_id = item.get("url_private"), item.get("id")
    if isinstance(url, str) and url and item.get("mode") != "tombstone":
        reference = f"{url}#{place}"
    elif item.get("file_access") == "check_file_info" and isinstance(file_id, str):
        reference = f"{FILE_SCHEME}{file_id}#{place}"
    else:
        return None
    size = item.get("size")
    return Attachment(
        name=str(item.get("name") or item.get("title") or "file")[:200],
        media_type=str(item.get("mimetype") or "application/octet-stream")[:100],
        reference=reference,
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
    )
