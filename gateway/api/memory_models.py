"""What callers may send about the memory of a customer: bodies that refuse unknown fields."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from gateway.api.models import Body, Line, RowId, Words

Key = Annotated[
    str,
    Field(
        pattern=r"^(preference:)?[a-z][a-z0-9_]{0,49}$",
        description='What it is: "address", "preference:language".',
    ),
]
Value = Annotated[str, Words, Field(max_length=500)]
HandleKey = Annotated[
    Line, Field(description="Which of their handles; without it, the one they wrote from last.")
]


class CorrectBody(Body):
    """What is right, and how that is known."""

    value: Value
    because: Line


class RetireFactBody(Body):
    """Why it is wrong."""

    because: Line


class SettleBody(Body):
    """Whether the promise was kept."""

    kept: bool


class TellBody(Body):
    """Something of a customer, told by hand. `verified` says that something shows it; what is
    `personal` is told only to whoever has proved who they are."""

    key: Key
    value: Value
    because: Line
    verified: bool = False
    personal: bool = False
    handle: HandleKey | None = None


class PromiseBody(Body):
    """What is promised to a customer, and by when."""

    text: Value
    due_at: AwareDatetime | None = None
    handle: HandleKey | None = None


class ContextBody(Body):
    """A message that is only imagined, and the handle it would come from."""

    text: Annotated[str, Words, Field(max_length=4000)]
    handle: HandleKey | None = None


class RollBackBody(Body):
    """Whose telling is taken back: the id of a message, or the source that a fact names.

    With `dry_run` nothing is changed, and no reason is needed.
    """

    source: Line
    because: Line | None = None
    dry_run: bool = False


class UndoBody(Body):
    """A change of one's own."""

    change_id: RowId
