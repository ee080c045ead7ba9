"""What callers may send to the API: every body and query as a model that refuses unknown fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

RowId = Annotated[str, Field(pattern=r"^[0-9]{1,19}$", description="A row id, as its digits.")]
Words = StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00]*$")
Line = Annotated[str, Words, Field(max_length=200)]


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
    """A person's answer to a customer. `name` is shown to the customer beside it."""

    text: Annotated[str, Words, Field(max_length=4000)]
    name: Line | None = None
    files: Annotated[tuple[AnswerFile, ...], Field(max_length=10)] = ()


class LinkBody(Body):
    """Join a handle to a customer, with what shows that they are the same person."""

    handle: Annotated[Line, Field(description="Its key, such as phone:+447700900142.")]
    customer_id: RowId
    evidence: Line


class UnlinkBody(Body):
    """End a link, saying why."""

    link_id: RowId
    reason: Line


class RenderBody(Body):
    """A message to be shown as a channel would send it. `text` is CommonMark."""

    account: Line
    text: Annotated[str, Words, Field(max_length=20_000)]
    quick_replies: Annotated[tuple[Line, ...], Field(max_length=10)] = ()


class Page(Body):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Search(Page):
    """A search by name, phone or login."""

    q: Annotated[str, StringConstraints(strip_whitespace=True), Field(max_length=100)] = ""


class TimelineQuery(Body):
    """The newest messages of a customer over all channels."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class QueueQuery(Page):
    """Which handoffs: those still open, or those that were closed."""

    status: Literal["open", "closed"] = "open"
