"""A button of ours that was pressed: the choice, and the post that showed it.

When the answer to it goes out, the post shows what was chosen instead of its buttons. That is a
courtesy: it is tried once, and never before the choice is durable.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.blocks import ACTION
from adapters.slack.events import (
    Envelope,
    Post,
    author_of,
    id_of,
    is_direct,
    is_ts,
    post_id,
)
from adapters.slack.text import escape

_MAX_OPEN = 1_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One press: as a post at the time of the press, its value, and the post with the buttons."""

    post: Post
    value: str
    label: str
    event_id: str
    shown_ts: str
    shown_text: str
    shown_blocks: Sequence[Mapping[str, Any]]

    def decided(self) -> Sequence[Mapping[str, Any]]:
        """The post's blocks with the choice in place of the buttons."""
        kept = [one for one in self.shown_blocks if one.get("block_id") != ACTION]
        chosen = {"type": "mrkdwn", "text": f"✓ {escape(self.label)}", "verbatim": True}
        return [*kept, {"type": "context", "elements": [chosen]}]


def read_choice(payload: Mapping[str, Any], own: str) -> Choice | None:
    """A `block_actions` payload (https://docs.slack.dev/reference/interaction-payloads); nothing
    when it lacks what a choice needs."""
    team, user = _part(payload, "team"), _part(payload, "user")
    message, container = _part(payload, "message"), _part(payload, "container")
    action = _pressed(payload.get("actions"))
    channel = id_of(_part(payload, "channel").get("id")) or id_of(container.get("channel_id"))
    shown = _ts(message.get("ts")) or _ts(container.get("message_ts"))
    pressed, value = _ts(action.get("action_ts")), action.get("value")
    enterprise = id_of(_part(payload, "enterprise").get("id")) or id_of(team.get("enterprise_id"))
    envelope = Envelope(id_of(team.get("id")), enterprise, own)
    author = author_of(envelope, id_of(user.get("id")), {"user_team": user.get("team_id")})
    told = (envelope.place, author.id, channel, shown, pressed)
    if not all(told) or not isinstance(value, str):
        return None
    thread = _ts(message.get("thread_ts")) or _ts(container.get("thread_ts"))
    direct = is_direct(channel)
    post = Post(
        envelope=envelope,
        channel=channel,
        ts=pressed,
        thread=thread or ("" if direct else shown),
        author=author,
        text=value,
        direct=direct,
        mentioned=True,
        answers_us=True,
    )
    blocks = message.get("blocks")
    return Choice(
        post=post,
        value=value,
        label=str(_part(action, "text").get("text") or value),
        event_id=f"{post_id(envelope.place, channel, shown)}:{pressed}",
        shown_ts=shown,
        shown_text=str(message.get("text") or ""),
        shown_blocks=[one for one in blocks if isinstance(one, dict)]
        if isinstance(blocks, list)
        else (),
    )


class Choices:
    """Choices whose answer has not gone out yet, by where it will go. The oldest are dropped."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, str], Choice] = OrderedDict()

    def made(self, choice: Choice) -> None:
        """A button was pressed."""
        self._open[(choice.post.channel, choice.post.thread)] = choice
        if len(self._open) > _MAX_OPEN:
            self._open.popitem(last=False)

    def answered(self, channel: str, thread: str) -> Choice | None:
        """The choice that an answer sent there belongs to, once."""
        return self._open.pop((channel, thread), None)


def _pressed(actions: object) -> Mapping[str, Any]:
    """The one button of a press."""
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, dict) else {}


def _ts(value: object) -> str:
    return value if isinstance(value, str) and is_ts(value) else ""


def _part(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = payload.get(name)
    return found if isinstance(found, dict) else {}
