"""Slack's events as data of ours: what was posted, changed or taken back, and by whom. Pure.

Field names are those of https://docs.slack.dev/reference/events/message. It decides what is a
message of a person at all, not whether that message is for us, and asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.slack.text import mentions
from core.channel import Refused
from core.message import Handle

REAL_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
"""A file with its words, and a reply that is also shown in the channel, are messages of people."""

_BOT_SUBTYPE = "bot_message"
_LONGEST_ID = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where an event comes from: the workspace, its organisation if it has one, and who we are.

    `shared` means that members of other organisations may write there (Slack Connect).
    """

    team: str
    enterprise: str
    own: str
    shared: bool = False

    @property
    def place(self) -> str:
        """What ids are unique within: the organisation, or else the workspace."""
        return self.enterprise or self.team


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote: their id, and the organisation or workspace that knows them."""

    id: str
    home: str
    foreign: bool = False

    @property
    def handle(self) -> Handle:
        return Handle("slack", f"{self.home}:{self.id}")


@dataclass(frozen=True, slots=True)
class Post:
    """One message as it was posted; `text` is still Slack's."""

    envelope: Envelope
    channel: str
    ts: str
    thread: str
    author: Author
    text: str
    direct: bool
    mentioned: bool
    answers_us: bool
    files: Sequence[Mapping[str, Any]] = ()

    @property
    def event_id(self) -> str:
        return post_id(self.envelope.place, self.channel, self.ts)


@dataclass(frozen=True, slots=True)
class Change:
    """A message was edited, or taken back where `text` is absent."""

    envelope: Envelope
    channel: str
    ts: str
    author: Author
    text: str | None
    at: datetime

    @property
    def event_id(self) -> str:
        return post_id(self.envelope.place, self.channel, self.ts)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No message of a person; `why` is for the debug log and holds nothing anybody wrote."""

    why: str


Seen = Post | Change | Nothing


def malformed(reason: str) -> Refused:
    """What is signed and yet not understood will not be the next time: Slack need not come again
    (https://docs.slack.dev/apis/events-api#retries)."""
    return Refused(400, reason, headers={"X-Slack-No-Retry": "1"})


def post_id(place: str, channel: str, ts: str) -> str:
    """A post's id with us: the same for every event that tells of it, and for the history."""
    return f"{place}:{channel}:{ts}"


def time_of(ts: str) -> datetime:
    """A Slack timestamp as UTC time. Raises `ValueError`."""
    seconds, _, micros = ts.partition(".")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        raise ValueError("no timestamp")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros or 0))


def read_envelope(body: Mapping[str, Any], own: str = "") -> Envelope:
    """The workspace an event belongs to, by its authorization rather than by its outer fields: an
    app of a whole organisation, or a shared channel, is told there whom the event is meant for.

    Raises `Refused` when it names none.
    """
    found = body.get("authorizations")
    first = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    team = id_of(first.get("team_id")) or id_of(body.get("team_id"))
    enterprise = id_of(first.get("enterprise_id")) or id_of(body.get("enterprise_id"))
    if not team and not enterprise:
        raise malformed("the event names no workspace")
    bot = id_of(first.get("user_id")) if first.get("is_bot", True) else ""
    shared = body.get("is_ext_shared_channel") is True
    return Envelope(team, enterprise, bot or own, shared)


def read_event(envelope: Envelope, event: Mapping[str, Any], allowed_bots: frozenset[str]) -> Seen:
    """One event. Raises `Refused` when it lacks what every message has."""
    kind, subtype = event.get("type"), _text(event.get("subtype"))
    if kind not in ("message", "app_mention"):
        return Nothing("no message")
    if subtype == "message_changed":
        return _edited(envelope, event)
    if subtype == "message_deleted":
        return _deleted(envelope, event)
    return read_post(envelope, event, allowed_bots)


def read_post(
    envelope: Envelope,
    item: Mapping[str, Any],
    allowed_bots: frozenset[str],
    channel: str = "",
) -> Post | Nothing:
    """A message of an event or of a channel's history; the latter does not name its `channel`."""
    subtype = _text(item.get("subtype"))
    channel = channel or id_of(item.get("channel"))
    ts = _text(item.get("ts"))
    user, bot = id_of(item.get("user")), id_of(item.get("bot_id"))
    if envelope.own and user == envelope.own:
        return Nothing("our own message")
    allowed = bool(allowed_bots & {user, bot, id_of(item.get("app_id"))} - {""})
    if (bot or subtype == _BOT_SUBTYPE) and not allowed:
        return Nothing("a bot's message")
    if subtype not in REAL_SUBTYPES and subtype != _BOT_SUBTYPE:
        return Nothing("a subtype that is no message of a person")
    if not channel or not is_ts(ts) or not (user or bot):
        raise malformed("the message names no channel, author or time")
    thread, text, files = _text(item.get("thread_ts")), _text(item.get("text")), item.get("files")
    return Post(
        envelope=envelope,
        channel=channel,
        ts=ts,
        thread=thread if is_ts(thread) else "",
        author=author_of(envelope, user or bot, item),
        text=text,
        direct=is_direct(channel, item.get("channel_type")),
        mentioned=item.get("type") == "app_mention" or mentions(text, envelope.own),
        answers_us=bool(envelope.own) and item.get("parent_user_id") == envelope.own,
        files=[one for one in files if isinstance(one, dict)] if isinstance(files, list) else (),
    )


def author_of(envelope: Envelope, user: str, item: Mapping[str, Any]) -> Author:
    """Whose account wrote. A member of another organisation is known by their own workspace.

    Within an organisation accounts are one; without it, or where others may write, a different
    workspace is a different house.
    """
    told = id_of(item.get("user_team")) or id_of(item.get("source_team")) or id_of(item.get("team"))
    ours = told in ("", envelope.team, envelope.enterprise)
    if ours or (envelope.enterprise and not envelope.shared):
        return Author(user, envelope.place)
    return Author(user, told, foreign=True)


def is_direct(channel: str, kind: object = None) -> bool:
    """Whether only the sender and we read there. Mentions and buttons come without the kind."""
    return kind == "im" if isinstance(kind, str) else channel.startswith("D")


def _edited(envelope: Envelope, event: Mapping[str, Any]) -> Seen:
    """An edit by the author. Unfurled links and new replies change a message too, not its text."""
    new, old = _mapping(event.get("message")), _mapping(event.get("previous_message"))
    if new.get("subtype") == "tombstone":
        return _deleted(envelope, event)
    user = id_of(new.get("user"))
    if not user or user == envelope.own or new.get("bot_id"):
        return Nothing("a change of no person's message")
    if _mapping(new.get("edited")).get("user") != user:
        return Nothing("not edited by its author")
    if _text(new.get("text")) == _text(old.get("text")):
        return Nothing("the text did not change")
    return _change(envelope, event, new, _text(new.get("text")))


def _deleted(envelope: Envelope, event: Mapping[str, Any]) -> Seen:
    old = _mapping(event.get("previous_message"))
    user = id_of(old.get("user"))
    if not user or user == envelope.own or old.get("bot_id"):
        return Nothing("no person's message was taken back")
    return _change(envelope, event, old, None)


def _change(
    envelope: Envelope, event: Mapping[str, Any], message: Mapping[str, Any], text: str | None
) -> Seen:
    channel, ts = id_of(event.get("channel")), _text(message.get("ts"))
    at = _text(event.get("event_ts")) or _text(event.get("ts"))
    if not channel or not is_ts(ts) or not is_ts(at):
        raise malformed("the change names no channel or time")
    author = author_of(envelope, id_of(message.get("user")), message)
    return Change(envelope, channel, ts, author, text, time_of(at))


def is_ts(value: str) -> bool:
    """Whether it is a timestamp as Slack writes it, which is a post's id in its channel too."""
    seconds, dot, micros = value.partition(".")
    digits = seconds + micros
    return (
        bool(dot)
        and digits.isascii()
        and digits.isdigit()
        and 0 < len(seconds) <= 11
        and (len(micros) == 6)
    )


def id_of(value: object) -> str:
    """An id as Slack writes it; nothing for what is none, since ids become keys."""
    if not isinstance(value, str) or len(value) > _LONGEST_ID:
        return ""
    return value if value.isascii() and value.isalnum() else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
