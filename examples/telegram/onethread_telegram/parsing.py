"""Updates of the Bot API (https://core.telegram.org/bots/api#update) in our terms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.message import Assurance, Attachment, Audience, Handle, InboundMessage, Place, Revision

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Seconds = Annotated[int, Field(ge=0, le=2**37)]


class Part(BaseModel):
    """A piece of an update, under the Bot API's own names."""

    model_config = ConfigDict(strict=True)


class Named(Part):
    """A person or a chat."""

    id: int
    is_bot: bool = False
    type: Text = ""
    title: Text = ""


class File(Part):
    file_id: Text
    # A photo has neither: https://core.telegram.org/bots/api#photosize
    file_name: Text = "photo.jpg"
    mime_type: Text = "image/jpeg"
    file_size: int | None = None


class Message(Part):
    message_id: int
    date: Seconds
    edit_date: Seconds = 0
    chat: Named
    # Absent where a channel writes, which is nobody to talk with.
    sender: Named = Field(alias="from", default=Named(id=0, is_bot=True))
    text: Text = ""
    caption: Text = ""
    message_thread_id: int = 0
    is_topic_message: bool = False
    photo: list[File] = []
    document: File | None = None
    reply_markup: Mapping[str, list[list[Mapping[str, Text]]]] = {}

    @property
    def event_id(self) -> str:
        """What an edit names too; its `update_id` is another one each time."""
        return f"{self.chat.id}:{self.message_id}"

    @property
    def address(self) -> Mapping[str, str]:
        """Where the answer goes. Replies in a group have a thread id too, and are no topic."""
        topic = {"topic": str(self.message_thread_id)} if self.is_topic_message else {}
        return {"chat": str(self.chat.id), **topic}

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The document, or the largest size of the photo, which is the last."""
        it = self.document or (self.photo[-1] if self.photo else None)
        return (Attachment(it.file_name, it.mime_type, it.file_id, it.file_size),) if it else ()


class Callback(Part):
    id: Text
    sender: Named = Field(alias="from")
    message: Message
    data: Text = ""


class Update(Part):
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Callback | None = None


def written(it: Message, account: str) -> InboundMessage | None:
    """A message of a person's; nothing of a bot's, or when somebody joined a group."""
    private = it.chat.type == "private"
    readable = bool(it.text or it.caption or it.files)
    if it.sender.is_bot or not (readable or private):
        return None
    return InboundMessage(
        account=account,
        channel="telegram",
        event_id=it.event_id,
        conversation_key=":".join(it.address.values()),
        sender=Handle("telegram", str(it.sender.id)),
        assurance=Assurance.AUTHENTICATED,
        evidence="Telegram showed our secret and named the sender.",
        text=it.text or it.caption,
        reply_address=it.address,
        sent_at=datetime.fromtimestamp(it.date, UTC),
        audience=Audience.ONE if private else Audience.ROOM,
        attachments=it.files,
        place=None if private else Place(str(it.chat.id), it.chat.title),
        needs_person=None if readable else "Only Telegram shows it: a sticker, a place, a poll.",
    )


def picked(it: Callback, account: str, at: datetime) -> InboundMessage | None:
    """A button that was pressed below a message of ours."""
    rows = it.message.reply_markup.get("inline_keyboard", [])
    labels = {key.get("callback_data"): key.get("text") for row in rows for key in row}
    told = {"sender": it.sender, "text": labels.get(it.data) or it.data}
    new = written(it.message.model_copy(update=told), account)
    return new and replace(new, event_id=f"picked:{it.id}", quick_reply=it.data, sent_at=at)


def edited(it: Message, account: str) -> Revision:
    """A message that its sender changed."""
    at = datetime.fromtimestamp(it.edit_date or it.date, UTC)
    who = Handle("telegram", str(it.sender.id))
    return Revision(account, it.event_id, who, it.text or it.caption, at)
