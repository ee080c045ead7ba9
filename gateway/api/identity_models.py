"""What callers may send about who is who: bodies and queries that refuse unknown fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from gateway.api.models import Body, Line, Page, RowId

Filter = Annotated[str, Field(max_length=200)]


class GraphQuery(Body):
    """With `ended`, the links that once were are shown too."""

    ended: bool = False


class PreviewQuery(Body):
    """The other customer, by any id it ever had."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_alias=True)

    other: Annotated[str, Field(alias="with", pattern=r"^[0-9]{1,19}$")]


class MergeBody(Body):
    """Two customers that are one person, and what shows it.

    At level 2 memory of all channels is read over the merge, at 3 personal things too.
    """

    customer_id: RowId
    with_customer_id: RowId
    evidence: Line
    level: Annotated[int, Field(ge=2, le=3)] = 2


class UnmergeQuery(Body):
    """The ids of the links to end, with commas between them."""

    links: Annotated[str, Field(pattern=r"^[0-9]{1,19}(,[0-9]{1,19}){0,99}$")]


class UnmergeBody(Body):
    """The links to end together, and why."""

    link_ids: Annotated[tuple[RowId, ...], Field(min_length=1, max_length=100)]
    reason: Line


class SharedBody(Body):
    """Whether several people use the handle, and how that is known."""

    shared: bool
    reason: Line


class RetireBody(Body):
    """How it is known that the address is somebody else's now."""

    reason: Line


class AlarmsQuery(Page):
    """Which alarms: those still open, or those somebody has seen to."""

    status: Literal["open", "closed"] = "open"


class ChangesQuery(Page):
    """Which changes: of whom (a part is enough), which action, about what (a part is enough).

    `before` is the id of the last one seen.
    """

    actor: Filter | None = None
    action: Filter | None = None
    subject: Filter | None = None
    before: RowId | None = None
