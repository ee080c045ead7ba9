"""What one row of a history says, in whatever words its system has: when, who, where, what.

Columns and values are understood here, and every fault is named with its place. Nothing is looked
up and nothing is written; `gateway.history.files` and `gateway.history.mail` read the files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from core.handle_addresses import BRINGABLE, AddressFault, read_handle
from core.message import Author, Handle
from gateway.customers.import_files import IGNORED, Faults

LONGEST_WORD = 200
"""Characters of a name, a subject or an id."""

ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("when", "at", "time", "date", "datetime", "timestamp", "created_at"), "when"),
    **dict.fromkeys(("sent_at", "received_at", "created", "date_time"), "when"),
    **dict.fromkeys(("channel", "medium", "via", "source_channel"), "channel"),
    **dict.fromkeys(("handle", "customer"), "handle"),
    **dict.fromkeys(("phone", "mobile", "telephone", "phone_number"), "phone"),
    **dict.fromkeys(("email", "e_mail", "mail", "email_address"), "email"),
    **dict.fromkeys(("login", "username"), "login"),
    **dict.fromkeys(("external", "external_id", "customer_number"), "external"),
    "slack": "slack",
    **dict.fromkeys(("author", "direction", "type", "role", "sender_type"), "author"),
    **dict.fromkeys(("agent", "agent_name", "author_name", "operator"), "agent"),
    **dict.fromkeys(("text", "body", "message", "content", "message_text"), "text"),
    **dict.fromkeys(("id", "message_id", "external_message_id"), "id"),
    **dict.fromkeys(("conversation", "conversation_id", "thread", "thread_id"), "thread"),
    **dict.fromkeys(("ticket", "ticket_id", "case", "case_id"), "thread"),
    **dict.fromkeys(("subject", "title"), "subject"),
}
MEANINGS = frozenset(ALIASES.values())
ADDRESSES = ("handle", *BRINGABLE)

_AUTHORS: Mapping[str, Author] = {
    **dict.fromkeys(("customer", "user", "client", "visitor", "end_user"), Author.CUSTOMER),
    **dict.fromkeys(("in", "inbound", "incoming", "received", "from_customer"), Author.CUSTOMER),
    **dict.fromkeys(("agent", "admin", "operator", "staff", "support"), Author.AGENT),
    **dict.fromkeys(("out", "outbound", "outgoing", "sent", "to_customer"), Author.AGENT),
    **dict.fromkeys(("bot", "system", "automatic", "automation", "assistant"), Author.BOT),
}
_CHANNELS: Mapping[str, str] = {
    **dict.fromkeys(("text", "mms", "text_message"), "sms"),
    **dict.fromkeys(("mail", "e_mail"), "email"),
    **dict.fromkeys(("chat", "web", "web_chat", "webwidget", "livechat"), "webchat"),
}
_KIND_OF: Mapping[str, str] = {"sms": "phone", "email": "email", "slack": "slack"}
_CHANNEL_OF: Mapping[str, str] = {"phone": "sms", "email": "email", "slack": "slack"}
_ELSEWHERE = "webchat"
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_SLACK_IN_CLOCKS = timedelta(days=1)
_SECONDS, _MILLIS = re.compile(r"\d{9,10}(?:\.\d{1,6})?"), re.compile(r"\d{12,13}")


@dataclass(frozen=True, slots=True)
class Told:
    """One message as its file has it, its secrets still in it."""

    line: int
    at: datetime
    handle: Handle
    channel: str
    author: Author
    author_name: str | None
    thread: str
    subject: str | None
    text: str = field(repr=False)
    id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a history is to be read: what columns of other names mean ("-": nothing), the file's
    encoding, where times without a zone are at home, which addresses are the business's own, which
    channels there are, and what time it is now."""

    columns: Mapping[str, str]
    encoding: str | None
    zone: tzinfo
    own: frozenset[str]
    channels: Collection[str]
    now: datetime


def plain(word: str) -> str:
    """A column or a value without case, spaces and dashes."""
    return re.sub(r"[\s-]+", "_", word.strip().casefold())


def meaning_of(name: str, columns: Mapping[str, str]) -> str | None:
    """What a column of this name means; nothing when it is not understood."""
    name = columns.get(name, name)
    return IGNORED if name == IGNORED or not name else ALIASES.get(plain(name))


def told_by(line: int, cells: Mapping[str, str], reading: Reading, faults: Faults) -> Told | None:
    """The message of one row, whose `cells` are by meaning; nothing when it has a fault."""
    before = faults.count
    at = _time(line, cells.get("when", ""), reading, faults)
    channel = _channel(line, cells.get("channel", ""), reading, faults)
    handle = _handle(line, cells, channel, faults)
    author = _author(line, cells, faults)
    text = cells.get("text", "")
    if not text.strip():
        faults.add(line, "text", "There is no text.", "Leave out what says nothing.")
    if faults.count > before or at is None or handle is None or author is None:
        return None
    agent = cells.get("agent", "")[:LONGEST_WORD]
    return Told(
        line=line,
        at=at,
        handle=handle,
        channel=channel or _CHANNEL_OF.get(handle.kind, _ELSEWHERE),
        author=author,
        author_name=agent if agent and author is not Author.CUSTOMER else None,
        thread=cells.get("thread", "")[:LONGEST_WORD],
        subject=cells.get("subject", "")[:LONGEST_WORD] or None,
        text=text,
        id=cells.get("id", "")[:LONGEST_WORD],
    )


def _time(line: int, text: str, reading: Reading, faults: Faults) -> datetime | None:
    at = _moment(text, reading.zone)
    if at is None:
        said = f"“{text[:60]}” is no time." if text else "There is no time."
        faults.add(line, "when", said, "Write it as 2025-12-31T18:30:00+01:00.")
    elif not _OLDEST <= at <= reading.now + _SLACK_IN_CLOCKS:
        faults.add(
            line, "when", f"{at:%Y-%m-%d %H:%M} UTC cannot be.", "Times lie between 1990 and now."
        )
        return None
    return at


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """ISO 8601, or seconds or milliseconds since 1970 (POSIX time)."""
    if _SECONDS.fullmatch(text) is not None:
        return datetime.fromtimestamp(float(text), UTC)
    if _MILLIS.fullmatch(text) is not None:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _channel(line: int, text: str, reading: Reading, faults: Faults) -> str | None:
    """The channel, where one is named."""
    if not text:
        return None
    name = _CHANNELS.get(plain(text), plain(text))
    if name in reading.channels:
        return name
    known = ", ".join(sorted(reading.channels))
    faults.add(line, "channel", f"There is no channel “{text[:60]}”.", f"Use one of: {known}.")
    return None


def _handle(
    line: int, cells: Mapping[str, str], channel: str | None, faults: Faults
) -> Handle | None:
    """The customer's address: of several, the one of the channel's kind."""
    kinds = [one for one in ADDRESSES if cells.get(one)]
    if not kinds:
        faults.add(line, "", "This row names no customer.", f"Fill one {', '.join(ADDRESSES)}.")
        return None
    wanted = _KIND_OF.get(channel or "")
    kind = wanted if wanted in kinds else kinds[0]
    column, text = kind, cells[kind]
    if kind == "handle":
        named, colon, address = text.partition(":")
        kind, text = (named.strip().casefold(), address) if colon else (wanted or "", text)
    try:
        return read_handle(kind, text)
    except AddressFault as fault:
        faults.add(line, column, str(fault), fault.mend)
        return None


def _author(line: int, cells: Mapping[str, str], faults: Faults) -> Author | None:
    text = cells.get("author", "")
    if not text:
        return Author.AGENT if cells.get("agent") else Author.CUSTOMER
    found = _AUTHORS.get(plain(text))
    if found is None:
        faults.add(
            line, "author", f"“{text[:60]}” is nobody.", "Write customer, agent or bot; in or out."
        )
    return found
