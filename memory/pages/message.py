"""What a message has besides its words: its files, how it came, what became of it since.

Reads and shapes only, out of a message's extras as `memory.tables.main.Message` names them. Where
the bytes of a file are is the caller's to know: here are only their references.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from core.clock import from_micros
from memory.pages.views import AttachmentView, KeptMessage, MessageExtras, VersionView
from memory.tables.main import Conversation, Message
from memory.tables.rows import table

_conversation = table(Conversation)
_message = table(Message)


def kept_message(connection: Connection, conversation_id: int, seq: int) -> KeptMessage | None:
    """Where a message's files and its original are kept; nothing when there is no such message."""
    row = connection.execute(
        select(_message.c.text, _message.c.extra_json, _conversation.c.account)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(_message.c.conversation_id == conversation_id, _message.c.seq == seq)
    ).first()
    if row is None:
        return None
    extra = _read(row.extra_json)
    original = extra.get("original", {})
    return KeptMessage(
        account=row.account,
        words=row.text,
        text=original.get("text"),
        html=original.get("html"),
        source=original.get("source"),
        attachments=_attachments(extra),
        references=tuple(str(one["reference"]) for one in extra.get("attachments", ())),
    )


def extras(extra_json: str | None) -> MessageExtras:
    """What is shown of a message besides its words."""
    if not extra_json:
        return MessageExtras()
    extra = _read(extra_json)
    original = extra.get("original", {})
    revised, taken_back = extra.get("revised_at"), extra.get("taken_back")
    return MessageExtras(
        called=next(
            (str(one["value"]) for one in extra.get("claims", ()) if one["kind"] == "name"), None
        ),
        attachments=_attachments(extra),
        original=bool(original),
        has_html="html" in original,
        has_source="source" in original,
        needs_person=extra.get("needs_person"),
        edited_at=None if revised is None or taken_back else from_micros(revised),
        versions=_versions(extra),
        taken_back_at=None if not taken_back else from_micros(taken_back),
    )


def _read(extra_json: str | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads(extra_json) if extra_json else {}
    return found


def _attachments(extra: Mapping[str, Any]) -> tuple[AttachmentView, ...]:
    found: Sequence[Mapping[str, Any]] = extra.get("attachments", ())
    return tuple(
        AttachmentView(number, one["name"], one["type"], one.get("size"), one.get("content_id"))
        for number, one in enumerate(found)
    )


def _versions(extra: Mapping[str, Any]) -> tuple[VersionView, ...]:
    return tuple(
        VersionView(one["text"], from_micros(one["at"])) for one in extra.get("versions", ())
    )
