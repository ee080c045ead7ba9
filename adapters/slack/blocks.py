"""A neutral message as the posts Slack is asked to make: sections, buttons, files. Pure.

What is personal and would be read by a whole channel becomes a direct message, and the channel is
told only that it was sent. Limits are Slack's (https://docs.slack.dev/reference/block-kit/blocks).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from adapters.slack import BUTTONS, TEXT_LIMIT
from adapters.slack.mrkdwn import Piece, pieces
from adapters.slack.text import escape
from core.channel import CannotRender
from core.message import (
    Attachment,
    Audience,
    Author,
    OutboundMessage,
    QuickReply,
    RenderedPart,
    Sensitivity,
)
from core.rendering import numbered, parser

SECTION_LIMIT = 3_000
BLOCK_LIMIT = 50
_LABEL_LIMIT = 75
_VALUE_LIMIT = 2_000
_ROOM_FOR_BUTTONS = 2
ACTION = "onethread_choice"
"""How the ids of our buttons begin; the number of the button follows."""

PRIVATELY = "I have sent you the details in a direct message."

Payload = dict[str, object]


def slack_renderer() -> Callable[[OutboundMessage], Sequence[RenderedPart]]:
    """The rendering of this channel."""
    markdown = parser()

    def render(message: OutboundMessage) -> Sequence[RenderedPart]:
        notes: list[str] = []
        buttons, listed = _choices(message.quick_replies)
        text = f"{message.text}\n\n{numbered(listed)}" if listed else message.text
        if listed:
            notes.append("Choices are written as a numbered list.")
        found = pieces(text, markdown, SECTION_LIMIT, notes)
        found = _signed(message, found)
        if not found and not buttons and not message.attachments:
            raise CannotRender("Nothing of this text can be shown on this channel.")
        payloads = [_post(group) for group in _groups(found)]
        if len(payloads) > 1:
            notes.append(f"The text is split into {len(payloads)} parts.")
        if buttons:
            payloads = payloads or [_post([Piece("…", "…")])]
            _add_buttons(payloads[-1], message.quick_replies)
        payloads.extend(_file(one) for one in message.attachments)
        return _addressed(message, payloads, notes)

    return render


def _addressed(
    message: OutboundMessage, payloads: Sequence[Payload], notes: list[str]
) -> Sequence[RenderedPart]:
    """The parts, told apart by who may read them."""
    personal = message.sensitivity is not Sensitivity.GENERAL
    if message.audience is Audience.ROOM and personal:
        notes.append("Others read here: what is personal goes by direct message.")
        neutral = _post([Piece(PRIVATELY, PRIVATELY)])
        payloads = [neutral, *({**one, "direct": True} for one in payloads)]
    return [
        RenderedPart(one, tuple(notes) if place == 0 else ()) for place, one in enumerate(payloads)
    ]


def _choices(replies: Sequence[QuickReply]) -> tuple[bool, Sequence[str]]:
    """Whether the choices become buttons; otherwise their labels, to be listed."""
    fits = len(replies) <= BUTTONS and all(len(one.value) <= _VALUE_LIMIT for one in replies)
    return (bool(replies) and fits, () if fits else [one.label for one in replies])


def _signed(message: OutboundMessage, found: Sequence[Piece]) -> Sequence[Piece]:
    """A person's answer begins with their name: everything is posted by the one app."""
    if message.author is not Author.AGENT or not message.author_name or not found:
        return found
    name = message.author_name
    return [Piece(f"*{escape(name).replace('*', '')}*", f"{name}:"), *found]


def _groups(found: Sequence[Piece]) -> Sequence[Sequence[Piece]]:
    """Pieces that go into one post together, within its limits."""
    groups: list[list[Piece]] = []
    size = 0
    for piece in found:
        longer = size + len(piece.marked) + 2 > TEXT_LIMIT
        if not groups or longer or len(groups[-1]) >= BLOCK_LIMIT - _ROOM_FOR_BUTTONS:
            groups.append([])
            size = 0
        groups[-1].append(piece)
        size += len(piece.marked) + 2
    return groups


def _post(group: Sequence[Piece]) -> Payload:
    """One post: sections, and as `text` the same for notifications and for our own pages."""
    return {
        "text": "\n\n".join(one.plain for one in group),
        "blocks": [
            {
                "type": "section",
                # Verbatim: Slack must not make mentions and links of what merely looks like one.
                "text": {"type": "mrkdwn", "text": one.marked, "verbatim": True},
            }
            for one in group
        ],
    }


def _add_buttons(payload: Payload, replies: Sequence[QuickReply]) -> None:
    elements = [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": _short(one.label), "emoji": False},
            "value": one.value,
            "action_id": f"{ACTION}_{place}",
        }
        for place, one in enumerate(replies)
    ]
    blocks = payload["blocks"]
    assert isinstance(blocks, list)
    blocks.append({"type": "actions", "block_id": ACTION, "elements": elements})
    payload["quick_replies"] = [{"label": one.label, "value": one.value} for one in replies]


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_LIMIT else label[: _LABEL_LIMIT - 1] + "…"


def _file(attachment: Attachment) -> Payload:
    described: Mapping[str, object] = {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "reference": attachment.reference,
        "size": attachment.size,
    }
    return {"text": "", "attachments": [described]}
