"""What callers may send to the API: every body and query as a model that refuses unknown fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

RowId = Annotated[str, Field(pattern=r"^[0-9]{1,19}$", description="A row id, as its digits.")]
MessageId = Annotated[str, Field(pattern=r"^[0-9]{1,19}-[0-9]{1,19}$")]
Words = StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00]*$")
Line = Annotated[str, Words, Field(max_length=200)]
Maybe = StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$")


class Body(BaseModel):
    """A request body; a field it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Empty(Body):
    """A body without fields: `{}`."""


class AnswerFile(Body):
    """A file that goes with an answer, as `POST /files` told it."""

    reference: Annotated[str, Field(pattern=r"^file:[0-9a-f]{64}$")]
    name: Line
    media_type: Line


class Answer(Body):
    """A person's answer to a customer. `name` is shown to the customer beside it.

    `text` may be empty where files go along. It is declared after them, to be checked with them.
    """

    name: Line | None = None
    files: Annotated[tuple[AnswerFile, ...], Field(max_length=10)] = ()
    text: Annotated[str, Maybe, Field(max_length=4000)]

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str, others: ValidationInfo) -> str:
        return _something(text, others, "files")


class LinkBody(Body):
    """Join a handle to a customer, or to one handle alone, with what shows that they are the same
    person. `evidence` is declared last, to be checked with them."""

    handle: Annotated[Line, Field(description="Its key, such as phone:+447700900142.")]
    customer_id: RowId | None = None
    to_handle: Annotated[
        Line | None,
        Field(description="Instead of the customer: a link with this handle's own customer."),
    ] = None
    evidence: Line

    @field_validator("evidence")
    @classmethod
    def _names_one(cls, evidence: str, others: ValidationInfo) -> str:
        named = [others.data.get(one) for one in ("customer_id", "to_handle")]
        if {"customer_id", "to_handle"} <= others.data.keys() and named.count(None) != 1:
            raise PydanticCustomError("missing", "name either customer_id or to_handle")
        return evidence


class UnlinkBody(Body):
    """End a link, saying why."""

    link_id: RowId
    reason: Line


class RenderFile(AnswerFile):
    """A file of a message that is only shown: it need not be kept yet. `size` is in bytes."""

    size: Annotated[int, Field(ge=0, le=1 << 40)] | None = None


class RenderBody(Body):
    """A message to be shown as a channel account would send it, or as each one would.

    `text` is CommonMark, and may be empty where choices or files go along. `name` is shown beside
    what a person ("agent") writes; `audience` is who reads the place, "one" or a "room", and
    `sensitivity` what the text reveals.
    """

    account: Line | None = None
    author: Literal["bot", "agent"] = "bot"
    name: Line | None = None
    quick_replies: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    files: Annotated[tuple[RenderFile, ...], Field(max_length=10)] = ()
    audience: Literal["one", "room"] = "one"
    sensitivity: Literal["general", "personal"] = "general"
    text: Annotated[str, Maybe, Field(max_length=20_000)]

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str, others: ValidationInfo) -> str:
        return _something(text, others, "files", "quick_replies")


class Page(Body):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Search(Page):
    """A search by name, phone or login."""

    q: Annotated[str, StringConstraints(strip_whitespace=True), Field(max_length=100)] = ""


class TimelineQuery(Body):
    """The newest messages of a customer over all channels, or those around one message."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    around: MessageId | None = None


class QueueQuery(Page):
    """Which handoffs: those still open, or those that were closed."""

    status: Literal["open", "closed"] = "open"


def _something(text: str, others: ValidationInfo, *besides: str) -> str:
    """The text, unless it is empty and there is nothing besides it."""
    if not text and not any(others.data.get(name) for name in besides):
        raise PydanticCustomError("empty", "The message is empty.")
    return text
