"""The frames of the web chat, as the widget sends them. Anything else is not of the protocol.

Version 1. Both directions are described in the documentation's page on web chat. Types are strict;
fields this version does not know are passed over, so that a newer page can speak to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.channel import Refused

TEXT_LIMIT = 4_000
"""Characters of one message."""

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_Count = Annotated[int, Field(ge=0, le=2**53)]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Hello(_Frame):
    """The first frame: who the client is, and up to which message it knows the thread.

    `visitor` is the token of the anonymous session that this browser had before it signed in;
    `link` is what a link brought along that was sent to an address of the visitor's.
    """

    type: Literal["hello"]
    token: Annotated[str, Field(max_length=4_096)] | None = None
    visitor: Annotated[str, Field(max_length=4_096)] | None = None
    link: Annotated[str, Field(max_length=100)] | None = None
    jwt: Annotated[str, Field(max_length=8_192)] | None = None
    last_seq: _Count = 0
    client: Annotated[str, Field(max_length=100)] | None = None


class Say(_Frame):
    """A message. `client_id`, a UUID in its usual writing, makes sending it again harmless."""

    type: Literal["say"]
    client_id: Annotated[str, Field(pattern=_UUID)]
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]
    quick_reply: Annotated[str, Field(max_length=200)] | None = None


class TypingFrame(_Frame):
    """The visitor started or stopped typing."""

    type: Literal["typing"]
    active: bool


class SeenFrame(_Frame):
    """Everything up to `seq` was shown."""

    type: Literal["seen"]
    seq: _Count


class Ping(_Frame):
    """Is anybody there? Phones freeze sockets without closing them."""

    type: Literal["ping"]
    n: _Count = 0


class UploadFrame(_Frame):
    """The client asks where to send a file, which becomes the message `client_id`."""

    type: Literal["upload"]
    client_id: Annotated[str, Field(pattern=_UUID)]
    name: Annotated[str, Field(min_length=1, max_length=300)]
    media_type: Annotated[str, Field(max_length=100)] = ""
    size: Annotated[int, Field(ge=1, le=2**53)]


Later = Say | TypingFrame | SeenFrame | Ping | UploadFrame

_hello = TypeAdapter(Hello)
_later: TypeAdapter[Later] = TypeAdapter(Annotated[Later, Field(discriminator="type")])


def read_hello(frame: Mapping[str, object]) -> Hello:
    """The first frame. Raises `Refused`."""
    try:
        return _hello.validate_python(frame)
    except ValidationError as error:
        raise Refused(400, f"the first frame must be a hello ({_where(error)})") from None


def read_later(frame: Mapping[str, object]) -> Later:
    """Any other frame. Raises `Refused`."""
    try:
        return _later.validate_python(frame)
    except ValidationError as error:
        raise Refused(400, f"the frame is not of the protocol ({_where(error)})") from None


def _where(error: ValidationError) -> str:
    """Which field is wrong, without what was in it."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(one) for one in first["loc"]) or "frame"
    return f"{place}: {first['type']}"
