"""What callers may send about the playbook: every body and query as a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from gateway.api.models import Body, Line, Words
from gateway.playbook.trial import LONGEST, MOST_MESSAGES

Name = Annotated[str, Field(max_length=120)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class FileQuery(Body):
    """Which file."""

    name: Name


class DraftBody(Body):
    """A draft: the `base` that it was made from, and the new text of each file that it changes;
    null for a file that is to go."""

    base: Digest
    changes: Annotated[Mapping[Name, str | None], Field(max_length=2_000)]


class SetBody(DraftBody):
    """One value of a file that is to be set in a draft; null takes it away."""

    file: Name
    path: Annotated[tuple[Name, ...], Field(min_length=1, max_length=6)]
    value: bool | int | float | str | Annotated[tuple[str, ...], Field(max_length=2_000)] | None


class TryBody(DraftBody):
    """A talk with a draft: what the customer writes, from the first message on, and where from.

    `handle` is whom they write as, such as "phone:+447700900611"; `level` how well that is proved.
    """

    channel: Name
    handle: Annotated[str, Field(max_length=200)] = ""
    level: Annotated[int, Field(ge=0, le=4)] = 0
    say: Annotated[
        tuple[Annotated[str, Words, Field(max_length=LONGEST)], ...],
        Field(min_length=1, max_length=MOST_MESSAGES),
    ]


class CompareBody(DraftBody):
    """Over how many days a draft is compared with what was answered."""

    days: Literal[1, 7, 30, 90] = 30


class PublishBody(DraftBody):
    """A draft that is to be put in force, with a word on why."""

    reason: Line


class BackBody(Body):
    """A version that is to be put back, in the place of what `base` names, with a word on why."""

    base: Digest
    version: Digest
    reason: Line
